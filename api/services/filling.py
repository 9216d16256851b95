"""What sources leave out and can be told from the rest: people, and where things belong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84, to_metric
from geo.io.imported import Imported
from geo.layers import AREAS, BUILDINGS, PREMISES
from geo.population import ESTIMATED, estimate_people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.schema import Layer

    Texts = NDArray[np.object_]

FINE_LEVELS = ("grid", "community")
"""Levels of area that a building is said to belong to, the finest first."""

LINKS = "links"
"""Source of changes that follow from what others brought."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """
    Layers as they are known, from the project and from what was read so far.

    Parameters
    ----------
    areas, buildings, premises
        WGS 84, RangeIndex, every declared column.
    """

    areas: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    premises: gpd.GeoDataFrame


def add_rows(known: gpd.GeoDataFrame, rows: pd.DataFrame | None, layer: Layer) -> gpd.GeoDataFrame:
    """
    Give the known rows of a layer with those that a source brings.

    Parameters
    ----------
    known
        WGS 84, every declared column.
    rows
        A layer as it was read, or a table that changes rows which are known.
    layer
        The declaration of both.

    Returns
    -------
    known
        RangeIndex, every declared column. A column that the source lacks keeps its values.
    """
    if rows is None or rows.empty:
        return known
    merged = _merged(known, rows, layer)
    others = known[~known[layer.key].isin(merged[layer.key])]
    parts = [part for part in (others, merged[merged.geometry.notna()]) if len(part)]
    return known if not parts else pd.concat(parts, ignore_index=True)


def fill_gaps(imported: Sequence[Imported], held: Holdings, *, metric_crs: str) -> list[Imported]:
    """
    Fill in what sources leave out, and never what they say.

    Floors, households and residents are estimated and marked (`geo.population`); buildings
    and premises get the code of the finest area they stand in; premises get the building.

    Parameters
    ----------
    imported
        In the order in which they come in.
    held
        What the project holds.
    metric_crs
        The CRS in which footprints are measured.

    Returns
    -------
    filled
        The same sources in the same order. One more follows where areas or buildings of this
        import complete rows that the project held before.
    """
    known = held
    for one in imported:
        known = replace(known, areas=add_rows(known.areas, one.layers.get("areas"), AREAS))
    filled = []
    for one in imported:
        rows = one.layers.get("buildings")
        if rows is not None and len(rows):
            whole = _with_people(rows, known, metric_crs)
            known = replace(known, buildings=add_rows(known.buildings, whole, BUILDINGS))
            filled.append(_with_layer(one, "buildings", whole))
        else:
            filled.append(one)
    filled = [_with_places(one, known) for one in filled]
    return [*filled, *_belated(filled, known)]


def _with_layer(one: Imported, name: str, rows: pd.DataFrame) -> Imported:
    return replace(one, layers={**one.layers, name: rows})


def _merged(known: gpd.GeoDataFrame, rows: pd.DataFrame, layer: Layer) -> gpd.GeoDataFrame:
    """Give the rows with every column; those they lack, as known. RangeIndex."""
    names = [*layer.column_names, "geometry"]
    before = known.set_index(layer.key).reindex(rows[layer.key]).reset_index()
    columns = {name: (rows if name in rows else before)[name].to_numpy() for name in names}
    return gpd.GeoDataFrame(columns, crs=WGS84)


def _with_people(rows: pd.DataFrame, known: Holdings, metric_crs: str) -> pd.DataFrame:
    """Complete buildings, or a table about buildings that are known."""
    rows = _with_flags(rows.reset_index(drop=True))
    merged = _merged(known.buildings, rows, BUILDINGS)
    before = _before(known.buildings, rows, BUILDINGS)
    counted = merged.drop(columns=[f"{name}_are_estimated" for name in ESTIMATED])
    for name in ESTIMATED:
        counted[name] = _counted(merged, name).fillna(_counted(before, name))
    placed = counted[counted.geometry.notna()]
    people = estimate_people(to_metric(placed, metric_crs)).reindex(rows.index)
    completed = rows.assign(**{str(name): people[name] for name in people})
    if not isinstance(rows, gpd.GeoDataFrame):
        return completed
    codes = _area_codes(rows.representative_point(), known.areas)
    return completed.assign(area_code=_first_said(rows, before, "area_code", codes))


def _with_places(one: Imported, known: Holdings) -> Imported:
    rows = one.layers.get("premises")
    if not isinstance(rows, gpd.GeoDataFrame) or rows.empty:
        return one
    rows = rows.reset_index(drop=True)
    links = _links(rows, _before(known.premises, rows, PREMISES), known)
    return _with_layer(one, "premises", rows.assign(**links))


def _links(rows: gpd.GeoDataFrame, before: pd.DataFrame, known: Holdings) -> dict[str, Texts]:
    ids = _holders(rows.geometry, known.buildings, "building_id")
    codes = _area_codes(rows.geometry, known.areas)
    return {
        "building_id": _first_said(rows, before, "building_id", ids),
        "area_code": _first_said(rows, before, "area_code", codes),
    }


def _belated(filled: Sequence[Imported], known: Holdings) -> list[Imported]:
    """Complete rows that no source of this import brings, but that it tells more about."""
    brought = {name for one in filled for name in one.layers}
    layers: dict[str, pd.DataFrame] = {}
    if "areas" in brought:
        buildings = _not_in(known.buildings, filled, BUILDINGS)
        codes = _area_codes(buildings.representative_point(), known.areas)
        links = {"area_code": _first_said(buildings, buildings, "area_code", codes)}
        layers["buildings"] = _changed(buildings, links, BUILDINGS)
    if brought & {"areas", "buildings"}:
        premises = _not_in(known.premises, filled, PREMISES)
        layers["premises"] = _changed(premises, _links(premises, premises, known), PREMISES)
    layers = {name: rows for name, rows in layers.items() if len(rows)}
    return [Imported(LINKS, dict(layers), {})] if layers else []


def _changed(rows: gpd.GeoDataFrame, links: dict[str, Texts], layer: Layer) -> pd.DataFrame:
    changed = pd.DataFrame({layer.key: rows[layer.key], **links}, index=rows.index)
    is_new = [changed[name].notna() & rows[name].isna() for name in links]
    return changed[np.logical_or.reduce(is_new)]


def _not_in(known: gpd.GeoDataFrame, filled: Sequence[Imported], layer: Layer) -> gpd.GeoDataFrame:
    frames = (one.layers[layer.name] for one in filled if layer.name in one.layers)
    brought = {key for frame in frames for key in frame[layer.key]}
    return known[~known[layer.key].isin(brought)].reset_index(drop=True)


def _before(known: gpd.GeoDataFrame, rows: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    return known.set_index(layer.key).reindex(rows[layer.key]).reset_index()


def _with_flags(rows: pd.DataFrame) -> pd.DataFrame:
    """Say of counts that come without a word about it that they are no estimates."""
    flags = {
        f"{name}_are_estimated": pd.Series(data=False, index=rows.index)
        for name in ESTIMATED
        if name in rows and f"{name}_are_estimated" not in rows
    }
    return rows.assign(**flags)


def _counted(buildings: pd.DataFrame, name: str) -> pd.Series[float]:
    """Give what somebody has counted, NaN elsewhere."""
    is_estimated = buildings[f"{name}_are_estimated"].astype("boolean").fillna(value=False)
    return pd.to_numeric(buildings[name]).astype("Float64").mask(is_estimated)


def _first_said(rows: pd.DataFrame, before: pd.DataFrame, name: str, found: Texts) -> Texts:
    """Give what the source says, else what was known, else what was found."""
    said = rows[name].to_numpy(dtype=object) if name in rows else np.full(len(rows), None)
    known = before[name].to_numpy(dtype=object)
    known = np.where(pd.isna(known), found, known)
    return np.where(pd.isna(said), known, said)


def _area_codes(points: gpd.GeoSeries, areas: gpd.GeoDataFrame) -> Texts:
    ranked = (areas[areas["level"] == level] for level in FINE_LEVELS)
    by_level = [_holders(points, rows, "code") for rows in ranked]
    grid, community = by_level
    return np.where(pd.isna(grid), community, grid)


def _holders(points: gpd.GeoSeries, polygons: gpd.GeoDataFrame, name: str) -> Texts:
    """Give the value of the smallest polygon around each point; `None` without one."""
    small_first = polygons.iloc[np.argsort(_areas_deg2(polygons), kind="stable")]
    point_at, polygon_at = small_first.sindex.query(points, predicate="intersects")
    found = np.full(len(points), None, dtype=object)
    order = np.argsort(-polygon_at, kind="stable")
    found[point_at[order]] = small_first[name].to_numpy(dtype=object)[polygon_at[order]]
    return found


def _areas_deg2(polygons: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Square degrees serve to tell which of two shapes in one place is the smaller."""
    return np.asarray(shapely.area(polygons.geometry.to_numpy()), dtype=np.float64)
