from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from geo.errors import CrsError, StartError
from geo.network import build_network
from geo.sweeps.planner import SweepRules, plan_sweep
from geo.workload import WorkloadRules
from tests.support.drawing import points_of
from tests.support.layers import UTM, layer, streets_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from geo.network import Network
    from geo.sweeps.plan import SweepPlan

# Ten seconds a building and a hundred a household, whatever the floors; a metre a second.
WORKLOAD = WorkloadRules(
    approach_s=10, answered_s=100, answered_share=1, floor_by_stairs_s=0, floor_by_lift_s=0
)
NOTHING = layer([])


def rules(teams: int, start: Point | None = None, **more: Any) -> SweepRules:  # noqa: ANN401  # fields
    """Give rules that can be reckoned with by hand."""
    return SweepRules(teams=teams, start=start, speed_m_s=1.0, workload=WORKLOAD, **more)


def buildings_at(doors: Mapping[str, Point], **columns: Sequence[object]) -> gpd.GeoDataFrame:
    """Give a building of ten metres north of each door, two households unless told."""
    shapes = [box(door.x - 5, door.y, door.x + 5, door.y + 10) for door in doors.values()]
    defaults: dict[str, Sequence[object]] = {
        "building_id": list(doors),
        "households": [2] * len(doors),
    }
    return layer(shapes, **(defaults | columns))


def entrances_at(doors: Mapping[str, Point]) -> gpd.GeoDataFrame:
    """Give an entrance at every door."""
    return layer(
        list(doors.values()), entrance_id=[f"e-{key}" for key in doors], building_id=list(doors)
    )


def network_of(*streets: LineString) -> Network:
    """Give a network without barriers."""
    return build_network(streets_of(streets), NOTHING, NOTHING)


def visited(plan: SweepPlan) -> list[list[str]]:
    """Give the buildings of every team, in order."""
    return [[stop.building_id for stop in route.stops] for route in plan.routes]


@pytest.fixture(scope="module")
def grid() -> Network:
    """Six streets by six, a hundred metres apart."""
    steps = [100 * number for number in range(6)]
    across = [LineString([(x, y) for x in steps]) for y in steps]
    along = [LineString([(x, y) for y in steps]) for x in steps]
    return network_of(*across, *along)


def test_one_team_walks_round_the_block() -> None:
    at = points_of(
        """
        c . b
        . . .
        s . a
        """,
        step_m=50,
    )
    doors = {key: at[key] for key in "abc"}
    block = LineString([at["s"], at["a"], at["b"], at["c"], at["s"]])
    households = {"a": 1, "b": 0, "c": 3}

    plan = plan_sweep(
        buildings_at(doors, households=list(households.values())),
        entrances_at(doors),
        network_of(block),
        rules=rules(1, at["s"]),
    )

    (route,) = plan.routes
    assert visited(plan) == [["a", "b", "c"]]
    assert [stop.arrive_s for stop in route.stops] == [100, 100 + 110 + 100, 310 + 10 + 100]
    assert [stop.service_s for stop in route.stops] == [110, 10, 310]
    assert [stop.households for stop in route.stops] == [1, 0, 3]
    assert all(
        stop.door == "entrance" and stop.point == at[stop.building_id] for stop in route.stops
    )
    assert (route.walk_m, route.work_s, route.duration_s) == (400, 430, 830)
    assert route.line.equals(block)
    assert (plan.makespan_s, plan.walk_m, plan.unreachable) == (830, 400, ())
    assert plan.bound_s == pytest.approx(830)
    assert 0 <= plan.gap < 1e-6


def test_two_teams_share_a_street_that_the_start_is_in_the_middle_of() -> None:
    at = points_of("a . b . s . c . d", step_m=100)
    doors = {key: at[key] for key in "abcd"}

    plan = plan_sweep(
        buildings_at(doors),
        entrances_at(doors),
        network_of(LineString([at["a"], at["d"]])),
        rules=rules(2, at["s"]),
    )

    assert sorted(sorted(team) for team in visited(plan)) == [["a", "b"], ["c", "d"]]
    assert [route.team for route in plan.routes] == [1, 2]
    assert [route.duration_s for route in plan.routes] == [800 + 420, 800 + 420]
    assert plan.bound_s == pytest.approx(1_220)


