from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box

from geo.capacity import UNLIMITED, assign_nearest, opening_h, site_capacity
from geo.coverage import Coverage, CoverageRules, Reason, WalkInput, cover
from geo.errors import CrsError
from geo.network import build_network
from geo.uncovered import CELL_REACH_M, uncovered_zones
from tests.support.layers import barriers_of, gates_of, layer, streets_of

if TYPE_CHECKING:
    import geopandas as gpd

NO_ENTRANCES = layer([], entrance_id=[], building_id=[])
ONE_MINUTE = CoverageRules(walk_minutes=1)  # 72 m


def houses_of(*tips: tuple[float, float], people: int = 10) -> gpd.GeoDataFrame:
    """Give houses that stand on one tip, 10 m wide and high, so that their door is sure."""
    return layer(
        [Polygon([(x, y), (x + 5, y + 10), (x - 5, y + 10)]) for x, y in tips],
        building_id=[f"h{number}" for number in range(len(tips))],
        households=[people // 2] * len(tips),
        residents=[people] * len(tips),
    )


def sites_of(
    *points: tuple[float, float], capacity: list[int | None] | None = None
) -> gpd.GeoDataFrame:
    """Give sampling sites."""
    return layer(
        [Point(xy) for xy in points],
        site_id=[f"s{number}" for number in range(len(points))],
    ).assign(capacity=pd.array(capacity or [None] * len(points), dtype="Int64"))


def walk_input(*ways: LineString, wall: LineString | None = None) -> WalkInput:
    barriers = barriers_of(wall) if wall is not None else barriers_of()
    return WalkInput(build_network(streets_of(ways), barriers, gates_of()), NO_ENTRANCES)


STREET = walk_input(LineString([(-50, 0), (300, 0)]))


def test_a_building_within_the_walk_is_covered_and_one_beyond_is_too_far() -> None:
    houses = houses_of((0, 5), (50, 5), (150, 5))
    found = cover(houses, sites_of((0, 0)), network=STREET, rules=ONE_MINUTE)

    assert found.buildings["is_covered"].tolist() == [True, True, False]
    assert found.buildings["walk_m"].tolist() == pytest.approx([5, 55, 155])
    assert found.buildings["reason"].tolist() == ["", "", "too_far"]
    assert found.buildings["site_id"].tolist() == ["s0", "s0", "s0"]
    assert (found.summary.residents_covered, found.summary.residents_uncovered) == (20, 10)


def test_the_walk_goes_round_by_the_street_but_the_crow_does_not() -> None:
    ways = walk_input(LineString([(0, 0), (200, 0), (200, 60), (0, 60)]))
    houses = houses_of((0, 61))

    walked = cover(houses, sites_of((0, 0)), network=ways, rules=CoverageRules(walk_minutes=5))
    flown = cover(
        houses,
        sites_of((0, 0)),
        network=None,
        rules=CoverageRules(walk_minutes=5, is_straight_line=True),
    )

    assert walked.buildings["walk_m"].tolist() == pytest.approx([200 + 60 + 200 + 1])
    assert walked.summary.covered == 0
    assert flown.buildings["walk_m"].tolist() == [61]
    assert flown.summary.covered == 1


def test_a_site_takes_the_nearest_while_its_capacity_lasts_and_buildings_stay_whole() -> None:
    houses = houses_of((0, 5), (20, 5), (40, 5))
    sites = sites_of((-10, 0), (60, 0), capacity=[15, 10])

    found = cover(houses, sites, network=STREET, rules=ONE_MINUTE)

    assert found.buildings["site_id"].tolist() == ["s0", "s0", "s1"]
    assert found.buildings["reason"].tolist() == ["", "site_full", ""]
    assert found.zones["reason"].tolist() == ["site_full"]


def test_a_wall_leaves_no_path_and_it_is_counted_as_unreachable() -> None:
    wall = LineString([(100, -100), (100, 100)])
    houses = houses_of((0, 5), (150, 5))
    found = cover(
        houses,
        sites_of((0, 0)),
        network=walk_input(LineString([(-50, 0), (300, 0)]), wall=wall),
        rules=CoverageRules(),
    )

    assert found.buildings["reason"].tolist() == ["", "no_path"]
    assert np.isnan(found.buildings["walk_m"].iloc[1])
    assert pd.isna(found.buildings["site_id"].iloc[1])
    assert found.summary.unreachable == 1


def test_without_an_open_site_everything_is_uncovered_and_says_so() -> None:
    houses = houses_of((0, 5), (50, 5))
    closed = sites_of((0, 0)).assign(status=["closed"])

    for sites in (closed, sites_of()):
        for is_straight_line in (False, True):
            rules = CoverageRules(is_straight_line=is_straight_line)
            found = cover(houses, sites, network=STREET, rules=rules)
            assert found.buildings["reason"].tolist() == [Reason.NO_SITE] * 2
            assert found.zones["residents"].sum() == 20


def test_no_buildings_is_an_answer() -> None:
    found = cover(houses_of(), sites_of((0, 0)), network=STREET, rules=ONE_MINUTE)

    assert found.summary.buildings == 0
    assert len(found.zones) == 0
    assert found.zones.crs == STREET.entrances.crs


def test_checkpoints_cover_too_and_people_unknown_count_as_nobody() -> None:
    houses = houses_of((0, 5)).assign(residents=pd.array([None], dtype="Int64"))
    posts = layer([Point(0, 0)], checkpoint_id=["c"])

    found = cover(houses, posts, network=STREET, rules=ONE_MINUTE)

    assert found.buildings["site_id"].tolist() == ["c"]
    assert found.summary.residents == 0


def test_bad_questions_are_refused() -> None:
    houses = houses_of((0, 5))

    with pytest.raises(ValueError, match="positive"):
        CoverageRules(walk_minutes=0)
    with pytest.raises(ValueError, match="network"):
        cover(houses, sites_of((0, 0)), network=None, rules=ONE_MINUTE)
    with pytest.raises(CrsError, match="metres"):
        cover(houses.to_crs(4326), sites_of((0, 0)), network=STREET, rules=ONE_MINUTE)


def test_capacity_is_stated_or_worked_out_or_has_no_limit() -> None:
    sites = pd.DataFrame(
        {
            "capacity": pd.array([0, None, None], dtype="Int64"),
            "tables": pd.array([5, 2, None], dtype="Int64"),
            "people_per_hour": pd.array([80, 80, 80], dtype="Int64"),
            "hours": ["08:00-20:00", "08:00-12:00,14:00-18:00", "08:00-12:00"],
        }
    )

    assert site_capacity(sites).tolist() == [0, 2 * 80 * 8, UNLIMITED]
    assert opening_h("23:00-01:30") == 2.5


houses_drawn = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 6), st.integers(0, 30)),
    min_size=1,
    max_size=12,
    unique_by=lambda house: house[:2],
)
sites_drawn = st.lists(
    st.tuples(st.integers(0, 260), st.integers(0, 120), st.integers(0, 60)), max_size=4
)


