from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.sweeps.problem import SweepProblem
from geo.sweeps.split import split_tour
from tests.support.sweeping import least_makespan_in_order, problems

if TYPE_CHECKING:
    from collections.abc import Sequence


def along_a_street(metres: Sequence[int], teams: int, *, work_ms: int = 0) -> SweepProblem:
    """Place stops along one street, the start at 0, a metre a millisecond."""
    walk_ms = np.abs(np.subtract.outer([0, *metres], [0, *metres])).astype(np.int32)
    return SweepProblem(walk_ms, np.array([0] + [work_ms] * len(metres)), teams)


def test_a_tour_is_cut_where_it_passes_the_start() -> None:
    problem = along_a_street([-300, -200, 100, 400], teams=2)

    routes = split_tour(problem, np.array([0, 2, 1, 4, 3]))

    assert [route.tolist() for route in routes] == [[2, 1], [4, 3]]
    assert problem.durations_ms(routes) == [600, 800]


def test_work_that_can_be_shared_evenly_is() -> None:
    problem = SweepProblem(np.zeros((7, 7), dtype=np.int32), np.r_[0, np.full(6, 10)], teams=3)

    assert problem.durations_ms(split_tour(problem, np.arange(7))) == [20, 20, 20]


def test_one_far_stop_does_not_leave_the_others_to_one_team() -> None:
    problem = along_a_street([10, 20, 30, 40, 1_000], teams=3, work_ms=100)

    durations = problem.durations_ms(split_tour(problem, np.arange(6)))

    assert sorted(durations) == [240, 280, 2_100]


def test_more_teams_than_stops_leave_some_at_the_start() -> None:
    problem = along_a_street([100, 200], teams=4, work_ms=1_000)

    routes = split_tour(problem, np.arange(3))

    assert sorted(len(route) for route in routes) == [0, 0, 1, 1]
    assert [len(route) for route in routes[2:]] == [0, 0]


def test_nothing_to_do_gives_every_team_an_empty_route() -> None:
    assert [len(route) for route in split_tour(along_a_street([], teams=2), np.arange(1))] == [0, 0]


def test_a_second_team_that_would_only_walk_more_stays_at_the_start() -> None:
    problem = along_a_street([100, 200], teams=2)

    assert problem.durations_ms(split_tour(problem, np.arange(3))) == [400, 0]


@settings(deadline=None)  # the first call compiles
@given(problem=problems(min_stops=1), data=st.data())
def test_no_other_cut_of_the_tour_has_a_shorter_longest_route(
    problem: SweepProblem, data: st.DataObject
) -> None:
    stops = range(1, len(problem.walk_ms))
    order = data.draw(st.permutations(stops))

    routes = split_tour(problem, np.array([0, *order]))

    assert len(routes) == problem.teams
    assert sorted(np.concatenate(routes).tolist()) == list(stops)
    assert max(problem.durations_ms(routes)) == least_makespan_in_order(problem, order)


@settings(deadline=None)
@given(problem=problems(min_stops=1), shift=st.integers(0, 6))
def test_where_the_tour_is_written_from_does_not_matter(problem: SweepProblem, shift: int) -> None:
    order = np.arange(len(problem.walk_ms))

    makespans = {
        max(problem.durations_ms(split_tour(problem, turned)))
        for turned in (order, np.roll(order, shift))
    }

    assert len(makespans) == 1
