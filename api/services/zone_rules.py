"""What stands against changes of control zones: the rules, and whose ground it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from api.services.reach import reach_of
from api.services.sight import wgs84_shape
from api.services.zone_errors import ChangeFault
from api.store.edits import EditKind
from geo.crs import WGS84, to_metric
from geo.layers import ZONES
from geo.zones import measurable, outside_fault, value_faults, zone_faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from api.services.rights import Person
    from api.services.workspace import Workspace
    from api.store.edits import Edit
    from geo.zones import ZoneFault

OUTSIDE = "outside_area"
"""Code of the fault that is not the shape's but the person's."""


def change_faults(workspace: Workspace, person: Person, edits: Sequence[Edit]) -> list[ChangeFault]:
    """
    Tell everything that is wrong with changes of zones.

    Whoever is bound to areas may neither draw a zone beyond them nor change or delete one that
    reaches beyond them; both is told as `outside_area`, with the part outside.

    Parameters
    ----------
    edits
        Of the layer `zones`; shapes in WGS 84, of any type and need not be valid.

    Returns
    -------
    faults
        In the order of the edits; empty if they may be made.
    """
    reach = reach_of(workspace, person)
    shapes = metric_shapes(workspace, [edit.geometry for edit in edits])
    faults: list[ChangeFault] = []
    for index, (edit, shape) in enumerate(zip(edits, shapes, strict=True)):
        found = [] if edit.kind is EditKind.DELETE else _faults(edit, shape, reach)
        if all(fault.code != OUTSIDE for fault in found):
            found = [*found, *_stored_outside(workspace, edit, reach)]
        faults += [_told(workspace, index, edit.key, fault) for fault in found]
    return faults


def stored_zones(workspace: Workspace) -> gpd.GeoDataFrame:
    """Give all zones as they are stored, metric CRS; kept until the project changes."""
    return workspace.once(
        "stored zones", None, lambda: workspace.project.read(ZONES.name), of=(ZONES.name,)
    )


def metric_shapes(
    workspace: Workspace, shapes: Sequence[BaseGeometry | None]
) -> NDArray[np.object_]:
    """Give shapes in WGS 84 in the project's metric CRS; `None` stays what it is."""
    held = np.empty(len(shapes), dtype=object)
    held[:] = shapes
    frame = gpd.GeoDataFrame(geometry=held, crs=WGS84)
    return to_metric(frame, workspace.project.metric_crs).geometry.to_numpy()


def _faults(edit: Edit, shape: BaseGeometry | None, reach: BaseGeometry | None) -> list[ZoneFault]:
    if reach is not None:
        shapely.prepare(reach)
    return [*zone_faults(shape, within=reach), *value_faults(edit.values)]


def _stored_outside(
    workspace: Workspace, edit: Edit, reach: BaseGeometry | None
) -> list[ZoneFault]:
    """Tell which part of the zone as it is stored lies outside."""
    if reach is None or edit.kind is EditKind.CREATE:
        return []
    zones = stored_zones(workspace)
    shapes = measurable(zones.geometry.to_numpy()[(zones[ZONES.key] == edit.key).to_numpy()])
    found = (outside_fault(shape, reach) for shape in shapes)
    return [fault for fault in found if fault is not None]


def _told(workspace: Workspace, index: int, key: str, fault: ZoneFault) -> ChangeFault:
    place = None if fault.place is None else wgs84_shape(workspace, fault.place)
    return ChangeFault(index, key, fault.code, fault.figures, place)