def drawn(
    houses: list[tuple[int, int, int]], sites: list[tuple[int, int, int]]
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, Coverage]:
    buildings = houses_of(*((x * 20.0, y * 20.0) for x, y, _ in houses)).assign(
        residents=[people for *_, people in houses]
    )
    points = sites_of(
        *((float(x), float(y)) for x, y, _ in sites), capacity=[room for *_, room in sites]
    )
    rules = CoverageRules(walk_minutes=1, is_straight_line=True)
    return buildings, points, cover(buildings, points, network=None, rules=rules)


@settings(max_examples=60, deadline=None)
@given(houses=houses_drawn, sites=sites_drawn)
def test_people_add_up_and_no_site_takes_more_than_it_can(
    houses: list[tuple[int, int, int]], sites: list[tuple[int, int, int]]
) -> None:
    buildings, points, found = drawn(houses, sites)
    summary = found.summary

    assert summary.residents == sum(people for *_, people in houses)
    assert summary.residents == summary.residents_covered + summary.residents_uncovered
    taken = buildings["residents"].where(found.buildings["is_covered"], 0)
    load = taken.groupby(found.buildings["site_id"]).sum()
    for site_id, room in zip(points["site_id"], points["capacity"], strict=True):
        assert load.get(site_id, 0) <= room
    assert found.zones["residents"].sum() == summary.residents_uncovered
    assert found.zones["buildings"].sum() == summary.uncovered
    assert (found.buildings["reason"].eq("") == found.buildings["is_covered"]).all()