def test_without_an_entrance_the_nearest_point_of_the_outline_is_the_door() -> None:
    buildings = layer([box(100, 20, 120, 40)], building_id=["a"], households=[0])

    plan = plan_sweep(
        buildings,
        NOTHING,
        network_of(LineString([(0, 0), (110, 0), (110, 10)])),
        rules=rules(1, Point(0, 0)),
    )

    (route,) = plan.routes
    (stop,) = route.stops
    assert stop.door == "outline"
    assert stop.point == Point(110, 20)
    assert route.walk_m == pytest.approx(2 * (110 + 20))
    assert route.line.length == pytest.approx(route.walk_m)


def test_buildings_that_no_way_reaches_are_listed() -> None:
    doors = {"near": Point(100, 0), "island": Point(5_000, 0), "nowhere": Point(2_500, 0)}

    plan = plan_sweep(
        buildings_at(doors),
        entrances_at(doors),
        network_of(LineString([(0, 0), (200, 0)]), LineString([(4_900, 0), (5_100, 0)])),
        rules=rules(1, Point(0, 0)),
    )

    assert plan.unreachable == ("island", "nowhere")
    assert visited(plan) == [["near"]]


def test_teams_without_a_building_stay_at_the_start() -> None:
    doors = {"a": Point(100, 0)}

    plan = plan_sweep(
        buildings_at(doors),
        entrances_at(doors),
        network_of(LineString([(0, 0), (200, 0)])),
        rules=rules(3, Point(0, 5)),
    )

    assert visited(plan) == [["a"], [], []]
    idle = plan.routes[2]
    assert (idle.team, idle.walk_m, idle.work_s, idle.duration_s) == (3, 0, 0, 0)
    assert idle.line.coords[:] == [(0, 5), (0, 5)]


def test_without_buildings_nobody_sets_out(grid: Network) -> None:
    plan = plan_sweep(buildings_at({}), NOTHING, grid, rules=rules(2, Point(0, 0)))

    assert visited(plan) == [[], []]
    assert (plan.makespan_s, plan.bound_s, plan.walk_m, plan.gap) == (0, 0, 0, 0)


def test_buildings_at_one_spot_are_separate_stops() -> None:
    doors = {key: Point(100, 0) for key in "abc"}

    plan = plan_sweep(
        buildings_at(doors),
        entrances_at(doors),
        network_of(LineString([(0, 0), (200, 0)])),
        rules=rules(1, Point(0, 0)),
    )

    assert sorted(visited(plan)[0]) == ["a", "b", "c"]
    assert plan.makespan_s == pytest.approx(200 + 3 * 210)


def test_a_building_is_told_by_its_name_or_number_or_key() -> None:
    doors = {key: Point(10 * place, 0) for place, key in enumerate("abc", start=1)}
    columns: dict[str, list[Any]] = {
        "name": ["红楼", None, ""],
        "number": ["1", "2", None],
        "households": [None, 4, None],
    }

    plan = plan_sweep(
        buildings_at(doors, **columns),
        entrances_at(doors),
        network_of(LineString([(0, 0), (200, 0)])),
        rules=rules(1, Point(0, 0)),
    )

    told = {stop.building_id: (stop.label, stop.households) for stop in plan.routes[0].stops}
    assert told == {"a": ("红楼", 0), "b": ("2", 4), "c": ("c", 0)}


def test_without_a_start_teams_begin_at_the_door_nearest_the_middle() -> None:
    at = points_of("a . b . c . . . . d", step_m=100)
    doors = {key: at[key] for key in "abcd"} | {"island": Point(9_000, 0)}
    streets = LineString([at["a"], at["d"]]), LineString([(8_900, 0), (9_100, 0)])

    plan = plan_sweep(
        buildings_at(doors), entrances_at(doors), network_of(*streets), rules=rules(2)
    )

    assert plan.start == at["c"]
    assert plan.start_kind == "middle"
    assert plan.unreachable == ("island",)


def test_where_a_start_comes_from_is_handed_on(grid: Network) -> None:
    plan = plan_sweep(
        buildings_at({"a": Point(100, 100)}),
        NOTHING,
        grid,
        rules=rules(1, Point(0, 0), start_kind="office", seed=9),
    )

    assert (plan.start_kind, plan.seed) == ("office", 9)


places = st.tuples(st.integers(0, 500), st.integers(0, 500)).map(Point)


