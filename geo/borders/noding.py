"""Neighbours made to have the same vertices along the border they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString

from geo.borders.rings import corners_of, redrawn, require_ground

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.borders.rings import Ground

SHARE_M = 0.02
"""Borders so near each other are one: coordinates on the wire are rounded to a centimetre."""
EXACT_M = 1e-6
"""Less than this is the rounding of numbers."""
TRIES = 4


def share_vertices(shapes: Sequence[BaseGeometry], *, tolerance_m: float = SHARE_M) -> list[Ground]:
    """
    Give neighbours the same vertices, bit for bit, wherever they share a border.

    Afterwards a vertex that is moved in every shape that has it leaves neither gap nor
    overlap. Vertices within the tolerance of one of an earlier shape become that one; those
    within the tolerance of another's edge are put into it. Borders that merely cross stay as
    they are. A shape that would cross itself by that keeps its own vertices.

    Parameters
    ----------
    shapes
        Valid polygons and multipolygons, metric CRS; they may overlap.
    tolerance_m
        In metres, positive; nothing moves farther.

    Returns
    -------
    shapes
        In the same order.

    Raises
    ------
    BorderError
        If one is no valid polygon.

    Examples
    --------
    >>> from shapely import box
    >>> left, right = share_vertices([box(0, 0, 5, 9), box(5, 3, 8, 6)])
    >>> (5.0, 3.0) in left.exterior.coords, left.area
    (True, 45.0)
    """
    require_ground(*shapes)
    moved: list[Ground] = []
    for shape in shapes:
        moved.append(_checked(shape, _on_vertices(shape, moved, tolerance_m)))
    return [
        _checked(shape, _with_vertices(shape, [*moved[:at], *moved[at + 1 :]], tolerance_m))
        for at, shape in enumerate(moved)
    ]


def snap_to_neighbours(
    shape: BaseGeometry, neighbours: Sequence[BaseGeometry], *, tolerance_m: float
) -> Ground:
    """
    Close the gaps and overlaps that are narrower than a tolerance.

    The shape's vertices move onto its neighbours' vertices, or else onto their edges, and
    the neighbours' vertices are put into its edges. Where moving so far would make the shape
    cross itself, it moves less far or not at all. `share_vertices` then gives the neighbours
    the vertices they lack.

    Parameters
    ----------
    shape
        Valid polygon or multipolygon, metric CRS.
    neighbours
        The same, any number; they stay as they are.
    tolerance_m
        In metres, positive; no vertex moves farther, and no edge more than twice as far.

    Raises
    ------
    BorderError
        If one is no valid polygon.

    Examples
    --------
    >>> from shapely import box
    >>> snap_to_neighbours(box(0, 0, 4.7, 9), [box(5, 0, 8, 9)], tolerance_m=0.5).area
    45.0
    """
    require_ground(shape, *neighbours)
    if not neighbours:
        return redrawn(shape, lambda ring: ring)
    for attempt in range(TRIES):
        snapped = _snapped(shape, neighbours, tolerance_m / 2**attempt)
        if snapped.is_valid and not snapped.is_empty:
            return snapped
    return redrawn(shape, lambda ring: ring)


def onto_vertices(
    corners: NDArray[np.float64], targets: NDArray[np.float64], reach_m: float
) -> NDArray[np.float64]:
    """
    Move every corner to the nearest target within reach.

    Parameters
    ----------
    corners, targets
        Shape (n, 2) and (m, 2), in metres; of targets equally near the first is taken.
    reach_m
        In metres.
    """
    if not len(targets):
        return corners
    at, target = _tree_of(targets).query_nearest(shapely.points(corners), max_distance=reach_m)
    order = np.lexsort((target, at))
    mover, first = np.unique(at[order], return_index=True)
    moved = corners.copy()
    moved[mover] = targets[target[order][first]]
    return moved


def laid_on(
    line: NDArray[np.float64], shape: BaseGeometry, reach_m: float
) -> tuple[NDArray[np.float64], Ground]:
    """
    Lay a line onto a shape's border wherever it is within reach, with the same vertices.

    Parameters
    ----------
    line
        Corners, shape (n, 2).
    shape
        Valid polygon or multipolygon.

    Returns
    -------
    line, shape
        The shape keeps its ground but for the rounding of coordinates.
    """
    corners = corners_of(shape)
    laid = onto_edges(onto_vertices(line, corners, reach_m), [shape], reach_m)
    laid = _filled(laid, corners, _tree_of(corners), reach_m, is_closed=False)
    return laid, _checked(shape, _with_vertices(shape, [LineString(laid)], EXACT_M))


def onto_edges(
    corners: NDArray[np.float64], shapes: Sequence[BaseGeometry], reach_m: float
) -> NDArray[np.float64]:
    """
    Move every corner onto the nearest border within reach.

    Parameters
    ----------
    corners
        Shape (n, 2), in metres.
    shapes
        Polygons, at least one.
    reach_m
        In metres.
    """
    borders = shapely.boundary(np.asarray(shapes, dtype=object))
    points = np.asarray(shapely.points(corners))
    (at, border), away_m = shapely.STRtree(borders).query_nearest(
        points, max_distance=reach_m, all_matches=False, return_distance=True
    )
    # What is on a border already stays: to find its place anew would round it.
    at, border = at[away_m > 0], border[away_m > 0]
    along_m = shapely.line_locate_point(borders[border], points[at])
    moved = corners.copy()
    moved[at] = shapely.get_coordinates(shapely.line_interpolate_point(borders[border], along_m))
    return moved


def _snapped(shape: BaseGeometry, neighbours: Sequence[BaseGeometry], reach_m: float) -> Ground:
    onto = _on_vertices(shape, neighbours, reach_m)
    onto = redrawn(onto, lambda ring: onto_edges(ring, neighbours, reach_m))
    return _with_vertices(onto, neighbours, reach_m)


def _on_vertices(shape: BaseGeometry, others: Sequence[BaseGeometry], reach_m: float) -> Ground:
    targets = corners_of(*others)
    return redrawn(shape, lambda ring: onto_vertices(ring, targets, reach_m))


def _with_vertices(shape: BaseGeometry, others: Sequence[BaseGeometry], reach_m: float) -> Ground:
    targets = corners_of(*others)
    tree = _tree_of(targets)
    return redrawn(shape, lambda ring: _filled(ring, targets, tree, reach_m))


def _filled(
    ring: NDArray[np.float64],
    targets: NDArray[np.float64],
    tree: shapely.STRtree,
    reach_m: float,
    *,
    is_closed: bool = True,
) -> NDArray[np.float64]:
    """Put into each edge of a ring or line the targets beside it, in the order along the edge."""
    ends = np.stack([ring, np.roll(ring, -1, axis=0)], axis=1)
    edges = np.asarray(shapely.linestrings(ends if is_closed else ends[:-1]))
    edge, target = tree.query(edges, predicate="dwithin", distance=reach_m)
    points = shapely.points(targets[target])
    along_m = np.asarray(shapely.line_locate_point(edges[edge], points))
    is_between = (along_m > reach_m) & (along_m < shapely.length(edges[edge]) - reach_m)
    # A target beside two edges belongs to the nearer one.
    away_m = shapely.distance(edges[edge], points)
    nearest = np.lexsort((edge, away_m, target))
    nearest = nearest[is_between[nearest]]
    _, first = np.unique(target[nearest], return_index=True)
    chosen = nearest[first]
    chosen = chosen[np.lexsort((along_m[chosen], edge[chosen]))]
    return np.insert(ring, edge[chosen] + 1, targets[target[chosen]], axis=0)


def _tree_of(corners: NDArray[np.float64]) -> shapely.STRtree:
    return shapely.STRtree(np.asarray(shapely.points(corners)))


def _checked(shape: BaseGeometry, changed: Ground) -> Ground:
    if changed.is_valid and not changed.is_empty:
        return changed
    return redrawn(shape, lambda ring: ring)
