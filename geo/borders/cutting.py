"""A zone cut in pieces along a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString

from geo.borders.noding import SHARE_M, laid_on
from geo.borders.rings import Obstacle, only_ground, require_ground
from geo.errors import BorderError
from geo.zones.holding import is_wide

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

    from geo.borders.rings import Ground

REACH_M = 5.0
"""A line that ends so near the border was meant to reach it."""
OVERSHOOT_M = 0.001


def split(shape: BaseGeometry, line: BaseGeometry) -> list[Ground]:
    """
    Cut a zone along a line.

    The line must run from border to border, or close on itself inside; an end that stops at
    most `REACH_M` short of the border is drawn on to it. Pieces lie against each other with
    the same vertices, and strips narrower than `SHARE_M` stay with their neighbour. Parts of
    the zone that the line leaves alone stay with the largest piece.

    Parameters
    ----------
    shape
        Valid polygon or multipolygon, metric CRS; may have holes.
    line
        LineString in the same CRS.

    Returns
    -------
    pieces
        At least two, the largest first, then from west to east; their ground is the zone's.

    Raises
    ------
    BorderError
        `no_polygon`, `no_line`, or `not_crossing` if nothing is cut off.

    Examples
    --------
    >>> from shapely import box
    >>> [piece.area for piece in split(box(0, 0, 10, 10), LineString([(3, -1), (3, 8)]))]
    [70.0, 30.0]
    """
    require_ground(shape)
    blade, shape = laid_on(_blade(shape, line), shape, SHARE_M)
    cut: list[Polygon] = []
    whole: list[Polygon] = []
    for part in shapely.get_parts(shape):
        pieces = _pieces(part, LineString(blade))
        (cut if len(pieces) > 1 else whole).extend(pieces)
    if not cut:
        msg = "Expected a line that runs from border to border, got one that cuts nothing off."
        raise BorderError(Obstacle.NOT_CROSSING, msg)
    largest, *others = sorted(cut, key=_order)
    return [only_ground(shapely.union_all([largest, *whole])), *others]


def _order(piece: Polygon) -> tuple[float, float, float]:
    west, south, _, _ = piece.bounds
    return -round(piece.area, 3), west, south


def _blade(shape: BaseGeometry, line: BaseGeometry) -> NDArray[np.float64]:
    """Draw the line on to the border where it ends just short of it."""
    if not isinstance(line, LineString) or not np.isfinite(shapely.get_coordinates(line)).all():
        msg = f"Expected a line to cut along, got a {line.geom_type}."
        raise BorderError(Obstacle.NO_LINE, msg)
    corners = shapely.get_coordinates(shapely.remove_repeated_points(line))
    if line.length == 0:
        msg = "Expected a line to cut along, got one without length."
        raise BorderError(Obstacle.NO_LINE, msg)
    if (corners[0] == corners[-1]).all():
        return corners
    first = _drawn_on(shape, corners[1], corners[0])
    last = _drawn_on(shape, corners[-2], corners[-1])
    return np.vstack([first, corners, last])


def _drawn_on(
    shape: BaseGeometry, before: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give a point just beyond the border, or the end itself."""
    ahead = (end - before) / np.hypot(*(end - before))
    point = shapely.points(end)
    if not shapely.covers(shape, point):
        return end
    hits = shapely.intersection(LineString([end, end + REACH_M * ahead]), shape.boundary)
    if hits.is_empty:
        return end
    return np.asarray(end + (shapely.distance(point, hits) + OVERSHOOT_M) * ahead)


def _pieces(part: Polygon, blade: BaseGeometry) -> list[Polygon]:
    noded = shapely.union_all([part.boundary, blade])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    shapely.prepare(part)
    faces = faces[shapely.contains(part, shapely.point_on_surface(faces))]
    return _without_slivers(faces)


def _without_slivers(faces: NDArray[np.object_]) -> list[Polygon]:
    """Join strips to the piece they share most border with."""
    is_piece = is_wide(faces, SHARE_M)
    pieces = faces[is_piece]
    for sliver in faces[~is_piece]:
        shared_m = shapely.length(shapely.intersection(pieces, sliver))
        at = int(shared_m.argmax())
        pieces[at] = shapely.union(pieces[at], sliver)
    return list(pieces)
