from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo.zones import (
    MAX_VERTICES,
    OUTSIDE_M,
    SENTENCES,
    outside_fault,
    value_faults,
    zone_faults,
)
from tests.support.shapes import EAST_M, NORTH_M, few, zones

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

YARD = box(0, 0, 100, 50)


def codes(shape: BaseGeometry | None, within: BaseGeometry | None = None) -> list[str]:
    return [fault.code for fault in zone_faults(shape, within=within)]


@few
@given(shape=zones())
def test_a_sound_zone_within_its_areas_has_no_fault(shape: Polygon | MultiPolygon) -> None:
    assert zone_faults(shape, within=shape.envelope) == []
    assert zone_faults(shape, within=None) == []


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (None, "empty"),
        (Polygon(), "empty"),
        (LineString([(0, 0), (9, 9)]), "wrong_type"),
        (Point(0, 0), "wrong_type"),
        (shapely.transform(YARD, lambda xy: np.where(xy == 100, np.inf, xy)), "not_finite"),
        (shapely.transform(YARD, lambda xy: np.where(xy == 50, np.nan, xy)), "not_finite"),
        (Polygon([(0, 0), (100, 50), (100, 0), (0, 50)]), "self_crossing"),
        (Polygon([(0, 0), (100, 0), (50, 0)]), "self_crossing"),
        (box(0, 0, 4, 6), "too_small"),
        (MultiPolygon([YARD, box(200, 0, 201, 1)]), "too_small"),
        (box(0, 0, 200_000, 200_000), "too_large"),
    ],
)
def test_each_faulty_shape_is_told_by_its_code(shape: BaseGeometry | None, code: str) -> None:
    assert codes(shape) == [code]


def test_a_hole_that_swallows_all_is_told_with_the_hole() -> None:
    almost = Polygon(YARD.exterior, [box(0.4, 0.4, 99.6, 49.6).exterior])
    (fault,) = zone_faults(almost, within=None)

    assert fault.code == "hole_swallows_all"
    assert fault.place is not None
    assert fault.place.bounds == pytest.approx((0.4, 0.4, 99.6, 49.6))
    assert "hole_swallows_all" in codes(Polygon(YARD.exterior, [YARD.exterior]))


def test_a_tiny_hole_is_told_with_its_size_and_its_place() -> None:
    (fault,) = zone_faults(Polygon(YARD.exterior, [box(30, 20, 30.5, 21).exterior]), within=None)

    assert fault.code == "tiny_hole"
    assert fault.place == Point(30.25, 20.5)
    assert fault.detail == "This hole has 0.5 m²; less than 1 m² is a slip."


def test_a_crossing_is_told_where_it_is() -> None:
    bow = Polygon([(0, 0), (100, 50), (100, 0), (0, 50)])

    (fault,) = zone_faults(bow, within=None)

    assert fault.place == Point(50, 25)


def test_the_part_outside_is_what_is_drawn() -> None:
    (fault,) = zone_faults(YARD, within=box(0, 0, 70, 200))

    assert fault.code == "outside_area"
    assert fault.place is not None
    assert fault.place.equals(box(70, 0, 100, 50))


def test_only_the_wide_parts_outside_count() -> None:
    notched = box(0, 0, 100, 50).difference(box(40, 20, 40.3, 30))

    assert outside_fault(YARD, notched) is None
    assert outside_fault(YARD, box(OUTSIDE_M * 0.9, 0, 200, 200)) is None
    assert outside_fault(YARD, box(OUTSIDE_M * 1.1, 0, 200, 200)) is not None


def test_whoever_has_no_area_may_draw_nowhere() -> None:
    (fault,) = zone_faults(YARD, within=Polygon())

    assert fault.code == "outside_area"
    assert fault.place is not None
    assert fault.place.equals(YARD)


def test_a_hundred_thousand_vertices_are_refused_before_anything_is_computed() -> None:
    turns = np.linspace(0, 2 * np.pi, 100_000)
    rng = np.random.default_rng(1)
    radii = rng.uniform(50, 100, len(turns))
    knot = Polygon(np.stack([EAST_M + radii * np.cos(7 * turns), NORTH_M + np.sin(turns)], axis=1))

    (fault,) = zone_faults(knot, within=YARD)

    assert fault.code == "too_many_vertices"
    assert str(MAX_VERTICES) in fault.detail


def test_a_zone_may_have_as_many_vertices_as_are_allowed() -> None:
    turns = np.linspace(0, 2 * np.pi, MAX_VERTICES - 1, endpoint=False)
    ring = Polygon(np.stack([100 * np.cos(turns), 100 * np.sin(turns)], axis=1))

    assert len(ring.exterior.coords) == MAX_VERTICES
    assert codes(ring) == []


def test_a_period_must_end_after_it_begins() -> None:
    noon = datetime(2020, 3, 25, 12, tzinfo=UTC)
    values = {"level": "control", "valid_from_at": noon, "valid_to_at": noon}

    (fault,) = value_faults(values)

    assert fault.code == "period_reversed"
    assert "2020-03-25 12:00" in fault.detail
    assert value_faults(values | {"valid_to_at": None}) == []
    assert value_faults(values | {"valid_to_at": noon.replace(hour=13)}) == []


def test_an_unknown_level_is_told_with_those_there_are() -> None:
    (fault,) = value_faults({"level": "red"})

    assert fault.code == "unknown_level"
    assert fault.detail == "The level is one of lockdown, control, precaution; this is red."
    assert [fault.code for fault in value_faults({})] == ["unknown_level"]


@few
@given(shape=zones())
def test_every_fault_has_a_sentence_that_its_figures_fill_in(
    shape: Polygon | MultiPolygon,
) -> None:
    west, south, east, north = shape.bounds
    area = box(west, south, (west + east) / 2, north)

    for fault in zone_faults(shape, within=area):
        assert fault.detail == SENTENCES[fault.code].format(**fault.figures)
