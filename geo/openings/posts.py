"""
The fewest posts that seal a zone: a minimum cut between those inside and the world outside.

Each opening that is not closed can be sealed by one post; ways inside, and ways outside, are
free to walk. Inside are the parts of the network inside the zone with a door on them, or all
of them where no doors are known there. The world is every part outside with a door, or with
more than `AWAY_M` of way: what is neither is a dead end, and an opening that leads nowhere
else needs no post. Among equal cuts, one with more openings that are guarded already is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.openings.flow import POST_COST, UNCUTTABLE, Links
from geo.openings.states import State

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.openings.division import Division
    from geo.openings.states import Passages
    from geo.openings.ways import Ways

AWAY_M = 100.0
"""More way than this leads away."""


@dataclass(frozen=True, slots=True)
class Posts:
    """
    The fewest posts that seal a zone.

    Parameters
    ----------
    count
        How many.
    opening_ids
        Where they stand, in the order of the boundary.
    staffed_ids
        Those of them that are guarded already.
    doors_outside
        Ids of buildings within the zone whose door is on a way outside: no post on a way
        holds their people.
    """

    count: int
    opening_ids: tuple[str, ...]
    staffed_ids: tuple[str, ...]
    doors_outside: tuple[str, ...]


def count_posts(
    ways: Ways, division: Division, passages: Passages, openings: gpd.GeoDataFrame
) -> Posts:
    """
    Find the fewest openings that, each with a post, seal a zone.

    Parameters
    ----------
    ways, division, passages, openings
        All of the same zone; `openings` with columns `opening_id` and `state`.
    """
    is_guarded = openings["state"].eq(State.GUARDED).to_numpy(dtype=bool)
    is_post = _cut(ways, division, passages, is_guarded)
    ids = openings["opening_id"]
    return Posts(
        count=int(is_post.sum()),
        opening_ids=tuple(ids[is_post]),
        staffed_ids=tuple(ids[is_post & is_guarded]),
        doors_outside=_doors_outside(ways, division),
    )


def _cut(
    ways: Ways, division: Division, passages: Passages, is_guarded: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which openings are in the cut."""
    is_home, is_world = _terminal_parts(ways, division)
    parts, count = len(is_home), len(division)
    if not count:
        return np.zeros(0, dtype=bool)
    enter = parts + np.arange(count)
    leave = enter + count
    source, sink = parts + 2 * count, parts + 2 * count + 1
    ends, live = passages.ends, passages.is_live
    links = Links()
    links.add(enter, leave, POST_COST - is_guarded.astype(np.int64))
    links.add(ends.part[live], enter[ends.opening[live]], UNCUTTABLE)
    links.add(leave[ends.opening[live]], ends.part[live], UNCUTTABLE)
    homes, worlds = np.flatnonzero(is_home), np.flatnonzero(is_world)
    links.add(np.full(len(homes), source), homes, UNCUTTABLE)
    links.add(worlds, np.full(len(worlds), sink), UNCUTTABLE)
    reached = links.cut(source=source, sink=sink).is_source_side
    return np.asarray(reached[enter] & ~reached[leave])


def _terminal_parts(ways: Ways, division: Division) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which parts hold the people inside, and which are the world outside."""
    pieces, part = division.pieces, division.part
    count = int(part.max(initial=-1)) + 1
    is_inside = np.zeros(count, dtype=bool)
    is_inside[part[division.is_inside]] = True
    has_door = np.zeros(len(pieces.node_xy), dtype=bool)
    has_door[: len(ways.has_door)] = ways.has_door
    lived_on = np.zeros(count, dtype=bool)
    lived_on[part[has_door[pieces.tail] | has_door[pieces.head]]] = True
    length_m = np.bincount(part, weights=pieces.length_m, minlength=count)
    is_home = is_inside & lived_on
    is_world = ~is_inside & (lived_on | (length_m > AWAY_M))
    return is_home if is_home.any() else is_inside, is_world


def _doors_outside(ways: Ways, division: Division) -> tuple[str, ...]:
    pieces = division.pieces
    is_reached_inside = np.zeros(len(pieces.node_xy), dtype=bool)
    for ends in (pieces.tail, pieces.head):
        is_reached_inside[ends[division.is_inside]] = True
    up = np.flatnonzero(ways.building_node >= 0)
    up = up[~is_reached_inside[ways.building_node[up]]]
    within = up[shapely.contains(division.zone, ways.building_points[up])]
    return tuple(ways.buildings["building_id"].astype(str).iloc[within]) if len(within) else ()
