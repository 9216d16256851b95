"""Chains and dead ends taken out of a graph, exactly, before any matrix is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numba
import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Contraction:
    """
    A graph without its chains and dead ends.

    Parameters
    ----------
    graph
        Symmetric; shape (kept, kept); metres.
    kept
        Node of the full graph for each node of this one, ascending.
    position
        The reverse; -1 for nodes that were taken out.
    chains
        For each pair (lower, higher) of joined nodes the full graph's nodes between them.
    """

    graph: csr_array
    kept: NDArray[np.int64]
    position: NDArray[np.int64]
    chains: dict[tuple[int, int], NDArray[np.int64]]


def contract(graph: csr_array, terminals: NDArray[np.int64]) -> Contraction:
    """
    Take out every chain and dead end that holds no terminal.

    Distances between terminals stay exactly what they were.

    Parameters
    ----------
    graph
        Symmetric, no loops, at most one edge between two nodes; positive metres.
    terminals
        Nodes that must stay.

    Returns
    -------
    contraction
        Nodes are the terminals and the junctions between them.
    """
    must_stay = np.zeros(graph.shape[0], dtype=np.bool_)
    must_stay[terminals] = True
    indptr, indices = graph.indptr.astype(np.int64), graph.indices.astype(np.int64)
    stays, is_alive = _prune(indptr, indices, must_stay)
    found = _follow_chains(indptr, indices, graph.data.astype(np.float64), stays, is_alive)
    kept = np.flatnonzero(stays)
    position = np.full(graph.shape[0], -1, dtype=np.int64)
    position[kept] = np.arange(len(kept))
    tail, head, metres, chain_end, chain = found
    order = np.lexsort((metres, head, tail))
    is_best = np.r_[True, (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)]
    best = order[is_best[: len(order)]]
    a, b = position[tail[best]], position[head[best]]
    half = csr_array((metres[best], (a, b)), shape=(len(kept), len(kept)))
    chain_start = np.r_[0, chain_end[:-1]] if len(chain_end) else chain_end
    chains = {
        (int(low), int(high)): chain[chain_start[edge] : chain_end[edge]]
        for low, high, edge in zip(a, b, best, strict=True)
    }
    return Contraction(csr_array(half + half.T), kept, position, chains)


@numba.njit(cache=True)
def _prune(
    indptr: NDArray[np.int64], indices: NDArray[np.int64], must_stay: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which nodes stay, and which of the others lie on a chain (are alive)."""
    count = len(indptr) - 1
    degree = indptr[1:] - indptr[:-1]
    is_alive = np.ones(count, dtype=np.bool_)
    waiting = np.empty(count, dtype=np.int64)
    top = 0
    for node in range(count):
        if degree[node] <= 1 and not must_stay[node]:
            waiting[top] = node
            top += 1
    while top > 0:
        top -= 1
        node = waiting[top]
        is_alive[node] = False
        for edge in range(indptr[node], indptr[node + 1]):
            other = indices[edge]
            if is_alive[other]:
                degree[other] -= 1
                if degree[other] == 1 and not must_stay[other]:
                    waiting[top] = other
                    top += 1
    return is_alive & (must_stay | (degree != 2)), is_alive  # noqa: PLR2004  # a chain has two ends


@numba.njit(cache=True)
def _follow_chains(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int64],
    metres: NDArray[np.float64],
    stays: NDArray[np.bool_],
    is_alive: NDArray[np.bool_],
) -> tuple[
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.float64],
    NDArray[np.int64],
    NDArray[np.int64],
]:
    """Walk every chain once, from its lower to its higher end; one kernel, kept in one piece."""
    tail = np.empty(len(indices), dtype=np.int64)
    head = np.empty(len(indices), dtype=np.int64)
    total = np.empty(len(indices))
    chain_end = np.empty(len(indices), dtype=np.int64)
    chain = np.empty(len(indices), dtype=np.int64)
    edges = 0
    filled = 0
    for first in np.flatnonzero(stays):
        for edge in range(indptr[first], indptr[first + 1]):
            before, here, walked = first, indices[edge], metres[edge]
            if not is_alive[here]:
                continue
            begun = filled
            while not stays[here]:
                chain[filled] = here
                filled += 1
                for onward in range(indptr[here], indptr[here + 1]):
                    after = indices[onward]
                    if after != before and is_alive[after]:
                        before, here, walked = here, after, walked + metres[onward]
                        break
            if here <= first:
                filled = begun  # a loop, or a chain that is walked from its other end
                continue
            tail[edges], head[edges], total[edges] = first, here, walked
            chain_end[edges] = filled
            edges += 1
    return tail[:edges], head[:edges], total[:edges], chain_end[:edges], chain[:filled]
