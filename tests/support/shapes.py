"""Random zones, far from the origin as real coordinates are."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box
from shapely.affinity import translate

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    Shape = TypeVar("Shape", bound=BaseGeometry)

EAST_M, NORTH_M = 445_000.3, 4_423_000.7
few = settings(max_examples=25, deadline=None)


def moved(shape: Shape) -> Shape:
    """Put a shape drawn near (0, 0) where real ones are."""
    there: Shape = translate(shape, EAST_M, NORTH_M)
    return there


@st.composite
def stars(draw: st.DrawFn, *, least_m: float = 40.0, most_m: float = 150.0) -> Polygon:
    """Give a polygon of up to twelve corners around a middle, concave or not, hole or not."""
    corners = draw(st.integers(4, 12))
    turns = draw(st.lists(st.floats(-0.35, 0.35), min_size=corners, max_size=corners))
    radii = draw(st.lists(st.floats(least_m, most_m), min_size=corners, max_size=corners))
    angles = (np.arange(corners) + np.array(turns)) * 2 * np.pi / corners
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1) * np.array(radii)[:, None]
    holes = [box(-9, -6, 5, 8).exterior.coords] if draw(st.booleans()) else []
    return moved(Polygon(ring, holes))


@st.composite
def zones(draw: st.DrawFn) -> Polygon | MultiPolygon:
    """Give a star, or one with a second part far off."""
    star = draw(stars())
    if draw(st.booleans()):
        return star
    return MultiPolygon([star, box(EAST_M + 400, NORTH_M, EAST_M + 460, NORTH_M + 60)])


@st.composite
def lines_across(draw: st.DrawFn) -> LineString:
    """Give a line from one side of any star to the other, with up to two bends."""
    turn = draw(st.floats(0, np.pi))
    offsets = draw(st.lists(st.floats(-38, 38), min_size=2, max_size=4))
    along = np.linspace(-400, 400, len(offsets))
    cos, sin = np.cos(turn), np.sin(turn)
    points = [
        (EAST_M + x * cos - y * sin, NORTH_M + x * sin + y * cos)
        for x, y in zip(along, offsets, strict=True)
    ]
    return LineString(points)


def place(east_m: float, north_m: float) -> Point:
    """Give a place near the middle of the stars."""
    return Point(EAST_M + east_m, NORTH_M + north_m)
