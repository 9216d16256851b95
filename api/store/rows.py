"""Single rows of a layer: read, put in, changed and taken out."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from api.store.cells import bound_values, plain_values
from api.store.edits import StoredFeature, etag_of
from api.store.frames import column_names
from api.store.geometry import SPATIAL_COLUMN
from api.store.tables import TABLES
from geo.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from geo.schema import Layer


class Row(NamedTuple):
    """A feature, and who brought it."""

    feature: StoredFeature
    source: str


def find_row(
    connection: sa.Connection, layer: Layer, key: str, *, is_held: bool = False
) -> Row | None:
    """
    Read one row.

    Parameters
    ----------
    connection
        Inside a transaction.
    layer, key
        Which one.
    is_held
        Whether nobody else may change it until the transaction ends, where the medium lets
        several write.

    Returns
    -------
    row
        `None` if there is none.
    """
    wanted = _select_one(layer.name, is_held=is_held)
    found = connection.execute(wanted, {"wanted": key})
    row = found.mappings().one_or_none()
    return None if row is None else _row_of(layer, row)


def find_rows(
    connection: sa.Connection, layer: Layer, is_wanted: sa.ColumnElement[bool]
) -> dict[str, Row]:
    """Read the rows of a layer that are wanted, by their keys."""
    found = connection.execute(_select(layer).where(is_wanted)).mappings()
    rows = (_row_of(layer, row) for row in found)
    return {row.feature.key: row for row in rows}


def insert_row(
    connection: sa.Connection,
    layer: Layer,
    values: Mapping[str, Any],
    geometry: BaseGeometry | None,
) -> None:
    """
    Put a row in.

    Parameters
    ----------
    connection
        Inside a writing transaction.
    layer
        Where it goes.
    values
        All declared columns, as plain Python values.
    geometry
        WGS 84; `None` for a table.
    """
    held = _held_values(layer, values, geometry)
    connection.execute(sa.insert(TABLES[layer.name]), held)


def update_row(
    connection: sa.Connection,
    layer: Layer,
    fid: int,
    values: Mapping[str, Any],
    geometry: BaseGeometry | None,
) -> None:
    """Give a row other values; parameters as for `insert_row`."""
    table = TABLES[layer.name]
    change = sa.update(table).where(table.c.fid == sa.bindparam("row"))
    connection.execute(change, {**_held_values(layer, values, geometry), "row": fid})


def delete_row(connection: sa.Connection, layer: Layer, fid: int) -> None:
    """Take a row out."""
    table = TABLES[layer.name]
    connection.execute(sa.delete(table).where(table.c.fid == fid))


@cache
def _select_one(layer_name: str, *, is_held: bool) -> sa.Select[Any]:
    layer = LAYERS[layer_name]
    wanted = _select(layer).where(TABLES[layer_name].c[layer.key] == sa.bindparam("wanted"))
    return wanted.with_for_update() if is_held else wanted


def _select(layer: Layer) -> sa.Select[Any]:
    table = TABLES[layer.name]
    # As they are stored: what another program wrote may not be what a type expects.
    columns = (
        table.c[name] if name == SPATIAL_COLUMN else _as_stored(table.c[name])
        for name in column_names(layer)
    )
    return sa.select(table.c.fid, table.c.source, *columns)


def _as_stored(column: sa.Column[Any]) -> sa.Label[Any]:
    return sa.type_coerce(column, sa.types.NULLTYPE).label(column.name)


def _held_values(
    layer: Layer, values: Mapping[str, Any], geometry: BaseGeometry | None
) -> dict[str, Any]:
    held = bound_values(layer, values)
    return held if layer.geometry is None else {**held, SPATIAL_COLUMN: geometry}


def _row_of(layer: Layer, row: sa.RowMapping) -> Row:
    values = plain_values(layer, dict(row))
    geometry = None if layer.geometry is None else row[SPATIAL_COLUMN]
    feature = StoredFeature(
        layer.name,
        str(row[layer.key]),
        int(row["fid"]),
        values,
        geometry,
        etag_of(values, geometry),
    )
    return Row(feature, str(row["source"]))
