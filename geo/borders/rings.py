"""Polygons ring by ring, and back."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo.errors import BorderError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    RingEdit = Callable[[NDArray[np.float64]], NDArray[np.float64]]

Ground: TypeAlias = Polygon | MultiPolygon
"""What a zone may be."""
MIN_CORNERS = 3


class Obstacle(StrEnum):
    """Why borders cannot be worked on as asked; the code of a `BorderError`."""

    NO_POLYGON = "no_polygon"
    NO_LINE = "no_line"
    NOT_CROSSING = "not_crossing"
    APART = "apart"
    NOTHING_LEFT = "nothing_left"


def redrawn(shape: BaseGeometry, edit: RingEdit) -> Ground:
    """
    Give a polygon with every ring edited.

    Parameters
    ----------
    shape
        Polygon or multipolygon.
    edit
        Takes and gives corners, shape (n, 2), without the first repeated at the end. Corners
        that follow themselves are dropped, and so are rings left with fewer than three.

    Returns
    -------
    redrawn
        May be invalid, and empty.
    """
    parts = [_part(part, edit) for part in shapely.get_parts(shape)]
    return ground_of([part for part in parts if not part.is_empty])


def ground_of(shapes: list[Polygon]) -> Ground:
    """Give one polygon as it is, and several or none as a multipolygon."""
    return shapes[0] if len(shapes) == 1 else MultiPolygon(shapes)


def only_ground(shape: BaseGeometry) -> Ground:
    """
    Keep the polygons of what an overlay gave; lines and points have no ground.

    Parameters
    ----------
    shape
        Valid.
    """
    if isinstance(shape, Polygon | MultiPolygon):
        return shape
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    return ground_of(parts)


def require_ground(*shapes: BaseGeometry) -> None:
    """
    Refuse what is no valid polygon.

    Raises
    ------
    BorderError
        With code `no_polygon`.
    """
    for shape in shapes:
        if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
            msg = f"Expected a polygon, got an empty or other shape ({shape.geom_type})."
            raise BorderError(Obstacle.NO_POLYGON, msg)
        if not shape.is_valid:
            msg = f"Expected a valid polygon: {shapely.is_valid_reason(shape)}."
            raise BorderError(Obstacle.NO_POLYGON, msg)


def corners_of(*shapes: BaseGeometry) -> NDArray[np.float64]:
    """Give the corners of shapes, each once and sorted; shape (n, 2)."""
    return np.unique(shapely.get_coordinates(list(shapes)), axis=0)


def _part(part: Polygon, edit: RingEdit) -> Polygon:
    outer, *holes = (
        _without_repeats(edit(np.asarray(ring.coords)[:-1, :2]))
        for ring in (part.exterior, *part.interiors)
    )
    if len(outer) < MIN_CORNERS:
        return Polygon()
    return Polygon(outer, [hole for hole in holes if len(hole) >= MIN_CORNERS])


def _without_repeats(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    is_new = (corners != np.roll(corners, 1, axis=0)).any(axis=1)
    return np.asarray(corners[is_new])
