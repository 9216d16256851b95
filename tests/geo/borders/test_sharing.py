from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo.borders import SHARE_M, Obstacle, join, share_vertices, snap_to_neighbours, split
from geo.borders.rings import only_ground
from geo.errors import BorderError
from tests.support.shapes import few, lines_across, moved, zones

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

YARD = box(0, 0, 100, 50)


def corners(shape: BaseGeometry) -> set[tuple[float, ...]]:
    return {tuple(xy) for xy in shapely.get_coordinates(shape).tolist()}


def with_corner_moved(
    shape: BaseGeometry, corner: tuple[float, ...], by_m: tuple[float, float]
) -> BaseGeometry:
    """Drag one vertex wherever the shape has it, as an editor does."""
    return shapely.transform(
        shape, lambda xy: np.where((xy == corner).all(axis=1)[:, None], xy + by_m, xy)
    )


def gap_and_overlap_m2(shapes: Sequence[BaseGeometry], whole_m2: float) -> float:
    union_m2 = float(shapely.union_all(list(shapes)).area)
    return abs(union_m2 - whole_m2) + abs(sum(shape.area for shape in shapes) - union_m2)


@few
@given(shape=zones(), first=lines_across(), second=lines_across())
def test_neighbours_share_every_vertex_and_keep_their_ground(
    shape: Polygon | MultiPolygon, first: LineString, second: LineString
) -> None:
    pieces: list[Polygon | MultiPolygon] = [shape]
    for line in (first, second):
        pieces = [
            part
            for piece in pieces
            for part in (split(piece, line) if _cuts(piece, line) else [piece])
        ]

    shared = share_vertices(pieces, tolerance_m=1e-5)

    assert len(shared) == len(pieces)
    for piece, noded in zip(pieces, shared, strict=True):
        assert noded.is_valid
        assert noded.symmetric_difference(piece).area < 1e-6 * max(1, piece.area)
    assert gap_and_overlap_m2(shared, shape.area) < 1e-6 * shape.area
    for at, noded in enumerate(shared):
        for other in shared[at + 1 :]:
            met = shapely.intersection(noded.boundary, other.boundary)
            assert corners(met) <= corners(noded) & corners(other)


def _cuts(piece: BaseGeometry, line: LineString) -> bool:
    try:
        split(piece, line)
    except BorderError:
        return False
    return True


def test_a_vertex_moves_in_both_zones_and_leaves_no_gap() -> None:
    west, north, south = (
        moved(shape) for shape in (box(0, 0, 50, 50), box(50, 20, 100, 50), box(50, 0, 100, 20))
    )
    corner = moved(Point(50, 20)).coords[0]
    assert corner not in corners(west)

    shared = share_vertices([west, north, south])
    dragged = [with_corner_moved(shape, corner, (-7, 4)) for shape in shared]

    assert all(corner in corners(shape) for shape in shared)
    assert all(shape.is_valid for shape in dragged)
    assert gap_and_overlap_m2(dragged, 5_000) < 1e-6


def test_borders_a_centimetre_apart_become_one() -> None:
    west = Polygon([(0, 0), (50, 0), (50.008, 25), (50, 50), (0, 50)])
    east = Polygon([(49.994, 0), (100, 0), (100, 50), (50.007, 50), (49.996, 12)])

    first, second = share_vertices([west, east])

    assert gap_and_overlap_m2([first, second], first.area + second.area) < 1e-9
    assert {(50.0, 0.0), (50.0, 50.0), (50.008, 25.0)} <= corners(second)
    assert (49.996, 12.0) in corners(first)


def test_borders_farther_apart_stay_as_they_are() -> None:
    shapes = [box(0, 0, 50, 50), box(50 + 1.5 * SHARE_M, 10, 90, 20)]

    assert [
        shape.equals(noded) for shape, noded in zip(shapes, share_vertices(shapes), strict=True)
    ]
    assert corners(share_vertices(shapes)[0]) == corners(shapes[0])


def test_borders_that_cross_get_no_vertex() -> None:
    shapes = [box(0, 0, 50, 50), box(25, 25, 90, 90)]

    assert [corners(shape) for shape in share_vertices(shapes)] == [corners(s) for s in shapes]


def test_a_zone_within_another_shares_its_border_too() -> None:
    outer, inner = share_vertices([YARD, box(100 - 30, 10, 100, 40)])

    assert {(100.0, 10.0), (100.0, 40.0)} <= corners(outer)
    assert outer.area == YARD.area
    assert corners(inner) == corners(box(70, 10, 100, 40))


