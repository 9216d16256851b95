"""The tables of a project file, made from the declarations of the layers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from api.store.geometry import SPATIAL_COLUMN, STORED_TYPES, Geom
from geo.layers import LAYERS
from geo.schema import Column, Kind, Layer

if TYPE_CHECKING:
    from collections.abc import Iterator

EDITED = "edited"
"""The source of rows that somebody drew in QGIS."""


class _Moment(sa.types.UserDefinedType[str]):
    """A moment as GeoPackage writes it, `2026-11-21T08:00:00.000Z`."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own signature
        return "DATETIME"


class _TimestampAsText(sa.types.TypeDecorator[str]):
    """The same on PostgreSQL, which keeps moments in a type of their own."""

    impl = postgresql.TIMESTAMP(timezone=True, precision=3)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's own signature
        return None if value is None else datetime.fromisoformat(value)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002 - the same
        return (
            None
            if value is None
            else value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        )


_TYPES: dict[Kind, sa.types.TypeEngine[Any]] = {
    Kind.TEXT: sa.Text(),
    # As wide as SQLite's, whatever the medium.
    Kind.INTEGER: sa.Integer().with_variant(sa.BigInteger(), "postgresql"),
    Kind.NUMBER: sa.Double(),
    Kind.BOOLEAN: sa.Boolean(),
    Kind.DATE: sa.Date(),
    Kind.DATETIME: _Moment().with_variant(_TimestampAsText(), "postgresql"),
}

metadata = sa.MetaData()

project_table = sa.Table(
    "project",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""On SQLite only an `INTEGER` primary key is the number of the row itself."""

history_table = sa.Table(
    "history",
    metadata,
    sa.Column("seq", _SERIAL, primary_key=True),
    sa.Column("layer", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("attributes", sa.Text, nullable=False),
    sa.Column("wkb", sa.LargeBinary),
    sa.Column("etag", sa.Text, nullable=False),
    sa.UniqueConstraint("layer", "key", "number"),
    sqlite_autoincrement=True,
)
"""
What each edit made of a feature: its declared columns as JSON, its geometry as plain WKB in
WGS 84. Moments are text of one length, `2026-11-21T08:00:00.000000Z`, and sort as such.
"""

audit_table = sa.Table(
    "audit",
    metadata,
    sa.Column("number", _SERIAL, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("layer", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("before", sa.Text),
    sa.Column("after", sa.Text),
    sqlite_autoincrement=True,
)
"""Who did what, when and why; what was there before and after, as JSON."""


def _data_columns(layer: Layer) -> Iterator[sa.Column[Any]]:
    if layer.geometry is not None:
        yield sa.Column(SPATIAL_COLUMN, Geom(STORED_TYPES[layer.geometry]))
    for column in layer.columns:
        yield _data_column(layer, column)


def _data_column(layer: Layer, column: Column) -> sa.Column[Any]:
    is_key = column.name == layer.key
    return sa.Column(
        column.name, _TYPES[column.kind], nullable=not column.is_required, unique=is_key
    )


def _layer_table(layer: Layer) -> sa.Table:
    unique = [sa.UniqueConstraint(*layer.unique)] if layer.unique else []
    return sa.Table(
        layer.name,
        metadata,
        sa.Column("fid", sa.Integer, primary_key=True),
        *_data_columns(layer),
        sa.Column("source", sa.Text, nullable=False, server_default=EDITED),
        *unique,
        sqlite_autoincrement=True,
    )


TABLES: dict[str, sa.Table] = {name: _layer_table(layer) for name, layer in LAYERS.items()}
