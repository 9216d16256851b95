from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point, Polygon, box

from geo.errors import CrsError
from geo.network import Network, attach, build_network, building_places
from tests.support.drawing import points_of
from tests.support.layers import barriers_of, gates_of, layer, streets_of
from tests.support.referee import networkx_of

NO_BARRIERS = barriers_of()
NO_GATES = gates_of()


def walk_m(network: Network, start: Point, end: Point) -> float:
    graph = attach(network, [start, end], origins=[0])
    return float(graph.distances_m()[0, 1])


def test_streets_meet_where_they_share_a_vertex_and_nowhere_else() -> None:
    at = points_of(
        """
        . . d .
        a . b c
        . . e .
        """,
        step_m=100,
    )
    joined = build_network(
        streets_of([LineString([at[x] for x in "abc"]), LineString([at["d"], at["b"]])]),
        NO_BARRIERS,
        NO_GATES,
    )
    crossing = build_network(
        streets_of([LineString([at["a"], at["c"]]), LineString([at["d"], at["e"]])]),
        NO_BARRIERS,
        NO_GATES,
    )

    assert walk_m(joined, at["a"], at["d"]) == 300
    assert walk_m(crossing, at["a"], at["d"]) == np.inf


@pytest.mark.parametrize("shared", [False, True])
def test_a_wall_cuts_a_street_with_or_without_a_shared_vertex(*, shared: bool) -> None:
    at = points_of("a . w . b", step_m=50)
    way = LineString([at[x] for x in (["a", "w", "b"] if shared else ["a", "b"])])
    wall = LineString([(100, -50), (100, 0), (100, 50)] if shared else [(100, -50), (100, 50)])

    network = build_network(streets_of([way]), barriers_of(wall), NO_GATES)

    assert walk_m(network, at["a"], at["b"]) == np.inf
    assert len(np.unique(network.component)) == 2


@pytest.mark.parametrize(("state", "metres"), [("open", 200), ("hours", 200), ("closed", np.inf)])
def test_a_wall_is_passed_at_its_gate_only_when_the_gate_opens(state: str, metres: float) -> None:
    at = points_of("a . w . b", step_m=50)
    wall = LineString([(100, -50), (100, 50)])

    network = build_network(
        streets_of([LineString([at["a"], at["b"]])]),
        barriers_of(wall),
        gates_of(g=(Point(100, 3), state)),
    )

    assert walk_m(network, at["a"], at["b"]) == metres


def test_a_closed_gate_closes_a_street_without_any_wall() -> None:
    at = points_of("a . w . b", step_m=50)
    way = LineString([at[x] for x in "awb"])

    at_vertex = build_network(streets_of([way]), NO_BARRIERS, gates_of(g=(at["w"], "closed")))
    between = build_network(streets_of([way]), NO_BARRIERS, gates_of(g=(Point(70, 1), "closed")))

    assert walk_m(at_vertex, at["a"], at["b"]) == np.inf
    assert walk_m(between, at["a"], at["b"]) == np.inf


def test_streets_that_meet_on_a_wall_stay_joined_on_their_own_side() -> None:
    at = points_of(
        """
        a b c
        . w .
        d . e
        """,
        step_m=100,
    )
    ways = [LineString([at[x].coords[0], at["w"].coords[0]]) for x in "acde"]
    wall = LineString([(-50, 100), (100, 100), (250, 100)])

    network = build_network(streets_of(ways), barriers_of(wall), NO_GATES)

    assert walk_m(network, at["a"], at["c"]) == pytest.approx(2 * np.hypot(100, 100))
    assert walk_m(network, at["d"], at["e"]) == pytest.approx(2 * np.hypot(100, 100))
    assert walk_m(network, at["a"], at["e"]) == np.inf


