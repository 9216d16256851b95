from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.sweeps.improve import improve_routes
from geo.sweeps.problem import SweepProblem
from geo.sweeps.split import split_tour
from geo.sweeps.tour import giant_tour
from tests.support.sweeping import least_makespan, problems


def town(stops: int, teams: int) -> SweepProblem:
    """Draw stops on a grid of streets, the start in a corner of it."""
    rng = np.random.default_rng(stops)
    xy = rng.integers(0, 400, (stops + 1, 2))
    walk_ms = np.abs(xy[:, None] - xy[None]).sum(axis=2).astype(np.int32) * 1_000
    return SweepProblem(walk_ms, np.r_[0, rng.integers(60, 900, stops) * 1_000], teams)


def spoilt(problem: SweepProblem) -> list[np.ndarray]:
    """Deal out the stops like cards."""
    stops = np.arange(1, len(problem.walk_ms))
    return [stops[team :: problem.teams] for team in range(problem.teams)]


@settings(max_examples=60, deadline=None)  # the first call compiles
@given(problem=problems(), seed=st.integers(0, 99))
def test_every_stop_stays_and_nothing_gets_worse(problem: SweepProblem, seed: int) -> None:
    given_routes = spoilt(problem)

    routes = improve_routes(problem, given_routes, seed=seed)

    before, after = problem.durations_ms(given_routes), problem.durations_ms(routes)
    assert len(routes) == problem.teams
    assert sorted(np.concatenate(routes).tolist()) == list(range(1, len(problem.walk_ms)))
    assert (max(after), sum(after)) <= (max(before), sum(before))
    assert max(after) >= least_makespan(problem)


def test_a_split_tour_becomes_shorter_for_the_longest_team_and_for_all_together() -> None:
    problem = town(60, teams=4)
    split = split_tour(problem, giant_tour(problem.walk_ms))

    before = problem.durations_ms(split)
    after = problem.durations_ms(improve_routes(problem, split))

    assert max(after) < max(before)
    assert sum(after) < sum(before)


def test_routes_dealt_out_like_cards_become_much_shorter() -> None:
    problem = town(60, teams=4)

    makespan_ms = max(problem.durations_ms(improve_routes(problem, spoilt(problem))))

    assert makespan_ms < 0.9 * max(problem.durations_ms(spoilt(problem)))


@pytest.mark.parametrize(("stops", "teams"), [(40, 1), (1, 3), (3, 5), (45, 45)])
def test_odd_numbers_of_teams_are_served(stops: int, teams: int) -> None:
    problem = town(stops, teams)

    routes = improve_routes(problem, spoilt(problem))

    assert sorted(np.concatenate(routes).tolist()) == list(range(1, stops + 1))


def test_the_same_seed_gives_the_same_routes() -> None:
    problem = town(50, teams=3)

    one, other = (improve_routes(problem, spoilt(problem), seed=7) for _ in range(2))

    assert [route.tolist() for route in one] == [route.tolist() for route in other]
