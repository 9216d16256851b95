"""Places brought to the nearest street that can be reached without passing a barrier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.network.cuts import GATE_REACH_M, is_near

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network.graph import Network

MAX_SNAP_M = 100.0
PLOT_SNAP_M = 80.0
"""Longest way from a walled-in building to a street outside."""
CRUMB_M = 100.0
"""A connected part with less street than this is a crumb, used only for want of better."""
CLEARANCE_M = 0.05
"""A barrier that touches the ends of a connector does not block it."""
PROBE_M = 0.5
"""A segment that ends on a barrier is looked for this far from its end, on its own side."""
CANDIDATE_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Snaps:
    """
    Where places meet the network.

    Parameters
    ----------
    segment
        The segment each place is brought to; -1 for none. Shape (places,).
    connector
        Two-point LineStrings from the door to its segment; `None` for none.
    is_at_barrier
        Whether the door is the street side of the barrier round the place.
    """

    segment: NDArray[np.int64]
    connector: NDArray[np.object_]
    is_at_barrier: NDArray[np.bool_]

    @property
    def is_attached(self) -> NDArray[np.bool_]:
        """Which places meet the network."""
        return self.segment >= 0

    def replaced(self, places: NDArray[np.int64], others: Snaps) -> Snaps:
        """Give these snaps with those of some places changed for others."""
        segment, connector = self.segment.copy(), self.connector.copy()
        is_at_barrier = self.is_at_barrier.copy()
        segment[places], connector[places] = others.segment, others.connector
        is_at_barrier[places] = others.is_at_barrier
        return Snaps(segment, connector, is_at_barrier)

    def taken(self, which: NDArray[np.bool_]) -> Snaps:
        """Give the snaps of some places."""
        return Snaps(self.segment[which], self.connector[which], self.is_at_barrier[which])


def no_snaps(count: int) -> Snaps:
    """Give the snaps of places that meet no street."""
    return Snaps(
        np.full(count, -1, dtype=np.int64),
        np.full(count, None, dtype=object),
        np.zeros(count, dtype=bool),
    )


def snap(
    network: Network,
    places: NDArray[np.object_],
    is_allowed: NDArray[np.bool_],
    *,
    max_snap_m: float,
) -> Snaps:
    """
    Bring places to the nearest allowed segment that no barrier keeps them from.

    Parameters
    ----------
    network
        What to walk on.
    places
        Points or polygons, metric CRS; shape (places,).
    is_allowed
        Which segments may be used; shape (segments,).
    max_snap_m
        Longest way from a place to its segment, in metres.
    """
    snaps = no_snaps(len(places))
    if not len(places):
        return snaps
    allowed = np.flatnonzero(is_allowed & _is_around(network, places, max_snap_m))
    lines = network.lines[allowed]
    tree = shapely.STRtree(lines)
    place, line = tree.query_nearest(places, max_distance=max_snap_m, all_matches=False)
    ways = shapely.shortest_line(places[place], lines[line])
    is_free = _barriers_across(network, ways, allowed[line]) == 0
    direct = Snaps(allowed[line], ways, np.zeros(len(place), dtype=bool)).taken(is_free)
    snaps = snaps.replaced(place[is_free], direct)
    walled = place[~is_free]
    for first in range(0, len(walled), CANDIDATE_CHUNK):
        chunk = walled[first : first + CANDIDATE_CHUNK]
        place, line, ways = _candidates(tree, places[chunk], max_snap_m)
        free = np.flatnonzero(_barriers_across(network, ways, allowed[line]) == 0)
        best = free[_first_of_each(place[free], shapely.length(ways[free]))]
        found = Snaps(allowed[line[best]], ways[best], np.zeros(len(best), dtype=bool))
        snaps = snaps.replaced(chunk[place[best]], found)
    return snaps


def snap_to_barriers(network: Network, places: NDArray[np.object_]) -> Snaps:
    """
    Bring places that are walled in on all sides to the street side of their barrier.

    Many maps draw a fence round a plot and leave its gate out. One stands there, then, where
    the way to the street that crosses the fewest barriers leaves the last of them. A place
    behind a barrier whose gate is known to be closed is not brought anywhere.

    Parameters
    ----------
    network
        What to walk on.
    places
        Points or polygons from which `snap` finds no way; metric CRS.
    """
    snaps = no_snaps(len(places))
    if not len(places):
        return snaps
    around = np.flatnonzero(_is_around(network, places, PLOT_SNAP_M))
    tree = shapely.STRtree(network.lines[around])
    for first in range(0, len(places), CANDIDATE_CHUNK):
        chunk = np.arange(first, min(first + CANDIDATE_CHUNK, len(places)))
        place, line, ways = _candidates(tree, places[chunk], PLOT_SNAP_M)
        count = _barriers_across(network, ways, around[line])
        best = _first_of_each(place, count, shapely.length(ways))
        last_m, is_shut = _last_crossing(ways[best], network)
        is_on_barrier = network.is_on_barrier(around[line[best]])
        last_m = np.where(is_on_barrier, shapely.length(ways[best]), last_m)
        best, last_m = best[~is_shut], last_m[~is_shut]
        doors = shapely.line_interpolate_point(ways[best], last_m + CLEARANCE_M)
        rest = shapely.shortest_line(doors, tree.geometries[line[best]])
        found = Snaps(around[line[best]], rest, np.ones(len(best), dtype=bool))
        snaps = snaps.replaced(chunk[place[best]], found)
    return snaps


def _is_around(network: Network, places: NDArray[np.object_], reach_m: float) -> NDArray[np.bool_]:
    """Whether each segment meets the box that holds all places and the reach around them."""
    west, south, east, north = shapely.total_bounds(places)
    low, high = np.array([west, south]) - reach_m, np.array([east, north]) + reach_m
    ends = np.stack([network.node_xy[network.tail], network.node_xy[network.head]])
    return np.asarray(((ends.max(axis=0) >= low) & (ends.min(axis=0) <= high)).all(axis=1))


def _candidates(
    tree: shapely.STRtree, places: NDArray[np.object_], reach_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.object_]]:
    """Every place and segment within reach of each other, and the shortest line between."""
    place, line = tree.query(places, predicate="dwithin", distance=reach_m)
    return place, line, np.asarray(shapely.shortest_line(places[place], tree.geometries[line]))


def _barriers_across(
    network: Network, ways: NDArray[np.object_], segment: NDArray[np.int64]
) -> NDArray[np.int64]:
    """
    Count the barriers that keep places from the segments their ways lead to.

    A segment drawn on a barrier is beyond that barrier, whichever side one comes from.
    """
    count = _count_crossings(ways, network) + network.is_on_barrier(segment)
    clear = np.flatnonzero(count == 0)
    probes = _probes(ways[clear], network.lines[segment[clear]])
    count[clear] = _count_crossings(probes, network)
    return count


def _probes(ways: NDArray[np.object_], lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """
    Lead ways to a point that is off the ends of their segments.

    A segment that is cut ends on the barrier, and would be met there from both sides.
    """
    along = shapely.line_locate_point(lines, shapely.get_point(ways, -1))
    length_m = shapely.length(lines)
    inset = np.minimum(PROBE_M, length_m / 2)
    ends = shapely.line_interpolate_point(lines, np.clip(along, inset, length_m - inset))
    both = np.stack([shapely.get_point(ways, 0), ends], axis=1)
    return np.asarray(shapely.linestrings(shapely.get_coordinates(both).reshape(-1, 2, 2)))


def _first_of_each(place: NDArray[np.int64], *costs: NDArray[np.generic]) -> NDArray[np.int64]:
    """Position of the cheapest entry of each place; the first cost counts most."""
    order = np.lexsort((*reversed(costs), place))
    return np.asarray(order[np.unique(place[order], return_index=True)[1]])


def _count_crossings(ways: NDArray[np.object_], network: Network) -> NDArray[np.int64]:
    """Count the straight pieces of barrier across two-point lines, their ends set aside."""
    way, _, _ = _meetings(ways, network)
    return np.bincount(way, minlength=len(ways)).astype(np.int64)


def _last_crossing(
    ways: NDArray[np.object_], network: Network
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """
    Find where lines cross the last barrier on their way.

    Returns
    -------
    last_m
        Metres along each line; 0 without a barrier.
    is_shut
        Whether a closed gate stands within `GATE_REACH_M` of any crossing.
    """
    last_m = np.zeros(len(ways))
    is_shut = np.zeros(len(ways), dtype=bool)
    way, inner, barrier = _meetings(ways, network)
    xy, pair = shapely.get_coordinates(
        shapely.intersection(inner, network.barrier_pieces[barrier]), return_index=True
    )
    points = np.asarray(shapely.points(xy))
    np.maximum.at(last_m, way[pair], shapely.line_locate_point(ways[way[pair]], points))
    is_shut[way[pair][is_near(points, network.closed_gates, GATE_REACH_M)]] = True
    return last_m, is_shut


def _meetings(
    ways: NDArray[np.object_], network: Network
) -> tuple[NDArray[np.int64], NDArray[np.object_], NDArray[np.int64]]:
    """Lines that meet a barrier, without their ends, and the piece of barrier they meet."""
    length_m = shapely.length(ways)
    long = np.flatnonzero(length_m > 3 * CLEARANCE_M)
    inner = _shortened(ways[long], length_m[long])
    hit, barrier = network.barrier_tree.query(inner, predicate="intersects")
    return long[hit], inner[hit], barrier


def _shortened(ways: NDArray[np.object_], length_m: NDArray[np.float64]) -> NDArray[np.object_]:
    ends = shapely.get_coordinates(ways).reshape(-1, 2, 2)
    inward = (ends[:, 1] - ends[:, 0]) * (CLEARANCE_M / length_m)[:, None]
    return np.asarray(shapely.linestrings(np.stack([ends[:, 0] + inward, ends[:, 1] - inward], 1)))
