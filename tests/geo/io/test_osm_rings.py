"""Polygons put together from lines in any order, direction and number of pieces."""

from __future__ import annotations

from itertools import pairwise

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon, box

from geo.io.osm.rings import assembled, polygonal_part

SETTINGS = settings(max_examples=60, deadline=None)
OUTER = ((0, 0), (6, 0), (10, 0), (10, 4), (10, 10), (3, 10), (0, 10), (0, 5))
HOLE = ((2, 2), (2, 4), (4, 4), (4, 2))
ISLAND = ((2.5, 2.5), (3.5, 2.5), (3.5, 3.5), (2.5, 3.5))
ELSEWHERE = ((20, 0), (25, 0), (22, 5))
EVERYTHING = shapely.union_all([Polygon(OUTER, [HOLE]), Polygon(ISLAND), Polygon(ELSEWHERE)])


@st.composite
def pieces_of(draw: st.DrawFn, ring: tuple[tuple[float, float], ...]) -> list[LineString]:
    """Cut a ring into one to four lines, each in either direction."""
    closed = (*ring, ring[0])
    inner = st.integers(1, len(closed) - 2)
    cuts = sorted({0, len(closed) - 1, *draw(st.lists(inner, max_size=3))})
    lines = [LineString(closed[a : b + 1]) for a, b in pairwise(cuts)]
    return [line.reverse() if draw(st.booleans()) else line for line in lines]


@SETTINGS
@given(
    st.tuples(*map(pieces_of, (OUTER, HOLE, ISLAND, ELSEWHERE))).flatmap(
        lambda rings: st.permutations([line for ring in rings for line in ring])
    )
)
def test_order_and_direction_of_the_ways_do_not_matter(lines: list[LineString]) -> None:
    polygon, is_crossing = assembled(lines)

    assert polygon is not None
    assert polygon.equals(EVERYTHING)
    assert not is_crossing


@SETTINGS
@given(pieces_of(OUTER), st.data())
def test_a_ring_with_a_piece_missing_is_none(lines: list[LineString], data: st.DataObject) -> None:
    missing = data.draw(st.integers(0, len(lines) - 1))

    assert assembled(lines[:missing] + lines[missing + 1 :]).polygon is None


@SETTINGS
@given(pieces_of(OUTER))
def test_a_spur_drawn_to_and_fro_changes_nothing(lines: list[LineString]) -> None:
    spur = LineString([(10, 4), (12, 4), (10, 4)])

    polygon, _ = assembled([*lines, spur])

    assert polygon is not None
    assert polygon.equals(Polygon(OUTER))


def test_a_spur_drawn_once_is_no_closed_ring() -> None:
    assert assembled([LineString([*OUTER, OUTER[0]]), LineString([(10, 4), (12, 4)])])[0] is None


def test_squares_side_by_side_become_one() -> None:
    left, right = box(0, 0, 1, 1), box(1, 0, 2, 1)

    polygon, is_crossing = assembled([left.exterior, right.exterior])

    assert polygon is not None
    assert polygon.equals(box(0, 0, 2, 1))
    assert not is_crossing


def test_crossing_squares_are_taken_together_and_said_to_cross() -> None:
    first, second = box(0, 0, 2, 2), box(1, 1, 3, 3)

    polygon, is_crossing = assembled([first.exterior, second.exterior])

    assert polygon is not None
    assert polygon.equals(first.union(second))
    assert is_crossing


def test_lines_and_points_have_no_polygonal_part() -> None:
    line = LineString([(0, 0), (1, 1)])

    assert polygonal_part(line) is None
    assert polygonal_part(shapely.GeometryCollection([line, box(0, 0, 1, 1)])) == box(0, 0, 1, 1)
