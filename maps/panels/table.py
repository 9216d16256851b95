"""Tables of a tab: texts, what to sort by, and where a row is on the map."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """
    One cell.

    Parameters
    ----------
    text
        As told; escaped by the template.
    sort
        What the column is sorted by; the text where it is missing.
    layer, key
        What the cell's button shows on the map; no button where the layer is empty.
    note
        A second, quieter line.
    swatch
        Name of a symbol before the text.
    team
        Team whose colour stands before the text; 0 for none.
    """

    text: str
    sort: float | str | None = None
    layer: str = ""
    key: str = ""
    note: str = ""
    swatch: str = ""
    team: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """Head of a column; numbers stand to the right."""

    title: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """
    A table with its caption; the first cell of a row is its head.

    Parameters
    ----------
    more
        How many further rows are not shown.
    total
        A last row that stays in place when the others are sorted; may be empty.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: int = 0
    total: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with what it counts and, where it helps, a note."""

    title: str
    text: str
    note: str = ""
