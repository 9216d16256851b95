"""
A project in one GeoPackage file, which is the live database.

Everything that is peculiar to SQLite and to the GeoPackage standard stands here, in
`connection`, `contents`, `rtree` and `blobs`.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from api.store import blobs
from api.store.connection import fold_log, lend_tables, open_engine, seal
from api.store.contents import (
    APPLICATION_ID,
    create_contents,
    grow_contents,
    read_change,
    read_changes,
    read_extent,
    update_contents,
)
from api.store.errors import NotAProjectError, ProjectMissingError
from api.store.files import check_place, growing_file
from api.store.rtree import (
    SPATIAL_TABLES,
    create_index,
    create_triggers,
    drop_triggers,
    fill_index,
    restore_index,
    unindexed_tables,
)
from api.store.tables import metadata

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from api.store.geometry import Codec
    from api.store.medium import BBox

SQLITE_MAGIC = b"SQLite format 3\0"
APPLICATION_ID_AT = slice(68, 72)
HEADER_LENGTH = 100


@dataclass(frozen=True)
class GeoPackagePlace:
    """
    Where a project file is or goes.

    Parameters
    ----------
    path
        Of the file.
    """

    path: Path

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    @property
    def label(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def title(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    def exists(self) -> bool:
        """Whether there is a file."""
        return self.path.exists()

    def check_free(self) -> None:
        """Refuse a file that is there, and a folder that is not."""
        check_place(self.path)

    def holds(self, path: Path) -> bool:
        """Whether a file is this one."""
        return path.resolve() == self.path.resolve()

    def open(self, *, busy_wait_s: float) -> GeoPackage:
        """Open the file; without leave to write, for reading."""
        check_file(self.path)
        return GeoPackage(self.path, open_engine(self.path, busy_wait_s=busy_wait_s))

    @contextmanager
    def grow(self) -> Iterator[GeoPackage]:
        """Give a file that grows under a hidden name, and is gone again after an error."""
        with growing_file(self.path) as growing:
            medium = GeoPackage(growing, open_engine(growing, is_new=True))
            try:
                yield medium
            finally:
                medium.close()
            seal(growing)


class GeoPackage:
    """An open project file."""

    kind = "GeoPackage"
    codec: Codec = blobs

    def __init__(self, path: Path, engine: sa.Engine) -> None:
        self._path = path
        self.engine = engine
        self.name = str(path)
        self._lock = Lock()
        self._listening: sqlite3.Connection | None = None

    def stored_columns(self, connection: sa.Connection) -> set[tuple[str, str]]:
        """Name each table and column in the file but those of the spatial index."""
        rows = connection.exec_driver_sql(
            "SELECT m.name, p.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS p "
            "WHERE m.type = 'table' AND m.name NOT LIKE 'rtree%'"
        )
        return {(table, column) for table, column in rows}

    def may_change(self, connection: sa.Connection) -> bool:
        """Whether the file may be written."""
        del connection
        return os.access(self._path, os.W_OK)

    def lend_tables(self, tables: Sequence[sa.Table]) -> None:
        """Give every connection empty tables of its own that are kept in memory."""
        lend_tables(self.engine, tables)

    def create_schema(self, connection: sa.Connection) -> None:
        """Make an empty GeoPackage with a table for every layer, all indexed and registered."""
        metadata.create_all(connection)
        create_contents(connection)
        for name in SPATIAL_TABLES:
            create_index(connection, name)

    def lost_parts(self, connection: sa.Connection) -> list[str]:
        """Name the layers whose spatial index or its triggers are gone."""
        return unindexed_tables(connection)

    def restore_part(self, connection: sa.Connection, name: str) -> None:
        """Make the spatial index of a layer anew."""
        restore_index(connection, name)

    def fill_stage(
        self, connection: sa.Connection, stage: sa.Table, names: list[str], rows: list[Any]
    ) -> None:
        """Put the rows in with one prepared statement."""
        insert = sa.insert(stage).values({name: sa.bindparam(name) for name in names})
        connection.exec_driver_sql(str(insert.compile(connection)), rows)

    def begin_bulk(self, connection: sa.Connection, name: str) -> None:
        """Let the spatial index rest: to make it anew is faster than to follow every row."""
        drop_triggers(connection, name)

    def end_bulk(self, connection: sa.Connection, name: str) -> None:
        """Make the spatial index anew, and let it follow again."""
        fill_index(connection, name)
        create_triggers(connection, name)

    def note_change(self, connection: sa.Connection, name: str) -> None:
        """Write the change into the table of contents."""
        update_contents(connection, name)

    def note_edits(
        self, connection: sa.Connection, name: str, shapes: Sequence[BaseGeometry]
    ) -> None:
        """Write the change into the table of contents without reading the layer."""
        grow_contents(connection, name, shapes)

    def read_extent(self, connection: sa.Connection) -> BBox | None:
        """Read the extent from the table of contents."""
        return read_extent(connection)

    def read_changes(self, connection: sa.Connection) -> list[str]:
        """Read the moments of the last changes, by us or by QGIS."""
        return read_changes(connection)

    def read_change(self, connection: sa.Connection, name: str) -> str:
        """Read the moment of a layer's last change, by us or by QGIS."""
        return read_change(connection, name)

    def pulse(self) -> int:
        """Ask SQLite, on a connection that never writes itself."""
        with self._lock:
            if self._listening is None:
                lent = self.engine.raw_connection()
                lent.detach()
                # Not SQLAlchemy's own: that would begin a transaction, and hear nothing.
                self._listening = cast("sqlite3.Connection", lent.dbapi_connection)
            (version,) = self._listening.execute("PRAGMA data_version").fetchone()
            return int(version)

    def settle(self) -> None:
        """Fold the log of changes into the file, for programs that read nothing else."""
        fold_log(self.engine)

    def close(self) -> None:
        """Close the file; its log of changes is folded into it."""
        with self._lock:
            if self._listening is not None:
                self._listening.close()
                self._listening = None
        self.engine.dispose()


def check_file(path: Path) -> None:
    """
    Refuse what is no GeoPackage, before anything is opened.

    Raises
    ------
    ProjectMissingError
        If there is no such file.
    NotAProjectError
        If it is a folder or another kind of file.
    """
    if not path.exists():
        msg = f"{path}: there is no such project; `prevention-map import` makes one."
        raise ProjectMissingError(msg)
    if not path.is_file():
        msg = f"{path}: expected a GeoPackage file, got a folder."
        raise NotAProjectError(msg)
    with path.open("rb") as file:
        header = file.read(HEADER_LENGTH)
    is_sqlite = header.startswith(SQLITE_MAGIC)
    if not is_sqlite or int.from_bytes(header[APPLICATION_ID_AT]) != APPLICATION_ID:
        msg = f"{path}: expected a GeoPackage file, got something else."
        raise NotAProjectError(msg)
