from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo.borders import REACH_M, Obstacle, join, split
from geo.errors import BorderError
from tests.support.shapes import few, lines_across, moved, zones

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

YARD = box(0, 0, 100, 50)


def areas(pieces: list[Polygon | MultiPolygon]) -> list[float]:
    return [round(piece.area, 2) for piece in pieces]


@few
@given(shape=zones(), line=lines_across())
def test_pieces_together_are_the_zone_and_share_no_ground(
    shape: Polygon | MultiPolygon, line: LineString
) -> None:
    pieces = split(shape, line)

    assert len(pieces) > 1
    assert all(piece.is_valid and not piece.is_empty for piece in pieces)
    assert sum(piece.area for piece in pieces) == pytest.approx(shape.area, rel=1e-9)
    assert shapely.union_all(pieces).symmetric_difference(shape).area < 1e-4
    assert all(one.area >= two.area - 1e-3 for one, two in pairwise(pieces))


@few
@given(shape=zones(), line=lines_across())
def test_what_is_split_can_be_joined_again(shape: Polygon | MultiPolygon, line: LineString) -> None:
    joined = join(split(shape, line))

    assert joined.is_valid
    assert joined.symmetric_difference(shape).area < 1e-6 * shape.area
    assert len(shapely.get_parts(joined)) == len(shapely.get_parts(shape))


@few
@given(shape=zones(), line=lines_across())
def test_pieces_have_the_same_vertices_where_they_meet(
    shape: Polygon | MultiPolygon, line: LineString
) -> None:
    pieces = split(shape, line)

    for at, piece in enumerate(pieces):
        corners = {tuple(xy) for xy in shapely.get_coordinates(piece)}
        for other in pieces[at + 1 :]:
            met = shapely.intersection(piece.boundary, other.boundary)
            shared = {tuple(xy) for xy in shapely.get_coordinates(met)}
            assert shared <= corners & {tuple(xy) for xy in shapely.get_coordinates(other)}


def test_the_larger_piece_comes_first_whichever_way_the_line_runs() -> None:
    line = LineString([(30, -10), (30, 60)])

    assert areas(split(YARD, line)) == [3500, 1500]
    assert areas(split(YARD, shapely.reverse(line))) == [3500, 1500]


def test_equal_pieces_come_from_west_to_east() -> None:
    west, east = split(YARD, LineString([(50, -10), (50, 60)]))

    assert west.bounds[0] == 0
    assert east.bounds[0] == 50


def test_a_line_may_end_a_little_short_of_the_border() -> None:
    short = REACH_M - 0.1

    assert areas(split(YARD, LineString([(30, short), (30, 50 - short)]))) == [3500, 1500]
    with pytest.raises(BorderError, match="border to border") as told:
        split(YARD, LineString([(30, REACH_M + 0.1), (30, 50)]))
    assert told.value.code == Obstacle.NOT_CROSSING


def test_a_line_that_ends_exactly_on_the_border_cuts() -> None:
    yard = moved(YARD)
    west, south, east, north = yard.bounds
    third = LineString([(west + (east - west) / 3, south), (west + (east - west) / 3, north)])

    assert len(split(yard, third)) == 2


def test_a_line_is_not_drawn_on_beyond_the_first_border_it_meets() -> None:
    slotted = YARD.difference(box(48, 22, 52, 60))
    pieces = split(slotted, LineString([(-5, 20), (45, 30)]))

    assert len(pieces) == 2
    assert all(piece.bounds[2] <= 48 or piece.covers(Point(75, 25)) for piece in pieces)


def test_a_loop_inside_cuts_out_its_inside() -> None:
    pieces = split(YARD, box(20, 10, 40, 30).exterior)

    assert areas(pieces) == [4600, 400]
    assert shapely.get_num_interior_rings(pieces[0]) == 1


def test_a_line_through_a_hole_cuts_on_both_sides_of_it() -> None:
    holed = Polygon(YARD.exterior, [box(40, 20, 60, 30).exterior])

    assert areas(split(holed, LineString([(50, -10), (50, 60)]))) == [2400, 2400]


def test_every_arm_that_is_cut_off_is_a_piece_of_its_own() -> None:
    horseshoe = YARD.difference(box(30, 20, 70, 60))

    assert areas(split(horseshoe, LineString([(-10, 30), (110, 30)]))) == [2600, 600, 600]


def test_a_part_the_line_leaves_alone_stays_with_the_largest_piece() -> None:
    parts = MultiPolygon([YARD, box(200, 0, 210, 10)])

    first, second = split(parts, LineString([(30, -10), (30, 60)]))

    assert first.area == 3600
    assert len(shapely.get_parts(first)) == 2
    assert second.area == 1500


def test_no_hairline_is_cut_off_where_the_line_follows_the_border() -> None:
    line = LineString([(-5, 0.004), (60, 0.006), (60, 80)])

    assert areas(split(YARD, line)) == [3000, 2000]


def test_the_hairline_of_a_line_drawn_there_and_back_stays_with_a_neighbour() -> None:
    line = LineString([(30, -10), (30, 60), (30.01, 60), (30.01, -10)])

    pieces = split(YARD, line)

    assert len(pieces) == 2
    assert sum(piece.area for piece in pieces) == pytest.approx(5_000)


@pytest.mark.parametrize(
    ("shape", "line", "obstacle"),
    [
        (YARD, LineString([(200, 0), (300, 0)]), Obstacle.NOT_CROSSING),
        (YARD, LineString([(20, 20), (60, 20)]), Obstacle.NOT_CROSSING),
        (YARD, LineString([(0, -10), (0, 90)]), Obstacle.NOT_CROSSING),
        (YARD, Point(3, 3), Obstacle.NO_LINE),
        (YARD, LineString([(3, 3), (3, 3)]), Obstacle.NO_LINE),
        (YARD, LineString(), Obstacle.NO_LINE),
        (
            YARD,
            shapely.transform(LineString([(0, 0), (9, 9)]), lambda xy: xy + np.inf),
            Obstacle.NO_LINE,
        ),
        (Polygon(), LineString([(0, 0), (9, 9)]), Obstacle.NO_POLYGON),
        (Point(3, 3), LineString([(0, 0), (9, 9)]), Obstacle.NO_POLYGON),
        (
            Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]),
            LineString([(0, 5), (9, 5)]),
            Obstacle.NO_POLYGON,
        ),
    ],
)
def test_what_cannot_be_cut_is_refused(
    shape: BaseGeometry, line: BaseGeometry, obstacle: Obstacle
) -> None:
    with pytest.raises(BorderError) as told:
        split(shape, line)

    assert told.value.code == obstacle
