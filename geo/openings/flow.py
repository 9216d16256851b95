"""Minimum cuts of small directed networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

UNCUTTABLE = 1 << 28
"""More than any cut that is looked for may cost."""
POST_COST = 1 << 19
"""What one post costs: more than all the preferences among two thousand posts together."""


class Cut(NamedTuple):
    """A minimum cut: what it costs, and which nodes stay joined to the source."""

    cost: int
    is_source_side: NDArray[np.bool_]


class Links:
    """
    Directed links with capacities, gathered a group at a time.

    Examples
    --------
    >>> links = Links()
    >>> links.add([0, 0], [1, 2], 5)
    >>> links.add([1, 2], [3, 3], [1, 2])
    >>> links.cut(source=0, sink=3)
    Cut(cost=3, is_source_side=array([ True,  True,  True, False]))
    """

    def __init__(self) -> None:
        self._tail: list[NDArray[np.int64]] = []
        self._head: list[NDArray[np.int64]] = []
        self._capacity: list[NDArray[np.int64]] = []

    def add(
        self,
        tail: Sequence[int] | NDArray[np.int64],
        head: Sequence[int] | NDArray[np.int64],
        capacity: int | Sequence[int] | NDArray[np.int64],
    ) -> None:
        """Add links from each tail to its head."""
        self._tail.append(np.asarray(tail, dtype=np.int64))
        self._head.append(np.asarray(head, dtype=np.int64))
        whole = np.broadcast_to(np.asarray(capacity, dtype=np.int64), self._tail[-1].shape)
        self._capacity.append(whole)

    def join(
        self,
        one: Sequence[int] | NDArray[np.int64],
        other: Sequence[int] | NDArray[np.int64],
        capacity: int | Sequence[int] | NDArray[np.int64],
    ) -> None:
        """Add links in both directions."""
        self.add(one, other, capacity)
        self.add(other, one, capacity)

    def cut(self, *, source: int, sink: int) -> Cut:
        """
        Find the minimum cut that leaves the fewest nodes with the source.

        Parameters
        ----------
        source, sink
            Two different nodes.
        """
        tail, head = np.concatenate(self._tail), np.concatenate(self._head)
        count = int(max(tail.max(initial=0), head.max(initial=0), source, sink)) + 1
        capacities = np.concatenate(self._capacity)
        both = csr_array(coo_array((capacities, (tail, head)), shape=(count, count)))
        both.sum_duplicates()
        both.data = np.minimum(both.data, UNCUTTABLE)
        limits = both.astype(np.int32)
        found = maximum_flow(limits, source, sink)
        left = csr_array(limits - found.flow)
        left.eliminate_zeros()
        reached = breadth_first_order(left, source, directed=True, return_predecessors=False)
        is_source_side = np.zeros(count, dtype=bool)
        is_source_side[reached] = True
        return Cut(int(found.flow_value), is_source_side)