@settings(max_examples=25, deadline=None)  # the first call compiles
@given(
    doors=st.lists(places, min_size=1, max_size=25),
    start=places,
    teams=st.integers(1, 6),
    seed=st.integers(0, 99),
)
def test_every_building_is_on_one_route_that_adds_up(
    grid: Network, doors: list[Point], start: Point, teams: int, seed: int
) -> None:
    named = {f"b{number}": door for number, door in enumerate(doors)}
    asked = buildings_at(named), entrances_at(named), grid

    plan = plan_sweep(*asked, rules=rules(teams, start, seed=seed))

    assert sorted(chain.from_iterable(visited(plan))) == sorted(named)
    assert plan.bound_s <= plan.makespan_s == max(route.duration_s for route in plan.routes)
    for route in plan.routes:
        assert route.line.length == pytest.approx(route.walk_m, abs=1e-3)
        assert route.duration_s == pytest.approx(route.walk_m + route.work_s)
        assert route.line.coords[0] == route.line.coords[-1] == start.coords[0]
        assert all(stop.point.distance(route.line) < 1e-6 for stop in route.stops)
        left_s = np.array([0.0] + [stop.arrive_s + stop.service_s for stop in route.stops])
        arrived_s = np.array([stop.arrive_s for stop in route.stops] + [route.duration_s])
        assert (arrived_s >= left_s).all()
    assert plan == plan_sweep(*asked, rules=rules(teams, start, seed=seed))


def test_more_teams_never_take_longer_on_the_grid(grid: Network) -> None:
    rng = np.random.default_rng(4)
    doors = {f"b{number}": Point(*xy) for number, xy in enumerate(rng.uniform(0, 500, (40, 2)))}

    makespans_s = [
        plan_sweep(
            buildings_at(doors), NOTHING, grid, rules=rules(teams, Point(200, 200))
        ).makespan_s
        for teams in (1, 2, 4, 8)
    ]

    assert makespans_s == sorted(makespans_s, reverse=True)


def test_a_start_off_the_network_is_refused(grid: Network) -> None:
    with pytest.raises(StartError, match="off the network"):
        plan_sweep(buildings_at({"a": Point(0, 0)}), NOTHING, grid, rules=rules(1, Point(-500, 0)))


def test_a_start_that_reaches_no_building_is_refused() -> None:
    network = network_of(LineString([(0, 0), (200, 0)]), LineString([(4_900, 0), (5_100, 0)]))
    buildings = buildings_at({"a": Point(5_000, 0)})

    with pytest.raises(StartError, match="none of 1 reached"):
        plan_sweep(buildings, NOTHING, network, rules=rules(1, Point(0, 0)))


def test_a_middle_without_a_building_at_a_street_is_refused(grid: Network) -> None:
    far = buildings_at({"a": Point(9_000, 9_000)})

    with pytest.raises(StartError, match="none of 1"):
        plan_sweep(far, NOTHING, grid, rules=rules(1))


def test_degrees_and_foreign_networks_are_refused(grid: Network) -> None:
    buildings = buildings_at({"a": Point(100, 100)})
    asked = rules(1, Point(0, 0))

    with pytest.raises(CrsError, match="metres"):
        plan_sweep(buildings.to_crs(4326), NOTHING.to_crs(4326), grid, rules=asked)
    with pytest.raises(CrsError, match="network in EPSG:32651"):
        plan_sweep(buildings.to_crs(32651), NOTHING.to_crs(32651), grid, rules=asked)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"teams": 0}, "teams"),
        ({"teams": -3}, "teams"),
        ({"teams": 1_001}, "teams"),
        ({"teams": 1, "seed": -1}, "seed"),
        ({"teams": 1, "speed_m_s": 0.0}, "speed"),
        ({"teams": 1, "speed_m_s": float("nan")}, "speed"),
    ],
)
def test_rules_out_of_range_are_refused(asked: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        SweepRules(**asked)


def test_layers_are_left_as_they_were(grid: Network) -> None:
    buildings = buildings_at({"a": Point(100, 100), "b": Point(300, 100)})
    before = buildings.copy()

    plan_sweep(buildings, NOTHING, grid, rules=rules(2, Point(0, 0)))

    assert before.equals(buildings)
    assert shapely.equals(before.geometry.values, buildings.geometry.values).all()
    assert buildings.crs == UTM
