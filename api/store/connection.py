"""Connections to a project file: how they are opened, begun and how they fail."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import event

from api.store.errors import BrokenProjectError, ProjectBusyError, StoreError
from api.store.rtree import register_functions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy.engine import ExceptionContext

BUSY_WAIT_S = 10.0
LIVE_PRAGMAS = ("synchronous = FULL", "cache_size = -64000", "foreign_keys = ON")
# A file that grows under a hidden name is thrown away after a failure, so it can do without
# the disk's word for every change; `seal` waits for it at the end.
GROWING_PRAGMAS = (
    "journal_mode = MEMORY",
    "synchronous = OFF",
    "cache_size = -64000",
    "foreign_keys = ON",
)
POOL_SIZE = 5
POOL_OVERFLOW = 40
PRIMARY_CODE = 0xFF
BUSY_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
FAILURES = {
    sqlite3.SQLITE_READONLY: "the file or its folder may not be written",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk refuses to read or write",
    sqlite3.SQLITE_CANTOPEN: "the file or its folder may not be opened",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; go back to a copy",
    sqlite3.SQLITE_NOTADB: "the file is damaged; go back to a copy",
}


def open_engine(path: Path, *, is_new: bool = False, busy_wait_s: float = BUSY_WAIT_S) -> sa.Engine:
    """
    Open a file for several threads; without leave to write, it is opened for reading.

    Parameters
    ----------
    path
        The file.
    is_new
        Whether to make the file; it is fast and unsafe until `seal`.
    busy_wait_s
        How long to wait while somebody else writes, in seconds.
    """
    uri = f"{path.resolve().as_uri()}?{'mode=rwc' if is_new else _mode(path)}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=busy_wait_s,
            isolation_level=None,
            check_same_thread=False,
        )
        _set_up(connection, is_new=is_new)
        return connection

    engine = sa.create_engine(
        "sqlite://",
        creator=connect,
        hide_parameters=True,  # digests and hashes are no matter for a log
        poolclass=sa.QueuePool,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
    )
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _translate)
    return engine


def for_writing(engine: sa.Engine) -> sa.Engine:
    """Give the engine whose transactions take the right to write when they begin."""
    return engine.execution_options(is_writing=True)


def seal(path: Path) -> None:
    """Make a file that has grown fit for daily use: readers do not wait for a writer."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def fold_log(engine: sa.Engine) -> None:
    """Fold the log of changes into the file, for programs that read nothing else."""
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")


def lend_tables(engine: sa.Engine, tables: Sequence[sa.Table]) -> None:
    """Give every connection from now on empty tables of its own, which are kept in memory."""
    statements = []
    for table in tables:
        columns = ", ".join(f'"{name}"' for name in table.c.keys())  # noqa: SIM118 - not a mapping
        statements.append(f'CREATE TEMPORARY TABLE "{table.name}" ({columns})')

    def give(connection: sqlite3.Connection, _: object) -> None:
        for statement in statements:
            connection.execute(statement)

    event.listen(engine, "connect", give)
    engine.dispose()


def _mode(path: Path) -> str:
    if os.access(path, os.W_OK):
        return "mode=rw"
    # In a folder that may not be written, no memory can be shared with other readers.
    return "mode=ro" if os.access(path.parent, os.W_OK) else "mode=ro&immutable=1"


def _set_up(connection: sqlite3.Connection, *, is_new: bool) -> None:
    register_functions(connection)
    if not is_new:
        with suppress(sqlite3.OperationalError):  # read-only, or QGIS holds the file right now
            connection.execute("PRAGMA journal_mode = WAL")
    for pragma in GROWING_PRAGMAS if is_new else LIVE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    is_writing = connection.get_execution_options().get("is_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN DEFERRED")


def _translate(context: ExceptionContext) -> None:
    error = context.original_exception
    if isinstance(error, sqlite3.Error):
        translated = _in_words(error)
        if translated is not None:
            raise translated from error


def _in_words(error: sqlite3.Error) -> StoreError | None:
    code = getattr(error, "sqlite_errorcode", 0) & PRIMARY_CODE
    if code in BUSY_CODES:
        return ProjectBusyError("Somebody else is writing to the project; try again.")
    if code in FAILURES:
        return BrokenProjectError(f"The project cannot be used: {FAILURES[code]}.")
    return None
