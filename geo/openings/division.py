"""
Ways divided by a zone's boundary: what lies inside, what outside, and where the two meet.

A line that was drawn along a street follows it to within the rounding of coordinates, not
exactly. Whatever lies within `ON_LINE_M` of the boundary is therefore *on* it. Where pieces on
the boundary hang together and have ways to both sides, there are openings: the fewest places
among them that part the ways inside from those outside. A way that crosses has one, at its
crossing; so has one that runs along the line before it leaves, and a junction on the line,
however many streets meet there. A way that touches the line, and one that runs along it and
goes back, have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.openings.flow import UNCUTTABLE, Links
from geo.openings.ways import split_pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.openings.ways import Pieces, Ways

ON_LINE_M = 0.05
"""What is this near the boundary is on it; coordinates are kept to a centimetre."""
ARC_SEGMENTS = 4


@dataclass(frozen=True)
class Division:
    """
    Ways divided by a boundary.

    Parameters
    ----------
    zone
        The polygon, metric CRS.
    pieces
        The ways, split at the boundary.
    is_inside
        Which pieces are inside; shape (pieces,).
    opening
        Which opening each node is at; -1 for none. Shape (nodes,).
    points
        Where on the boundary each opening is; shapely Points, shape (openings,).
    part
        Which part each piece belongs to: pieces that hang together without passing an
        opening, a wall or a closed gate. Numbered from 0; shape (pieces,).
    """

    zone: BaseGeometry
    pieces: Pieces
    is_inside: NDArray[np.bool_]
    opening: NDArray[np.int64]
    points: NDArray[np.object_]
    part: NDArray[np.int64]

    def __len__(self) -> int:
        """How many openings there are."""
        return len(self.points)


class Contacts(NamedTuple):
    """Pieces on the boundary that hang together: which piece, which place is in which contact."""

    is_on_line: NDArray[np.bool_]
    of_place: NDArray[np.int64]


def divide(ways: Ways, zone: BaseGeometry) -> Division:
    """
    Divide ways by the boundary of a zone.

    Parameters
    ----------
    zone
        Valid polygon or multipolygon in the metric CRS of the ways; every ring counts. An
        empty one has no boundary.
    """
    edges = straight_pieces(zone.boundary)
    piece, at_m = _stops(ways, edges)
    pieces, _ = split_pieces(ways.pieces, piece, at_m)
    middles = np.asarray(shapely.points(pieces.middles))
    shapely.prepare(zone)
    is_inside = np.asarray(shapely.contains(zone, middles))
    contacts = _contacts(pieces, middles, edges)
    is_inside, place = _openings(pieces, contacts, is_inside)
    opening, points = _points(pieces, place, zone)
    return Division(zone, pieces, is_inside, opening, points, _parts(pieces, opening))


def straight_pieces(boundary: BaseGeometry) -> NDArray[np.object_]:
    """Give lines or rings as two-point LineStrings."""
    xy, ring = shapely.get_coordinates(shapely.get_parts(boundary), return_index=True)
    follows = np.flatnonzero(ring[1:] == ring[:-1])
    return np.asarray(shapely.linestrings(np.stack([xy[follows], xy[follows + 1]], axis=1)))


def _stops(ways: Ways, edges: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Where pieces come onto the boundary and leave it."""
    edge, piece = ways.tree.query(edges, predicate="dwithin", distance=ON_LINE_M)
    lines = ways.tree.geometries[piece]
    beside = shapely.buffer(edges[edge], ON_LINE_M, quad_segs=ARC_SEGMENTS)
    xy, pair = shapely.get_coordinates(shapely.intersection(lines, beside), return_index=True)
    return piece[pair], shapely.line_locate_point(lines[pair], shapely.points(xy))


def _contacts(pieces: Pieces, middles: NDArray[np.object_], edges: NDArray[np.object_]) -> Contacts:
    is_on_line = np.zeros(len(middles), dtype=bool)
    if len(edges):
        tree = shapely.STRtree(middles)
        is_on_line[tree.query(edges, predicate="dwithin", distance=ON_LINE_M)[1]] = True
    count = int(pieces.node_place.max(initial=-1)) + 1
    ends = pieces.node_place[pieces.tail[is_on_line]], pieces.node_place[pieces.head[is_on_line]]
    of_place = np.full(count, -1, dtype=np.int64)
    places = np.unique(np.concatenate(ends))
    of_place[places] = join_nodes(*ends, count)[places]
    return Contacts(is_on_line, of_place)


