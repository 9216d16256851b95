"""
Routes made better by taking out neighbouring strings of stops and putting them back (SISR).

What is made small is all time together plus a penalty that grows with the square of what a
team works beyond the target, so that time moves from long routes to short ones. A plan that
is a little worse may be kept, less and less so as the search cools. The number of rounds is
fixed and the numbers are drawn from a seed.

Christiaens, Vanden Berghe: Slack Induction by String Removals (2020),
https://doi.org/10.1287/trsc.2019.0914.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from geo.sweeps.problem import nearest_nodes
from geo.sweeps.tour import giant_tour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.sweeps.problem import SweepProblem

NEIGHBOURS = 40
TRIED_NEIGHBOURS = 16
ROUNDS_A_STOP = 60
MOST_ROUNDS = 60_000
STRINGS_LENGTH = 10
"""Mean number of stops taken out in a round, and the longest string."""
BLINK_SHARE = 0.01
TARGET_SHARE = 0.99
"""Target of every team as a share of the mean duration at the beginning."""
PENALTY = 400.0
HOT_MS, COLD_MS = 10_000.0, 300.0

# A plan is one array, because kernels pass few arrays fast. Nodes 0 … teams - 1 are the teams
# themselves (the start of each), then come the stops. The rows: the node after and before each
# node, its team (-1 while taken out), milliseconds and stops of each team, and two settings.
NEXT, BEFORE, TEAM, DURATION, COUNT, SETTINGS = range(6)
TEAMS, TARGET = range(2)


def improve_routes(
    problem: SweepProblem, routes: Sequence[NDArray[np.int64]], *, seed: int = 1
) -> list[NDArray[np.int64]]:
    """
    Shorten the longest route, and then all routes together.

    Parameters
    ----------
    problem
        Times and teams.
    routes
        One a team, every stop once; the start left out.
    seed
        At least 0.

    Returns
    -------
    routes
        As given where nothing better was found: never a longer makespan, and at an equal
        makespan never more time in all.
    """
    stops = len(problem.walk_ms) - 1
    if stops <= 1 or problem.teams == 1:
        return list(routes)
    nodes = np.concatenate([np.zeros(problem.teams, dtype=np.int64), np.arange(1, stops + 1)])
    # A leg is the walk and the work at its end, so that a route's legs sum to its duration.
    leg = problem.walk_ms[np.ix_(nodes, nodes)] + problem.service_ms[nodes]
    near = nearest_nodes(problem.walk_ms[1:, 1:], NEIGHBOURS) + problem.teams
    plan = _linked(problem, routes)
    rounds = min(MOST_ROUNDS, ROUNDS_A_STOP * stops)
    best = _search(leg, near, plan, rounds, np.random.default_rng(seed))
    found = [_shortest(problem, route, seed) for route in _unlinked(best, problem.teams)]
    return min([list(routes), found], key=lambda plan: _quality(problem, plan))


def _quality(problem: SweepProblem, routes: Sequence[NDArray[np.int64]]) -> tuple[int, int]:
    durations = problem.durations_ms(routes)
    return max(durations), sum(durations)


def _linked(problem: SweepProblem, routes: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    teams = problem.teams
    plan = np.zeros((6, teams + len(problem.walk_ms) - 1), dtype=np.int64)
    for team, route in enumerate(routes):
        ring = np.concatenate([[team], route + teams - 1])
        plan[NEXT, ring], plan[BEFORE, ring] = np.roll(ring, -1), np.roll(ring, 1)
        plan[TEAM, ring], plan[COUNT, team] = team, len(route)
    plan[DURATION, :teams] = problem.durations_ms(routes)
    plan[SETTINGS, TEAMS] = teams
    plan[SETTINGS, TARGET] = max(1, int(plan[DURATION].sum() / teams * TARGET_SHARE))
    return plan


def _unlinked(plan: NDArray[np.int64], teams: int) -> list[NDArray[np.int64]]:
    routes = []
    for team in range(teams):
        route = []
        node = plan[NEXT, team]
        while node >= teams:
            route.append(node - teams + 1)
            node = plan[NEXT, node]
        routes.append(np.array(route, dtype=np.int64))
    return routes


def _shortest(problem: SweepProblem, route: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Order the stops of one route anew where that is shorter."""
    nodes = np.concatenate([[0], route])
    order = giant_tour(problem.walk_ms[np.ix_(nodes, nodes)], seed=seed)
    return min([route, nodes[order[1:]]], key=problem.duration_ms)


@numba.njit(cache=True, nogil=True)
def _price(duration: int, target: int) -> float:
    over = max(0, duration - target)
    return float(duration + PENALTY * over * over / target)


@numba.njit(cache=True, nogil=True)
def _total(plan: NDArray[np.int64]) -> float:
    total = 0.0
    for team in range(plan[SETTINGS, TEAMS]):
        total += _price(plan[DURATION, team], plan[SETTINGS, TARGET])
    return total


@numba.njit(cache=True, nogil=True)
def _remove(leg: NDArray[np.int64], plan: NDArray[np.int64], stop: int) -> None:
    before, after, team = plan[BEFORE, stop], plan[NEXT, stop], plan[TEAM, stop]
    plan[NEXT, before], plan[BEFORE, after] = after, before
    plan[DURATION, team] += leg[before, after] - leg[before, stop] - leg[stop, after]
    plan[COUNT, team] -= 1
    plan[TEAM, stop] = -1


