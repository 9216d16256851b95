"""Many short byte strings in one buffer, where each costs its bytes and not an object."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Packed:
    """
    Byte strings by position.

    Those it was made of lie in one buffer that never changes; each that is put in later stands
    by itself. One that was changed shares both with the one before: only one thread may
    change, while any number read.

    Parameters
    ----------
    buffer
        What it was made of.
    starts, ends
        Where in the buffer each stands; of one that stands by itself, `-1` less its place.
    later
        Those that were put in later.

    Examples
    --------
    >>> words = Packed.of([b"one", b"two"])
    >>> changed = words.replaced(0, b"zero")
    >>> [bytes(word) for word in changed.take(np.array([0, 1]))]
    [b'zero', b'two']
    >>> [bytes(word) for word in words.take(np.array([0]))]
    [b'one']
    """

    buffer: memoryview
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    later: list[memoryview] = field(default_factory=list)

    @classmethod
    def of(cls, texts: Iterable[bytes]) -> Self:
        """Pack byte strings."""
        buffer, ends = bytearray(), [0]
        for text in texts:
            buffer += text
            ends.append(len(buffer))
        places = np.array(ends, dtype=np.int64)
        return cls(memoryview(buffer), places[:-1], places[1:])

    def __len__(self) -> int:
        """How many there are."""
        return len(self.starts)

    def take(self, positions: NDArray[np.int64]) -> list[memoryview]:
        """Give those at some positions."""
        buffer, later = self.buffer, self.later
        starts, ends = self.starts[positions].tolist(), self.ends[positions].tolist()
        return [
            buffer[start:end] if start >= 0 else later[-1 - start]
            for start, end in zip(starts, ends, strict=True)
        ]

    def replaced(self, position: int, text: bytes) -> Self:
        """Give them with another in place of one; past the last, with one more."""
        mark = -1 - len(self.later)
        self.later.append(memoryview(text))
        starts, ends = placed(self.starts, position, mark), placed(self.ends, position, mark)
        return type(self)(self.buffer, starts, ends, self.later)

    def without(self, position: int) -> Self:
        """Give them without one; later ones move up."""
        starts, ends = np.delete(self.starts, position), np.delete(self.ends, position)
        return type(self)(self.buffer, starts, ends, self.later)


def placed(values: NDArray[np.int64], position: int, value: int) -> NDArray[np.int64]:
    """
    Give a copy with a value in its place; past the last, with one more.

    Examples
    --------
    >>> placed(np.array([1, 2]), 2, 3).tolist(), placed(np.array([1, 2]), 0, 3).tolist()
    ([1, 2, 3], [3, 2])
    """
    if position == len(values):
        return np.append(values, value)
    changed = values.copy()
    changed[position] = value
    return changed
