"""One thing that is wrong with one value, told so that a person can find and mend it."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Fault:
    """
    Where something is wrong, what was expected and what came.

    Parameters
    ----------
    source
        File, or file and sheet or layer.
    place
        Row number (`row 7`, counted as the file shows it) or feature id (`way/12`).
    column
        Name of the column as it stands in the source; `geometry` for the shape; empty
        where the whole row or file is meant.
    expected, found
        In words.
    """

    source: str
    place: str
    column: str
    expected: str
    found: str

    def __str__(self) -> str:
        """Tell the fault in one line."""
        where = ", ".join(part for part in (self.source, self.place, self.column) if part)
        return f"{where}: expected {self.expected}, got {shown(self.found)}"


def shown(value: object) -> str:
    """
    Cut a value to a length that fits in a line.

    Examples
    --------
    >>> shown("x" * 100)[-3:]
    'xx…'
    >>> shown(None)
    'nothing'
    """
    text = "nothing" if value is None else str(value)
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"
