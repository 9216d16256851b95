"""
Rows of a project as frames, and frames as rows; all columns at once.

Rows may hold what SQLite gives, such as dates as text and booleans as 0 and 1, or what
PostgreSQL gives; they are written in the former way, which both understand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from api.store import blobs
from api.store.geometry import SPATIAL_COLUMN, promoted, unwrapped
from geo.crs import WGS84
from geo.schema import Kind, Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from api.store.geometry import Codec

Rows = list[tuple[Any, ...]]


def column_names(layer: Layer) -> list[str]:
    """Name the columns in which a layer is stored, the geometry first."""
    spatial = [] if layer.geometry is None else [SPATIAL_COLUMN]
    return [*spatial, *layer.column_names]


def table_of(layer: Layer, rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """
    Make a table of rows that have the values of `column_names`, and leave the geometry out.

    Returns
    -------
    table
        RangeIndex; text as `str`, integers as `Int64`, numbers as float, booleans as
        `boolean`, dates as `datetime64` at midnight, moments as `datetime64` in UTC.
    """
    return _table(layer, _columns(layer, rows))


def frame_of(
    layer: Layer, rows: Sequence[Sequence[Any]], *, codec: Codec = blobs
) -> gpd.GeoDataFrame:
    """
    Make a WGS 84 frame of rows that have the values of `column_names`.

    Parameters
    ----------
    layer
        Its declaration.
    rows
        As they are stored.
    codec
        How their geometries are kept.

    Returns
    -------
    frame
        RangeIndex; columns as `table_of`, and `geometry`: single parts where there is
        but one.
    """
    columns = _columns(layer, rows)
    shapes = unwrapped(codec.decode_geometries(columns[SPATIAL_COLUMN]))
    return gpd.GeoDataFrame(_table(layer, columns), geometry=shapes, crs=WGS84)


def rows_of(layer: Layer, frame: pd.DataFrame, *, codec: Codec = blobs) -> tuple[list[str], Rows]:
    """
    Take a frame apart for storing.

    Parameters
    ----------
    layer
        Its declaration.
    frame
        WGS 84, or without geometry; any of the layer's columns, of any dtype.
    codec
        How geometries are to be kept.

    Returns
    -------
    names, rows
        The stored columns that the frame has, and their values as the database takes them.
    """
    names = [name for name in layer.column_names if name in frame.columns]
    columns: list[list[Any]] = [_WRITTEN[layer.column(name).kind](frame[name]) for name in names]
    if layer.geometry is not None and isinstance(frame, gpd.GeoDataFrame):
        shapes: NDArray[np.object_] = np.asarray(frame.geometry.array, dtype=object)
        names = [SPATIAL_COLUMN, *names]
        columns = [list(codec.encode_geometries(promoted(shapes))), *columns]
    return names, list(zip(*columns, strict=True))


def _columns(layer: Layer, rows: Sequence[Sequence[Any]]) -> dict[str, Sequence[Any]]:
    names = column_names(layer)
    values = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return dict(zip(names, values, strict=True))


def _table(layer: Layer, columns: dict[str, Sequence[Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        {column.name: _READ[column.kind](columns[column.name]) for column in layer.columns}
    )


def _texts(values: Sequence[Any]) -> Any:  # noqa: ANN401 - a pandas array
    return pd.array(list(values), dtype="str")


def _integers(values: Sequence[Any]) -> Any:  # noqa: ANN401 - a pandas array
    return pd.array(list(values), dtype="Int64")


def _numbers(values: Sequence[Any]) -> Any:  # noqa: ANN401 - a numpy array
    return np.array(values, dtype=float)


def _booleans(values: Sequence[Any]) -> Any:  # noqa: ANN401 - a pandas array
    truths = [None if value is None else bool(value) for value in values]
    return pd.array(truths, dtype="boolean")


def _days(values: Sequence[Any]) -> Any:  # noqa: ANN401 - a pandas series
    return pd.Series(pd.to_datetime(list(values), format="ISO8601")).astype("datetime64[us]")


def _moments(values: Sequence[Any]) -> Any:  # noqa: ANN401 - a pandas series
    moments = pd.to_datetime(list(values), format="ISO8601", utc=True)
    return pd.Series(moments).astype("datetime64[us, UTC]")


def _stored_texts(values: pd.Series[Any]) -> list[Any]:
    return [None if is_missing else str(value) for value, is_missing in _pairs(values)]


def _stored_integers(values: pd.Series[Any]) -> list[Any]:
    return [None if is_missing else int(value) for value, is_missing in _pairs(values)]


def _stored_numbers(values: pd.Series[Any]) -> list[Any]:
    return [None if is_missing else float(value) for value, is_missing in _pairs(values)]


def _stored_days(values: pd.Series[Any]) -> list[Any]:
    days = pd.to_datetime(values)
    return [None if is_missing else f"{value:%Y-%m-%d}" for value, is_missing in _pairs(days)]


def _stored_moments(values: pd.Series[Any]) -> list[Any]:
    moments = pd.to_datetime(values, utc=True)
    return [None if is_missing else _moment(value) for value, is_missing in _pairs(moments)]


def _moment(value: pd.Timestamp) -> str:
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _pairs(values: pd.Series[Any]) -> zip[tuple[Any, bool]]:
    return zip(values.tolist(), values.isna().tolist(), strict=True)


_READ: dict[Kind, Callable[[Sequence[Any]], Any]] = {
    Kind.TEXT: _texts,
    Kind.INTEGER: _integers,
    Kind.NUMBER: _numbers,
    Kind.BOOLEAN: _booleans,
    Kind.DATE: _days,
    Kind.DATETIME: _moments,
}
_WRITTEN: dict[Kind, Callable[[pd.Series[Any]], list[Any]]] = {
    Kind.TEXT: _stored_texts,
    Kind.INTEGER: _stored_integers,
    Kind.NUMBER: _stored_numbers,
    Kind.BOOLEAN: _stored_integers,
    Kind.DATE: _stored_days,
    Kind.DATETIME: _stored_moments,
}
