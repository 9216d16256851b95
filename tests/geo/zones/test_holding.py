from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geo.errors import CrsError
from geo.zones import (
    LEVELS,
    half_inside,
    held_counts,
    holding_zones,
    overlaps,
    rank_of,
    zones_at,
)
from tests.support.layers import UTM
from tests.support.shapes import EAST_M, NORTH_M, few
from tests.support.shapes import zones as zone_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

NOON = datetime(2020, 3, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOMENTS = st.none() | st.integers(-3, 3).map(lambda hours: NOON + hours * HOUR)
BOW = Polygon([(0, 0), (100, 50), (100, 0), (0, 50)])


def zone_frame(
    *rows: tuple[BaseGeometry, str], periods: Sequence[tuple[object, object]] | None = None
) -> gpd.GeoDataFrame:
    since, until = zip(*(periods or [(None, None)] * len(rows)), strict=True) if rows else ((), ())
    return gpd.GeoDataFrame(
        {
            "zone_id": [f"z{number}" for number in range(len(rows))],
            "level": [level for _, level in rows],
            "valid_from_at": pd.Series(since, dtype="datetime64[us, UTC]"),
            "valid_to_at": pd.Series(until, dtype="datetime64[us, UTC]"),
        },
        geometry=[shape for shape, _ in rows],
        crs=UTM,
    )


def houses(*shapes: BaseGeometry) -> gpd.GeoDataFrame:
    index = pd.Index([f"h{number}" for number in range(len(shapes))])
    return gpd.GeoDataFrame(geometry=list(shapes), crs=UTM, index=index)


def row(counts: pd.DataFrame, level: str) -> list[int]:
    return [int(number) for number in counts.to_numpy()[LEVELS.index(level)]]


def row_of_houses(count: int) -> gpd.GeoDataFrame:
    """Give houses of 10 by 10 m, every 20 m from the west."""
    return houses(*(box(20 * number, 0, 20 * number + 10, 10) for number in range(count)))


def test_a_zone_is_in_force_from_its_first_moment_and_no_longer_at_its_last() -> None:
    yard = box(0, 0, 9, 9)
    zones = zone_frame(
        (yard, "control"),
        (yard, "control"),
        (yard, "control"),
        (yard, "control"),
        periods=[(NOON, None), (None, NOON), (NOON - HOUR, NOON + HOUR), (NOON + HOUR, None)],
    )

    assert zones_at(zones, NOON)["zone_id"].tolist() == ["z0", "z2"]
    assert zones_at(zones, NOON + HOUR)["zone_id"].tolist() == ["z0", "z3"]
    assert zones_at(zones, NOON - HOUR)["zone_id"].tolist() == ["z1", "z2"]


@few
@given(periods=st.lists(st.tuples(MOMENTS, MOMENTS), min_size=1), at=MOMENTS.filter(bool))
def test_periods_are_half_open_whatever_they_are(
    periods: list[tuple[datetime | None, datetime | None]], at: datetime
) -> None:
    zones = zone_frame(*[(box(0, 0, 9, 9), "control")] * len(periods), periods=periods)

    expected = [
        f"z{number}"
        for number, (since, until) in enumerate(periods)
        if (since is None or since <= at) and (until is None or at < until)
    ]
    assert zones_at(zones, at)["zone_id"].tolist() == expected


def test_the_stricter_zone_holds_then_the_larger_share_then_the_first_name() -> None:
    buildings = row_of_houses(4)
    zones = zone_frame(
        (box(-5, -5, 200, 200), "precaution"),
        (box(-5, -5, 28, 15), "control"),
        (box(-5, -5, 36, 15), "control"),
        (box(-5, -5, 15, 15), "lockdown"),
        (box(39, -5, 100, 15), "control"),
        (box(39, -5, 100, 15), "control"),
    )

    held = holding_zones(buildings, zones, at=NOON)

    assert held["zone_id"].tolist() == ["z3", "z2", "z4", "z4"]
    assert held["level"].tolist() == ["lockdown", "control", "control", "control"]
    assert held["share"].tolist() == [1, 1, 1, 1]
    assert held.index.tolist() == ["h0", "h1", "h2", "h3"]


def test_half_of_the_outline_is_enough_and_less_is_not() -> None:
    buildings = row_of_houses(2)
    halved = zone_frame((box(5, 0, 24.9, 10), "lockdown"), (box(0, -9, 99, 99), "precaution"))

    held = holding_zones(buildings, halved, at=None)

    assert held["level"].tolist() == ["lockdown", "precaution"]
    assert held["share"].tolist() == [pytest.approx(0.5), 1]


def test_a_zone_that_is_not_in_force_holds_nobody() -> None:
    zones = zone_frame((box(-9, -9, 99, 99), "lockdown"), periods=[(NOON + HOUR, None)])

    now, later = (
        holding_zones(row_of_houses(2), zones, at=moment) for moment in (NOON, NOON + HOUR)
    )

    assert now["zone_id"].tolist() == [None, None]
    assert now["level"].tolist() == [None, None]
    assert now["share"].isna().all()
    assert later["zone_id"].tolist() == ["z0", "z0"]


@few
@given(
    shapes=st.lists(st.tuples(zone_shapes(), st.sampled_from(LEVELS)), max_size=5),
    corners=st.lists(
        st.tuples(st.floats(-150, 150), st.floats(-150, 150), st.floats(4, 60)), max_size=12
    ),
)
def test_holding_agrees_with_asking_every_pair(
    shapes: list[tuple[BaseGeometry, str]], corners: list[tuple[float, float, float]]
) -> None:
    buildings = houses(
        *(
            box(EAST_M + x, NORTH_M + y, EAST_M + x + size, NORTH_M + y + 8)
            for x, y, size in corners
        )
    )
    zones = zone_frame(*shapes)

    held = holding_zones(buildings, zones, at=None)

    for zone_id, outline in zip(held["zone_id"], buildings.geometry, strict=True):
        shares = [outline.intersection(shape).area / outline.area for shape, _ in shapes]
        ranked = [
            (LEVELS.index(level), -round(share, 9), f"z{number}")
            for number, (share, (_, level)) in enumerate(zip(shares, shapes, strict=True))
            if share >= 0.5
        ]
        assert zone_id == (min(ranked)[2] if ranked else None)


def test_houses_on_the_border_are_listed_and_those_along_it_are_not() -> None:
    buildings = row_of_houses(4)
    zones = zone_frame((box(4, -5, 50.1, 15), "control"), (box(59.8, -5, 99, 15), "control"))

    cut = half_inside(buildings, zones)

    assert cut["building"].tolist() == ["h0"]
    assert cut["zone_id"].tolist() == ["z0"]
    assert cut["share"].tolist() == [pytest.approx(0.6)]


@few
@given(shape=zone_shapes(), share=st.floats(0, 1))
def test_a_house_is_cut_only_where_ground_lies_on_both_sides(
    shape: Polygon | MultiPolygon, share: float
) -> None:
    west, south, east, north = shape.bounds
    x = west + share * (east - west)
    buildings = houses(box(x, south, x + 12, north))
    zones = zone_frame((shape, "control"))

    cut = half_inside(buildings, zones)

    inside = buildings.geometry.iloc[0].intersection(shape).area / buildings.area.iloc[0]
    assert (cut["share"] - inside).abs().max() < 1e-9 or cut.empty
    assert cut.empty or 0 < inside < 1


def test_counts_add_up_and_tell_what_is_not_known() -> None:
    buildings = row_of_houses(4).assign(
        households=pd.array([10, None, 5, 7], dtype="Int64"),
        residents=pd.array([20, 30, None, 9], dtype="Int64"),
    )
    zones = zone_frame((box(-1, -1, 35, 15), "lockdown"), (box(-1, -1, 55, 15), "precaution"))

    counts = held_counts(buildings, holding_zones(buildings, zones, at=None))

    assert counts.index.tolist() == list(LEVELS)
    assert row(counts, "lockdown") == [2, 10, 50, 1, 0]
    assert row(counts, "control") == [0, 0, 0, 0, 0]
    assert row(counts, "precaution") == [1, 5, 0, 0, 1]


def test_without_counts_every_number_is_unknown() -> None:
    buildings = row_of_houses(1)
    zones = zone_frame((box(-1, -1, 35, 15), "control"))

    counts = held_counts(buildings, holding_zones(buildings, zones, at=None))

    assert row(counts, "control") == [1, 0, 0, 1, 1]


def test_without_zones_or_buildings_nothing_is_held() -> None:
    buildings, zones = row_of_houses(2), zone_frame((box(0, 0, 9, 9), "control"))

    assert holding_zones(buildings, zones.iloc[:0], at=NOON)["zone_id"].isna().all()
    assert holding_zones(buildings.iloc[:0], zones, at=NOON).empty
    assert half_inside(buildings.iloc[:0], zones).empty
    assert (
        held_counts(buildings, holding_zones(buildings, zones.iloc[:0], at=NOON)).sum().sum() == 0
    )
    assert overlaps(zones.iloc[:0]).empty


def test_a_zone_stored_crossing_itself_holds_what_its_border_encloses() -> None:
    zones = zone_frame((BOW, "control"), (box(0, 0, 100, 50), "precaution"))
    buildings = houses(box(80, 20, 95, 30), box(48, 5, 52, 9))

    held = holding_zones(buildings, zones, at=None)

    assert held["level"].tolist() == ["control", "precaution"]
    assert overlaps(zones).area.sum() == pytest.approx(2500)


def test_where_levels_overlap_the_stricter_holds() -> None:
    zones = zone_frame(
        (box(0, 0, 100, 100), "precaution"),
        (box(20, 20, 80, 80), "control"),
        (box(40, 40, 60, 120), "lockdown"),
    )

    shared = overlaps(zones)

    assert shared["level"].tolist() == ["lockdown", "control"]
    assert shared["milder"].tolist() == ["control,precaution", "precaution"]
    assert shared.area.tolist() == [20 * 60, 60 * 60 - 20 * 40]
    assert not shared.geometry.iloc[0].overlaps(shared.geometry.iloc[1])


def test_neighbours_and_zones_of_one_level_do_not_overlap() -> None:
    zones = zone_frame(
        (box(0, 0, 50, 50), "lockdown"),
        (box(49.99, 0, 90, 50), "control"),
        (box(20, 0, 40, 50), "lockdown"),
    )

    assert overlaps(zones).empty


@few
@given(shapes=st.lists(st.tuples(zone_shapes(), st.sampled_from(LEVELS)), max_size=4))
def test_overlaps_are_the_ground_with_more_than_one_level(
    shapes: list[tuple[BaseGeometry, str]],
) -> None:
    ground = {
        level: gpd.GeoSeries([shape for shape, own in shapes if own == level], crs=UTM).union_all()
        for level in LEVELS
    }
    single = sum(float(ground[level].area) for level in LEVELS)
    union = gpd.GeoSeries([shape for shape, _ in shapes], crs=UTM).union_all().area
    both = ground["lockdown"].intersection(ground["control"])
    triple = both.intersection(ground["precaution"]).area

    shared = overlaps(zone_frame(*shapes))

    assert shared.area.sum() == pytest.approx(single - union - triple, abs=3)


def test_levels_rank_from_strict_to_mild() -> None:
    assert rank_of(pd.Series([*LEVELS, "other"])).tolist() == [0, 1, 2, 3]


def test_degrees_are_refused() -> None:
    degrees = gpd.GeoDataFrame(geometry=[], crs="EPSG:4326")

    with pytest.raises(CrsError, match="metres"):
        holding_zones(degrees, degrees, at=None)
