from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box
from shapely.affinity import rotate

from geo.borders.rings import Obstacle
from geo.errors import BorderError
from geo.merging import SHOWN_M, merge_shapes, merge_values
from tests.support.shapes import EAST_M, NORTH_M, few, moved, zones

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

TINY_M2 = 1e-2
"""Overlays are computed to a tenth of a millimetre."""
YARD = moved(box(0, 0, 100, 50))


@st.composite
def edits(draw: st.DrawFn, shape: Polygon | MultiPolygon) -> BaseGeometry:
    """Add a block to a shape, or take one away, somewhere about its border."""
    middle = shape.geoms[0] if isinstance(shape, MultiPolygon) else shape
    at = middle.exterior.interpolate(draw(st.floats(0, 1)), normalized=True)
    half = draw(st.floats(3, 25))
    block = rotate(
        box(at.x - half, at.y - half, at.x + half, at.y + half / 2), draw(st.integers(0, 90))
    )
    edited = shape.union(block) if draw(st.booleans()) else shape.difference(block)
    assume(edited.is_valid and not edited.is_empty)
    assume(edited.geom_type in ("Polygon", "MultiPolygon"))
    return edited


@st.composite
def shapes_with_edits(draw: st.DrawFn) -> tuple[BaseGeometry, ...]:
    """Give a zone, and two people's changes of it."""
    base = draw(zones())
    return base, draw(edits(base)), draw(edits(base))


@few
@given(three=shapes_with_edits())
def test_what_only_one_changed_is_taken_exactly(three: tuple[BaseGeometry, ...]) -> None:
    base, mine, theirs = three

    assert merge_shapes(base, mine, base) == merge_shapes(base, base, mine)
    assert shapely.equals_exact(merge_shapes(base, mine, base).shape, mine)
    assert shapely.equals_exact(merge_shapes(base, base, theirs).shape, theirs)
    assert shapely.equals_exact(merge_shapes(base, mine, mine).shape, mine)


@few
@given(three=shapes_with_edits())
def test_it_does_not_matter_who_is_first(three: tuple[BaseGeometry, ...]) -> None:
    base, mine, theirs = three

    one, other = merge_shapes(base, mine, theirs), merge_shapes(base, theirs, mine)

    assert (one.shape is None) == (other.shape is None) == (one.clashes is not None)
    for first, second in ((one.shape, other.shape), (one.clashes, other.clashes)):
        if first is not None and second is not None:
            assert first.symmetric_difference(second).area < TINY_M2


@few
@given(three=shapes_with_edits())
def test_a_merge_has_both_edits_and_a_clash_lies_within_both(
    three: tuple[BaseGeometry, ...],
) -> None:
    base, mine, theirs = three
    ours, others = mine.symmetric_difference(base), theirs.symmetric_difference(base)

    merge = merge_shapes(base, mine, theirs)

    if merge.shape is not None:
        assert merge.shape.is_valid
        merged = merge.shape.symmetric_difference(base)
        assert merged.symmetric_difference(ours.union(others)).area < TINY_M2 + 0.05
    else:
        assert merge.clashes is not None
        for edit in (ours, others):
            assert edit.buffer(SHOWN_M + 0.05).covers(merge.clashes)


@few
@given(gap_m=st.floats(2, 30), depth_m=st.floats(-20, 20).filter(lambda d: abs(d) > 1))
def test_edits_far_from_each_other_are_both_applied(gap_m: float, depth_m: float) -> None:
    west = box(EAST_M, NORTH_M + 50, EAST_M + 20, NORTH_M + 50 + depth_m)
    east = box(EAST_M + 20 + gap_m, NORTH_M + 50, EAST_M + 90, NORTH_M + 50 - depth_m)
    mine = YARD.union(west) if depth_m > 0 else YARD.difference(west)
    theirs = YARD.difference(east) if depth_m > 0 else YARD.union(east)

    merge = merge_shapes(YARD, mine, theirs)

    assert merge.shape is not None
    assert merge.shape.area == pytest.approx(mine.area + theirs.area - YARD.area, abs=TINY_M2)


def test_two_corners_dragged_apart_from_each_other_merge() -> None:
    base = moved(Polygon([(0, 0), (50, 0), (100, 0), (100, 50), (0, 50)]))
    mine = moved(Polygon([(-20, -20), (50, 0), (100, 0), (100, 50), (0, 50)]))
    theirs = moved(Polygon([(0, 0), (50, 0), (120, -10), (100, 50), (0, 50)]))

    merge = merge_shapes(base, mine, theirs)

    both = moved(Polygon([(-20, -20), (50, 0), (120, -10), (100, 50), (0, 50)]))
    assert merge.shape is not None
    assert merge.shape.equals(both)