def test_a_bridge_passes_over_a_wall_and_a_wall_that_only_touches_cuts_nothing() -> None:
    at = points_of("a . w . b", step_m=50)
    way = LineString([at["a"], at["b"]])
    across, touching = LineString([(100, -50), (100, 50)]), LineString([(100, 0), (100, 50)])

    bridge = build_network(streets_of([way], level=[1]), barriers_of(across), NO_GATES)
    beside = build_network(streets_of([way]), barriers_of(touching), NO_GATES)

    assert walk_m(bridge, at["a"], at["b"]) == 200
    assert walk_m(beside, at["a"], at["b"]) == 200


def test_two_walls_that_end_at_one_point_on_a_street_are_one_wall() -> None:
    at = points_of("a . w . b", step_m=50)
    way = LineString([at[x] for x in "awb"])
    halves = (LineString([(100, -50), (100, 0)]), LineString([(100, 0), (100, 50)]))

    network = build_network(streets_of([way]), barriers_of(*halves), NO_GATES)

    assert walk_m(network, at["a"], at["b"]) == np.inf


def test_what_is_not_walkable_is_left_out_and_unknown_counts_as_walkable() -> None:
    at = points_of("a b", step_m=100)
    way = LineString([at["a"], at["b"]])

    closed = build_network(streets_of([way], is_walkable=[False]), NO_BARRIERS, NO_GATES)
    unknown = build_network(streets_of([way], is_walkable=[None]), NO_BARRIERS, NO_GATES)
    silent = build_network(layer([way], street_id=["s"]), NO_BARRIERS, NO_GATES)

    assert len(closed.node_xy) == 0
    assert walk_m(closed, at["a"], at["b"]) == np.inf
    assert walk_m(unknown, at["a"], at["b"]) == walk_m(silent, at["a"], at["b"]) == 100


def test_a_building_is_never_brought_through_a_wall_to_the_street_behind_it() -> None:
    near, far = LineString([(0, 20), (100, 20)]), LineString([(0, -60), (100, -60)])
    wall = LineString([(-200, 10), (300, 10)])
    house = box(40, -10, 60, 0)
    ends = LineString([(100, 20), (400, 20), (400, -60), (100, -60)])
    ways = streets_of([near, far, ends])

    walled = attach(
        build_network(ways, barriers_of(wall), NO_GATES), [Point(0, 20), house], origins=[0]
    )
    free = attach(build_network(ways, NO_BARRIERS, NO_GATES), [Point(0, 20), house], origins=[0])

    assert free.door_points[1].y == 0
    assert walled.door_points[1].y == -10
    assert walled.connector_m[1] == 50


def test_for_a_walled_in_building_one_stands_at_the_street_side_of_its_wall() -> None:
    way = LineString([(0, 0), (100, 0)])
    wall = LineString([(30, 5), (70, 5), (70, 50), (30, 50), (30, 5)])
    places = [Point(0, 0), box(40, 10, 60, 20)]

    graph = attach(
        build_network(streets_of([way]), barriers_of(wall), NO_GATES), places, origins=[0]
    )
    shut = attach(
        build_network(streets_of([way]), barriers_of(wall), gates_of(g=(Point(50, 5), "closed"))),
        [Point(0, 0), box(45, 10, 55, 20)],
        origins=[0],
    )

    assert graph.is_at_barrier.tolist() == [False, True]
    assert graph.door_points[1].y == pytest.approx(4.95)
    assert not graph.paths(np.array([[0, 1]]))[0].crosses(wall)
    assert shut.is_attached.tolist() == [True, False]
    assert shut.distances_m()[0, 1] == np.inf


def test_a_yard_behind_a_closed_gate_is_not_entered_at_the_street_that_ends_there() -> None:
    at = points_of("a . w . b", step_m=50)
    way = LineString([at[x] for x in "awb"])
    wall = LineString([(100, -200), (100, 0), (100, 200)])
    house = box(102, 4, 110, 12)

    shut = build_network(streets_of([way]), barriers_of(wall), gates_of(g=(at["w"], "closed")))
    open_ = build_network(streets_of([way]), barriers_of(wall), gates_of(g=(at["w"], "open")))

    assert attach(shut, [at["a"], house], origins=[0]).is_attached.tolist() == [True, False]
    assert attach(open_, [at["a"], house], origins=[0]).is_attached.tolist() == [True, True]


