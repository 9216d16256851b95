from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geo.sweeps.problem import SweepProblem, nearest_nodes, require_walking_times
from tests.support.sweeping import walks

WALK_MS = np.array([[0, 10, 20], [10, 0, 15], [20, 15, 0]], dtype=np.int32)
SERVICE_MS = np.array([0, 100, 200])


def test_a_route_takes_its_walk_from_the_start_and_back_and_its_work() -> None:
    problem = SweepProblem(WALK_MS, SERVICE_MS, 1)

    assert problem.duration_ms([1, 2]) == 10 + 100 + 15 + 200 + 20
    assert problem.durations_ms([np.array([2]), np.array([], dtype=int)]) == [240, 0]


def test_seconds_become_whole_milliseconds_rounded_up() -> None:
    walk_s = np.array([[0, 1.0001], [1.0001, 0]])

    problem = SweepProblem.from_seconds(walk_s, np.array([0, 59.9999]), teams=1)

    assert problem.walk_ms.tolist() == [[0, 1001], [1001, 0]]
    assert problem.service_ms.tolist() == [0, 60_000]


@settings(deadline=None)
@given(xy=hnp.arrays(np.float64, (5, 2), elements=st.floats(0, 5_000)), speed=st.floats(0.5, 2.0))
def test_rounding_keeps_detours_no_shorter_and_times_within_a_millisecond(
    xy: np.ndarray, speed: float
) -> None:
    walk_s = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) / speed

    walk_ms = SweepProblem.from_seconds(walk_s, np.zeros(5), teams=1).walk_ms

    assert (
        walk_ms[:, :, None] <= walk_ms[:, None, :] + walk_ms[None, :, :].transpose(0, 2, 1)
    ).all()
    assert np.abs(walk_ms / 1000 - walk_s).max() <= 0.001 + 1e-6


def test_a_month_of_work_in_one_house_is_planned() -> None:
    problem = SweepProblem.from_seconds(np.zeros((2, 2)), np.array([0, 30 * 86_400.0]), teams=1)

    assert problem.duration_ms([1]) == 30 * 86_400_000


@pytest.mark.parametrize(
    ("walk_s", "service_s", "teams", "told"),
    [
        ([[0.0, np.inf], [np.inf, 0.0]], [0.0, 1.0], 1, "got inf"),
        ([[0.0, 1.0], [1.0, 0.0]], [0.0, np.nan], 1, "got nan"),
        ([[0.0, 1.0], [1.0, 0.0]], [0.0, 1e12], 1, "at most 1000000000 s"),
        ([[0.0, 3e6], [3e6, 0.0]], [0.0, 1.0], 1, "at most 2147483 s"),
        ([[0.0, 1.0], [1.0, 0.0]], [0.0], 1, "2 service times"),
        ([[0.0, 1.0], [1.0, 0.0]], [5.0, 1.0], 1, "0 at the start"),
        ([[0.0, 1.0], [1.0, 0.0]], [0.0, -1.0], 1, "at least 0"),
        ([[0.0, 1.0], [1.0, 0.0]], [0.0, 1.0], 0, "at least one team"),
    ],
)
def test_what_is_no_sweep_is_refused(
    walk_s: list[list[float]], service_s: list[float], teams: int, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        SweepProblem.from_seconds(np.array(walk_s), np.array(service_s), teams)


@pytest.mark.parametrize(
    "walk_ms",
    [[[0, 1], [2, 0]], [[1, 1], [1, 0]], [[0, -1], [-1, 0]]],
    ids=["one way longer", "away from oneself", "negative"],
)
def test_one_sided_and_senseless_times_are_refused(walk_ms: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="same both ways"):
        require_walking_times(np.array(walk_ms, dtype=np.int32))


@pytest.mark.parametrize("shape", [(0, 0), (2, 3), (4,)])
def test_a_matrix_that_is_not_square_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="square"):
        require_walking_times(np.zeros(shape, dtype=np.int32))


@settings(deadline=None)
@given(walk_ms=walks(7), count=st.integers(1, 9))
def test_near_nodes_stand_by_time_and_then_by_number(walk_ms: np.ndarray, count: int) -> None:
    near = nearest_nodes(walk_ms, count)

    for node, row in enumerate(near.tolist()):
        others = sorted((walk_ms[node, other], other) for other in range(7) if other != node)
        assert row == [other for _, other in others[:count]]