def test_the_border_of_a_hole_is_shared_with_what_fills_it() -> None:
    ring: BaseGeometry = Polygon(YARD.exterior, [box(20, 10, 80, 40).exterior])
    filling = Polygon([(20, 10), (50, 10), (80, 10), (80, 40), (20, 40)])

    noded, _ = share_vertices([ring, filling])

    assert (50.0, 10.0) in corners(noded)
    assert noded.equals(ring)


def test_a_shape_that_would_collapse_keeps_its_own_vertices() -> None:
    needle = Polygon([(0, 0), (100, 0), (99.99, 0.012)])

    kept = share_vertices([YARD, needle])[1]

    assert kept.equals(needle)


@few
@given(gap_m=st.floats(-0.9, 0.9), wave_m=st.floats(-0.09, 0.09))
def test_snapping_closes_gaps_and_overlaps(gap_m: float, wave_m: float) -> None:
    neighbour = moved(Polygon([(50, 0), (100, 0), (100, 50), (50, 50), (50.5, 30), (49, 10)]))
    border = [(50 + gap_m, 0), (49 + gap_m, 10 + wave_m), (50.5 + gap_m, 30), (50 + gap_m, 50)]
    shape = moved(Polygon([*border, (0, 50), (0, 0)]))

    snapped = snap_to_neighbours(shape, [neighbour], tolerance_m=1)

    assert snapped.is_valid
    assert snapped.touches(neighbour)
    assert gap_and_overlap_m2([snapped, neighbour], snapped.union(neighbour).area) < 1e-6
    assert len(shapely.get_parts(snapped.union(neighbour))) == 1
    assert snapped.area + neighbour.area == pytest.approx(5_000)


def test_snapping_onto_an_edge_puts_the_vertex_there() -> None:
    snapped = snap_to_neighbours(
        box(20, 50.4, 40, 90), [YARD, box(200, 0, 220, 20)], tolerance_m=0.5
    )

    assert corners(snapped) == {(20.0, 50.0), (40.0, 50.0), (40.0, 90.0), (20.0, 90.0)}


@few
@given(shape=zones(), tolerance_m=st.floats(0.1, 60))
def test_snapping_never_breaks_a_shape_nor_moves_it_far(
    shape: Polygon | MultiPolygon, tolerance_m: float
) -> None:
    neighbour = moved(box(-70, -70, 40, 50))

    snapped = snap_to_neighbours(shape, [neighbour], tolerance_m=tolerance_m)

    assert snapped.is_valid
    assert not snapped.is_empty
    assert shapely.hausdorff_distance(snapped.boundary, shape.boundary) <= 2 * tolerance_m


def test_a_shape_smaller_than_the_reach_does_not_snap_away() -> None:
    small = box(99, 49, 100.5, 50.5)

    assert snap_to_neighbours(small, [YARD], tolerance_m=100).equals(small)


def test_of_what_an_overlay_gives_only_ground_is_kept() -> None:
    mixed = shapely.GeometryCollection([YARD, LineString([(0, 0), (9, 9)])])

    assert only_ground(mixed) == YARD
    assert only_ground(mixed.geoms[1]).is_empty


def test_without_neighbours_nothing_snaps() -> None:
    assert snap_to_neighbours(YARD, [], tolerance_m=5).equals(YARD)


def test_joining_closes_a_strip_of_two_centimetres() -> None:
    joined = join([box(0, 0, 50, 50), box(50 + 0.9 * SHARE_M, 0, 90, 50)])

    assert joined.symmetric_difference(box(0, 0, 90, 50)).area < 1e-9


def test_overlapping_zones_are_joined_and_a_chain_holds_together() -> None:
    joined = join([box(0, 0, 50, 50), box(90, 0, 140, 50), box(40, 10, 100, 30)])

    assert joined.area == 2 * 2_500 + 40 * 20


def test_zones_of_parts_stay_in_parts() -> None:
    parts = MultiPolygon([box(0, 0, 10, 10), box(30, 0, 40, 10)])

    assert len(shapely.get_parts(join([parts, box(10, 0, 20, 10)]))) == 2


@pytest.mark.parametrize(
    ("shapes", "obstacle"),
    [
        ([YARD, box(100.1, 0, 120, 50)], Obstacle.APART),
        ([YARD, LineString([(0, 0), (9, 9)])], Obstacle.NO_POLYGON),
        ([], Obstacle.NO_POLYGON),
    ],
)
def test_what_lies_apart_or_is_no_polygon_is_not_joined(
    shapes: list[BaseGeometry], obstacle: Obstacle
) -> None:
    with pytest.raises(BorderError) as told:
        join(shapes)

    assert told.value.code == obstacle