@settings(max_examples=60, deadline=None)
@given(houses=houses_drawn, sites=sites_drawn)
def test_a_site_is_full_only_if_no_site_in_reach_has_room_left(
    houses: list[tuple[int, int, int]], sites: list[tuple[int, int, int]]
) -> None:
    buildings, points, found = drawn(houses, sites)
    taken = buildings["residents"].where(found.buildings["is_covered"], 0)
    load = taken.groupby(found.buildings["site_id"]).sum()

    for house in buildings.index[found.buildings["reason"].eq("site_full")]:
        metres = points.distance(buildings.geometry[house])
        room = points["capacity"] - points["site_id"].map(load).fillna(0)
        assert metres.min() <= ONE_MINUTE.reach_m
        assert (room[metres <= ONE_MINUTE.reach_m] < buildings["residents"][house]).all()


@settings(max_examples=40, deadline=None)
@given(houses=houses_drawn, sites=sites_drawn)
def test_zones_hold_their_buildings_stay_in_the_extent_and_never_overlap(
    houses: list[tuple[int, int, int]], sites: list[tuple[int, int, int]]
) -> None:
    buildings, _, found = drawn(houses, sites)
    extent = box(-3, -3, 243, 128)  # cuts into the houses at its edges
    reason = found.buildings["reason"]
    zones = uncovered_zones(buildings.assign(walk_m=1.0), reason, extent)

    overlaps = [
        a.intersection(b).area
        for at, a in enumerate(zones.geometry)
        for b in zones.geometry[at + 1 :]
    ]
    assert max(overlaps, default=0) < 1e-6
    assert zones.geometry.is_valid.all()
    ground = shapely.union_all(zones.geometry.to_numpy())
    assert ground.difference(extent.buffer(1e-6)).area == 0
    uncovered = buildings[reason.ne("")].geometry.intersection(extent)
    assert uncovered.difference(ground.buffer(0.3)).area.sum() < 1e-6
    others = buildings[reason.eq("")].geometry
    assert others.intersection(ground).area.sum() < others.area.sum() * 0.15 + 1e-6
    near = shapely.union_all(buildings.geometry.to_numpy()).buffer(CELL_REACH_M + 1)
    assert ground.difference(near).area < 1e-6


def test_greedy_assignment_takes_ties_in_order() -> None:
    pairs = (np.array([1, 0, 0]), np.array([0, 0, 1]), np.array([5.0, 5.0, 5.0]))

    site, walk_m = assign_nearest(pairs, np.array([3, 3]), pd.Series([3, 3]))

    assert site.tolist() == [0, -1]
    assert walk_m[0] == 5
    assert np.isnan(walk_m[1])


def test_a_building_drawn_twice_counts_twice_even_where_it_has_no_ground_of_its_own() -> None:
    houses = houses_of((0, 5), (0, 5), (30, 5))
    near = uncovered_zones(
        houses.assign(walk_m=1.0), pd.Series(["too_far", "too_far", ""]), extent=None
    )
    apart = uncovered_zones(
        houses.assign(walk_m=1.0), pd.Series(["", "site_full", ""]), extent=None
    )

    assert near["residents"].tolist() == [20]
    assert apart["residents"].tolist() == [10]
    assert apart.geometry.iloc[0].equals(houses.geometry.iloc[1])
