"""
How an opening is: guarded, closed or open.

*Closed* is told only of what the network shows to be closed: on the inner or the outer side
of the crossing one comes, within `closed_reach_m` of way, to nothing but walls and closed
gates: no door, no other opening, no end in the open. What is farther off is not looked at, so
that an alley between the crossing and a far gate leaves the opening open.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geo.network.cuts import GATE_REACH_M, is_near

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.openings.division import Division
    from geo.openings.ways import Ways

GUARD_REACH_M = 15.0
CLOSED_REACH_M = 30.0
CLEARANCE_M = 0.05
"""A wall that touches the ends of a line of sight does not block it."""


class State(StrEnum):
    """How an opening is."""

    GUARDED = "guarded"
    CLOSED = "closed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class OpeningRules:
    """
    When an opening counts as guarded or closed.

    Parameters
    ----------
    guard_reach_m
        How far off a checkpoint still watches an opening it can see, in metres; positive.
    closed_reach_m
        How much way there may be between an opening and the walls and gates that close it,
        in metres; positive.
    """

    guard_reach_m: float = GUARD_REACH_M
    closed_reach_m: float = CLOSED_REACH_M

    def __post_init__(self) -> None:
        """Refuse reaches that are not positive."""
        if not (self.guard_reach_m > 0 and self.closed_reach_m > 0):
            msg = f"Expected reaches above 0 m, got {self.guard_reach_m} and {self.closed_reach_m}."
            raise ValueError(msg)


class Ends(NamedTuple):
    """Where pieces meet openings, one entry an end: opening, node, part, and side."""

    opening: NDArray[np.int64]
    node: NDArray[np.int64]
    part: NDArray[np.int64]
    is_inside: NDArray[np.bool_]


class Passages(NamedTuple):
    """
    What leads through openings.

    Parameters
    ----------
    ends
        All ends of pieces at openings.
    is_live
        Which ends belong to a passage that can be walked.
    is_closed
        Openings without any; shape (openings,).
    shut_node, shut_opening
        Nodes at walls and closed gates that close openings, and which.
    """

    ends: Ends
    is_live: NDArray[np.bool_]
    is_closed: NDArray[np.bool_]
    shut_node: NDArray[np.int64]
    shut_opening: NDArray[np.int64]


def find_passages(ways: Ways, division: Division, rules: OpeningRules) -> Passages:
    """Tell which openings can be passed, and what closes the others."""
    ends = _ends(division)
    is_blind = _blind_parts(ways, division, ends, rules.closed_reach_m)
    leads_on = ~is_blind[ends.part]
    node_count = len(division.pieces.node_xy)
    goes_in, goes_out = np.zeros(node_count, dtype=bool), np.zeros(node_count, dtype=bool)
    goes_in[ends.node[leads_on & ends.is_inside]] = True
    goes_out[ends.node[leads_on & ~ends.is_inside]] = True
    is_live = leads_on & goes_in[ends.node] & goes_out[ends.node]
    is_closed = np.ones(len(division), dtype=bool)
    is_closed[ends.opening[is_live]] = False
    shut_node, shut_opening = _closing_nodes(ways, division, ends, is_blind)
    return Passages(ends, is_live, is_closed, shut_node, shut_opening)


def find_guards(ways: Ways, division: Division, reach_m: float) -> NDArray[np.int64]:
    """
    Position of the nearest checkpoint that watches each opening; -1 for none.

    A checkpoint watches what is within reach, on ways of its own level, with neither a wall
    nor a building between; through an open gate one sees.
    """
    guard = np.full(len(division), -1, dtype=np.int64)
    posts = ways.checkpoints.geometry.to_numpy()
    if not len(posts) or not len(division):
        return guard
    post, opening = shapely.STRtree(division.points).query(posts, "dwithin", reach_m)
    is_level = _levels(ways, division)[opening] == ways.checkpoints["level"].to_numpy()[post]
    post, opening = post[is_level], opening[is_level]
    sees = _is_in_sight(ways, posts[post], division.points[opening])
    post, opening = post[sees], opening[sees]
    distance_m = shapely.distance(posts[post], division.points[opening])
    order = np.lexsort((post, distance_m, opening))
    first = order[np.unique(opening[order], return_index=True)[1]]
    guard[opening[first]] = post[first]
    return guard


def _ends(division: Division) -> Ends:
    pieces = division.pieces
    node = np.concatenate([pieces.tail, pieces.head])
    both = np.concatenate([np.arange(len(pieces.tail))] * 2)
    at = np.flatnonzero(division.opening[node] >= 0)
    node, piece = node[at], both[at]
    return Ends(division.opening[node], node, division.part[piece], division.is_inside[piece])


def _blind_parts(ways: Ways, division: Division, ends: Ends, reach_m: float) -> NDArray[np.bool_]:
    """Which parts lead from one opening to walls and closed gates only."""
    pieces, part = division.pieces, division.part
    count = int(part.max(initial=-1)) + 1
    length_m = np.bincount(part, weights=pieces.length_m, minlength=count)
    node = np.concatenate([pieces.tail, pieces.head])
    of_end = np.concatenate([part, part])
    old = node < len(ways.is_shut)
    leads = np.zeros(len(division.opening), dtype=bool)
    leads[: len(ways.has_door)] = ways.has_door
    degree = np.bincount(node, minlength=len(leads))
    is_shut = np.zeros(len(leads), dtype=bool)
    is_shut[: len(ways.is_shut)] = ways.is_shut
    is_end = (degree[node] == 1) & (division.opening[node] < 0) & old
    leads_on = leads[node] | (is_end & ~is_shut[node])
    is_blind = (length_m <= reach_m) & (np.bincount(of_end[is_end], minlength=count) > 0)
    is_blind[of_end[leads_on]] = False
    pairs = np.unique(np.stack([ends.part, ends.opening], axis=1), axis=0)
    return np.asarray(is_blind & (np.bincount(pairs[:, 0], minlength=count) == 1))


def _closing_nodes(
    ways: Ways, division: Division, ends: Ends, is_blind: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the ends at walls and closed gates in blind parts, and the openings they close."""
    of_part = np.full(len(is_blind), -1, dtype=np.int64)
    is_of_blind = is_blind[ends.part]
    of_part[ends.part[is_of_blind]] = ends.opening[is_of_blind]
    pieces = division.pieces
    node = np.concatenate([pieces.tail, pieces.head])
    opening = np.concatenate([of_part[division.part]] * 2)
    old = np.flatnonzero((node < len(ways.is_shut)) & (opening >= 0))
    shut = old[ways.is_shut[node[old]]]
    return node[shut], opening[shut]


