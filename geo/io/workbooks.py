"""
XLSX in, streamed sheet by sheet; of a formula the value that was saved with it.

A sheet is read as a stream of rows, so that one cell in the last corner costs nothing.
"""

from __future__ import annotations

import warnings
import zlib
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from geo.errors import ReadError
from geo.io.limits import MAX_COLUMNS, MAX_WORKBOOK_BYTES
from geo.io.raw import Container, RawLayer
from geo.io.tables import Cells, Grid, table_of
from geo.io.values import is_nothing
from geo.io.zipped import ZIP_ERRORS, check_unpacked_size

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from geo.schema import Layer

# What openpyxl raises over archives that are no workbooks, or broken ones.
WORKBOOK_ERRORS = (
    InvalidFileException,
    BadZipFile,
    zlib.error,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    OSError,
    OverflowError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
MAX_SHEET_ROWS = 1_048_576
OLD_MAGIC = b"\xd0\xcf\x11\xe0"


def open_workbook(path: Path) -> Container:
    """
    Open an XLSX workbook; its sheets are its inner layers.

    Raises
    ------
    ReadError
        If it is no workbook, locked by a password, or unpacks to too much.
    """
    _check_archive(path)
    with warnings.catch_warnings():
        # openpyxl warns of styles and extensions that it leaves out.
        warnings.simplefilter("ignore")
        try:
            grids = _grids(path)
        except ReadError:
            raise
        except WORKBOOK_ERRORS as error:
            msg = f"{path.name}: expected an XLSX workbook, got a broken one ({error})."
            raise ReadError(msg) from error

    def read(inner: str, layer: Layer) -> RawLayer:
        return table_of(grids[inner], layer)

    return Container(tuple(grids), read)


def _check_archive(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(len(OLD_MAGIC)) == OLD_MAGIC:
            msg = f"{path.name}: expected XLSX, got an old .xls or one locked by a password."
            raise ReadError(msg)
    try:
        with ZipFile(path) as archive:
            members = archive.infolist()
    except ZIP_ERRORS as error:
        msg = f"{path.name}: expected an XLSX workbook, got no such archive ({error})."
        raise ReadError(msg) from error
    check_unpacked_size(path.name, members, MAX_WORKBOOK_BYTES)


def _grids(path: Path) -> dict[str, Grid]:
    with path.open("rb") as file:
        workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        grids = {
            sheet.title: _grid(f"{path.name} ({sheet.title})", sheet)
            for sheet in workbook.worksheets
        }
    return {title: grid for title, grid in grids.items() if len(grid.rows) > 1}


def _grid(label: str, sheet: Any) -> Grid:  # noqa: ANN401 - openpyxl gives its streams no type
    # The size that a sheet states may be wrong, and a row's number may be anything.
    sheet.reset_dimensions()
    rows = _rows(label, sheet.iter_rows(max_row=MAX_SHEET_ROWS, values_only=True))
    return Grid(label, rows, _cell_name)


def _cell_name(number: int, column: int) -> str:
    return f"cell {get_column_letter(column + 1)}{number}"


def _rows(label: str, rows: Iterable[tuple[object, ...]]) -> list[tuple[int, Cells]]:
    kept: list[tuple[int, Cells]] = []
    for number, row in enumerate(rows, start=1):
        cells = list(row)
        while cells and is_nothing(cells[-1]):
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            msg = f"{label}, row {number}: expected at most {MAX_COLUMNS} columns, got more."
            raise ReadError(msg)
        if cells:
            kept.append((number, cells))
    return kept
