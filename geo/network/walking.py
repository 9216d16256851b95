"""Places on the network, and the ways between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.network.contraction import Contraction, contract

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

SHORTEST_EDGE_M = 1e-6
ROWS_AT_ONCE = 32
SEARCH_LIMITS_M = (200.0, 1_000.0, np.inf)
"""Most ways between stops are short: they are looked for nearby first."""
NOWHERE = -9999
"""What SciPy writes where a way has no predecessor or a node no source."""


@dataclass(frozen=True)
class WalkGraph:
    """
    The network with places attached.

    Parameters
    ----------
    node_xy
        Metres; shape (nodes, 2): the network's nodes, then those made for places.
    tail, head, length_m
        Edges, with their metres.
    place_node
        Node of each place; -1 where a place could not be attached.
    connector_m
        Metres from the door to that node; NaN where not attached.
    door_points
        Where one stands at the door: the place itself, or the point of its outline nearest
        the street; the street side of the barrier round it; the representative point where
        not attached.
    is_at_barrier
        Whether the door is the street side of a barrier, whose gate the map leaves out.
    """

    node_xy: NDArray[np.float64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    length_m: NDArray[np.float64]
    place_node: NDArray[np.int64]
    connector_m: NDArray[np.float64]
    door_points: NDArray[np.object_]
    is_at_barrier: NDArray[np.bool_]

    @property
    def is_attached(self) -> NDArray[np.bool_]:
        """Which places could be attached."""
        return self.place_node >= 0

    @cached_property
    def graph(self) -> csr_array:
        """Symmetric matrix of metres between joined nodes."""
        return _symmetric(self.tail, self.head, self.length_m, len(self.node_xy))

    @cached_property
    def contraction(self) -> Contraction:
        """The graph without chains and dead ends that hold no place."""
        return contract(self.graph, np.unique(self.place_node[self.is_attached]))

    @cached_property
    def _contracted_node(self) -> NDArray[np.int64]:
        """Node of each place in the contraction; -1 where not attached."""
        node = np.full(len(self.place_node), -1, dtype=np.int64)
        node[self.is_attached] = self.contraction.position[self.place_node[self.is_attached]]
        return node

    def distances_m(
        self,
        rows: NDArray[np.int64] | None = None,
        columns: NDArray[np.int64] | None = None,
        *,
        limit_m: float = np.inf,
    ) -> NDArray[np.float64]:
        """
        Measure walks from door to door.

        Parameters
        ----------
        rows, columns
            Positions of places; all of them where `None`.
        limit_m
            Walks longer than this need not be found: they may be inf.

        Returns
        -------
        distances_m
            Metres, connectors included; 0 from a place to itself; inf without a path. Shape
            (len(rows), len(columns)).
        """
        every = np.arange(len(self.place_node))
        rows = every if rows is None else np.asarray(rows)
        columns = every if columns is None else np.asarray(columns)
        metres = np.full((len(rows), len(columns)), np.inf)
        up = np.flatnonzero(self.is_attached[columns])
        at = self._contracted_node
        for chunk, from_node in self._chunks(rows):
            walked = dijkstra(
                self.contraction.graph,
                directed=False,
                indices=at[rows[chunk[from_node[0]]]],
                limit=limit_m,
            )
            found = walked[from_node[1]][:, at[columns[up]]]
            found += self.connector_m[rows[chunk], None] + self.connector_m[columns[up]]
            metres[np.ix_(chunk, up)] = found
        metres[rows[:, None] == columns[None, :]] = 0
        return metres

    def _chunks(
        self, rows: NDArray[np.int64]
    ) -> Iterator[tuple[NDArray[np.int64], tuple[NDArray[np.int64], NDArray[np.int64]]]]:
        """Attached rows, a few at a time; with each the first of every node, and whose it is."""
        attached = np.flatnonzero(self.is_attached[rows])
        for first in range(0, len(attached), ROWS_AT_ONCE):
            chunk = attached[first : first + ROWS_AT_ONCE]
            _, one, whose = np.unique(
                self.place_node[rows[chunk]], return_index=True, return_inverse=True
            )
            yield chunk, (one, whose)

    def nearest(
        self, origins: Sequence[int] | NDArray[np.int64], *, limit_m: float = np.inf
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """
        Nearest origin of every place, in one pass over the whole graph.

        Parameters
        ----------
        origins
            Positions of places.
        limit_m
            Farther than this counts as no path.

        Returns
        -------
        origin
            Position in `origins` of the nearest; -1 without a path. Shape (places,).
        metres
            Walk to it; inf without a path.
        """
        starts = np.asarray(origins, dtype=np.int64)
        starts = starts[self.is_attached[starts]]
        origin = np.full(len(self.place_node), -1, dtype=np.int64)
        metres = np.full(len(self.place_node), np.inf)
        if not len(starts):
            return origin, metres
        virtual = len(self.node_xy) + np.arange(len(starts))
        graph = _symmetric(
            np.r_[self.tail, virtual],
            np.r_[self.head, self.place_node[starts]],
            np.r_[self.length_m, np.maximum(self.connector_m[starts], SHORTEST_EDGE_M)],
            len(self.node_xy) + len(starts),
        )
        walked, _, source = dijkstra(
            graph,
            directed=False,
            indices=virtual,
            min_only=True,
            return_predecessors=True,
            limit=limit_m,
        )
        up = np.flatnonzero(self.is_attached)
        metres[up] = walked[self.place_node[up]] + self.connector_m[up]
        reached = up[metres[up] <= limit_m]
        metres[metres > limit_m] = np.inf
        position = {int(place): at for at, place in reversed(list(enumerate(origins)))}
        of_start = np.array([position[int(place)] for place in starts])
        origin[reached] = of_start[source[self.place_node[reached]] - len(self.node_xy)]
        return origin, metres

    def within(
        self, origins: Sequence[int] | NDArray[np.int64], *, limit_m: float
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """
        Every pair of an origin and a place that lie within a walk of each other.

        Parameters
        ----------
        origins
            Positions of places.
        limit_m
            Longest walk, in metres.

        Returns
        -------
        origin
            Position in `origins`, ascending; shape (pairs,).
        place
            Position of the place.
        metres
            Walk between them, connectors included.
        """
        starts = np.asarray(origins, dtype=np.int64)
        origin, place, metres = [np.empty(0, int)], [np.empty(0, int)], [np.empty(0)]
        for first in range(0, len(starts), ROWS_AT_ONCE):
            walks = self.distances_m(starts[first : first + ROWS_AT_ONCE], limit_m=limit_m)
            row, column = np.nonzero(walks <= limit_m)
            origin.append(first + row)
            place.append(column)
            metres.append(walks[row, column])
        return np.concatenate(origin), np.concatenate(place), np.concatenate(metres)

    def paths(self, pairs: NDArray[np.int64]) -> list[shapely.LineString]:
        """
        Shortest ways along streets, from door to door.

        Parameters
        ----------
        pairs
            Positions of places; shape (pairs, 2).

        Returns
        -------
        lines
            One a pair, metric CRS; connectors included.

        Raises
        ------
        ValueError
            If there is no path for a pair.
        """
        lines: dict[int, shapely.LineString] = {}
        left = np.arange(len(pairs))
        for limit_m in SEARCH_LIMITS_M:
            lines |= self._paths_within(pairs, left, limit_m)
            left = np.array([pair for pair in left.tolist() if pair not in lines], dtype=np.int64)
        if len(left):
            msg = f"Expected places that are joined by a path, got {pairs[left[:5]].tolist()}."
            raise ValueError(msg)
        return [lines[pair] for pair in range(len(pairs))]

    def _paths_within(
        self, pairs: NDArray[np.int64], wanted: NDArray[np.int64], limit_m: float
    ) -> dict[int, shapely.LineString]:
        """Find the ways of the wanted pairs that are no longer than the limit."""
        lines: dict[int, shapely.LineString] = {}
        for chunk, (one, whose) in self._chunks(pairs[wanted, 0]):
            _, before = dijkstra(
                self.contraction.graph,
                directed=False,
                indices=self._contracted_node[pairs[wanted[chunk[one]], 0]],
                return_predecessors=True,
                limit=limit_m,
            )
            for pair, row in zip(wanted[chunk].tolist(), whose, strict=True):
                line = self._line(pairs[pair], before[row])
                if line is not None:
                    lines[pair] = line
        return lines

    def _line(
        self, pair: NDArray[np.int64], before: NDArray[np.int32]
    ) -> shapely.LineString | None:
        start, end = pair
        if not self.is_attached[end]:
            return None
        here, goal = int(self._contracted_node[end]), int(self._contracted_node[start])
        nodes = [int(self.contraction.kept[here])]
        while here != goal:
            there = int(before[here])
            if there == NOWHERE:
                return None
            chain = self.contraction.chains[min(here, there), max(here, there)]
            nodes.extend((chain if here < there else chain[::-1]).tolist())
            nodes.append(int(self.contraction.kept[there]))
            here = there
        doors = shapely.get_coordinates(self.door_points[[start, end]])
        xy = np.vstack([doors[:1], self.node_xy[nodes[::-1]], doors[1:]])
        return shapely.LineString(_without_repeats(xy))


def _symmetric(
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    length_m: NDArray[np.float64],
    node_count: int,
) -> csr_array:
    """Both directions of every edge; of parallel edges the shortest."""
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    order = np.lexsort((length_m, high, low))
    low, high, length_m = low[order], high[order], length_m[order]
    is_first = np.r_[True, (np.diff(low) != 0) | (np.diff(high) != 0)][: len(low)]
    is_first &= low != high
    half = csr_array(
        (length_m[is_first], (low[is_first], high[is_first])), shape=(node_count, node_count)
    )
    return csr_array(half + half.T)


def _without_repeats(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out points that repeat the one before; keep two where all are one."""
    moves = np.r_[True, (np.diff(xy, axis=0) != 0).any(axis=1)]
    return xy[moves] if moves.sum() > 1 else xy[[0, -1]]