def _levels(ways: Ways, division: Division) -> NDArray[np.int64]:
    """Level of each opening's way; of several the one nearest the ground."""
    ends = np.concatenate([division.pieces.tail, division.pieces.head])
    level = ways.streets["level"].to_numpy()[np.concatenate([division.pieces.way] * 2)]
    at = np.flatnonzero(division.opening[ends] >= 0)
    opening, level = division.opening[ends[at]], level[at]
    order = np.lexsort((level, np.abs(level), opening))
    found = np.zeros(len(division), dtype=np.int64)
    first = order[np.unique(opening[order], return_index=True)[1]]
    found[opening[first]] = level[first]
    return found


def _is_in_sight(
    ways: Ways, posts: NDArray[np.object_], openings: NDArray[np.object_]
) -> NDArray[np.bool_]:
    xy = np.stack([shapely.get_coordinates(posts), shapely.get_coordinates(openings)], axis=1)
    run = xy[:, 1] - xy[:, 0]
    length_m = np.hypot(run[:, 0], run[:, 1])
    inset = (run.T * np.minimum(CLEARANCE_M / np.maximum(length_m, CLEARANCE_M), 0.5)).T
    sights = np.asarray(shapely.linestrings(np.stack([xy[:, 0] + inset, xy[:, 1] - inset], axis=1)))
    sees = np.ones(len(posts), dtype=bool)
    sees[_walled(ways, sights)] = False
    sight, building = ways.building_tree.query(sights, "crosses")
    stands_in = shapely.contains(ways.building_tree.geometries[building], posts[sight])
    sees[sight[~stands_in]] = False
    return sees


def _walled(ways: Ways, sights: NDArray[np.object_]) -> NDArray[np.int64]:
    """Lines of sight that a barrier crosses away from open gates."""
    network = ways.network
    sight, piece = network.barrier_tree.query(sights, "intersects")
    if not len(sight):
        return np.empty(0, dtype=np.int64)
    met = shapely.intersection(sights[sight], network.barrier_pieces[piece])
    return np.asarray(sight[~is_near(shapely.centroid(met), network.open_gates, GATE_REACH_M)])
