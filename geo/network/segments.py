"""Straight pieces of street, and how they are split at cuts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Segments:
    """
    Straight pieces of street.

    Parameters
    ----------
    start, end
        Metres; shape (segments, 2).
    street
        Position of the street each piece belongs to; shape (segments,).
    level
        Bridge (above 0) or tunnel (below 0); shape (segments,).
    """

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    street: NDArray[np.int64]
    level: NDArray[np.int64]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.street)

    @property
    def lines(self) -> NDArray[np.object_]:
        """One two-point LineString a segment."""
        return np.asarray(shapely.linestrings(np.stack([self.start, self.end], axis=1)))


@dataclass(frozen=True, slots=True)
class Cuts:
    """
    Where segments are cut.

    Parameters
    ----------
    segment, share
        Cuts between the ends of a segment: which, and how far along (0 to 1).
    side
        Shape (2, segments): on which side of the barriers through it the start and the end
        of a segment lie. Ends at one place with different numbers are not joined.
    barriers
        The barriers as merged lines.
    open_gates, closed_gates
        Points at which barriers may be passed, and may not.
    """

    segment: NDArray[np.int64]
    share: NDArray[np.float64]
    side: NDArray[np.int64]
    barriers: NDArray[np.object_]
    open_gates: NDArray[np.object_]
    closed_gates: NDArray[np.object_]


def split_segments(segments: Segments, cuts: Cuts) -> tuple[Segments, NDArray[np.int64]]:
    """
    Split segments where they are cut between their ends.

    Returns
    -------
    pieces
        The segments, those with cuts replaced by their pieces, in order.
    side
        Shape (2, pieces): a number for the start and the end of each piece. Ends at one
        place are joined only if their numbers are equal.
    """
    order = np.lexsort((cuts.share, cuts.segment))
    segment, share = cuts.segment[order], cuts.share[order]
    count = np.bincount(segment, minlength=len(segments)) + 1
    owner = np.repeat(np.arange(len(segments)), count)
    first = np.cumsum(count) - count
    last = first + count - 1
    from_share = np.zeros(len(owner))
    to_share = np.ones(len(owner))
    inner = np.arange(len(segment)) + segment  # each cut ends the piece of that position
    to_share[inner] = share
    from_share[inner + 1] = share
    side = np.zeros((2, len(owner)), dtype=np.int64)
    side[0, first], side[1, last] = cuts.side
    # Both lips of a cut are nobody else's: numbered below every other side.
    side[1, inner] = -1 - 2 * np.arange(len(segment))
    side[0, inner + 1] = -2 - 2 * np.arange(len(segment))
    run = segments.end[owner] - segments.start[owner]
    start = segments.start[owner] + run * from_share[:, None]
    end = np.where(
        (to_share == 1)[:, None],
        segments.end[owner],
        segments.start[owner] + run * to_share[:, None],
    )
    return Segments(start, end, segments.street[owner], segments.level[owner]), side
