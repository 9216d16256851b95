from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geo.borders import TAKE_MARGIN_M, Obstacle, take_whole
from geo.borders.outlines import THIN_M
from geo.errors import BorderError
from geo.zones import half_inside
from geo.zones.holding import is_wide
from tests.support.layers import layer
from tests.support.shapes import few, moved, zones

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

YARD = box(0, 0, 100, 50)


def houses_at(places: list[tuple[float, float]]) -> list[BaseGeometry]:
    """Give houses of 14 by 10 m, those that would overlap an earlier one left out."""
    found: list[BaseGeometry] = []
    for x, y in places:
        house = moved(box(x, y, x + 14, y + 10))
        if all(house.distance(other) > 0.2 for other in found):
            found.append(house)
    return found


@few
@given(
    shape=zones(),
    places=st.lists(st.tuples(st.floats(-120, 120), st.floats(-120, 120)), max_size=8),
    inside=st.booleans(),
)
def test_afterwards_no_building_is_half_inside(
    shape: Polygon | MultiPolygon, places: list[tuple[float, float]], *, inside: bool
) -> None:
    cut = [house for house in houses_at(places) if house.intersects(shape.boundary)]

    taken = take_whole(shape, cut, inside=inside)

    assert taken.is_valid
    buildings = layer(cut, building_id=[str(number) for number in range(len(cut))])
    assert half_inside(buildings, layer([taken], zone_id=["z"])).empty
    for house in cut:
        assert taken.covers(house) if inside else not taken.intersects(house)
    assert taken.union(shape).area == pytest.approx(max(taken.area, shape.area), abs=1e-3)


@few
@given(
    shape=zones(),
    places=st.lists(st.tuples(st.floats(-120, 120), st.floats(-120, 120)), max_size=8),
    inside=st.booleans(),
)
def test_the_border_changes_near_the_buildings_only(
    shape: Polygon | MultiPolygon, places: list[tuple[float, float]], *, inside: bool
) -> None:
    cut = [house for house in houses_at(places) if house.intersects(shape.boundary)]

    changed = take_whole(shape, cut, inside=inside).symmetric_difference(shape)

    around = shapely.union_all(shapely.buffer(cut, 0.5)) if cut else Polygon()
    beyond = shapely.get_parts(changed.difference(around))
    assert not is_wide(beyond, THIN_M + 0.02).any()


def test_a_strip_between_a_building_and_the_border_goes_with_the_building() -> None:
    house = box(60, 49.7 - 12, 72, 49.7)
    taken = take_whole(YARD, [house], inside=False)

    assert not taken.covers(box(65, 49.8, 66, 49.9))
    assert isinstance(taken, Polygon)
    assert shapely.get_num_interior_rings(taken) == 0


def test_a_gap_between_a_building_and_the_border_is_filled() -> None:
    hook = box(100.3, 20, 112, 40).union(box(95, 38, 112, 40))
    taken = take_whole(YARD, [hook], inside=True)

    assert taken.covers(box(100, 20.2, 112, 40))
    assert shapely.get_num_interior_rings(taken) == 0


def test_the_house_next_door_is_not_cut_by_that() -> None:
    terrace = [box(90, 10, 98, 20), box(98, 10, 106, 20), box(106, 10, 114, 20)]
    taken = take_whole(YARD, terrace[1:2], inside=True)

    buildings = layer(terrace, building_id=["a", "b", "c"])
    assert half_inside(buildings, layer([taken], zone_id=["z"])).empty
    assert taken.intersection(terrace[2]).area == pytest.approx(10 * TAKE_MARGIN_M)


def test_a_building_in_the_middle_that_is_taken_out_leaves_a_hole() -> None:
    taken = take_whole(YARD, [box(40, 20, 50, 30)], inside=False)

    assert shapely.get_num_interior_rings(taken) == 1
    assert taken.area == pytest.approx(5_000 - (10 + 2 * TAKE_MARGIN_M) ** 2)


def test_without_buildings_nothing_changes() -> None:
    assert take_whole(YARD, [], inside=True).equals(YARD)


@pytest.mark.parametrize(
    ("houses", "inside", "obstacle"),
    [
        ([box(200, 0, 210, 10)], True, Obstacle.APART),
        ([box(-10, -10, 110, 60)], False, Obstacle.NOTHING_LEFT),
        ([Polygon()], True, Obstacle.NO_POLYGON),
    ],
)
def test_what_cannot_be_taken_is_refused(
    houses: list[BaseGeometry], *, inside: bool, obstacle: Obstacle
) -> None:
    with pytest.raises(BorderError) as told:
        take_whole(YARD, houses, inside=inside)

    assert told.value.code == obstacle
