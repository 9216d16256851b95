"""The part of the world that a `bbox` means."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from api.services.collections.errors import ParameterError
from api.services.collections.reference import CRS84, inward, swapped

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from api.services.collections.reference import Reference
    from api.services.workspace import Box

NAME = "bbox"
OFF = "Expected a box within the extent of its reference system."
FLAT, SOLID = 4, 6
MAX_LON_DEG = 180.0
MAX_LAT_DEG = 90.0
SIDE_PIECES = 32
FARTHEST = 1e9
"""No place on Earth has a larger number in any projection."""


@dataclass(frozen=True, slots=True)
class Window:
    """
    A part of the world.

    Parameters
    ----------
    boxes
        WGS 84: west, south, east, north. Two where it reaches over the antimeridian.
    shape
        WGS 84, where it is no box in degrees.
    """

    boxes: tuple[Box, ...]
    shape: BaseGeometry | None = None


def parse_window(text: str, reference: Reference = CRS84) -> Window:
    """
    Read a `bbox`.

    Parameters
    ----------
    text
        Four numbers, or six where the third and the last are heights, which no layer has.
    reference
        The system of the numbers, in the order of its axes.

    Returns
    -------
    window
        Degrees beyond the world are cut off; a box whose west lies east of its east reaches
        over the antimeridian.

    Raises
    ------
    ParameterError
        If it is no box.

    Examples
    --------
    >>> parse_window("113.1,27.8,113.2,27.9").boxes
    ((113.1, 27.8, 113.2, 27.9),)
    >>> parse_window("179,-10,-179,10").boxes
    ((179.0, -10.0, 180.0, 10.0), (-180.0, -10.0, -179.0, 10.0))
    """
    first, second, third, fourth = _numbers(text)
    if reference.is_swapped:
        first, second, third, fourth = second, first, fourth, third
    _check_order(second, fourth)
    if reference.is_degrees:
        return Window(_degree_boxes((first, second, third, fourth)))
    _check_order(first, third)
    return _turned((first, second, third, fourth), reference)


def box_shape(box: Box) -> BaseGeometry:
    """
    Give a box as a shape; without width or height it is a line or a point.

    Examples
    --------
    >>> box_shape((1, 2, 1, 2)).wkt, box_shape((1, 2, 3, 2)).wkt
    ('POINT (1 2)', 'LINESTRING (1 2, 3 2)')
    """
    west, south, east, north = box
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(*box)


def _numbers(text: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise ParameterError(NAME, "Expected numbers with commas between them.") from None
    if len(numbers) not in (FLAT, SOLID):
        raise ParameterError(NAME, f"Expected 4 or 6 numbers, got {len(numbers)}.")
    if not all(map(math.isfinite, numbers)):
        raise ParameterError(NAME, "Expected finite numbers.")
    if len(numbers) == SOLID:
        _check_order(numbers[2], numbers[5])
        del numbers[5], numbers[2]
    return numbers


def _check_order(low: float, high: float) -> None:
    if low > high:
        raise ParameterError(NAME, f"Expected the lower corner first, got {low:g} and {high:g}.")


def _degree_boxes(box: Box) -> tuple[Box, ...]:
    west, south, east, north = box
    south, north = _within(south, MAX_LAT_DEG), _within(north, MAX_LAT_DEG)
    west, east = _within(west, MAX_LON_DEG), _within(east, MAX_LON_DEG)
    if west <= east:
        return ((west, south, east, north),)
    return ((west, south, MAX_LON_DEG, north), (-MAX_LON_DEG, south, east, north))


def _within(value: float, most: float) -> float:
    return min(max(value, -most), most)


def _turned(box: Box, reference: Reference) -> Window:
    """Turn a box of a projection into degrees; its sides are then no longer straight."""
    west, south, east, north = box
    if max(map(abs, box)) > FARTHEST:
        raise ParameterError(NAME, OFF)
    longest = max(east - west, north - south) or 1.0
    outline = shapely.segmentize(box_shape(box), longest / SIDE_PIECES)
    outlines = np.array([outline], dtype=object)
    (shape,) = inward(swapped(outlines) if reference.is_swapped else outlines, reference)
    bounds = shapely.bounds(shape).tolist()
    if not all(map(math.isfinite, bounds)):
        raise ParameterError(NAME, OFF)
    return Window((tuple(bounds),), shape)
