"""Small sweeps whose answer can be found by trying everything."""

from __future__ import annotations

from itertools import combinations, permutations, product
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from geo.sweeps.problem import SweepProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

MOST_STOPS = 6


@st.composite
def problems(draw: st.DrawFn, *, min_stops: int = 0, max_stops: int = MOST_STOPS) -> SweepProblem:
    """Draw a start, stops that may share a spot, work that may be nothing, and 1 to 4 teams."""
    nodes = draw(st.integers(min_stops, max_stops)) + 1
    work = draw(st.lists(st.integers(0, 200), min_size=nodes - 1, max_size=nodes - 1))
    return SweepProblem(
        walk_ms=draw(walks(nodes)),
        service_ms=np.array([0, *work], dtype=np.int64),
        teams=draw(st.integers(1, 4)),
    )


@st.composite
def walks(draw: st.DrawFn, nodes: int) -> NDArray[np.int32]:
    """Draw walking times on a small network: whole, symmetric, no detour shorter."""
    pairs = list(combinations(range(nodes), 2))
    times = draw(st.lists(st.integers(0, 100), min_size=len(pairs), max_size=len(pairs)))
    walk = np.zeros((nodes, nodes), dtype=np.int32)
    for (one, other), time in zip(pairs, times, strict=True):
        walk[one, other] = walk[other, one] = time
    for via in range(nodes):
        walk = np.minimum(walk, walk[:, [via]] + walk[[via], :])
    return walk


def round_trip(walk: NDArray[np.int32], order: Sequence[int] | NDArray[np.int64]) -> int:
    """Length of a closed tour."""
    nodes = np.asarray(order, dtype=np.int64)
    return int(walk[nodes, np.roll(nodes, -1)].sum())


def shortest_round_trip(walk: NDArray[np.int32]) -> int:
    """Length of the shortest closed tour over all nodes, by trying all."""
    orders = np.array(list(permutations(range(1, len(walk)))))
    legs = walk[orders[:, :-1], orders[:, 1:]].sum(axis=1)
    return int((legs + walk[0, orders[:, 0]] + walk[orders[:, -1], 0]).min())


def least_makespan(problem: SweepProblem) -> int:
    """Shortest longest route of all plans there are."""
    stops = range(1, len(problem.walk_ms))
    quickest = {
        chosen: min(problem.duration_ms(order) for order in permutations(chosen))
        for count in range(len(problem.walk_ms))
        for chosen in combinations(stops, count)
    }
    return min(
        max(
            quickest[tuple(stop for stop, whose in zip(stops, teams, strict=True) if whose == team)]
            for team in range(problem.teams)
        )
        for teams in product(range(problem.teams), repeat=len(stops))
    )


def least_makespan_in_order(problem: SweepProblem, order: Sequence[int]) -> int:
    """Shortest longest route of all ways to cut a closed tour, begun anywhere."""
    return min(
        max(problem.durations_ms([np.array(part) for part in parts]))
        for first in range(len(order))
        for parts in _cuts([*order[first:], *order[:first]], problem.teams)
    )


def _cuts(order: Sequence[int], most: int) -> Iterator[list[Sequence[int]]]:
    for count in range(min(most, len(order))):
        for ends in combinations(range(1, len(order)), count):
            yield [
                order[begin:end] for begin, end in zip([0, *ends], [*ends, len(order)], strict=True)
            ]
