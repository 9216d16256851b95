"""Layers as tables of cells, for CSV and XLSX out."""

from __future__ import annotations

import csv
import re
from datetime import date
from io import BytesIO, StringIO
from math import isnan
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import shapely
from openpyxl import Workbook

from geo.errors import GeoError
from geo.io.features import DECIMALS, plain_value
from geo.io.tables import FORMULA_STARTS, GUARD
from geo.io.values import clean_text, to_date
from geo.schema import Geometry, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from geo.schema import Layer

Cell = str | int | float | bool | date | None

# Excel's own limits; beyond them it would cut silently.
MAX_SHEET_ROWS = 1_048_576
MAX_CELL_CHARACTERS = 32_767
# Files of the same content should be the same bytes, so they all bear one day.
ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_NO_STAMP = rb"\g<1>1980-01-01T00:00:00Z\g<2>"


def cell_rows(frame: pd.DataFrame, layer: Layer) -> list[list[Cell]]:
    """
    Give headings and rows of a layer.

    Points get columns `lon` and `lat`, other shapes one column `wkt`. A text that a
    spreadsheet would run as a formula is written with an apostrophe before it.

    Parameters
    ----------
    frame
        Columns of the declaration, geometry in degrees.
    layer
        The declaration.
    """
    names = [name for name in layer.column_names if name in frame]
    columns: list[list[Cell]] = []
    for name in names:
        kind = layer.column(name).kind
        columns.append([_cell(value, kind) for value in frame[name].tolist()])
    if layer.geometry is not None:
        shapes = np.asarray(frame["geometry"].to_numpy(), dtype=object)
        places = _places(shapes, layer.geometry)
        names += list(places)
        columns += places.values()
    return [list(names), *(list(row) for row in zip(*columns, strict=True))]


def csv_bytes(rows: list[list[Cell]]) -> bytes:
    """Give rows as CSV in UTF-8 with the mark by which spreadsheets know it."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([[_csv_text(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(rows: list[list[Cell]], title: str) -> bytes:
    """
    Give rows as a workbook of one sheet.

    Raises
    ------
    GeoError
        If there are more rows than a sheet holds, or a shape is too long for a cell.
    """
    if len(rows) > MAX_SHEET_ROWS:
        msg = f"Expected at most {MAX_SHEET_ROWS - 1:,} rows for XLSX, got {len(rows) - 1:,}."
        raise GeoError(msg)
    too_long = next((row for row in rows if any(_is_too_long(cell) for cell in row)), None)
    if too_long is not None:
        msg = f"Expected texts that fit in a cell of XLSX, got a longer one in {too_long[0]}."
        raise GeoError(msg)
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append(row)
    packed = BytesIO()
    workbook.save(packed)
    return _without_time(packed)


def _cell(value: object, kind: Kind) -> Cell:
    given = plain_value(value)
    return None if given is None else _CELLS[kind](given)


def _is_too_long(cell: Cell) -> bool:
    return isinstance(cell, str) and len(cell) > MAX_CELL_CHARACTERS


def _text_cell(value: object) -> str:
    text = clean_text(str(value))
    return f"{GUARD}{text}" if text.startswith(FORMULA_STARTS) else text


def _places(shapes: NDArray[np.object_], geometry: Geometry) -> dict[str, list[Cell]]:
    if geometry is Geometry.POINT:
        degrees = {"lon": shapely.get_x(shapes), "lat": shapely.get_y(shapes)}
        return {
            name: [None if isnan(value) else value for value in np.round(values, DECIMALS).tolist()]
            for name, values in degrees.items()
        }
    texts = shapely.to_wkt(shapes, rounding_precision=DECIMALS)
    return {"wkt": list(texts)}


def _csv_text(cell: Cell) -> str | int | float:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else cell


def _without_time(packed: BytesIO) -> bytes:
    timeless = BytesIO()
    with ZipFile(packed) as source, ZipFile(timeless, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = _STAMP.sub(_NO_STAMP, source.read(name))
            target.writestr(ZipInfo(name, ZIP_DAY), content, ZIP_DEFLATED)
    return timeless.getvalue()


_CELLS: dict[Kind, Callable[[Any], Cell]] = {
    Kind.TEXT: _text_cell,
    Kind.INTEGER: int,
    Kind.NUMBER: float,
    Kind.BOOLEAN: bool,
    Kind.DATE: to_date,
    Kind.DATETIME: str,
}
