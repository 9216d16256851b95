"""Streets as a graph of straight segments, cut where nobody can pass."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.crs import crs_of, require_metric
from geo.network.cuts import TOUCH_M, find_cuts
from geo.network.segments import Segments, split_segments

if TYPE_CHECKING:
    import geopandas as gpd
    import pyproj
    from numpy.typing import NDArray


MILLIMETRES = 1000.0
Y_BITS = 32


@dataclass(frozen=True)
class Network:
    """
    Where one can walk.

    Parameters
    ----------
    crs
        Metric CRS of all coordinates.
    node_xy
        Metres; shape (nodes, 2). Two nodes may share a place where a barrier parts them.
    tail, head
        Nodes at the ends of each segment; shape (segments,).
    street
        Position of the segment's street in the frame the network was built from.
    component
        Which connected part a node belongs to; shape (nodes,), numbered from 0.
    barriers
        Lines that cannot be crossed but at open gates; shapely LineStrings.
    open_gates, closed_gates
        Points at which a barrier may be passed, and may not; shapely Points.
    """

    crs: pyproj.CRS
    node_xy: NDArray[np.float64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    street: NDArray[np.int64]
    component: NDArray[np.int64]
    barriers: NDArray[np.object_]
    open_gates: NDArray[np.object_]
    closed_gates: NDArray[np.object_]

    @cached_property
    def barrier_tree(self) -> shapely.STRtree:
        """Index of the barriers' straight pieces."""
        return shapely.STRtree(self.barrier_pieces)

    @cached_property
    def barrier_pieces(self) -> NDArray[np.object_]:
        """The barriers as two-point LineStrings."""
        xy, line = shapely.get_coordinates(self.barriers, return_index=True)
        follows = np.flatnonzero(line[1:] == line[:-1])
        return np.asarray(shapely.linestrings(np.stack([xy[follows], xy[follows + 1]], axis=1)))

    @cached_property
    def length_m(self) -> NDArray[np.float64]:
        """Metres of each segment; shape (segments,)."""
        ends = self.node_xy[self.head] - self.node_xy[self.tail]
        return np.asarray(np.hypot(ends[:, 0], ends[:, 1]))

    @cached_property
    def lines(self) -> NDArray[np.object_]:
        """One two-point LineString a segment; shape (segments,)."""
        ends = np.stack([self.node_xy[self.tail], self.node_xy[self.head]], axis=1)
        return np.asarray(shapely.linestrings(ends))

    @property
    def component_length_m(self) -> NDArray[np.float64]:
        """Metres of street in each connected part; shape (components,)."""
        count = int(self.component.max(initial=-1)) + 1
        weights = np.bincount(self.component[self.tail], weights=self.length_m, minlength=count)
        return weights.astype(np.float64)

    def is_on_barrier(self, segment: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which of these segments are drawn along a barrier."""
        middles = shapely.line_interpolate_point(self.lines[segment], 0.5, normalized=True)
        is_on = np.zeros(len(segment), dtype=bool)
        is_on[self.barrier_tree.query(middles, predicate="dwithin", distance=TOUCH_M)[0]] = True
        return is_on


def build_network(
    streets: gpd.GeoDataFrame, barriers: gpd.GeoDataFrame, gates: gpd.GeoDataFrame
) -> Network:
    """
    Build the walking network.

    Streets meet where they share a vertex (to the millimetre). A segment is cut where a
    barrier crosses it at ground level, with or without a shared vertex, unless an open gate
    is within `geo.network.cuts.GATE_REACH_M`; and at every closed gate.

    Parameters
    ----------
    streets
        Lines, metric CRS; columns `is_walkable` (unknown counts as walkable) and `level`
        (unknown counts as 0). May be empty.
    barriers
        Lines, same CRS. May be empty.
    gates
        Points, same CRS; column `state` (`open`, `closed`, `hours`; hours count as open).
        May be empty.

    Returns
    -------
    network
        Without nodes when nothing is walkable.

    Raises
    ------
    CrsError
        If the layers are not in one metric CRS.
    """
    require_metric(streets, barriers, gates)
    segments = _walkable_segments(streets)
    cuts = find_cuts(segments, barriers, gates)
    pieces, side = split_segments(segments, cuts)
    tail, head, node_xy = _number_nodes(pieces, side)
    apart = tail != head
    tail, head = tail[apart], head[apart]
    return Network(
        crs=crs_of(streets),
        node_xy=node_xy,
        tail=tail,
        head=head,
        street=pieces.street[apart],
        component=_components(tail, head, len(node_xy)),
        barriers=cuts.barriers,
        open_gates=cuts.open_gates,
        closed_gates=cuts.closed_gates,
    )


def _walkable_segments(streets: gpd.GeoDataFrame) -> Segments:
    is_walkable = _column(streets, "is_walkable", fallback=True).astype(bool)
    level = _column(streets, "level", fallback=0).astype(np.int64)
    rows = np.flatnonzero(is_walkable & ~(streets.geometry.is_empty | streets.geometry.isna()))
    parts, part_row = shapely.get_parts(streets.geometry.values[rows], return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    follows = np.flatnonzero(part[1:] == part[:-1])
    street = rows[part_row[part[follows]]]
    return Segments(start=xy[follows], end=xy[follows + 1], street=street, level=level[street])


def _column(frame: gpd.GeoDataFrame, name: str, *, fallback: object) -> NDArray[np.object_]:
    if name not in frame:
        return np.full(len(frame), fallback, dtype=object)
    values = frame[name]
    return values.astype(object).where(values.notna(), fallback).to_numpy()


def _number_nodes(
    pieces: Segments, side: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Let ends that share a place and a side share a node; `side` has shape (2, pieces)."""
    xy = np.concatenate([pieces.start, pieces.end])
    if not len(xy):
        nobody = np.empty(0, dtype=np.int64)
        return nobody, nobody, np.empty((0, 2))
    place = place_ids(xy)
    both = np.stack([place, side.reshape(-1)], axis=1)
    order = np.lexsort((both[:, 1], both[:, 0]))
    is_new = np.r_[True, (np.diff(both[order], axis=0) != 0).any(axis=1)]
    node = np.empty(len(xy), dtype=np.int64)
    node[order] = np.cumsum(is_new) - 1
    node_xy = np.empty((int(is_new.sum()), 2))
    node_xy[node] = xy
    return node[: len(pieces.start)], node[len(pieces.start) :], node_xy


def place_ids(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """
    Give places numbers, one for coordinates that are equal to the millimetre.

    Parameters
    ----------
    xy
        Metres; shape (n, 2), at least one row.

    Examples
    --------
    >>> place_ids(np.array([[0.0, 0.0], [5.0, 0.0], [0.0, 0.0001]])).tolist()
    [0, 1, 0]
    """
    grid = np.rint((xy - xy.min(axis=0)) * MILLIMETRES).astype(np.int64)
    return np.unique((grid[:, 0] << Y_BITS) | grid[:, 1], return_inverse=True)[1].astype(np.int64)


def _components(
    tail: NDArray[np.int64], head: NDArray[np.int64], node_count: int
) -> NDArray[np.int64]:
    if not node_count:
        return np.empty(0, dtype=np.int64)
    links = csr_array((np.ones(len(tail)), (tail, head)), shape=(node_count, node_count))
    return connected_components(links, directed=False)[1].astype(np.int64)