def test_two_ends_of_one_edge_clash() -> None:
    mine = moved(Polygon([(0, -10), (100, 0), (100, 50), (0, 50)]))
    theirs = moved(Polygon([(0, 0), (100, -10), (100, 50), (0, 50)]))

    merge = merge_shapes(YARD, mine, theirs)

    assert merge.shape is None
    assert merge.clashes is not None
    assert merge.clashes.equals_exact(
        MultiPolygon([moved(Polygon([(0, 0), (50, -5), (100, 0)]))]).normalize(), 0.001
    ) or merge.clashes.area == pytest.approx(250, abs=0.1)


def test_both_sides_of_one_border_clash_along_it() -> None:
    mine = YARD.union(moved(box(100, 10, 120, 40)))
    theirs = YARD.difference(moved(box(80, 20, 100, 45)))

    merge = merge_shapes(YARD, mine, theirs)

    assert merge.clashes is not None
    along = moved(box(100, 20, 100, 40)).buffer(SHOWN_M)
    assert merge.clashes.symmetric_difference(along).area < 0.1 * along.area


def test_what_both_did_alike_is_done_once_beside_what_one_did() -> None:
    both = moved(box(100, 10, 120, 40))
    mine = YARD.union(both)
    theirs = YARD.union(both).difference(moved(box(0, 0, 20, 20)))

    merge = merge_shapes(YARD, mine, theirs)

    assert merge.shape is not None
    assert merge.shape.equals(theirs)


def test_vertices_that_nobody_moved_stay_bit_for_bit() -> None:
    mine = YARD.union(moved(box(100, 10, 120, 40)))
    theirs = YARD.difference(moved(box(0, 0, 20, 20)))

    merge = merge_shapes(YARD, mine, theirs)

    kept = {tuple(xy) for xy in shapely.get_coordinates([YARD, mine, theirs]).tolist()}
    assert merge.shape is not None
    assert {tuple(xy) for xy in shapely.get_coordinates(merge.shape).tolist()} <= kept


def test_two_halves_taken_away_leave_a_clash_and_not_nothing() -> None:
    parts = MultiPolygon([moved(box(0, 0, 50, 50)), moved(box(80, 0, 130, 50))])

    merge = merge_shapes(parts, parts.geoms[0], parts.geoms[1])

    assert merge.shape is None
    assert merge.clashes is not None
    assert merge.clashes.equals(parts)


def test_what_is_no_polygon_is_refused() -> None:
    with pytest.raises(BorderError) as told:
        merge_shapes(YARD, YARD.boundary, YARD)

    assert told.value.code == Obstacle.NO_POLYGON


def test_values_that_one_changed_are_taken_and_others_clash() -> None:
    base = {"level": "control", "name": "A", "since": None}
    mine = {"level": "lockdown", "name": "B", "since": None}
    theirs = {"level": "precaution", "name": "B", "since": 5, "until": 9}

    merged, clashing = merge_values(base, mine, theirs)

    assert merged == {"level": "lockdown", "name": "B", "since": 5, "until": 9}
    assert clashing == ("level",)


VALUES = st.dictionaries(st.sampled_from("abcd"), st.none() | st.integers(0, 2))


@few
@given(base=VALUES, mine=VALUES, theirs=VALUES)
def test_values_clash_only_where_all_three_differ(
    base: dict[str, int | None], mine: dict[str, int | None], theirs: dict[str, int | None]
) -> None:
    merged, clashing = merge_values(base, mine, theirs)
    turned, clashing_turned = merge_values(base, theirs, mine)

    assert clashing == clashing_turned
    assert set(merged) == {*base, *mine, *theirs}
    for name, value in merged.items():
        three = (base.get(name), mine.get(name), theirs.get(name))
        assert (name in clashing) == (len(set(three)) == 3)
        assert name in clashing or value == turned[name]
        assert value in three
    assert merge_values(base, mine, base)[1] == ()


def test_rounded_coordinates_do_not_join_edits_that_lie_far_apart() -> None:
    base = Polygon([(0.004, 0.003), (110.003, 0.004), (110.004, 90.003), (0.003, 90.004)])
    north = Polygon([(0, 0), (110.01, 0), (110, 90.01), (55, 110), (0.01, 90)])
    south = Polygon([(0.01, 0), (55, -20), (110, 0.01), (110.01, 90), (0, 90.01)])

    merged = merge_shapes(base, north, south)

    assert merged.clashes is None
    assert merged.shape is not None
    assert merged.shape.area == pytest.approx(110 * 90 + 110 * 20, abs=3)
