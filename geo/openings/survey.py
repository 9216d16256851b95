"""The openings in a zone's boundary, each with its street and its state."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.network.cuts import GATE_REACH_M
from geo.openings.division import divide
from geo.openings.posts import Posts, count_posts
from geo.openings.states import OpeningRules, State, find_guards, find_passages

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.openings.division import Division
    from geo.openings.states import Passages
    from geo.openings.ways import Ways

RULES = OpeningRules()
COLUMNS = (
    "opening_id",
    "state",
    "street",
    "street_id",
    "checkpoint_id",
    "gate_id",
    "is_walkable",
    "is_drivable",
    "is_timed",
    "has_unknown_hours",
)


class Survey(NamedTuple):
    """The openings of a zone, and the fewest posts that seal it."""

    openings: gpd.GeoDataFrame
    posts: Posts


def find_openings(
    ways: Ways, zone: BaseGeometry, *, rules: OpeningRules = RULES
) -> gpd.GeoDataFrame:
    """
    Find every place where a walkable or drivable way crosses a zone's boundary.

    Parameters
    ----------
    ways
        Of the zone and well beyond it.
    zone
        Valid polygon or multipolygon, same metric CRS; every ring counts.

    Returns
    -------
    openings
        Points on the boundary in its order, RangeIndex. `opening_id` is the street's id and
        the number of the crossing along that street, so that it stays when the line moves a
        little; `state` a `State`; `street` the name, may be missing; `street_id`;
        `checkpoint_id` of the one that guards it; `gate_id` of the gate that closes it or
        stands in it; `is_walkable`, `is_drivable`; `is_timed` where that gate has hours;
        `has_unknown_hours` where those of the checkpoint cannot be read.

    See Also
    --------
    geo.openings.division : What counts as one opening.
    geo.openings.states : What counts as guarded and as closed.
    """
    return survey_zone(ways, zone, rules=rules).openings


def fewest_posts(ways: Ways, zone: BaseGeometry, *, rules: OpeningRules = RULES) -> Posts:
    """
    Find the fewest openings that, each with a post, seal a zone.

    See Also
    --------
    geo.openings.posts : What is parted from what.
    """
    return survey_zone(ways, zone, rules=rules).posts


def survey_zone(ways: Ways, zone: BaseGeometry, *, rules: OpeningRules = RULES) -> Survey:
    """
    Find the openings of a zone and the fewest posts that seal it, in one go.

    Parameters
    ----------
    ways
        Of the zone and well beyond it.
    zone
        Valid polygon or multipolygon, same metric CRS.
    """
    division = divide(ways, zone)
    passages = find_passages(ways, division, rules)
    guard = find_guards(ways, division, rules.guard_reach_m)
    openings = _openings(ways, division, passages, guard, rules)
    return Survey(openings, count_posts(ways, division, passages, openings))


def _openings(
    ways: Ways,
    division: Division,
    passages: Passages,
    guard: NDArray[np.int64],
    rules: OpeningRules,
) -> gpd.GeoDataFrame:
    opening, way = _ways_at(division)
    first = _first_ways(ways, opening, way)
    gate = _gates(ways, division, passages, (opening, way), rules.guard_reach_m)
    is_open = np.where(passages.is_closed, State.CLOSED, State.OPEN)
    posts = ways.checkpoints
    frame = gpd.GeoDataFrame(
        {
            "state": np.where(guard >= 0, State.GUARDED, is_open).astype(object),
            "street": _taken(ways.streets, "name", first),
            "street_id": _taken(ways.streets, "street_id", first),
            "checkpoint_id": _taken(posts, "checkpoint_id", guard),
            "gate_id": _taken(ways.gates, "gate_id", gate),
            "is_timed": _flags(ways.gates, "is_timed", gate),
            "has_unknown_hours": _flags(posts, "has_unknown_hours", guard),
        },
        geometry=division.points,
        crs=ways.network.crs,
    )
    for column in ("is_walkable", "is_drivable"):
        flags = ways.streets[column].to_numpy(dtype=bool)[way]
        frame[column] = np.bincount(opening[flags], minlength=len(division)) > 0
    frame["opening_id"] = _ids(ways, first, frame["street_id"], division.points)
    return frame[[*COLUMNS, "geometry"]]


def _ways_at(division: Division) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every pair of an opening and a way that ends or passes there."""
    ends = np.concatenate([division.pieces.tail, division.pieces.head])
    at = np.flatnonzero(division.opening[ends] >= 0)
    way = np.concatenate([division.pieces.way] * 2)[at]
    pairs = np.unique(np.stack([division.opening[ends[at]], way], axis=1), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _first_ways(
    ways: Ways, opening: NDArray[np.int64], way: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Give the way an opening is named after: one with a name, then a road, then the first."""
    streets = ways.streets
    is_named = streets["name"].notna().to_numpy() if "name" in streets else np.zeros(len(streets))
    is_drivable = streets["is_drivable"].to_numpy(dtype=bool)
    order = np.lexsort((way, ~is_drivable[way], ~is_named.astype(bool)[way], opening))
    return np.asarray(way[order[np.unique(opening[order], return_index=True)[1]]])


def _gates(
    ways: Ways,
    division: Division,
    passages: Passages,
    ways_at: tuple[NDArray[np.int64], NDArray[np.int64]],
    reach_m: float,
) -> NDArray[np.int64]:
    """Position of the gate that closes each opening, or else stands on its way; -1 for none."""
    gate = np.full(len(division), -1, dtype=np.int64)
    if not len(ways.gates) or not len(division):
        return gate
    points = np.asarray(shapely.centroid(ways.gates.geometry.to_numpy()))
    is_closed = ways.gates["state"].eq("closed").to_numpy(dtype=bool)
    tree = shapely.STRtree(points)
    # Gates that do not close anything first: what closes an opening is written over them.
    opening, near = tree.query(division.points, "dwithin", reach_m)
    opening, near = _on_the_way(ways, ways_at, opening, near)
    ends = np.asarray(shapely.points(division.pieces.node_xy[passages.shut_node]))
    end, shut = tree.query(ends, "dwithin", GATE_REACH_M)
    is_closing = is_closed[shut] & passages.is_closed[passages.shut_opening[end]]
    opening = np.concatenate([opening, passages.shut_opening[end[is_closing]]])
    near = np.concatenate([near, shut[is_closing]])
    closes = np.concatenate([np.zeros(len(near) - is_closing.sum()), np.ones(is_closing.sum())])
    distance_m = shapely.distance(points[near], division.points[opening])
    order = np.lexsort((near, distance_m, -closes, opening))
    first = order[np.unique(opening[order], return_index=True)[1]]
    gate[opening[first]] = near[first]
    return gate


def _on_the_way(
    ways: Ways,
    ways_at: tuple[NDArray[np.int64], NDArray[np.int64]],
    opening: NDArray[np.int64],
    gate: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keep the pairs of an opening and a gate on one of its ways."""
    pairs = pd.DataFrame({"opening": opening, "gate": gate})
    joined = pairs.merge(pd.DataFrame({"opening": ways_at[0], "way": ways_at[1]}))
    lines = ways.streets.geometry.to_numpy()[joined["way"]]
    points = ways.gates.geometry.to_numpy()[joined["gate"]]
    reach_m = ways.gate_reach_m[joined["gate"]]
    kept = joined[shapely.distance(lines, points) <= reach_m].drop_duplicates(["opening", "gate"])
    return kept["opening"].to_numpy(), kept["gate"].to_numpy()


def _ids(
    ways: Ways,
    way: NDArray[np.int64],
    street_id: pd.Series,
    points: NDArray[np.object_],
) -> pd.Series:
    along_m = shapely.line_locate_point(
        shapely.line_merge(ways.streets.geometry.to_numpy()[way]), points
    )
    number = pd.Series(along_m).groupby(way).rank(method="first").astype(int)
    return street_id.astype(str) + ":" + number.astype(str)


def _taken(frame: pd.DataFrame, column: str, row: NDArray[np.int64]) -> pd.Series:
    """Values of some rows; `None` for row -1, for a missing value and a missing column."""
    taken = np.full(len(row), None, dtype=object)
    if column in frame:
        values = frame[column].to_numpy(dtype=object, copy=True)
        values[frame[column].isna().to_numpy()] = None
        taken[row >= 0] = values[row[row >= 0]]
    return pd.Series(taken, dtype=object)


def _flags(frame: pd.DataFrame, column: str, row: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.asarray(np.equal(_taken(frame, column, row), True), dtype=bool)  # noqa: FBT003 (compared with)
