"""
A boundary redrawn so that ways and buildings lie on the sides they were put to.

The line as it was stays wherever nothing beside it changes sides. Where something does, the
ground nearer to it than to anything else is added or taken away, no farther than
`REACH_M` from it: cells of a Voronoi diagram of points along ways and outlines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy.spatial import Voronoi
from shapely import MultiPoint, Polygon

from geo.openings.division import ON_LINE_M
from geo.openings.sides import Side

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.openings.sides import Band, Sides
    from geo.openings.ways import Ways

STEP_M = 2.0
INSET_M = 0.25
"""Ends of ways at a wall lie in one place with those beyond it."""
FROM_JUNCTION_M = 4.0
"""A post stands this far from the junction, where the way is long enough."""
REACH_M = 12.0
CIRCLE_SEGMENTS = 4
MARGIN_M = 0.3
"""Between a building and the line that goes round it."""
CENTIMETRES = 100
FAR_M = 100_000.0
GRID_M = 0.001
"""Shapes are put together on a grid, which keeps slivers from breaking them."""


class Marks(NamedTuple):
    """Points along ways and outlines, the side each belongs to, and whether the line must move."""

    xy: NDArray[np.float64]
    side: NDArray[np.int64]


def redraw(ways: Ways, band: Band, sides: Sides) -> BaseGeometry:
    """
    Draw the boundary anew.

    Returns
    -------
    shape
        Polygon or multipolygon that holds the core of the band and stays within it.
    """
    marks = _marks(ways, band, sides)
    points = np.asarray(shapely.points(marks.xy))
    is_held = np.asarray(shapely.contains(band.zone, points))
    is_on_line = shapely.distance(points, band.zone.boundary) <= ON_LINE_M
    joins = (marks.side == Side.INSIDE) & (~is_held | is_on_line)
    leaves = (marks.side == Side.OUTSIDE) & (is_held | is_on_line)
    added, taken = _grounds(marks, joins, leaves)
    drawn = shapely.union(band.zone, added, grid_size=GRID_M)
    shape = kept_within(shapely.difference(drawn, taken, grid_size=GRID_M), band)
    inside = shapely.MultiPoint(points[marks.side == Side.INSIDE])
    outside = shapely.MultiPoint(points[marks.side == Side.OUTSIDE])
    return _without_scraps(shape, band, inside, outside)


def take_buildings_whole(shape: BaseGeometry, ways: Ways, band: Band, sides: Sides) -> BaseGeometry:
    """Lead the line round the buildings it cuts, each to the side of its door, where it can be."""
    cut = ways.building_tree.query(shape.boundary, predicate="intersects")
    outlines = ways.building_tree.geometries[cut]
    side = _building_sides(ways, band, sides)[cut]
    around = shapely.buffer(outlines, MARGIN_M, join_style="mitre")
    held, left = (_areas(*around[side == kind]) for kind in (Side.INSIDE, Side.OUTSIDE))
    drawn = shapely.union(shape, held, grid_size=GRID_M)
    return kept_within(shapely.difference(drawn, left, grid_size=GRID_M), band)


def smooth(shape: BaseGeometry, band: Band, width_m: float) -> BaseGeometry:
    """Take away what is narrower than a width, fill what is, and straighten the line by half."""
    if not width_m:
        return shape
    even = shape
    # GEOS divides by nothing at spikes, which are what is taken away, and goes on.
    with np.errstate(divide="ignore", invalid="ignore"):
        for step_m in (-width_m / 2, width_m, -width_m / 2):
            even = shapely.buffer(even, step_m, join_style="mitre")
    kept = kept_within(even.simplify(width_m / 2), band)
    parts = [part for part in shapely.get_parts(kept) if part.intersects(band.core)]
    return shapely.union_all(parts)


def kept_within(shape: BaseGeometry, band: Band) -> BaseGeometry:
    """Give the shape with the core of the band, and without what lies beyond it."""
    inner = shapely.intersection(_areas(shape), band.outer, grid_size=GRID_M)
    return _areas(shapely.union(_areas(inner), band.core, grid_size=GRID_M))


def _areas(*shapes: BaseGeometry) -> BaseGeometry:
    """Give all that has an area as one valid shape."""
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(shapes)))
    return shapely.union_all(
        parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON], grid_size=GRID_M
    )


def _marks(ways: Ways, band: Band, sides: Sides) -> Marks:
    """Points of ways and outlines in the band; the first of those that share a centimetre."""
    of_ways = _way_marks(band, sides)
    outlines = _outline_marks(ways, band, sides)
    xy, side = np.vstack([of_ways.xy, outlines.xy]), np.concatenate([of_ways.side, outlines.side])
    near = np.unique(np.rint(xy * CENTIMETRES), axis=0, return_index=True)[1]
    near = near[side[near] != Side.FREE]
    return Marks(xy[near], side[near])


def _way_marks(band: Band, sides: Sides) -> Marks:
    pieces = sides.pieces
    shown = np.flatnonzero(sides.is_in_band & (pieces.length_m > 0))
    piece, along = _steps(pieces.length_m[shown])
    on = shown[piece]
    start, end = pieces.node_xy[pieces.tail[on]], pieces.node_xy[pieces.head[on]]
    xy = start + (end - start) * (along / pieces.length_m[on])[:, None]
    cut_m = _cut_places(band, sides)
    is_first = along < np.where(sides.is_cut[on], cut_m[on], pieces.length_m[on])
    node = np.where(is_first | ~sides.is_cut[on], pieces.tail[on], pieces.head[on])
    return Marks(xy, sides.of_node[node])


def _steps(length_m: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Metres along each piece, from one end to the other, neither quite reached."""
    inset = np.minimum(INSET_M, length_m / 4)
    count = np.ceil((length_m - 2 * inset) / STEP_M).astype(np.int64) + 1
    piece = np.repeat(np.arange(len(length_m)), count)
    number = np.arange(len(piece)) - np.repeat(np.cumsum(count) - count, count)
    gap = (length_m - 2 * inset) / np.maximum(count - 1, 1)
    return piece, inset[piece] + number * gap[piece]


