"""
CSV and XLSX tables in.

The headings may stand in any of the first rows, below a title. Every heading above a column
that holds values must say something, once: a merged or doubled one is refused with its cell.
"""

from __future__ import annotations

import csv
import zlib
from dataclasses import dataclass
from gzip import BadGzipFile
from gzip import open as open_gzip
from io import StringIO
from typing import TYPE_CHECKING

import pandas as pd

from geo.errors import ReadError
from geo.io.columns import plain_name, recognised
from geo.io.limits import MAX_COLUMNS, MAX_CSV_BYTES
from geo.io.naming import source_name
from geo.io.raw import Container, RawLayer
from geo.io.values import clean_text, is_nothing, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from geo.schema import Layer

HEADING_ROWS = 5
HEAD_CHARACTERS = 20_000
DELIMITERS = (",", "\t", ";")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
GZIP_MAGIC = b"\x1f\x8b"
MAX_CELL_CHARACTERS = 1_000_000
# A text that a spreadsheet would run as a formula is written with this before it.
GUARD = "'"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Cells = list[object]


@dataclass(frozen=True, slots=True)
class Grid:
    """
    The cells of one table.

    Parameters
    ----------
    label
        What faults call it.
    rows
        Row number as the file shows it, and its cells; rows without any value left out.
    cell_name
        Names a cell by row number and column from 0.
    warnings
        What should be told to the one who imports it.
    """

    label: str
    rows: list[tuple[int, Cells]]
    cell_name: Callable[[int, int], str]
    warnings: tuple[str, ...] = ()


def open_csv(path: Path) -> Container:
    """
    Open a CSV file, gzipped or not, in UTF-8, UTF-16 with a mark, or GB18030.

    Raises
    ------
    ReadError
        If the file is too large, binary, in an unknown encoding, or not CSV.
    """
    text, warnings = _decoded(path.name, _bytes(path))
    grid = Grid(path.name, _csv_rows(path.name, text), _csv_cell, warnings)
    names = (source_name(path),) if len(grid.rows) > 1 else ()
    return Container(names, lambda _inner, layer: table_of(grid, layer))


def table_of(grid: Grid, layer: Layer) -> RawLayer:
    """
    Give a table by its headings.

    Raises
    ------
    ReadError
        If a heading is missing above values, or stands twice, or no row follows.
    """
    at = _heading_at(grid, layer)
    number, headings = grid.rows[at]
    names = [None if is_nothing(cell) else _heading(cell) for cell in headings]
    body = grid.rows[at + 1 :]
    if not body:
        msg = f"{grid.label}: expected rows below the headings in row {number}, got none."
        raise ReadError(msg)
    width = max(len(names), *(len(cells) for _, cells in body))
    names += [None] * (width - len(names))
    _refuse_doubled(grid, number, names)
    columns: dict[str, list[object]] = {}
    stray: dict[int, tuple[str, str]] = {}
    for column, name in enumerate(names):
        values = [cells[column] if column < len(cells) else None for _, cells in body]
        if name is not None:
            columns[name] = [_unguarded(value) for value in values]
        else:
            stray |= _unnamed(grid, (number, column), values)
    numbers = [str(row) for row, _ in body]
    return RawLayer(
        label=grid.label,
        rows=pd.DataFrame(columns, dtype=object),
        places=[f"row {row}" for row in numbers],
        row_ids=numbers,
        stray=stray,
        warnings=grid.warnings,
    )


def _heading_at(grid: Grid, layer: Layer) -> int:
    known = [
        recognised([_heading(cell) for cell in cells if not is_nothing(cell)], layer)
        for _, cells in grid.rows[:HEADING_ROWS]
    ]
    return known.index(max(known))


def _heading(cell: object) -> str:
    try:
        return " ".join(to_text(cell).split())
    except ValueError:
        return str(cell)


def _unnamed(
    grid: Grid, heading: tuple[int, int], values: Sequence[object]
) -> dict[int, tuple[str, str]]:
    """Tell of single values below no heading; a column of them means a merged heading."""
    cell = grid.cell_name(*heading)
    held = [position for position, value in enumerate(values) if not is_nothing(value)]
    if 2 * len(held) > len(values):
        msg = (
            f"{grid.label}, {cell}: expected a heading above the values of this column, got"
            " nothing (is the cell merged with its neighbour?)."
        )
        raise ReadError(msg)
    return {position: (f"a heading in {cell}", f"only {values[position]}") for position in held}


def _refuse_doubled(grid: Grid, number: int, names: Sequence[str | None]) -> None:
    first: dict[str, int] = {}
    for column, name in enumerate(names):
        if name is None:
            continue
        earlier = first.setdefault(plain_name(name), column)
        if earlier != column:
            here, there = grid.cell_name(number, column), grid.cell_name(number, earlier)
            msg = f"{grid.label}, {here}: expected each heading once, got {name!r} as in {there}."
            raise ReadError(msg)


def _unguarded(value: object) -> object:
    is_guarded = isinstance(value, str) and value.startswith(GUARD)
    if is_guarded and isinstance(value, str) and value[1:].startswith(FORMULA_STARTS):
        return value[1:]
    return value


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as plain:
            is_packed = plain.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        with open_gzip(path) if is_packed else path.open("rb") as file:
            content = file.read(MAX_CSV_BYTES + 1)
    except (BadGzipFile, EOFError, zlib.error) as error:
        msg = f"{path.name}: expected a gzip file, got a broken one ({error})."
        raise ReadError(msg) from error
    if len(content) > MAX_CSV_BYTES:
        msg = f"{path.name}: expected at most {MAX_CSV_BYTES:,} bytes of CSV, got more."
        raise ReadError(msg)
    return content


def _decoded(label: str, content: bytes) -> tuple[str, tuple[str, ...]]:
    if content.startswith(UTF16_MARKS):
        return _decoded_as(label, content, ("utf-16",))
    if b"\x00" in content:
        msg = f"{label}: expected text, got a binary file."
        raise ReadError(msg)
    return _decoded_as(label, content, ("utf-8-sig", "gb18030"))


def _decoded_as(
    label: str, content: bytes, encodings: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    furthest = 0
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start)
        else:
            is_usual = encoding == encodings[0]
            return text, () if is_usual else (f"{label}: read as {encoding.upper()}",)
    line = content.count(b"\n", 0, furthest) + 1
    told = " or ".join(encoding.removesuffix("-sig").upper() for encoding in encodings)
    msg = f"{label}, line {line}: expected text in {told}, got other bytes."
    raise ReadError(msg)


def _csv_rows(label: str, text: str) -> list[tuple[int, Cells]]:
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    head = "\n".join(text[:HEAD_CHARACTERS].split("\n")[:HEADING_ROWS])
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, Cells]] = []
    try:
        for number, cells in enumerate(reader, start=1):
            if len(cells) > MAX_COLUMNS:
                msg = f"{label}, row {number}: expected at most {MAX_COLUMNS} columns, got more."
                raise ReadError(msg)
            if any(cell.strip() for cell in cells):
                rows.append((number, [clean_text(cell) or None for cell in cells]))
    except csv.Error as error:
        msg = f"{label}, line {reader.line_num}: expected CSV, got {error}."
        raise ReadError(msg) from error
    return rows


def _csv_cell(number: int, column: int) -> str:
    return f"row {number}, column {column + 1}"
