"""
Whether a layer was changed by our own edits alone.

Every medium keeps a mark of each layer that changes with it, whoever changes it. Each edit of
this process notes which mark it found and which it left; as long as one leads to the next,
nobody else has been there.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple, Self

KEPT_STEPS = 10_000
GLUE = "~"


class LayerState(NamedTuple):
    """
    In which state a layer is.

    Parameters
    ----------
    mark
        Of the layer, as its medium keeps it.
    seq
        Number of the last version of all.
    """

    mark: str
    seq: int

    def __str__(self) -> str:
        """Write it as a short text."""
        return f"{self.seq}{GLUE}{self.mark}"

    @classmethod
    def of(cls, text: str) -> Self:
        """
        Read what `str` wrote.

        Examples
        --------
        >>> LayerState.of(str(LayerState("2026-11-22", 7)))
        LayerState(mark='2026-11-22', seq=7)
        """
        seq, _, mark = text.partition(GLUE)
        return cls(mark, int(seq))


class Marks:
    """
    From which mark to which the edits of this process have led.

    One thread notes, any number ask.

    Examples
    --------
    >>> marks = Marks()
    >>> marks.note("zones", "a", "b")
    >>> marks.note("zones", "b", "c")
    >>> marks.lead("zones", "a", "c"), marks.lead("zones", "a", "d")
    (True, False)
    """

    def __init__(self) -> None:
        self._steps: OrderedDict[tuple[str, str], str] = OrderedDict()

    def note(self, layer_name: str, before: str, after: str) -> None:
        """Keep one step."""
        self._steps[layer_name, before] = after
        while len(self._steps) > KEPT_STEPS:
            self._steps.popitem(last=False)

    def lead(self, layer_name: str, since: str, until: str) -> bool:
        """Whether steps lead from one mark to another."""
        mark: str | None = since
        for _ in range(KEPT_STEPS):
            if mark is None or mark == until:
                break
            mark = self._steps.get((layer_name, mark))
        return mark == until
