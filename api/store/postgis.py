"""
A project in one schema of a PostGIS database, for several servers at a time.

Everything that is peculiar to PostgreSQL stands here, in `database`, `triggers` and `ewkb`.
One writes at a time, as in a file: whoever changes a layer first takes the project's turn, an
advisory lock, and triggers take it for QGIS and other programs too.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Self, cast

import psycopg
import sqlalchemy as sa
from psycopg import sql

from api.store import ewkb
from api.store.connection import for_writing
from api.store.database import look_into_database, open_database, told_failures
from api.store.errors import (
    BrokenProjectError,
    NotAProjectError,
    ProjectExistsError,
    ProjectMissingError,
)
from api.store.growth import growing_schema
from api.store.tables import TABLES, metadata
from api.store.triggers import (
    create_index,
    create_index_and_trigger,
    create_layer_state,
    lost_layers,
    read_mark,
    read_marks,
)
from geo.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from api.store.geometry import Codec
    from api.store.medium import BBox

SEEN_TRANSACTIONS = "SELECT pg_current_snapshot()::text"
"""Another text after every commit: what was in progress is so no more, or a later one is."""

SCHEMES = ("postgresql://", "postgresql+psycopg://", "postgres://")
DEFAULT_SCHEMA = "prevention"
SCHEMA_FORM = re.compile(r"[a-z_][a-z0-9_]{0,49}")
SECRETS = ("password", "sslpassword")
BULK_ROWS = 1_000
SPATIAL_TABLES = tuple(name for name, layer in LAYERS.items() if layer.geometry is not None)


def is_database_url(text: str) -> bool:
    """
    Whether a text is the URL of a database rather than a path.

    Examples
    --------
    >>> is_database_url("postgresql://db/town"), is_database_url("postgresql.gpkg")
    (True, False)
    """
    return text.startswith(SCHEMES)


@dataclass(frozen=True)
class PostgisPlace:
    """
    Where the schema of a project is or goes.

    Parameters
    ----------
    url
        Of the database.
    schema
        Lower case letters, digits and `_`.
    """

    url: sa.URL = field(repr=False)
    schema: str = DEFAULT_SCHEMA

    @classmethod
    def named(cls, text: str) -> Self:
        """
        Read a URL, whose query may name a `schema`.

        Raises
        ------
        NotAProjectError
            If it cannot be read; the message does not repeat it, for it may hold a password.

        Examples
        --------
        >>> PostgisPlace.named("postgresql://db/town?schema=east").schema
        'east'
        """
        try:
            url = sa.make_url(text)
        except (sa.exc.ArgumentError, ValueError):
            msg = "Expected postgresql://user@host/database, got a URL that cannot be read."
            raise NotAProjectError(msg) from None
        schema = str(url.query.get("schema", DEFAULT_SCHEMA))
        if not SCHEMA_FORM.fullmatch(schema) or schema.startswith("pg_"):
            msg = f"Expected a schema of lower case letters, digits and _, got {schema!r}."
            raise NotAProjectError(msg)
        return cls(url.set(drivername="postgresql").difference_update_query(["schema"]), schema)

    @property
    def name(self) -> str:
        """The URL without its password."""
        named = {} if self.schema == DEFAULT_SCHEMA else {"schema": self.schema}
        told = self.url.difference_update_query(SECRETS).update_query_dict(named)
        return told.render_as_string(hide_password=True)

    @property
    def label(self) -> str:
        """The URL without its password."""
        return self.name

    @property
    def title(self) -> str:
        """The name of the schema."""
        return self.schema

    def exists(self) -> bool:
        """Whether there is a schema of that name."""
        with look_into_database(self.url).begin() as connection:
            return _has_schema(connection, self.schema)

    def check_free(self) -> None:
        """Refuse a schema that is there, and a database that cannot be reached."""
        if self.exists():
            msg = f"{self.name}: expected no schema {self.schema}, there is one."
            raise ProjectExistsError(msg)

    def holds(self, path: Path) -> bool:  # noqa: ARG002 - no file is a schema
        """Answer no: a schema is no file."""
        return False

    def open(self, *, busy_wait_s: float) -> Postgis:
        """Open the schema."""
        with look_into_database(self.url).begin() as connection:
            if not _has_schema(connection, self.schema):
                msg = f"{self.name}: there is no such project; `prevention-map import` makes one."
                raise ProjectMissingError(msg)
            path = f"{self.schema},{_schema_of_postgis(connection)}"
        options = {"search_path": path, "lock_timeout": f"{max(1, round(busy_wait_s * 1000))}ms"}
        return Postgis(self.name, open_database(self.url, options))

    @contextmanager
    def grow(self) -> Iterator[Postgis]:
        """Give a schema that grows under another name, and is gone again after an error."""
        self.check_free()
        admin = for_writing(look_into_database(self.url))
        with admin.begin() as connection:
            postgis_schema = _enable_postgis(connection)
        with growing_schema(admin, self.schema) as growing:
            path = f"{growing},{postgis_schema}"
            options = {"search_path": path, "synchronous_commit": "off"}
            medium = Postgis(self.name, open_database(self.url, options))
            try:
                yield medium
            finally:
                medium.close()
            self._put_in_place(admin, growing, path)

    def _put_in_place(self, admin: sa.Engine, growing: str, path: str) -> None:
        with admin.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL search_path = {path}")
            for name in SPATIAL_TABLES:
                create_index(connection, name)
            for name in TABLES:
                connection.exec_driver_sql(f'ANALYZE "{name}"')
            if _has_schema(connection, self.schema):
                msg = f"{self.name}: expected no schema {self.schema}, there is one."
                raise ProjectExistsError(msg)
            connection.exec_driver_sql(f"ALTER SCHEMA {growing} RENAME TO {self.schema}")


class Postgis:
    """An open schema of a PostGIS database."""

    kind = "schema"
    codec: Codec = ewkb

    def __init__(self, name: str, engine: sa.Engine) -> None:
        self.name = name
        self.engine = engine
        self._measured: tuple[list[str], BBox | None] = ([], None)
        self._lock = Lock()
        self._listening: psycopg.Connection[tuple[str]] | None = None

    def stored_columns(self, connection: sa.Connection) -> set[tuple[str, str]]:
        """Name each table and column of the schema."""
        rows = connection.exec_driver_sql(
            "SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a "
            "ON a.attrelid = c.oid WHERE c.relnamespace = current_schema()::regnamespace "
            "AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
        )
        return {(table, column) for table, column in rows}

    def may_change(self, connection: sa.Connection) -> bool:
        """Whether the role is the schema's owner, and the server no copy for reading."""
        asked = connection.exec_driver_sql(
            "SELECT pg_has_role(nspowner, 'MEMBER') AND NOT pg_is_in_recovery() "
            "FROM pg_namespace WHERE nspname = current_schema()"
        )
        return bool(asked.scalar_one())

    def lend_tables(self, tables: Sequence[sa.Table]) -> None:
        """Refuse: an older schema is brought up to date by its owner."""
        names = ", ".join(table.name for table in tables)
        msg = f"{self.name}: it lacks {names}; its owner must open it once to add them."
        raise BrokenProjectError(msg)

    def create_schema(self, connection: sa.Connection) -> None:
        """Make all tables, and the triggers that keep the marks of changes."""
        # A table of the same name elsewhere on the search path is not ours.
        metadata.create_all(connection, checkfirst=False)
        create_layer_state(connection)

    def lost_parts(self, connection: sa.Connection) -> list[str]:
        """Name the layers that lack index or trigger, if they may be brought back."""
        return lost_layers(connection) if self.may_change(connection) else []

    def restore_part(self, connection: sa.Connection, name: str) -> None:
        """Make what is missing of the index and the trigger of a layer."""
        create_index_and_trigger(connection, name)

    def fill_stage(
        self, connection: sa.Connection, stage: sa.Table, names: list[str], rows: list[Any]
    ) -> None:
        """Copy the rows in."""
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(stage.name), columns)
        cursor = cast("psycopg.Cursor[Any]", connection.connection.cursor())
        with told_failures(), cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
        if len(rows) >= BULK_ROWS:
            connection.exec_driver_sql(f'ANALYZE "{stage.name}"')

    def begin_bulk(self, connection: sa.Connection, name: str) -> None:
        """Do nothing: to drop the index would make readers wait."""

    def end_bulk(self, connection: sa.Connection, name: str) -> None:
        """Let the planner know how many rows there are now."""
        connection.exec_driver_sql(f'ANALYZE "{name}"')

    def note_change(self, connection: sa.Connection, name: str) -> None:
        """Do nothing: a trigger has noted it."""

    def note_edits(
        self, connection: sa.Connection, name: str, shapes: Sequence[BaseGeometry]
    ) -> None:
        """Do nothing: the same trigger has."""

    def read_extent(self, connection: sa.Connection) -> BBox | None:
        """Measure how far all layers extend, once for each state of them."""
        marks = read_marks(connection)
        known, extent = self._measured
        if marks != known:
            extent = _extent(connection)
            self._measured = (marks, extent)
        return extent

    def read_changes(self, connection: sa.Connection) -> list[str]:
        """Read the marks that the triggers keep."""
        return read_marks(connection)

    def read_change(self, connection: sa.Connection, name: str) -> str:
        """Read the mark that the triggers keep of a layer."""
        return read_mark(connection, name)

    def pulse(self) -> str | None:
        """Ask which transactions are seen, on a connection that never begins one itself."""
        with self._lock:
            try:
                row = self._listener().execute(SEEN_TRANSACTIONS).fetchone()
            except psycopg.OperationalError:  # the server was started anew; the next one asks it
                self._stop_listening()
                return None
            return row[0] if row else None

    def settle(self) -> None:
        """Do nothing: what is committed is seen by everybody."""

    def close(self) -> None:
        """Give all connections back."""
        with self._lock:
            self._stop_listening()
        self.engine.dispose()

    def _listener(self) -> psycopg.Connection[tuple[str]]:
        if self._listening is None:
            lent = self.engine.raw_connection()
            lent.detach()
            self._listening = cast("psycopg.Connection[tuple[str]]", lent.dbapi_connection)
            self._listening.autocommit = True
        return self._listening

    def _stop_listening(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None


def _has_schema(connection: sa.Connection, schema: str) -> bool:
    asked = sa.text("SELECT count(*) FROM pg_namespace WHERE nspname = :schema")
    return bool(connection.execute(asked, {"schema": schema}).scalar_one())


def _schema_of_postgis(connection: sa.Connection) -> str:
    asked = (
        "SELECT quote_ident(n.nspname) FROM pg_extension AS e "
        "JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'"
    )
    found: str | None = connection.exec_driver_sql(asked).scalar_one_or_none()
    if found is None:
        msg = "The database has no PostGIS; let its owner run CREATE EXTENSION postgis."
        raise BrokenProjectError(msg)
    return found


def _enable_postgis(connection: sa.Connection) -> str:
    available = "SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis'"
    if connection.exec_driver_sql(available).scalar_one():
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
    return _schema_of_postgis(connection)


def _extent(connection: sa.Connection) -> BBox | None:
    shapes = sa.union_all(*(sa.select(TABLES[name].c.geom) for name in SPATIAL_TABLES))
    extent = sa.func.ST_Extent(shapes.subquery().c.geom)
    edges = (sa.func.ST_XMin, sa.func.ST_YMin, sa.func.ST_XMax, sa.func.ST_YMax)
    asked = sa.select(*(sa.cast(edge(extent), sa.Double) for edge in edges))
    west, south, east, north = connection.execute(asked).one()
    return None if west is None else (west, south, east, north)
