"""Which zone holds each building at a moment, and how many people that makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from geo.crs import require_metric
from geo.layers import ZONE_LEVELS

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd
    from numpy.typing import NDArray

LEVELS = ZONE_LEVELS
"""From the strictest to the mildest: where zones overlap, the first of these holds."""
HELD_SHARE = 0.5
"""Of a building's outline that must lie in a zone for the zone to hold the building."""
ROUNDING = 1e-9
WALL_M = 0.3
"""A border within so much of a wall runs along the wall and cuts no building."""


class Pairs(NamedTuple):
    """Buildings and zones that share ground; positions, and the share of the outline inside."""

    building: NDArray[np.int64]
    zone: NDArray[np.int64]
    share: NDArray[np.float64]


def rank_of(levels: pd.Series) -> pd.Series[int]:
    """
    Rank levels: 0 for the strictest, one more than the mildest for what is no level.

    Examples
    --------
    >>> rank_of(pd.Series(["control", "lockdown", None])).tolist()
    [1, 0, 3]
    """
    ranks = levels.map({level: rank for rank, level in enumerate(LEVELS)})
    return ranks.astype("Int64").fillna(len(LEVELS)).astype("int64")


def zones_at(zones: gpd.GeoDataFrame, at: datetime) -> gpd.GeoDataFrame:
    """
    Keep the zones that are in force at a moment.

    Parameters
    ----------
    zones
        Columns `valid_from_at` and `valid_to_at` (aware datetimes; missing is open ended). A
        zone is in force from the first moment on and no longer at the last one.
    at
        Aware.

    Returns
    -------
    zones
        Some of the rows, index kept.
    """
    moment = pd.Timestamp(at)
    since, until = zones["valid_from_at"], zones["valid_to_at"]
    has_begun = since.isna() | (pd.to_datetime(since, utc=True) <= moment)
    has_ended = until.notna() & (pd.to_datetime(until, utc=True) <= moment)
    return zones[has_begun & ~has_ended]


def holding_zones(
    buildings: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, *, at: datetime | None
) -> pd.DataFrame:
    """
    Tell for each building which zone holds it.

    A zone holds a building when at least half of its outline lies within: anybody can see
    that on the map, and moving a border by a centimetre changes it for one building at most
    once (a point inside the outline may jump from wing to wing). A building that lies half
    inside nowhere is held by nobody; `half_inside` tells of it, so that the coordinator
    decides. Of several zones the strictest holds, then the one with the greater share of the
    outline, then the first by `zone_id`.

    Parameters
    ----------
    buildings
        Polygons, metric CRS. May be empty.
    zones
        Polygons, same CRS; columns `zone_id`, `level`, `valid_from_at`, `valid_to_at`. May
        be empty.
    at
        Aware; `None` takes all zones as being in force.

    Returns
    -------
    held
        Index of `buildings`; columns `zone_id` and `level` (missing where nobody holds it) and
        `share` (of the outline within that zone, 0.5 to 1; NaN where nobody holds it).

    Raises
    ------
    CrsError
        If the layers are not in one metric CRS.

    Examples
    --------
    >>> from geopandas import GeoDataFrame
    >>> from shapely import box
    >>> house = GeoDataFrame(geometry=[box(0, 0, 10, 10)], crs=32650)
    >>> zone = GeoDataFrame({"zone_id": ["z"], "level": ["control"]}, geometry=[box(4, 0, 99, 99)])
    >>> held = holding_zones(house, zone.set_geometry("geometry", crs=32650), at=None)
    >>> held[["zone_id", "level"]].iloc[0].tolist(), held["share"].tolist()
    (['z', 'control'], [0.6])
    """
    require_metric(buildings, zones)
    standing = zones if at is None else zones_at(zones, at)
    pairs = _pairs(buildings, standing)
    is_inside = pairs.share >= HELD_SHARE - ROUNDING
    found = pd.DataFrame(
        {
            "building": pairs.building[is_inside],
            "rank": rank_of(standing["level"]).to_numpy()[pairs.zone[is_inside]],
            "zone_id": standing["zone_id"].to_numpy(dtype=object)[pairs.zone[is_inside]],
            "level": standing["level"].to_numpy(dtype=object)[pairs.zone[is_inside]],
            "share": pairs.share[is_inside],
        }
    ).sort_values(["building", "rank", "share", "zone_id"], ascending=[True, True, False, True])
    first = found.drop_duplicates("building").set_index("building")
    held = first[["zone_id", "level", "share"]].reindex(range(len(buildings)))
    for name in ("zone_id", "level"):
        held[name] = held[name].astype(object).where(held[name].notna(), None)
    return held.set_axis(buildings.index, axis=0)


