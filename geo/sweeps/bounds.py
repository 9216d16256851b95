"""
How short the longest route cannot be.

Whatever the teams do, all work and at least a shortest closed walk over all stops has to be
shared, and somebody has to go to the worst stop and back. The walk is bounded from below by
minimum 1-trees whose node prices are raised step by step.

Held, Karp: The Traveling-Salesman Problem and Minimum Spanning Trees: Part II,
https://doi.org/10.1007/BF01584070. Step lengths shrink as in Volgenant, Jonker (1982),
https://doi.org/10.1016/0377-2217(82)90015-7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ASCENT_WORK = 25_000_000
"""Steps of the ascent times nodes squared: about a tenth of a second."""
MOST_STEPS = 300
LEAST_STEPS = 20
ROUNDING_SHARE = 1e-9
"""Taken off the bound, so that sums of floats cannot lift it over the truth."""
MOMENTUM = 0.4


def makespan_bound(
    walk_s: NDArray[np.float64], service_s: NDArray[np.float64], *, teams: int
) -> float:
    """
    Give a time that the longest of the closed routes cannot fall below.

    Parameters
    ----------
    walk_s
        Seconds between nodes, node 0 the start; square, symmetric, no detour shorter than the
        direct way.
    service_s
        Seconds of work at each node.
    teams
        At least 1.

    Returns
    -------
    bound_s
        Seconds; 0 without stops.
    """
    stops = len(walk_s) - 1
    if stops == 0:
        return 0.0
    teams = min(teams, stops)
    farthest_s = float((2 * walk_s[0] + service_s).max())
    # A team that stays at home may as well take over part of a route with several stops: both
    # parts are no longer than the whole. So some best plan sends out every team it has stops for.
    walked_s = max(walk_bound(walk_s, routes=routes) for routes in {1, teams})
    shared_s = (float(service_s.sum()) + walked_s) / teams
    return max(shared_s, farthest_s) * (1 - ROUNDING_SHARE)


def walk_bound(walk_s: NDArray[np.float64], *, routes: int) -> float:
    """
    Give a time that so many closed routes over all stops cannot fall below, work left out.

    Parameters
    ----------
    walk_s
        As in `makespan_bound`, with at least `routes` stops.
    routes
        How many routes there are, each with a stop; at least 1.

    Returns
    -------
    bound_s
        Seconds, at least those of the minimum spanning tree.
    """
    if len(walk_s) == 2:  # noqa: PLR2004  # a start and a stop make no tree with a cycle
        return float(2 * walk_s[0, 1])
    # Routes that meet at the start are one round trip over a copy of the start for each, on
    # which no copy follows another.
    nodes = np.concatenate([np.zeros(routes - 1, dtype=np.int64), np.arange(len(walk_s))])
    walk = walk_s[np.ix_(nodes, nodes)]
    walk[:routes, :routes] = walk_s.sum()
    steps = max(LEAST_STEPS, min(MOST_STEPS, ASCENT_WORK // len(nodes) ** 2))
    return float(_ascend(walk, steps))


@numba.njit(cache=True, nogil=True)
def _ascend(walk: NDArray[np.float64], steps: int) -> float:
    """Best 1-tree found while nodes with too many edges get dearer, those with one cheaper."""
    nodes = len(walk)
    price = np.zeros(nodes)
    degree = np.zeros(nodes, np.int64)
    before = np.full(nodes, 2, np.int64)
    best = _one_tree(walk, price, degree)
    longest = best / (2 * nodes)
    for step in range(steps):
        length = longest * (1 - step / steps) ** 2
        price += length * ((1 - MOMENTUM) * (degree - 2) + MOMENTUM * (before - 2))
        before[:] = degree
        best = max(best, _one_tree(walk, price, degree))
    return best


@numba.njit(cache=True, nogil=True)
def _one_tree(
    walk: NDArray[np.float64], price: NDArray[np.float64], degree: NDArray[np.int64]
) -> float:
    """
    Weigh the cheapest tree over all nodes but 0, and the two cheapest edges of node 0.

    Less twice all prices, which is what a round trip pays. Fills in `degree`.
    """
    nodes = len(walk)
    cheapest = np.full(nodes, np.inf)
    parent = np.zeros(nodes, np.int64)
    is_open = np.ones(nodes, np.bool_)
    degree[:] = 0
    total = -2 * price.sum()
    here = 1
    is_open[here] = False
    for _ in range(nodes - 2):
        nearest = -1
        for node in range(1, nodes):
            if not is_open[node]:
                continue
            cost = walk[here, node] + price[here] + price[node]
            if cost < cheapest[node]:
                cheapest[node], parent[node] = cost, here
            if nearest < 0 or cheapest[node] < cheapest[nearest]:
                nearest = node
        here = nearest
        is_open[here] = False
        total += cheapest[here]
        degree[here] += 1
        degree[parent[here]] += 1
    return float(total + _two_cheapest(walk[0] + price[0] + price, degree))


@numba.njit(cache=True, nogil=True)
def _two_cheapest(cost: NDArray[np.float64], degree: NDArray[np.int64]) -> float:
    first = 1 + cost[1:].argmin()
    degree[0] = 2
    degree[first] += 1
    least = cost[first]
    cost[first] = np.inf
    second = 1 + cost[1:].argmin()
    degree[second] += 1
    return float(least + cost[second])
