"""
A tour cut into one closed route a team, so that the longest route is as short as can be.

Where the tour may begin, how long the longest route has to be and where the cuts fall are all
found exactly for the given order of stops. It rests on walking times in which no detour is
shorter than the direct way, so that taking a stop off the end of a route never makes it longer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.sweeps.problem import SweepProblem


def split_tour(problem: SweepProblem, order: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """
    Cut a closed tour into routes; of all cuts with the least makespan the most even one.

    Parameters
    ----------
    problem
        Times and teams.
    order
        Every node once, in the order of the tour; where the start stands in it says nothing.

    Returns
    -------
    routes
        One a team, stops in order, the start left out; those without stops come last.
    """
    stops = order[order != 0]
    routes: list[NDArray[np.int64]] = []
    if len(stops):
        times = _times_along(problem, stops)
        first, limit_ms = _best_rotation(times, len(stops), problem.teams)
        ends = _even_cuts(np.roll(times, -first, axis=1), problem.teams, limit_ms)
        routes = np.split(np.roll(stops, -first), ends[:-1])
    empty = np.empty(0, dtype=np.int64)
    return [*routes, *(empty for _ in range(problem.teams - len(routes)))]


# Rows of the times along a tour, in milliseconds: from the start to each stop, from the stop
# before it, the work at it.
FROM_START, FROM_BEFORE, WORK = range(3)


def _times_along(problem: SweepProblem, stops: NDArray[np.int64]) -> NDArray[np.int64]:
    walk = problem.walk_ms
    return np.stack([walk[0, stops], walk[np.roll(stops, 1), stops], problem.service_ms[stops]])


@numba.njit(cache=True, nogil=True)
def _teams_needed(times: NDArray[np.int64], first: int, limit: int) -> int:
    """Fewest routes from the stop at `first` all round, none over the limit."""
    stops = times.shape[1]
    teams = 1
    spent = times[FROM_START, first] + times[WORK, first]
    for offset in range(1, stops):
        stop = (first + offset) % stops
        onward = spent + times[FROM_BEFORE, stop] + times[WORK, stop]
        if onward + times[FROM_START, stop] > limit:
            teams += 1
            onward = times[FROM_START, stop] + times[WORK, stop]
        spent = onward
    return teams


@numba.njit(cache=True, nogil=True)
def _best_rotation(times: NDArray[np.int64], stops: int, teams: int) -> tuple[int, int]:
    """Where to begin for the least limit that the teams can keep, and that limit."""
    least = max((2 * times[FROM_START] + times[WORK]).max(), times[WORK].sum() // teams)
    best = int(2 * times[FROM_START].max() + (times[FROM_BEFORE] + times[WORK]).sum())
    best_first = 0
    for first in range(stops):
        low, high = least - 1, best
        if _teams_needed(times, first, best - 1) > teams:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if _teams_needed(times, first, middle) > teams:
                low = middle
            else:
                high = middle
        best, best_first = high, first
    return best_first, best


@numba.njit(cache=True, nogil=True)
def _even_cuts(times: NDArray[np.int64], teams: int, limit: int) -> NDArray[np.int64]:
    """End of each route, where the squares of the durations sum to the least within the limit."""
    stops = times.shape[1]
    most = min(teams, stops)
    cost = np.full((most + 1, stops + 1), np.inf)
    begin = np.zeros((most + 1, stops + 1), np.int64)
    cost[0, 0] = 0
    for route in range(1, most + 1):
        for end in range(route, stops + 1):
            inner = times[FROM_START, end - 1]
            for first in range(end - 1, -1, -1):
                inner += times[WORK, first]
                duration = float(inner + times[FROM_START, first])
                if inner > limit:
                    break
                total = cost[route - 1, first] + duration * duration
                if duration <= limit and total < cost[route, end]:
                    cost[route, end], begin[route, end] = total, first
                inner += times[FROM_BEFORE, first]
    used = int(cost[:, stops].argmin())
    ends = np.zeros(used, np.int64)
    end = stops
    for route in range(used, 0, -1):
        ends[route - 1] = end
        end = begin[route, end]
    return ends
