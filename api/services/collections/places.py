"""
Which of many bounding boxes touch a box, from arrays alone.

The boxes are sorted along a curve that keeps neighbours together and cut into runs; a question
looks at every run's own box, and then only into the runs that touch. No geometry object is
kept, so 200,000 boxes take 8 MB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from api.services.workspace import Box

RUN = 32
CURVE_STEPS = 2**16 - 1


@dataclass(frozen=True, slots=True)
class Places:
    """
    Bounding boxes, sorted for being asked.

    Parameters
    ----------
    order
        Positions along the curve.
    sorted_bounds
        West, south, east, north in that order; shape (4, n), each a row.
    run_bounds
        The same of each run.
    """

    order: NDArray[np.int64]
    sorted_bounds: NDArray[np.float64]
    run_bounds: NDArray[np.float64]

    @classmethod
    def of(cls, bounds: NDArray[np.float64]) -> Self:
        """
        Sort boxes.

        Parameters
        ----------
        bounds
            West, south, east, north; shape (n, 4), finite.
        """
        order = np.argsort(_along_curve(bounds), kind="stable").astype(np.int64)
        in_order = np.ascontiguousarray(bounds[order].T)
        begins = np.arange(0, len(bounds), RUN)
        if not len(bounds):
            return cls(order, in_order, np.empty((4, 0)))
        runs = np.vstack(
            [
                np.minimum.reduceat(in_order[:2], begins, axis=1),
                np.maximum.reduceat(in_order[2:], begins, axis=1),
            ]
        )
        return cls(order, in_order, runs)

    def touching(self, box: Box) -> NDArray[np.int64]:
        """
        Find the boxes that touch a box, its edges included.

        Returns
        -------
        positions
            In no order.

        Examples
        --------
        >>> places = Places.of(np.array([[0, 0, 1, 1], [2, 2, 3, 3], [5, 5, 6, 6.0]]))
        >>> sorted(places.touching((1, 1, 2, 2)).tolist())
        [0, 1]
        """
        runs = np.flatnonzero(_touch(self.run_bounds, box))
        inside = (runs[:, None] * RUN + np.arange(RUN)).ravel()
        inside = inside[inside < len(self.order)]
        touching = inside[_touch(self.sorted_bounds[:, inside], box)]
        return np.asarray(self.order[touching])


def _touch(bounds: NDArray[np.float64], box: Box) -> NDArray[np.bool_]:
    west, south, east, north = box
    return np.asarray(
        (bounds[0] <= east) & (bounds[2] >= west) & (bounds[1] <= north) & (bounds[3] >= south)
    )


def _along_curve(bounds: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Give where the middle of each box lies on a Z-shaped curve through all of them."""
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    low = middles.min(axis=0, initial=np.inf)
    span = np.maximum(middles.max(axis=0, initial=-np.inf) - low, np.finfo(float).tiny)
    steps = ((middles - low) / span * CURVE_STEPS).astype(np.uint64)
    return _spread(steps[:, 0]) | (_spread(steps[:, 1]) << np.uint64(1))


def _spread(steps: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Put a nought between any two bits of 16."""
    spread = steps
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        spread = (spread | (spread << np.uint64(shift))) & np.uint64(mask)
    return spread
