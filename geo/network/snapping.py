"""Places brought to the nearest street that can be reached without passing a barrier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network.graph import Network

MAX_SNAP_M = 150.0
CRUMB_M = 100.0
"""A connected part with less street than this is a crumb, used only for want of better."""
CLEARANCE_M = 0.05
"""A barrier that touches the ends of a connector does not block it."""
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
        Two-point LineStrings from the place to its segment; `None` for none.
    """

    segment: NDArray[np.int64]
    connector: NDArray[np.object_]

    @property
    def is_attached(self) -> NDArray[np.bool_]:
        """Which places meet the network."""
        return self.segment >= 0


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
    allowed = np.flatnonzero(is_allowed)
    segment = np.full(len(places), -1, dtype=np.int64)
    connector = np.full(len(places), None, dtype=object)
    if not len(allowed) or not len(places):
        return Snaps(segment, connector)
    lines = network.lines[allowed]
    tree = shapely.STRtree(lines)
    place, line = tree.query_nearest(places, max_distance=max_snap_m, all_matches=False)
    way = shapely.shortest_line(places[place], lines[line])
    is_free = ~blocked(way, network)
    segment[place[is_free]] = allowed[line[is_free]]
    connector[place[is_free]] = way[is_free]
    walled = place[~is_free]
    for first in range(0, len(walled), CANDIDATE_CHUNK):
        chunk = walled[first : first + CANDIDATE_CHUNK]
        place, line, way = _nearest_free(network, tree, places[chunk], max_snap_m)
        segment[chunk[place]] = allowed[line]
        connector[chunk[place]] = way
    return Snaps(segment, connector)


def _nearest_free(
    network: Network, tree: shapely.STRtree, places: NDArray[np.object_], max_snap_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.object_]]:
    """Nearest segment without a barrier between, for places whose nearest is behind one."""
    place, line = tree.query(places, predicate="dwithin", distance=max_snap_m)
    ways = shapely.shortest_line(places[place], tree.geometries[line])
    order = np.lexsort((line, shapely.length(ways), place))
    order = order[~blocked(ways[order], network)]
    first = np.unique(place[order], return_index=True)[1]
    best = order[first]
    return place[best], line[best], ways[best]


def blocked(ways: NDArray[np.object_], network: Network) -> NDArray[np.bool_]:
    """Whether a barrier lies across each two-point line, its ends set aside."""
    is_blocked = np.zeros(len(ways), dtype=bool)
    length_m = shapely.length(ways)
    long = np.flatnonzero(length_m > 3 * CLEARANCE_M)
    if len(long) and len(network.barriers):
        inner = _shortened(ways[long], length_m[long])
        hit = shapely.STRtree(network.barriers).query(inner, predicate="intersects")[0]
        is_blocked[long[hit]] = True
    return is_blocked


def _shortened(ways: NDArray[np.object_], length_m: NDArray[np.float64]) -> NDArray[np.object_]:
    ends = shapely.get_coordinates(ways).reshape(-1, 2, 2)
    inward = (ends[:, 1] - ends[:, 0]) * (CLEARANCE_M / length_m)[:, None]
    return np.asarray(shapely.linestrings(np.stack([ends[:, 0] + inward, ends[:, 1] - inward], 1)))
