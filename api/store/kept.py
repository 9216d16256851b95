"""Small answers that are asked for with every request, kept for as long as nothing is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

KEPT_ANSWERS = 4_096

T = TypeVar("T")


class Kept:
    """
    Keeps answers.

    Parameters
    ----------
    pulse
        Gives something that is another after every commit by anybody, and `None` where that is
        not known: then nothing is kept.

    Examples
    --------
    >>> kept = Kept(lambda: 1)
    >>> kept.get("six", lambda: 6), kept.get("six", lambda: 7)
    (6, 6)
    >>> Kept(lambda: None).get("six", lambda: 7)
    7
    """

    def __init__(self, pulse: Callable[[], Hashable | None]) -> None:
        self._pulse = pulse
        self._answers: dict[Hashable, tuple[Hashable, object]] = {}

    def get(self, key: Hashable, read: Callable[[], T]) -> T:
        """Give the answer of that key, read anew if anything was committed since it was."""
        # The pulse is felt first: what is committed while reading is read again next time.
        pulse = self._pulse()
        if pulse is None:
            return read()
        held = self._answers.get(key)
        if held is not None and held[0] == pulse:
            return held[1]  # type: ignore[return-value]  # what was read under that key
        answer = read()
        if len(self._answers) >= KEPT_ANSWERS:
            self._answers.clear()
        self._answers[key] = pulse, answer
        return answer
