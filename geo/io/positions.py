"""
Where the rows of a table are: by coordinates, by WKT, or at the building that they name.

A table for the layer of buildings that has no shapes brings no buildings: it changes the
columns it has of the buildings it names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84
from geo.errors import ReadError
from geo.io.buildings import LEVELS, index_buildings
from geo.io.shapes import Shapes
from geo.io.values import is_nothing, typed
from geo.schema import Geometry, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.io.buildings import BuildingIndex, Matches
    from geo.io.task import Task

POSITION_WORDS = "longitude and latitude, or a known building"


def table_shapes(task: Task) -> Shapes:
    """
    Give the shapes that a table's own columns say, missing where they say nothing.

    Raises
    ------
    ReadError
        If no column says where rows are, nor in which building.
    """
    columns = task.position_columns
    if "wkt" in columns:
        return _wkt_shapes(task, columns["wkt"])
    geometry = np.full(len(task.raw.rows), None, dtype=object)
    if task.layer.geometry is Geometry.POINT and {"lon", "lat"} <= columns.keys():
        lon, lat = (_degrees(task, columns[kind]) for kind in ("lon", "lat"))
        is_known = np.isfinite(lon) & np.isfinite(lat)
        geometry[is_known] = shapely.points(lon[is_known], lat[is_known])
    elif not task.building_columns:
        is_point = task.layer.geometry is Geometry.POINT
        needed = "columns lon and lat, or a building" if is_point else "a column wkt"
        msg = f"{task.raw.label}: expected {needed}, got {', '.join(task.names)}."
        raise ReadError(msg)
    return Shapes(geometry, {})


def at_buildings(task: Task, located: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Place rows that have no position of their own inside the building that they name.

    Raises
    ------
    ReadError
        If rows name buildings and none are known.
    """
    is_missing = _is_unplaced(task, located)
    columns = task.building_columns
    if columns and is_missing.any():
        located = _joined(task, located, columns, is_missing)
        is_missing = _is_unplaced(task, located)
    task.findings.add("geometry", is_missing, POSITION_WORDS, [None] * len(located))
    return located


def updated_buildings(task: Task, frame: pd.DataFrame) -> pd.DataFrame:
    """
    Give each row the key of the known building that it names.

    Raises
    ------
    ReadError
        If rows name no building, or none are known.
    """
    columns = [task.matched[level] for level in LEVELS if level in task.matched]
    if not columns:
        msg = f"{task.raw.label}: expected shapes, or a building's id, name or number; got neither."
        raise ReadError(msg)
    index = index_buildings(task.options.buildings, task.raw.label)
    matches = _matched(task, index, columns, np.ones(len(frame), dtype=bool))
    at = np.flatnonzero(matches.positions >= 0)
    ids = pd.Series(index=frame.index, dtype="str", name=task.layer.key)
    ids.iloc[at] = index.ids(matches.positions[at])
    updated = frame.assign(**{task.layer.key: ids})
    return updated.assign(
        **{
            level: _own_texts(index, level, matches, updated[level], task.matched[level])
            for level in LEVELS
            if level in task.matched and level != task.layer.key
        }
    )


def _own_texts(
    index: BuildingIndex, level: str, matches: Matches, values: pd.Series, column: str
) -> pd.Series:
    """Undo the values that only say which building is meant, not what it is called."""
    texts = [
        index.own(level, position) if used == column and position >= 0 else value
        for value, used, position in zip(
            values.tolist(), matches.columns, matches.positions.tolist(), strict=True
        )
    ]
    return pd.Series(texts, index=values.index, name=level, dtype="str")


def _is_unplaced(task: Task, located: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    is_missing = shapely.is_missing(np.asarray(located.geometry.to_numpy(), dtype=object))
    return np.asarray(is_missing & ~task.findings.is_faulty)


def _joined(
    task: Task, located: gpd.GeoDataFrame, columns: Sequence[str], is_missing: NDArray[np.bool_]
) -> gpd.GeoDataFrame:
    index = index_buildings(task.options.buildings, task.raw.label)
    matches = _matched(task, index, columns, is_missing)
    at = np.flatnonzero(is_missing & (matches.positions >= 0))
    geometry = np.asarray(located.geometry.to_numpy(), dtype=object).copy()
    geometry[at] = index.points(matches.positions[at])
    joined = located.set_geometry(gpd.GeoSeries(geometry, index=located.index, crs=WGS84))
    if "building_id" not in task.layer.column_names:
        return joined
    known = pd.Series(index=joined.index, dtype="str")
    known = joined["building_id"].copy() if "building_id" in joined else known
    known.iloc[at] = index.ids(matches.positions[at])
    return joined.assign(building_id=known)


def _matched(
    task: Task, index: BuildingIndex, columns: Sequence[str], is_wanted: NDArray[np.bool_]
) -> Matches:
    matches = index.match(task.raw.rows, columns, is_wanted)
    declared = {name: column for column, name in task.matched.items()}
    for position, miss in matches.misses.items():
        column = declared.get(miss.column, miss.column)
        task.findings.add_at(position, column, miss.expected, miss.found)
        task.findings.silence(position, "geometry")
        task.findings.silence(position, task.layer.key)
    return matches


def _degrees(task: Task, column: str) -> NDArray[np.float64]:
    values, is_bad = typed(task.raw.rows[column], Kind.NUMBER)
    task.findings.add(column, is_bad, "degrees", task.raw.rows[column].tolist())
    _silence(task, is_bad)
    return values.to_numpy(dtype=float)


def _wkt_shapes(task: Task, column: str) -> Shapes:
    cells = task.raw.rows[column].tolist()
    texts = [None if is_nothing(cell) else str(cell) for cell in cells]
    geometry = np.asarray(shapely.from_wkt(texts, on_invalid="ignore"), dtype=object)
    is_given = np.array([text is not None for text in texts], dtype=bool)
    is_bad = shapely.is_missing(geometry) & is_given
    task.findings.add(column, is_bad, "a shape as WKT", texts)
    _silence(task, is_bad)
    return Shapes(geometry, {})


def _silence(task: Task, is_told: NDArray[np.bool_]) -> None:
    for position in np.flatnonzero(is_told).tolist():
        task.findings.silence(position, "geometry")
