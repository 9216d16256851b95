"""
Which ways of a band belong inside and which outside, so that the fewest are cut between.

Deeper inside than the band everything stays inside, farther out everything stays outside; in
between every piece of way may be cut, each at the cost of one post. Walls and closed gates cut
for nothing. Of equal cuts, that one is taken whose places are nearest to the line as it was.
What needs no post (dead ends, ways that nobody lives on) is cut in a second pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geo.openings.division import divide, join_nodes, straight_pieces
from geo.openings.flow import POST_COST, UNCUTTABLE, Links
from geo.openings.posts import AWAY_M
from geo.openings.ways import split_pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.openings.ways import Pieces, Ways

FARTHEST_COST = 200
"""Of a cut at the edge of the band; one on the line as it was costs nothing more."""


class Side(IntEnum):
    """Where something belongs; `FREE` is what neither side can be walked to from."""

    FREE = 0
    INSIDE = 1
    OUTSIDE = 2


class Band(NamedTuple):
    """The zone as it is, what of it must stay, and the farthest it may reach."""

    zone: BaseGeometry
    core: BaseGeometry
    outer: BaseGeometry
    width_m: float


@dataclass(frozen=True, slots=True)
class Sides:
    """
    Ways put to sides.

    Parameters
    ----------
    pieces
        The ways, split at the boundary and at the edges of the band.
    is_in_band
        Which pieces are within the band; shape (pieces,).
    of_node
        `Side` of each node; shape (nodes,).
    is_post
        Pieces on which a post is to stand; shape (pieces,).
    is_cut
        Those and every other piece from one side to the other.
    """

    pieces: Pieces
    is_in_band: NDArray[np.bool_]
    of_node: NDArray[np.int64]
    is_post: NDArray[np.bool_]
    is_cut: NDArray[np.bool_]


class Fixed(NamedTuple):
    """Pieces that stay inside, and that stay outside."""

    is_core: NDArray[np.bool_]
    is_beyond: NDArray[np.bool_]


def part_sides(ways: Ways, band: Band, *, cuts_all: bool = True) -> Sides:
    """
    Put every way to a side with the fewest cuts.

    Parameters
    ----------
    ways
        Of the band and well beyond it.
    band
        In the metric CRS of the ways.
    cuts_all
        Whether what needs no post is cut too, as near to the line as it can be; else it is
        left to cross the edge of the band.
    """
    pieces = divide(ways, band.zone).pieces
    for shape in (band.core, band.outer):
        pieces = split_pieces(pieces, *_crossings(pieces, shape.boundary))[0]
    middles = np.asarray(shapely.points(pieces.middles))
    is_core = np.asarray(shapely.contains(band.core, middles))
    is_beyond = ~np.asarray(shapely.intersects(band.outer, middles))
    is_in_band = ~is_core & ~is_beyond
    fixed = Fixed(is_core, is_beyond)
    has_door = np.zeros(len(pieces.node_xy), dtype=bool)
    has_door[: len(ways.has_door)] = ways.has_door
    cost = np.where(is_in_band, POST_COST + _preference(pieces, band), UNCUTTABLE)
    homes, worlds = _terminals(pieces, fixed, has_door)
    held, left = _doors(ways, band)
    homes, worlds = np.union1d(homes, held), np.union1d(worlds, left)
    is_post = _cut(pieces, cost, homes, worlds)
    if not cuts_all:
        return Sides(pieces, is_in_band, _sides(pieces, is_post, homes, worlds), is_post, is_post)
    # Whoever has a door stays on the side of the posts where the first cut put him.
    side = _sides(pieces, is_post, homes, worlds)
    inner = np.union1d(_nodes_of(pieces, is_core), np.flatnonzero(has_door & (side == Side.INSIDE)))
    outer = np.union1d(
        _nodes_of(pieces, is_beyond), np.flatnonzero(has_door & (side == Side.OUTSIDE))
    )
    is_cut = is_post | _cut(pieces, np.where(is_post, 0, cost), inner, outer)
    return Sides(pieces, is_in_band, _sides(pieces, is_cut, inner, outer), is_post, is_cut)


def _cut(
    pieces: Pieces,
    cost: NDArray[np.int64],
    inner: NDArray[np.int64],
    outer: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Pieces that cost least to cut between inner nodes and outer ones."""
    source = len(pieces.node_xy)
    links = Links()
    links.join(pieces.tail, pieces.head, cost)
    links.add(np.full(len(inner), source), inner, UNCUTTABLE)
    links.add(outer, np.full(len(outer), source + 1), UNCUTTABLE)
    reached = links.cut(source=source, sink=source + 1).is_source_side
    return np.asarray((reached[pieces.tail] != reached[pieces.head]) & (cost > 0))