def _cut_places(band: Band, sides: Sides) -> NDArray[np.float64]:
    """Metres from its tail at which each piece is cut: near the line as it was."""
    pieces = sides.pieces
    length_m = pieces.length_m
    ends = [np.asarray(shapely.points(pieces.node_xy[node])) for node in (pieces.tail, pieces.head)]
    off_m = [shapely.distance(end, band.zone.boundary) for end in ends]
    off_junction = np.minimum(FROM_JUNCTION_M, length_m / 2)
    return np.where(off_m[0] <= off_m[1], off_junction, length_m - off_junction)


def _building_sides(ways: Ways, band: Band, sides: Sides) -> NDArray[np.int64]:
    """Side of each building's door; `FREE` without one, and where the band is too narrow."""
    node, outlines = ways.building_node, ways.building_tree.geometries
    side = np.full(len(node), Side.FREE, dtype=np.int64)
    side[node >= 0] = sides.of_node[node[node >= 0]]
    shapely.prepare(band.core)
    shapely.prepare(band.outer)
    fits = np.where(
        side == Side.INSIDE,
        shapely.covers(band.outer, outlines),
        shapely.disjoint(band.core, outlines),
    )
    return np.where(fits, side, Side.FREE)


def _outline_marks(ways: Ways, band: Band, sides: Sides) -> Marks:
    side = _building_sides(ways, band, sides)
    ring = band.outer.difference(band.core)
    near = np.sort(ways.building_tree.query(ring, predicate="intersects"))
    near = near[side[near] != Side.FREE]
    outlines = shapely.segmentize(ways.building_tree.geometries[near], STEP_M)
    xy, of_outline = shapely.get_coordinates(outlines, return_index=True)
    return Marks(xy, side[near][of_outline])


def _grounds(
    marks: Marks, joins: NDArray[np.bool_], leaves: NDArray[np.bool_]
) -> tuple[BaseGeometry, BaseGeometry]:
    """Ground nearest to what joins the zone, and to what leaves it."""
    moved = np.flatnonzero(joins | leaves)
    if not len(moved):
        return Polygon(), Polygon()
    points = np.asarray(shapely.points(marks.xy))
    near = shapely.STRtree(points).query(points[moved], "dwithin", 2 * REACH_M + STEP_M)[1]
    near = np.unique(near)
    is_moved = (joins | leaves)[near]
    cells = _cells(marks.xy[near], is_moved)
    is_joining = joins[near][is_moved]
    return _areas(*cells[is_joining]), _areas(*cells[~is_joining])


def _cells(xy: NDArray[np.float64], which: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Ground nearest to some points of all, no farther than `REACH_M` from them."""
    # Far points all round make every cell a finite one.
    middle = xy.mean(axis=0)
    off = np.vstack([xy - middle, FAR_M * np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])])
    diagram = Voronoi(off)
    corners = [diagram.regions[region] for region in diagram.point_region[: len(xy)][which]]
    owner = np.repeat(np.arange(len(corners)), [len(each) for each in corners])
    vertices = diagram.vertices[np.concatenate(corners)] + middle
    hulls = shapely.convex_hull(shapely.multipoints(vertices, indices=owner))
    reach = shapely.buffer(shapely.points(xy[which]), REACH_M, quad_segs=CIRCLE_SEGMENTS)
    return np.asarray(shapely.intersection(hulls, reach))


def _without_scraps(
    shape: BaseGeometry, band: Band, inside: MultiPoint, outside: MultiPoint
) -> BaseGeometry:
    """Leave out parts that hold nothing, and fill new holes that spare nothing."""
    parts = [
        part
        for part in shapely.get_parts(shape)
        if part.intersects(band.core) or part.intersects(inside)
    ]
    return shapely.union_all([_filled(part, band.zone, outside) for part in parts])


def _filled(part: Polygon, zone: BaseGeometry, outside: MultiPoint) -> Polygon:
    holes = [Polygon(ring) for ring in part.interiors]
    kept = [
        hole.exterior
        for hole in holes
        if hole.intersects(outside) or not zone.intersects(hole.representative_point())
    ]
    return Polygon(part.exterior, kept)
