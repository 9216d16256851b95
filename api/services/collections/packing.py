"""Many short byte strings in one buffer, where each costs its bytes and not an object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Packed:
    """
    Byte strings by position.

    The buffer only grows, so one that was changed shares it with the one before; only one
    thread may change, while any number read.

    Parameters
    ----------
    buffer
        Every byte string that is or was among them.
    starts, ends
        Where in the buffer each stands.

    Examples
    --------
    >>> words = Packed.of([b"one", b"two"])
    >>> changed = words.replaced(0, b"zero")
    >>> [bytes(word) for word in changed.take(np.array([0, 1]))]
    [b'zero', b'two']
    >>> [bytes(word) for word in words.take(np.array([0]))]
    [b'one']
    """

    buffer: bytearray
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Iterable[bytes]) -> Self:
        """Pack byte strings."""
        buffer, ends = bytearray(), [0]
        for text in texts:
            buffer += text
            ends.append(len(buffer))
        places = np.array(ends, dtype=np.int64)
        return cls(buffer, places[:-1], places[1:])

    def __len__(self) -> int:
        """How many there are."""
        return len(self.starts)

    def take(self, positions: NDArray[np.int64]) -> list[bytearray]:
        """Give those at some positions."""
        buffer = self.buffer
        starts, ends = self.starts[positions].tolist(), self.ends[positions].tolist()
        return [buffer[start:end] for start, end in zip(starts, ends, strict=True)]

    def replaced(self, position: int, text: bytes) -> Self:
        """Give them with another in place of one; past the last, with one more."""
        begin = len(self.buffer)
        self.buffer.extend(text)
        starts = placed(self.starts, position, begin)
        ends = placed(self.ends, position, len(self.buffer))
        return type(self)(self.buffer, starts, ends)

    def without(self, position: int) -> Self:
        """Give them without one; later ones move up."""
        starts, ends = np.delete(self.starts, position), np.delete(self.ends, position)
        return type(self)(self.buffer, starts, ends)


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
