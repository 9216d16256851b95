from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.sparse.csgraph import minimum_spanning_tree

from geo.sweeps.bounds import makespan_bound, walk_bound
from tests.support.sweeping import least_makespan, problems, shortest_round_trip

if TYPE_CHECKING:
    from geo.sweeps.problem import SweepProblem


def bound_of(problem: SweepProblem) -> float:
    """Bound of a problem, in its milliseconds."""
    return makespan_bound(
        problem.walk_ms.astype(float), problem.service_ms.astype(float), teams=problem.teams
    )


@settings(max_examples=60, deadline=None)  # the first call compiles
@given(problem=problems(max_stops=5))
def test_no_plan_is_better_than_the_bound(problem: SweepProblem) -> None:
    assert bound_of(problem) <= least_makespan(problem)


@settings(deadline=None)
@given(problem=problems(min_stops=2))
def test_the_walk_lies_between_the_spanning_tree_and_the_shortest_tour(
    problem: SweepProblem,
) -> None:
    walk = problem.walk_ms.astype(float)
    # SciPy takes a 0 for no edge, so every edge gets longer by one, and a tree by its edges.
    tree = minimum_spanning_tree(walk + 1).sum() - (len(walk) - 1)

    assert tree - 1e-6 <= walk_bound(walk, routes=1) <= shortest_round_trip(problem.walk_ms) + 1e-6


def test_a_round_of_a_square_is_told_exactly() -> None:
    walk_s = np.array([[0, 1, 2, 1], [1, 0, 1, 2], [2, 1, 0, 1], [1, 2, 1, 0]]) * 100.0

    assert walk_bound(walk_s, routes=1) == pytest.approx(400)


def test_one_stop_is_gone_to_and_come_back_from() -> None:
    walk_s = np.array([[0.0, 50.0], [50.0, 0.0]])

    assert makespan_bound(walk_s, np.array([0.0, 30.0]), teams=5) == pytest.approx(130)


def test_teams_on_spokes_each_pay_their_own_way() -> None:
    reach_s = np.array([0, 100, 100, 100])
    walk_s = (np.add.outer(reach_s, reach_s) * (1 - np.eye(4))).astype(float)

    assert walk_bound(walk_s, routes=3) == pytest.approx(600)
    assert makespan_bound(walk_s, np.array([0, 60, 60, 60]), teams=3) == pytest.approx(260)


def test_teams_that_need_not_go_out_do_not_lift_the_bound() -> None:
    reach_s = np.array([0, 100, 100, 100])
    walk_s = np.abs(np.subtract.outer(reach_s, reach_s)).astype(float)

    assert makespan_bound(walk_s, np.zeros(4), teams=3) == pytest.approx(200)


def test_one_far_stop_binds_however_many_teams_there_are() -> None:
    walk_s = np.abs(np.subtract.outer([0, 1, 2, 900], [0, 1, 2, 900])).astype(float)

    assert makespan_bound(walk_s, np.array([0, 5, 5, 5]), teams=3) == pytest.approx(1_805)


def test_no_stops_take_no_time() -> None:
    assert makespan_bound(np.zeros((1, 1)), np.zeros(1), teams=3) == 0


def test_arguments_are_left_as_they_were() -> None:
    walk_s = np.abs(np.subtract.outer([0, 3, 9, 4], [0, 3, 9, 4])).astype(float)
    before = walk_s.copy()

    makespan_bound(walk_s, np.zeros(4), teams=2)

    assert (walk_s == before).all()