def test_a_street_drawn_on_a_fence_is_reached_at_the_fence_and_not_through_it() -> None:
    way = LineString([(0, 0), (100, 0), (100, 100)])
    fence = LineString([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)])
    house = Polygon([(50, 20), (60, 40), (40, 40)])

    graph = attach(
        build_network(streets_of([way]), barriers_of(fence), NO_GATES),
        [Point(0, 0), house],
        origins=[0],
    )

    assert graph.is_at_barrier.tolist()[1]
    assert graph.door_points[1].y == pytest.approx(0, abs=0.1)


def test_nobody_is_brought_to_an_island_that_no_origin_reaches() -> None:
    main = LineString([(0, 0), (400, 0)])
    island = LineString([(150, 40), (350, 40)])
    near, far = box(240, 29, 260, 39), box(240, 32, 260, 39)

    graph = attach(
        build_network(streets_of([main, island]), NO_BARRIERS, NO_GATES),
        [Point(0, 0), near, far],
        origins=[0],
    )

    assert graph.is_attached.tolist() == [True, True, False]
    assert graph.door_points[1].y == 29
    assert graph.connector_m[1] == 29


def test_an_origin_prefers_a_real_network_to_a_crumb_of_one() -> None:
    main, crumb = LineString([(0, 0), (400, 0)]), LineString([(90, 20), (110, 20)])
    network = build_network(streets_of([main, crumb]), NO_BARRIERS, NO_GATES)
    only_crumb = build_network(streets_of([crumb]), NO_BARRIERS, NO_GATES)

    assert walk_m(network, Point(100, 21), Point(300, 0)) == 21 + 200
    assert walk_m(only_crumb, Point(100, 21), Point(110, 20)) == 1 + 10


def test_too_far_from_any_street_is_not_attached() -> None:
    network = build_network(streets_of([LineString([(0, 0), (400, 0)])]), NO_BARRIERS, NO_GATES)

    graph = attach(network, [Point(0, 0), Point(200, 101), Point(200, 99)], origins=[0])

    assert graph.is_attached.tolist() == [True, False, True]


def test_a_route_follows_the_streets_from_door_to_door() -> None:
    at = points_of(
        """
        a . b
        . . .
        . . c
        """,
        step_m=50,
    )
    network = build_network(
        streets_of([LineString([at["a"], at["b"]]), LineString([at["b"], at["c"]])]),
        NO_BARRIERS,
        NO_GATES,
    )
    graph = attach(network, [Point(10, 110), Point(95, 40)], origins=[0])

    (line,) = graph.paths(np.array([[0, 1]]))

    assert list(line.coords) == [(10, 110), (10, 100), (100, 100), (100, 40), (95, 40)]
    assert graph.distances_m()[0, 1] == line.length


def test_a_path_that_does_not_exist_is_an_error_and_a_place_is_no_walk_from_itself() -> None:
    network = build_network(streets_of([LineString([(0, 0), (400, 0)])]), NO_BARRIERS, NO_GATES)
    graph = attach(network, [Point(0, 5), Point(200, 900)], origins=[0])

    assert graph.distances_m()[0, 0] == 0
    with pytest.raises(ValueError, match="joined by a path"):
        graph.paths(np.array([[0, 1]]))


def test_an_empty_network_attaches_nothing() -> None:
    network = build_network(streets_of([]), NO_BARRIERS, NO_GATES)

    graph = attach(network, [Point(0, 0), box(0, 0, 1, 1)], origins=[0])

    assert not graph.is_attached.any()
    assert graph.nearest([0])[0].tolist() == [-1, -1]
    assert graph.within([0], limit_m=100)[1].tolist() == [0]


def test_layers_in_degrees_are_refused() -> None:
    ways = streets_of([LineString([(0, 0), (1, 0)])]).set_crs(4326, allow_override=True)

    with pytest.raises(CrsError, match="metres"):
        build_network(ways, NO_BARRIERS, NO_GATES)


