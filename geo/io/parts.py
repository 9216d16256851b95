"""One inner layer of a source: renamed, typed, placed in WGS 84, keyed, checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.checks import examine
from geo.crs import WGS84
from geo.errors import ReadError
from geo.io.columns import ID_NAMES, find_column, typed_columns
from geo.io.imported import Note, Treatment
from geo.io.positions import at_buildings, table_shapes, updated_buildings
from geo.io.shapes import Shapes, decode, placed, plain, touches_box
from geo.io.task import start_task
from geo.io.values import typed
from geo.layers import REPORTS
from geo.schema import Geometry, Kind
from geo.shapefaults import SWAPPED, is_swapped

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.faults import Fault
    from geo.io.imported import ReadOptions
    from geo.io.raw import RawLayer
    from geo.io.task import Task
    from geo.schema import Layer


@dataclass(frozen=True, slots=True)
class Part:
    """
    One layer of a source.

    Parameters
    ----------
    layer
        Which.
    rows
        As `Imported.layers` promises.
    seen
        Rows found, inside the box if one was asked for, before any was left out.
    notes, faults, warnings
        As in `Imported`.
    """

    layer: Layer
    rows: gpd.GeoDataFrame | pd.DataFrame
    seen: int
    notes: tuple[Note, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]


def read_part(raw: RawLayer, layer: Layer, source: str, options: ReadOptions) -> Part:
    """
    Understand one inner layer.

    Parameters
    ----------
    raw
        What the file holds.
    layer
        What it is meant for.
    source
        Name with which keys of last resort begin.
    options
        How it is to be read.

    Raises
    ------
    ReadError
        If it has no shapes and nothing that they follow from, or declares no CRS.
    """
    if not raw.places:
        msg = f"{raw.label}: expected rows or features, got none."
        raise ReadError(msg)
    task = start_task(raw, layer, options)
    frame = typed_columns(raw.rows, layer, task.matched, task.findings)
    declared, repaired = layer, dict[int, str]()
    if task.is_update:
        frame, declared = updated_buildings(task, frame), replace(layer, geometry=None)
    elif layer.geometry is not None:
        frame, repaired = _located(task, frame)
    frame = _keyed(task, frame, source)
    is_inside = _is_inside(frame, options)
    examine(frame, declared, task.findings)
    return _part(task, frame, is_inside, repaired)


def _part(
    task: Task, frame: pd.DataFrame, is_inside: NDArray[np.bool_], repaired: dict[int, str]
) -> Part:
    places = task.raw.places
    outside = {places[position] for position in np.flatnonzero(~is_inside)}
    notes = [
        Note(task.layer.name, places[position], Treatment.REPAIRED, why)
        for position, why in sorted(repaired.items())
        if is_inside[position] and not task.findings.is_faulty[position]
    ]
    order = [name for name in (*task.layer.column_names, "geometry") if name in frame]
    return Part(
        layer=task.layer,
        rows=frame[order][is_inside & ~task.findings.is_faulty].reset_index(drop=True),
        seen=int(is_inside.sum()),
        notes=tuple(notes),
        faults=tuple(fault for fault in task.findings.faults if fault.place not in outside),
        warnings=_warnings(task),
    )


def _warnings(task: Task) -> tuple[str, ...]:
    if not task.unused_columns:
        return task.raw.warnings
    unused = ", ".join(task.unused_columns)
    return (*task.raw.warnings, f"{task.raw.label}: columns not taken: {unused}")


def _located(task: Task, frame: pd.DataFrame) -> tuple[gpd.GeoDataFrame, dict[int, str]]:
    wkb, label = task.raw.wkb, task.raw.label
    shapes = plain(table_shapes(task) if wkb is None else _own_shapes(task, wkb))
    if shapely.is_missing(shapes.geometry).all() and not task.building_columns:
        msg = f"{label}: expected shapes or positions, got a file without geometry."
        raise ReadError(msg)
    crs = WGS84 if wkb is None else task.raw.crs
    located = placed(frame, shapes.geometry, crs=crs, datum=task.options.datum, label=label)
    if wkb is None and task.layer.geometry is Geometry.POINT:
        located = at_buildings(task, located)
    _refuse_swapped(task, located)
    return located, shapes.why_repaired


def _own_shapes(task: Task, wkb: NDArray[np.object_]) -> Shapes:
    shapes = decode(wkb)
    is_given = np.array([shape is not None for shape in wkb], dtype=bool)
    is_broken = shapely.is_missing(shapes.geometry) & is_given
    expected = f"a {task.layer.geometry}"
    task.findings.add("geometry", is_broken, expected, ["a broken shape"] * len(wkb))
    return shapes


def _refuse_swapped(task: Task, located: gpd.GeoDataFrame) -> None:
    known = task.options.buildings
    if known is None or known.empty:
        return
    west, south, east, north = known.total_bounds.tolist()
    geometry = np.asarray(located.geometry.to_numpy(), dtype=object)
    sound = np.asarray(np.isfinite(shapely.bounds(geometry)).all(axis=1))
    is_stray = is_swapped(geometry, sound, ((west + east) / 2, (south + north) / 2))
    told = [f"a place far off{SWAPPED}"] * len(geometry)
    task.findings.add("geometry", is_stray, "a place near the known buildings", told)


def _keyed(task: Task, frame: pd.DataFrame, source: str) -> pd.DataFrame:
    key = task.layer.key
    if key in frame:
        return frame
    last_resort = [f"{source}-{number}" for number in task.raw.row_ids]
    ids = pd.Series(task.raw.feature_ids or last_resort, index=frame.index, dtype="str")
    column = find_column(task.names, ID_NAMES)
    if task.layer.name == REPORTS.name and {"premises_id", "day_on"} <= {*frame.columns}:
        ids = frame["premises_id"] + "@" + frame["day_on"].dt.strftime("%Y-%m-%d")
        ids = ids.fillna(pd.Series(last_resort, index=frame.index, dtype="str"))
    elif column is not None:
        ids = typed(task.raw.rows[column], Kind.TEXT)[0].fillna(ids)
    return frame.assign(**{key: ids})


def _is_inside(frame: pd.DataFrame, options: ReadOptions) -> NDArray[np.bool_]:
    if options.bbox is None or "geometry" not in frame:
        return np.ones(len(frame), dtype=bool)
    return touches_box(np.asarray(frame["geometry"].to_numpy(), dtype=object), options.bbox)