@numba.njit(cache=True, nogil=True)
def _insert(leg: NDArray[np.int64], plan: NDArray[np.int64], stop: int, before: int) -> None:
    after, team = plan[NEXT, before], plan[TEAM, before]
    plan[NEXT, before] = plan[BEFORE, after] = stop
    plan[BEFORE, stop], plan[NEXT, stop], plan[TEAM, stop] = before, after, team
    plan[DURATION, team] += leg[before, stop] + leg[stop, after] - leg[before, after]
    plan[COUNT, team] += 1


@numba.njit(cache=True, nogil=True)
def _ruin(
    leg: NDArray[np.int64],
    near: NDArray[np.int64],
    plan: NDArray[np.int64],
    taken: NDArray[np.int64],
    rng: np.random.Generator,
) -> int:
    """Take a string out of each of some routes near a stop; give how many stops that were."""
    teams = plan[SETTINGS, TEAMS]
    longest = min(STRINGS_LENGTH, max(1, len(near) // teams))
    strings = int(rng.random() * (4 * STRINGS_LENGTH / (1 + longest) - 1)) + 1
    is_touched = np.zeros(teams, np.bool_)
    seed = int(rng.random() * len(near))
    count = 0
    for rank in range(-1, near.shape[1]):
        stop = seed + teams if rank < 0 else near[seed, rank]
        team = plan[TEAM, stop]
        if team < 0 or is_touched[team]:
            continue
        is_touched[team] = True
        length = int(rng.random() * min(longest, plan[COUNT, team])) + 1
        for _ in range(int(rng.random() * length)):
            stop = plan[BEFORE, stop]
        _take_string(leg, plan, taken[:, count:], stop, length)
        count += length
        strings -= 1
        if strings == 0:
            break
    return count


@numba.njit(cache=True, nogil=True)
def _take_string(
    leg: NDArray[np.int64],
    plan: NDArray[np.int64],
    taken: NDArray[np.int64],
    node: int,
    length: int,
) -> None:
    """Take out so many stops in a row from a node on; a route is a ring here."""
    for at in range(length):
        stop = node if node >= plan[SETTINGS, TEAMS] else plan[NEXT, node]
        node = plan[NEXT, stop]
        taken[0, at], taken[1, at] = stop, plan[BEFORE, stop]
        _remove(leg, plan, stop)


@numba.njit(cache=True, nogil=True)
def _recreate(
    leg: NDArray[np.int64],
    near: NDArray[np.int64],
    plan: NDArray[np.int64],
    stops: NDArray[np.int64],
    rng: np.random.Generator,
) -> None:
    """Put stops back one by one, each where it costs least."""
    keys = rng.random(len(stops))
    draw = rng.random()
    for at in range(len(stops)):
        to_start, work = leg[stops[at], 0], leg[0, stops[at]] - leg[stops[at], 0]
        if draw < 0.4:  # noqa: PLR2004  # shares of the four orders, as published
            keys[at] = -work
        elif draw < 0.5:  # noqa: PLR2004
            keys[at] = -to_start
        elif draw < 0.6:  # noqa: PLR2004
            keys[at] = to_start
    for at in np.argsort(keys, kind="mergesort"):
        _insert(leg, plan, stops[at], _best_place(leg, near, plan, stops[at], rng))


@numba.njit(cache=True, nogil=True)
def _best_place(
    leg: NDArray[np.int64],
    near: NDArray[np.int64],
    plan: NDArray[np.int64],
    stop: int,
    rng: np.random.Generator,
) -> int:
    """Node after which a stop costs least: beside a near one, or first or last in some team."""
    teams, target = plan[SETTINGS, TEAMS], plan[SETTINGS, TARGET]
    least, best = np.inf, 0
    for rank in range(-1, min(TRIED_NEIGHBOURS, near.shape[1])):
        node = int(rng.random() * teams) if rank < 0 else near[stop - teams, rank]
        team = plan[TEAM, node]
        if team < 0 or (rank >= 0 and rng.random() < BLINK_SHARE):
            continue
        duration = plan[DURATION, team]
        for before in (node, plan[BEFORE, node]):
            after = plan[NEXT, before]
            added = leg[before, stop] + leg[stop, after] - leg[before, after]
            cost = _price(duration + added, target) - _price(duration, target)
            if cost < least:
                least, best = cost, before
    return int(best)


@numba.njit(cache=True, nogil=True)
def _restore(leg: NDArray[np.int64], plan: NDArray[np.int64], taken: NDArray[np.int64]) -> None:
    """Put stops back where they were taken from, the last first."""
    for at in range(taken.shape[1]):
        _remove(leg, plan, taken[0, at])
    for at in range(taken.shape[1] - 1, -1, -1):
        _insert(leg, plan, taken[0, at], taken[1, at])


@numba.njit(cache=True, nogil=True)
def _search(
    leg: NDArray[np.int64],
    near: NDArray[np.int64],
    plan: NDArray[np.int64],
    rounds: int,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Best plan of all rounds: the least makespan, and then the least total."""
    taken = np.zeros((2, plan.shape[1]), np.int64)
    best, total = plan.copy(), _total(plan)
    best_total, best_makespan = total, plan[DURATION, : plan[SETTINGS, TEAMS]].max()
    heat = HOT_MS
    for _ in range(rounds):
        heat *= (COLD_MS / HOT_MS) ** (1 / rounds)
        count = _ruin(leg, near, plan, taken, rng)
        _recreate(leg, near, plan, taken[0, :count], rng)
        found = _total(plan)
        if found > total - heat * np.log(rng.random()):
            _restore(leg, plan, taken[:, :count])
            continue
        total, makespan = found, plan[DURATION, : plan[SETTINGS, TEAMS]].max()
        if makespan < best_makespan or (makespan == best_makespan and total < best_total):
            best_total, best_makespan = total, makespan
            best[:] = plan
    return best