def test_a_door_is_the_entrance_with_the_buildings_id_else_the_one_on_its_outline() -> None:
    buildings = layer(
        [box(0, 0, 10, 10), box(20, 0, 30, 10), box(40, 0, 50, 10)], building_id=["a", "b", "c"]
    )
    entrances = layer(
        [Point(30, 5), Point(20, 5), Point(10, 5), Point(45, 300)],
        entrance_id=["2", "1", "3", "4"],
        building_id=["b", "b", None, None],
    )

    places, is_at_entrance = building_places(buildings, entrances)

    assert is_at_entrance.tolist() == [True, True, False]
    assert [places[0], places[1]] == [Point(10, 5), Point(20, 5)]
    assert places[2].equals(box(40, 0, 50, 10))


grid_streets = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from([(1, 0), (0, 1), (1, 1)])),
    min_size=1,
    max_size=30,
    unique=True,
)
spots = st.lists(
    st.tuples(st.floats(-20, 520), st.floats(-20, 520)), min_size=2, max_size=8, unique=True
)


@settings(max_examples=60, deadline=None)
@given(ways=grid_streets, doors=spots)
def test_distances_nearest_and_paths_agree_with_networkx_on_the_same_graph(
    ways: list[tuple[int, int, tuple[int, int]]], doors: list[tuple[float, float]]
) -> None:
    lines = [
        LineString([(x * 100, y * 100), ((x + i) * 100, (y + j) * 100)]) for x, y, (i, j) in ways
    ]
    network = build_network(streets_of(lines), NO_BARRIERS, NO_GATES)
    graph = attach(network, [Point(xy) for xy in doors], origins=[0, 1])
    other = networkx_of(graph)

    metres = graph.distances_m()
    for i, j in itertools.combinations(range(len(doors)), 2):
        expected = np.inf
        if graph.is_attached[i] and graph.is_attached[j]:
            u, v = int(graph.place_node[i]), int(graph.place_node[j])
            if nx.has_path(other, u, v):
                expected = nx.shortest_path_length(other, u, v, weight="weight")
                expected += graph.connector_m[i] + graph.connector_m[j]
        assert metres[i, j] == pytest.approx(expected, abs=1e-6)
        if np.isfinite(expected):
            assert graph.paths(np.array([[i, j]]))[0].length == pytest.approx(expected, abs=0.01)

    best, walks = graph.nearest([0, 1])
    reached = np.minimum(metres[0], metres[1])
    for place in range(2, len(doors)):
        assert walks[place] == pytest.approx(reached[place], abs=1e-5)
        if np.isfinite(reached[place]):
            assert metres[best[place], place] == pytest.approx(reached[place], abs=1e-5)

    found = {
        (int(o), int(p)): m for o, p, m in zip(*graph.within([0, 1], limit_m=250), strict=True)
    }
    assert found == {
        (o, p): pytest.approx(metres[o, p])
        for o in (0, 1)
        for p in range(len(doors))
        if metres[o, p] <= 250
    }


def test_multi_part_streets_and_empty_geometries_are_taken_as_they_are() -> None:
    parts = MultiLineString([[(0, 0), (100, 0)], [(100, 0), (100, 100)]])
    network = build_network(
        streets_of([parts, LineString()]), layer([LineString()], barrier_id=["b"]), NO_GATES
    )

    assert walk_m(network, Point(0, 0), Point(100, 100)) == 200
    assert shapely.length(network.lines).tolist() == [100, 100]


def test_without_buildings_or_with_every_entrance_named_nothing_is_looked_for() -> None:
    entrances = layer([Point(5, 0)], entrance_id=["e"], building_id=["a"])
    nobody = layer([], building_id=[])

    assert building_places(nobody, entrances)[1].tolist() == []
    assert building_places(layer([box(0, 0, 9, 9)], building_id=["a"]), entrances)[1].tolist() == [
        True
    ]
