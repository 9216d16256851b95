from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.sweeps.tour import giant_tour
from tests.support.sweeping import round_trip, shortest_round_trip, walks


def walking_town(stops: int, seed: int) -> np.ndarray:
    """Give walking times between places on a grid of streets; many are equal."""
    xy = np.random.default_rng(seed).integers(0, 30, (stops, 2))
    return np.asarray(np.abs(xy[:, None] - xy[None]).sum(axis=2) * 1_000, dtype=np.int32)


def test_a_ring_of_stops_is_walked_round() -> None:
    angle = np.array([0, 3, 1, 4, 2, 5]) * np.pi / 3
    xy = np.stack([np.cos(angle), np.sin(angle)], axis=1) * 1_000
    walk_ms = np.rint(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))).astype(np.int32)

    assert giant_tour(walk_ms).tolist() == [0, 2, 4, 1, 3, 5]


@pytest.mark.parametrize("nodes", [1, 2, 3])
def test_hardly_any_stops_have_one_tour(nodes: int) -> None:
    assert giant_tour(walking_town(nodes, 1)).tolist() == list(range(nodes))


@settings(max_examples=60, deadline=None)  # the first call compiles
@given(walk_ms=st.integers(4, 8).flatmap(walks))
def test_few_stops_get_a_shortest_tour(walk_ms: np.ndarray) -> None:
    order = giant_tour(walk_ms)

    assert sorted(order.tolist()) == list(range(len(walk_ms)))
    assert round_trip(walk_ms, order) == shortest_round_trip(walk_ms)


@pytest.mark.parametrize("nodes", [9, 40, 150])
def test_many_stops_are_each_visited_once_from_the_start(nodes: int) -> None:
    order = giant_tour(walking_town(nodes, 2))

    assert sorted(order.tolist()) == list(range(nodes))
    assert order[0] == 0
    assert order[1] < order[-1]


def test_stops_on_a_full_grid_are_walked_without_a_detour() -> None:
    column, row = np.divmod(np.arange(64), 8)
    walk_ms = (np.abs(np.subtract.outer(column, column)) + np.abs(np.subtract.outer(row, row))) * 10

    assert round_trip(walk_ms, giant_tour(walk_ms.astype(np.int32))) == 64 * 10


def test_stops_at_one_spot_cost_nothing() -> None:
    assert sorted(giant_tour(np.zeros((30, 30), dtype=np.int32)).tolist()) == list(range(30))


def test_the_same_seed_gives_the_same_tour() -> None:
    walk_ms = walking_town(80, 3)

    assert giant_tour(walk_ms, seed=5).tolist() == giant_tour(walk_ms.copy(), seed=5).tolist()


def test_the_matrix_is_left_as_it_was() -> None:
    walk_ms = walking_town(20, 4)
    before = walk_ms.copy()

    giant_tour(walk_ms)

    assert (walk_ms == before).all()


def test_a_matrix_with_one_way_times_is_refused() -> None:
    walk_ms = walking_town(6, 1)
    walk_ms[2, 3] += 1

    with pytest.raises(ValueError, match="same both ways"):
        giant_tour(walk_ms)