def half_inside(buildings: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    List the buildings that a border cuts.

    A border cuts a building when at least a strip of `WALL_M` of it lies on either side: a
    line along a wall, drawn or rounded a hand's breadth beside it, cuts nothing.

    Parameters
    ----------
    buildings
        Polygons, metric CRS. May be empty.
    zones
        Polygons, same CRS; column `zone_id`. All count, whatever their period.

    Returns
    -------
    cut
        One row a building and zone, in their order; columns `building` (label in the index of
        `buildings`), `zone_id`, `share` (of the outline inside, in (0, 1)).

    Raises
    ------
    CrsError
        If the layers are not in one metric CRS.
    """
    require_metric(buildings, zones)
    pairs = _pairs(buildings, zones)
    partly = np.flatnonzero(pairs.share < 1)
    outlines = buildings.geometry.to_numpy()[pairs.building[partly]]
    shapes = measurable(zones.geometry.to_numpy())[pairs.zone[partly]]
    is_cut = is_wide(shapely.intersection(outlines, shapes), WALL_M)
    is_cut &= is_wide(shapely.difference(outlines, shapes), WALL_M)
    kept = partly[is_cut]
    kept = kept[np.lexsort((pairs.zone[kept], pairs.building[kept]))]
    return pd.DataFrame(
        {
            "building": buildings.index[pairs.building[kept]],
            "zone_id": zones["zone_id"].to_numpy(dtype=object)[pairs.zone[kept]],
            "share": pairs.share[kept],
        }
    )


def held_counts(buildings: gpd.GeoDataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """
    Count buildings, households and residents by the level that holds them.

    Parameters
    ----------
    buildings
        Columns `households` and `residents`, where they are known.
    held
        Of these buildings, as `holding_zones` gives it.

    Returns
    -------
    counts
        One row a level, all of them, the strictest first; columns `buildings`, `households`,
        `residents`, and `households_unknown` and `residents_unknown`: buildings that are held
        but of which the number is missing, and which add nothing to it.
    """
    rank = rank_of(held["level"]).to_numpy()
    is_held = rank < len(LEVELS)
    counts = {"buildings": np.bincount(rank[is_held], minlength=len(LEVELS))}
    for name in ("households", "residents"):
        numbers = _numbers(buildings, name)
        is_known = is_held & ~np.isnan(numbers)
        sums = np.bincount(rank[is_known], weights=numbers[is_known], minlength=len(LEVELS))
        known = np.bincount(rank[is_known], minlength=len(LEVELS))
        counts[name] = sums.round().astype(np.int64)
        counts[f"{name}_unknown"] = counts["buildings"] - known
    order = ["buildings", "households", "residents", "households_unknown", "residents_unknown"]
    return pd.DataFrame(counts, index=pd.Index(LEVELS, name="level"))[order]


def measurable(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """
    Give shapes that overlays can take.

    Zones that another program stored crossing themselves hold what their border encloses;
    they are measured so, and stay stored as they are.
    """
    is_broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    if not is_broken.any():
        return shapes
    sound = shapes.copy()
    sound[is_broken] = shapely.make_valid(shapes[is_broken], method="structure")
    return sound


def is_wide(shapes: NDArray[np.object_], least_m: float) -> NDArray[np.bool_]:
    """
    Tell which polygons are somewhere at least so wide.

    Parameters
    ----------
    shapes
        Polygons, empty ones too, metric CRS.
    least_m
        In metres.
    """
    # Square ends cost a fraction of round ones, and shrinking never reaches a corner's end.
    shrunk = shapely.buffer(shapes, -least_m / 2, quad_segs=1, join_style="mitre")
    return np.asarray(~shapely.is_empty(shrunk))


def _numbers(buildings: gpd.GeoDataFrame, name: str) -> NDArray[np.float64]:
    if name not in buildings:
        return np.full(len(buildings), np.nan)
    return np.asarray(buildings[name].astype("Float64").to_numpy(np.float64, na_value=np.nan))


def _pairs(buildings: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> Pairs:
    """Give every building and zone that share ground; only cut outlines are cut."""
    outlines, shapes = buildings.geometry.to_numpy(), measurable(zones.geometry.to_numpy())
    tree = shapely.STRtree(outlines)
    zone, building = tree.query(shapes, predicate="intersects")
    whole_zone, whole_building = tree.query(shapes, predicate="covers")
    is_whole = np.isin(zone * len(outlines) + building, whole_zone * len(outlines) + whole_building)
    share = np.ones(len(zone))
    cut = np.flatnonzero(~is_whole)
    inside = shapely.intersection(outlines[building[cut]], shapes[zone[cut]])
    share[cut] = shapely.area(inside) / shapely.area(outlines[building[cut]])
    has_ground = share > ROUNDING
    return Pairs(building[has_ground], zone[has_ground], share[has_ground])