def _openings(
    pieces: Pieces, contacts: Contacts, is_inside: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Put pieces on the boundary to a side; give the places where the sides then meet."""
    inner = _met_places(pieces, contacts, is_inside & ~contacts.is_on_line)
    outer = _met_places(pieces, contacts, ~is_inside & ~contacts.is_on_line)
    # One more than there are contacts: what is on none is looked up at the end, -1.
    count = int(contacts.of_place.max(initial=-1)) + 2
    inner_count = np.bincount(contacts.of_place[inner], minlength=count)
    outer_count = np.bincount(contacts.of_place[outer], minlength=count)
    is_crossing = (inner_count > 0) & (outer_count > 0)
    # What has one way in is shut there, with the line itself outside; and the other way about.
    is_shut_in = is_crossing & (inner_count == 1)
    is_shut_out = is_crossing & (outer_count == 1) & ~is_shut_in
    of_piece = contacts.of_place[pieces.node_place[pieces.tail]]
    goes_inside = np.where(outer_count == 0, inner_count > 0, is_shut_out)
    sides = np.where(contacts.is_on_line, goes_inside[of_piece], is_inside)
    chosen = [
        inner[is_shut_in[contacts.of_place[inner]]],
        outer[is_shut_out[contacts.of_place[outer]]],
    ]
    for contact in np.flatnonzero(is_crossing & ~is_shut_in & ~is_shut_out).tolist():
        members = np.flatnonzero(contacts.is_on_line & (of_piece == contact))
        ends = (places[contacts.of_place[places] == contact] for places in (inner, outer))
        sides[members], places = _shut_within(pieces, members, *ends)
        chosen.append(places)
    return sides, np.concatenate(chosen)


def _met_places(pieces: Pieces, contacts: Contacts, which: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Places on the boundary that some of the pieces end at."""
    ends = np.concatenate([pieces.tail[which], pieces.head[which]])
    places = np.unique(pieces.node_place[ends])
    return np.asarray(places[contacts.of_place[places] >= 0])


def _shut_within(
    pieces: Pieces,
    members: NDArray[np.int64],
    inner: NDArray[np.int64],
    outer: NDArray[np.int64],
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Fewest places of one contact that part its ways inside from those outside."""
    ends = np.stack(
        [pieces.node_place[pieces.tail[members]], pieces.node_place[pieces.head[members]]]
    )
    places, near = np.unique(ends, return_inverse=True)
    tail, head = near.reshape(2, -1)
    count = len(places)
    own, source, sink = np.arange(count), 2 * count, 2 * count + 1
    links = Links()
    links.add(own, own + count, 1)
    links.add(tail + count, head, UNCUTTABLE)
    links.add(head + count, tail, UNCUTTABLE)
    at_inner, at_outer = np.searchsorted(places, inner), np.searchsorted(places, outer)
    links.add(np.full(len(inner), source), at_inner, UNCUTTABLE)
    links.add(at_outer + count, np.full(len(outer), sink), UNCUTTABLE)
    reached = links.cut(source=source, sink=sink).is_source_side
    is_past = reached[count : 2 * count]
    return is_past[tail] | is_past[head], places[reached[:count] & ~is_past]


def _points(
    pieces: Pieces, place: NDArray[np.int64], zone: BaseGeometry
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Give the opening each node is at, and where they are; in the order of the boundary."""
    first = np.zeros(int(pieces.node_place.max(initial=-1)) + 1, dtype=np.int64)
    first[pieces.node_place[::-1]] = np.arange(len(pieces.node_place))[::-1]
    near = np.asarray(shapely.points(pieces.node_xy[first[place]]))
    lines = shapely.shortest_line(near, zone.boundary)
    points = np.asarray(shapely.get_point(lines, -1))
    along_m = shapely.line_locate_point(shapely.line_merge(zone.boundary), points)
    order = np.lexsort((place, along_m))
    of_place = np.full(len(first), -1, dtype=np.int64)
    of_place[place[order]] = np.arange(len(place))
    return of_place[pieces.node_place], points[order]


def _parts(pieces: Pieces, opening: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pieces that hang together when everything is parted at the openings."""
    ends = np.stack([pieces.tail, pieces.head])
    count = len(opening)
    own = count + np.arange(ends.size).reshape(ends.shape)
    tail, head = np.where(opening[ends] >= 0, own, ends)
    joined = join_nodes(tail, head, count + ends.size)
    return np.asarray(np.unique(joined[tail], return_inverse=True)[1].reshape(-1))


def join_nodes(tail: NDArray[np.int64], head: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """
    Give the number of the connected part each node is in.

    Examples
    --------
    >>> join_nodes(np.array([0, 1]), np.array([1, 2]), 4).tolist()
    [0, 0, 0, 1]
    """
    links = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(count, count))
    return np.asarray(connected_components(links.tocsr(), directed=False)[1], dtype=np.int64)
