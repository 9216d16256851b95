"""What the solver is given: whole milliseconds of walking and work, and how many teams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import GeoError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MS_A_SECOND = 1_000
NOISE_DECIMALS = 3
LONGEST_WALK_MS = 2**31 - 1
LONGEST_WORK_MS = 10**12


@dataclass(frozen=True, slots=True)
class SweepProblem:
    """
    One start, its stops and the teams that share them. Node 0 is the start.

    Whole numbers make sums exact, so that a plan does not depend on their order.

    Parameters
    ----------
    walk_ms
        Milliseconds between nodes; shape (stops + 1, stops + 1), symmetric, 0 on the diagonal.
    service_ms
        Milliseconds of work at each node; shape (stops + 1,), 0 at the start.
    teams
        At least 1.

    Raises
    ------
    ValueError
        If an array has another shape, the matrix is not symmetric with a zero diagonal, a time
        is negative, the start has work, or there is no team.
    """

    walk_ms: NDArray[np.int32]
    service_ms: NDArray[np.int64]
    teams: int

    def __post_init__(self) -> None:
        require_walking_times(self.walk_ms)
        if self.service_ms.shape != self.walk_ms.shape[:1]:
            msg = f"Expected {len(self.walk_ms)} service times, got {self.service_ms.shape}."
            raise ValueError(msg)
        if self.service_ms.min() < 0 or self.service_ms[0] != 0:
            msg = "Expected service times of at least 0, and 0 at the start."
            raise ValueError(msg)
        if self.teams < 1:
            msg = f"Expected at least one team, got {self.teams}."
            raise ValueError(msg)

    @classmethod
    def from_seconds(
        cls, walk_s: NDArray[np.float64], service_s: NDArray[np.float64], teams: int
    ) -> SweepProblem:
        """
        Take seconds up to whole milliseconds.

        Rounding up keeps what the split relies on: a detour is never shorter than the direct
        way. (Rounding to the nearest breaks it by a millisecond.)

        Parameters
        ----------
        walk_s
            Finite seconds between nodes, symmetric but for rounding.
        service_s
            Finite seconds at each node.

        Raises
        ------
        GeoError
            If a time is not finite, a walk longer than 24 days or a work longer than 30 years.
        """
        return cls(
            walk_ms=_whole(np.maximum(walk_s, walk_s.T), LONGEST_WALK_MS).astype(np.int32),
            service_ms=_whole(service_s, LONGEST_WORK_MS),
            teams=teams,
        )

    def duration_ms(self, route: Sequence[int] | NDArray[np.int64]) -> int:
        """Milliseconds from the start over the stops of a route and back; 0 without stops."""
        nodes = np.asarray([0, *route, 0], dtype=np.int64)
        return int(self.walk_ms[nodes[:-1], nodes[1:]].sum() + self.service_ms[nodes].sum())

    def durations_ms(self, routes: Sequence[NDArray[np.int64]]) -> list[int]:
        """Milliseconds of every route."""
        return [self.duration_ms(route) for route in routes]


def require_walking_times(walk_ms: NDArray[np.int32]) -> None:
    """
    Refuse a matrix that a symmetric local search could run round in for ever.

    Raises
    ------
    ValueError
        If the matrix is not square and symmetric with a zero diagonal and no negative time.
    """
    if walk_ms.ndim != 2 or walk_ms.shape[0] != walk_ms.shape[1] or not len(walk_ms):  # noqa: PLR2004
        msg = f"Expected a square matrix with a start, got shape {walk_ms.shape}."
        raise ValueError(msg)
    if walk_ms.min() < 0 or walk_ms.diagonal().any() or (walk_ms != walk_ms.T).any():
        msg = "Expected walking times that are the same both ways, 0 to oneself, never negative."
        raise ValueError(msg)


def nearest_nodes(walk_ms: NDArray[np.int32], count: int) -> NDArray[np.int64]:
    """
    List the nearest other nodes of each node, nearest first, ties by number.

    Parameters
    ----------
    count
        How many to list; fewer where there are fewer others.

    Returns
    -------
    near
        Node numbers; shape (nodes, min(count, nodes - 1)).

    Examples
    --------
    >>> nearest_nodes(np.array([[0, 5, 5], [5, 0, 1], [5, 1, 0]], dtype=np.int32), 2).tolist()
    [[1, 2], [2, 0], [1, 0]]
    """
    nodes = len(walk_ms)
    # One whole number orders by time and then by number, so that no tie is left to the sort.
    keys = walk_ms.astype(np.int64) * nodes + np.arange(nodes)
    np.fill_diagonal(keys, np.iinfo(np.int64).max)
    kept = min(count, nodes - 1)
    nearest = np.partition(keys, kept, axis=1)[:, :kept] if kept < nodes - 1 else keys
    return np.sort(nearest, axis=1)[:, :kept] % nodes


def _whole(seconds: NDArray[np.float64], longest_ms: int) -> NDArray[np.int64]:
    times_ms = np.ceil(np.round(seconds * MS_A_SECOND, NOISE_DECIMALS))
    if not (times_ms <= longest_ms).all():
        longest_s = longest_ms // MS_A_SECOND
        msg = f"Expected walks and works of at most {longest_s} s, got {seconds.max()} s."
        raise GeoError(msg)
    return times_ms.astype(np.int64)