def _crossings(
    pieces: Pieces, boundary: BaseGeometry
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    lines = pieces.lines
    edges = straight_pieces(boundary)
    edge, piece = shapely.STRtree(lines).query(edges, predicate="intersects")
    met = shapely.intersection(lines[piece], edges[edge])
    xy, pair = shapely.get_coordinates(met, return_index=True)
    return piece[pair], shapely.line_locate_point(lines[piece[pair]], shapely.points(xy))


def _preference(pieces: Pieces, band: Band) -> NDArray[np.int64]:
    """Cost of cutting away from the line as it was."""
    off_m = shapely.distance(shapely.points(pieces.middles), band.zone.boundary)
    return np.asarray(np.rint(FARTHEST_COST * np.minimum(off_m / band.width_m, 1)), dtype=np.int64)


def _terminals(
    pieces: Pieces, fixed: Fixed, has_door: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Nodes that must be inside, and that must be outside; see `geo.openings.posts`."""
    is_core, is_beyond = fixed
    homes, _ = _parts_of(pieces, is_core, has_door)
    worlds, length_m = _parts_of(pieces, is_beyond, has_door)
    is_home = is_core & (homes if (homes & is_core).any() else True)
    is_world = is_beyond & (worlds | (length_m > AWAY_M))
    return _nodes_of(pieces, is_home), _nodes_of(pieces, is_world)


def _doors(ways: Ways, band: Band) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Nodes of doors that stay in with their building in the core, or out with one beyond."""
    up = np.flatnonzero(ways.building_node >= 0)
    node, points = ways.building_node[up], ways.building_points[up]
    is_held = shapely.contains_xy(band.zone, ways.pieces.node_xy[node])
    stays_in = is_held & shapely.contains(band.core, points)
    stays_out = ~is_held & shapely.disjoint(band.outer, points)
    return np.unique(node[stays_in]), np.unique(node[stays_out])


def _parts_of(
    pieces: Pieces, which: NDArray[np.bool_], has_door: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """For each of some pieces: whether what hangs together with it has a door, and metres."""
    count = len(pieces.node_xy)
    part = join_nodes(pieces.tail[which], pieces.head[which], count)
    lived_on = np.bincount(part, weights=has_door, minlength=count) > 0
    metres = np.bincount(part[pieces.tail[which]], weights=pieces.length_m[which], minlength=count)
    return np.asarray(lived_on[part[pieces.tail]]), np.asarray(metres[part[pieces.tail]])


def _nodes_of(pieces: Pieces, which: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.unique(np.concatenate([pieces.tail[which], pieces.head[which]]))


def _sides(
    pieces: Pieces,
    is_cut: NDArray[np.bool_],
    inner: NDArray[np.int64],
    outer: NDArray[np.int64],
) -> NDArray[np.int64]:
    count = len(pieces.node_xy)
    part = join_nodes(pieces.tail[~is_cut], pieces.head[~is_cut], count)
    of_part = np.full(count, Side.FREE, dtype=np.int64)
    of_part[part[outer]] = Side.OUTSIDE
    of_part[part[inner]] = Side.INSIDE
    return np.asarray(of_part[part])
