"""
Which part of a project somebody may see.

Whoever is bound to areas sees what lies in them and nothing else: what lies elsewhere is, to
them, not there. Streets, barriers and gates a little way around are for walking and drawing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from shapely import Polygon

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from api.services.rights import Person
    from api.services.workspace import Workspace

Areas = frozenset[str] | None
"""Codes of areas with all that lies below them; `None` for everywhere."""

SLIVER_M2 = 1.0
"""Shapes that share less ground than this only touch: their borders were drawn alike."""


def reach_codes(workspace: Workspace, person: Person) -> frozenset[str] | None:
    """
    Give the codes of all areas in a person's reach; `None` for everywhere.

    An area is in reach if it or one of its ancestors is among the person's areas.
    """
    return codes_within(workspace, person.areas)


def reach_of(workspace: Workspace, person: Person) -> BaseGeometry | None:
    """
    Give the ground in a person's reach, in the project's metric CRS; `None` for everywhere.

    Returns
    -------
    reach
        The union of their areas; an empty polygon where the project has none of them.
    """
    return ground_within(workspace, person.areas)


def area_codes(workspace: Workspace) -> frozenset[str]:
    """Give the codes of all areas of the project."""
    return workspace.once(
        "area codes",
        None,
        lambda: frozenset(workspace.project.read_table("areas")["code"].astype(str)),
        of=("areas",),
    )


def codes_within(workspace: Workspace, areas: Areas) -> frozenset[str] | None:
    """Give the codes of areas and of all that lies below them."""
    if areas is None:
        return None
    return workspace.once(
        "reach codes", areas, lambda: _descendants(workspace, areas), of=("areas",)
    )


def ground_within(workspace: Workspace, areas: Areas) -> BaseGeometry | None:
    """Give the ground of areas and of all that lies below them; see `reach_of`."""
    if areas is None:
        return None
    return workspace.once("reach", areas, lambda: _ground(workspace, areas), of=("areas",))


def seen_rows(
    workspace: Workspace, areas: Areas, layer_name: str, rows: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """
    Keep the features of a layer that lie in somebody's reach.

    Buildings lie where their middle is, and entrances where their building is; premises where
    their area's code says, else where they stand. Zones, blocks and areas share ground with
    the reach, and areas are those that belong to it; of all else some part lies in it.

    Parameters
    ----------
    rows
        Metric CRS, the declared columns.

    Returns
    -------
    seen
        With a new RangeIndex; `rows` itself where everything is in reach.
    """
    reach = ground_within(workspace, areas)
    if areas is None or reach is None:
        return rows
    is_seen = _RULES.get(layer_name, _touches)(_Reach(workspace, areas, reach), rows)
    return rows[is_seen].reset_index(drop=True)


class _Reach:
    """One reach, to sort features by."""

    def __init__(self, workspace: Workspace, areas: frozenset[str], ground: BaseGeometry) -> None:
        shapely.prepare(ground)
        self.workspace = workspace
        self.areas = areas
        self.codes = codes_within(workspace, areas) or frozenset()
        self.ground = ground

    def buildings(self) -> frozenset[str]:
        """Ids of the buildings in reach."""
        return self.workspace.once(
            "reach buildings", self.areas, self._buildings, of=("areas", "buildings")
        )

    def _buildings(self) -> frozenset[str]:
        buildings = self.workspace.project.read("buildings")
        return frozenset(buildings.loc[_has_middle(self, buildings), "building_id"].astype(str))


def _touches(reach: _Reach, rows: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    return shapely.intersects(reach.ground, rows.geometry.to_numpy())


def _has_middle(reach: _Reach, rows: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    return shapely.intersects(reach.ground, shapely.point_on_surface(rows.geometry.to_numpy()))


def _shares_ground(reach: _Reach, rows: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    is_shared = _touches(reach, rows)
    near = rows.geometry.to_numpy()[is_shared]
    is_shared[is_shared] = shapely.area(shapely.intersection(reach.ground, near)) > SLIVER_M2
    return is_shared


def _is_own_area(reach: _Reach, rows: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    return rows["code"].isin(reach.codes).to_numpy(dtype=bool)


def _has_own_building(reach: _Reach, rows: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    named = rows["building_id"]
    is_own = named.isin(reach.buildings()).to_numpy(dtype=bool)
    return is_own | (named.isna().to_numpy(dtype=bool) & _touches(reach, rows))


def _has_own_code(reach: _Reach, rows: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    codes = rows["area_code"]
    is_placed = codes.isin(area_codes(reach.workspace)).to_numpy(dtype=bool)
    is_own = codes.isin(reach.codes).to_numpy(dtype=bool)
    return is_own | (~is_placed & _touches(reach, rows))


_RULES: dict[str, Callable[[_Reach, gpd.GeoDataFrame], NDArray[np.bool_]]] = {
    "areas": _is_own_area,
    "blocks": _shares_ground,
    "buildings": _has_middle,
    "entrances": _has_own_building,
    "premises": _has_own_code,
    "zones": _shares_ground,
}


def _descendants(workspace: Workspace, areas: frozenset[str]) -> frozenset[str]:
    table = workspace.project.read_table("areas")
    known: set[str] = set()
    found = set(table.loc[table["code"].isin(areas), "code"])
    while found:
        known |= found
        found = set(table.loc[table["parent_code"].isin(found), "code"]) - known
    return frozenset(str(code) for code in known)


def _ground(workspace: Workspace, areas: frozenset[str]) -> BaseGeometry:
    frame = workspace.project.read("areas")
    own = frame[frame["code"].isin(codes_within(workspace, areas) or ())]
    ground: BaseGeometry = Polygon() if own.empty else own.geometry.union_all()
    return ground
