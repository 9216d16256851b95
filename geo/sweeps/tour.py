"""
One closed tour over all stops: 2-opt and Or-opt on neighbour lists, then local kicks.

A node waits in a queue until no move that begins at it shortens the tour (don't-look bits).
A kick swaps two short neighbouring stretches (a local double bridge), lets the search settle
and is taken back where the tour got longer. The number of kicks is fixed and the numbers are
drawn from a seed, so the same input gives the same tour on any machine and under any load.

Johnson, McGeoch: The Traveling Salesman Problem: A Case Study in Local Optimization (1997).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from geo.sweeps.problem import nearest_nodes, require_walking_times

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEIGHBOURS = 10
KICKS_A_NODE = 10
LEAST_KICKS = 200
LONGEST_SEGMENT = 3
LONGEST_STRETCH = 30
SMALLEST_SEARCHED = 4
SMALLEST_KICKED = 5

# The state of the search is one array, because kernels pass few arrays fast. Its rows: the node
# at each position, the position of each node, a stack of nodes to look at, whether a node is on
# the stack, and (first number only) how many are.
ORDER, PLACE, STACK, WAITS, HEIGHT = range(5)


def giant_tour(walk_ms: NDArray[np.int32], *, seed: int = 1) -> NDArray[np.int64]:
    """
    Order all nodes into a short closed tour.

    Parameters
    ----------
    walk_ms
        Walking times in milliseconds; square, symmetric, 0 on the diagonal.
    seed
        At least 0.

    Returns
    -------
    order
        Every node once, node 0 first, and of the two directions the one whose second node has
        the lower number; shape (nodes,).

    Raises
    ------
    ValueError
        If the matrix is not symmetric: reversing a stretch would change its length.

    Examples
    --------
    >>> along = np.abs(np.subtract.outer([0, 30, 10, 20], [0, 30, 10, 20])).astype(np.int32)
    >>> giant_tour(along).tolist()
    [0, 1, 3, 2]
    """
    require_walking_times(walk_ms)
    nodes = len(walk_ms)
    if nodes < SMALLEST_SEARCHED:
        return np.arange(nodes)
    walk = np.ascontiguousarray(walk_ms, dtype=np.int32)
    near = nearest_nodes(walk, NEIGHBOURS)
    ring = _ring(_follow_nearest(walk))
    _settle(walk, near, ring)
    if nodes >= SMALLEST_KICKED:
        kicks = max(LEAST_KICKS, KICKS_A_NODE * nodes)
        _kick_often(walk, near, ring, kicks, np.random.default_rng(seed))
    return _from_start(ring[ORDER])


def _ring(order: NDArray[np.int64]) -> NDArray[np.int64]:
    ring = np.zeros((5, len(order)), dtype=np.int64)
    ring[ORDER], ring[PLACE], ring[STACK] = order, np.argsort(order), order[::-1]
    ring[WAITS], ring[HEIGHT, 0] = 1, len(order)
    return ring


def _from_start(order: NDArray[np.int64]) -> NDArray[np.int64]:
    rolled = np.roll(order, -int(np.flatnonzero(order == 0)[0]))
    return rolled if rolled[1] < rolled[-1] else np.roll(rolled[::-1], 1)


@numba.njit(cache=True, nogil=True)
def _follow_nearest(walk: NDArray[np.int32]) -> NDArray[np.int64]:
    order = np.zeros(len(walk), np.int64)
    is_free = np.ones(len(walk), np.bool_)
    is_free[0] = False
    for position in range(1, len(walk)):
        here = order[position - 1]
        nearest = -1
        for node in range(len(walk)):
            if is_free[node] and (nearest < 0 or walk[here, node] < walk[here, nearest]):
                nearest = node
        order[position] = nearest
        is_free[nearest] = False
    return order


@numba.njit(cache=True, nogil=True)
def _beside(ring: NDArray[np.int64], node: int, step: int) -> int:
    return int(ring[ORDER, (ring[PLACE, node] + step) % ring.shape[1]])


@numba.njit(cache=True, nogil=True)
def _put(ring: NDArray[np.int64], position: int, node: int) -> None:
    wrapped = position % ring.shape[1]
    ring[ORDER, wrapped] = node
    ring[PLACE, node] = wrapped


@numba.njit(cache=True, nogil=True)
def _push(ring: NDArray[np.int64], node: int) -> None:
    if ring[WAITS, node] == 0:
        ring[WAITS, node] = 1
        ring[STACK, ring[HEIGHT, 0]] = node
        ring[HEIGHT, 0] += 1


@numba.njit(cache=True, nogil=True)
def _pop(ring: NDArray[np.int64]) -> int:
    ring[HEIGHT, 0] -= 1
    node = ring[STACK, ring[HEIGHT, 0]]
    ring[WAITS, node] = 0
    return int(node)


@numba.njit(cache=True, nogil=True)
def _reverse(ring: NDArray[np.int64], first: int, last: int) -> None:
    """Turn round what stands from one position to another, or all the rest if that is less."""
    nodes = ring.shape[1]
    length = (last - first) % nodes + 1
    if 2 * length > nodes:
        first, last = last + 1, first - 1
        length = nodes - length
    for offset in range(length // 2):
        front = ring[ORDER, (first + offset) % nodes]
        back = ring[ORDER, (last - offset) % nodes]
        _put(ring, first + offset, back)
        _put(ring, last - offset, front)


@numba.njit(cache=True, nogil=True)
def _move(
    ring: NDArray[np.int64],
    first: int,
    length: int,
    target: int,
    is_reversed: bool,  # noqa: FBT001  # compiled functions take no keywords
) -> None:
    """Move the segment that begins at position `first` behind the node at `target`."""
    nodes = ring.shape[1]
    segment = np.empty(length, np.int64)
    for offset in range(length):
        segment[offset] = ring[ORDER, (first + offset) % nodes]
    ahead = (target - first - length + 1) % nodes
    behind = nodes - length - ahead
    if ahead <= behind:
        for offset in range(ahead):
            _put(ring, first + offset, ring[ORDER, (first + length + offset) % nodes])
        landing = first + ahead
    else:
        for offset in range(behind):
            _put(ring, first + length - 1 - offset, ring[ORDER, (first - 1 - offset) % nodes])
        landing = first - behind
    for offset in range(length):
        node = segment[length - 1 - offset] if is_reversed else segment[offset]
        _put(ring, landing + offset, node)


@numba.njit(cache=True, nogil=True)
def _try_two_opt(
    walk: NDArray[np.int32], near: NDArray[np.int64], ring: NDArray[np.int64], a: int
) -> int:
    """Replace the ways a-b and c-d by a-c and b-d if that is shorter; give what it saves."""
    for step in (1, -1):
        b = _beside(ring, a, step)
        for c in near[a]:
            if walk[a, c] >= walk[a, b]:
                break
            d = _beside(ring, c, step)
            saved = walk[a, b] + walk[c, d] - walk[a, c] - walk[b, d]
            if saved > 0:
                first, last = (b, c) if step == 1 else (c, b)
                _reverse(ring, ring[PLACE, first], ring[PLACE, last])
                for node in (b, c, d):
                    _push(ring, node)
                return int(saved)
    return 0


@numba.njit(cache=True, nogil=True)
def _try_or_opt(
    walk: NDArray[np.int32], near: NDArray[np.int64], ring: NDArray[np.int64], a: int
) -> int:
    """Move a segment of up to three nodes that begins at a; give what it saves."""
    for length in range(1, min(LONGEST_SEGMENT, ring.shape[1] - 3) + 1):
        for step in (1, -1):
            saved = _try_segment(walk, near[a], ring, a, step * length)
            if saved > 0:
                return int(saved)
    return 0


@numba.njit(cache=True, nogil=True)
def _try_segment(
    walk: NDArray[np.int32],
    near_a: NDArray[np.int64],
    ring: NDArray[np.int64],
    a: int,
    reach: int,
) -> int:
    """Move the nodes from a onwards, or backwards where `reach` is negative."""
    nodes = ring.shape[1]
    step = 1 if reach > 0 else -1
    e = _beside(ring, a, reach - step)
    before, after = _beside(ring, a, -step), _beside(ring, a, reach)
    freed = walk[before, a] + walk[e, after] - walk[before, after]
    first = ring[PLACE, a] if step == 1 else ring[PLACE, e]
    for c in near_a:
        if walk[a, c] >= freed:
            break
        for side in (1, -1):
            d = _beside(ring, c, side)
            saved = freed - walk[a, c] - walk[e, d] + walk[c, d]
            inside = min((ring[PLACE, c] - first) % nodes, (ring[PLACE, d] - first) % nodes)
            if saved > 0 and inside >= abs(reach):
                _move(ring, first, abs(reach), ring[PLACE, c if side == 1 else d], side != step)
                for node in (e, before, after, c, d):
                    if node != a:
                        _push(ring, node)
                return int(saved)
    return 0


@numba.njit(cache=True, nogil=True)
def _settle(walk: NDArray[np.int32], near: NDArray[np.int64], ring: NDArray[np.int64]) -> int:
    """Make moves until none shortens the tour; give what they saved."""
    total = 0
    while ring[HEIGHT, 0] > 0:
        node = _pop(ring)
        saved = 1
        while saved > 0:
            saved = _try_two_opt(walk, near, ring, node)
            if saved == 0:
                saved = _try_or_opt(walk, near, ring, node)
            total += saved
    return total


@numba.njit(cache=True, nogil=True)
def _kick(walk: NDArray[np.int32], ring: NDArray[np.int64], rng: np.random.Generator) -> int:
    """Swap two neighbouring stretches; give what that costs."""
    nodes = ring.shape[1]
    longest = min(LONGEST_STRETCH, (nodes - 2) // 2)
    first = int(rng.random() * nodes)
    second = first + 1 + int(rng.random() * longest)
    end = second + 1 + int(rng.random() * longest)
    before, a = ring[ORDER, (first - 1) % nodes], ring[ORDER, first]
    b, c = ring[ORDER, (second - 1) % nodes], ring[ORDER, second % nodes]
    d, after = ring[ORDER, (end - 1) % nodes], ring[ORDER, end % nodes]
    _move(ring, first, second - first, end - 1, False)  # noqa: FBT003
    for node in (before, a, b, c, d, after):
        _push(ring, node)
    added = walk[before, c] + walk[d, a] + walk[b, after]
    return int(added - walk[before, a] - walk[b, c] - walk[d, after])


@numba.njit(cache=True, nogil=True)
def _kick_often(
    walk: NDArray[np.int32],
    near: NDArray[np.int64],
    ring: NDArray[np.int64],
    kicks: int,
    rng: np.random.Generator,
) -> None:
    best = ring[: PLACE + 1].copy()
    for _ in range(kicks):
        cost = _kick(walk, ring, rng)
        if _settle(walk, near, ring) < cost:
            ring[: PLACE + 1] = best
        else:
            best[:] = ring[: PLACE + 1]
