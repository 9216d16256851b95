"""Connections to a project file: how they are opened, begun and how they fail."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import event

from api.store.errors import BrokenProjectError, ProjectBusyError, StoreError
from api.store.geopackage import register_functions

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import ExceptionContext

BUSY_TIMEOUT_S = 10.0
CACHE_KIB = 64_000
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


def open_engine(path: Path, *, is_new: bool = False) -> sa.Engine:
    """
    Open a file for several threads; without leave to write, it is opened for reading.

    Parameters
    ----------
    path
        The file.
    is_new
        Whether to make the file.
    """
    uri = f"{path.resolve().as_uri()}?{'mode=rwc' if is_new else _mode(path)}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
        )
        _set_up(connection)
        return connection

    engine = sa.create_engine(
        "sqlite://",
        creator=connect,
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


def _mode(path: Path) -> str:
    if os.access(path, os.W_OK):
        return "mode=rw"
    # In a folder that may not be written, no memory can be shared with other readers.
    return "mode=ro" if os.access(path.parent, os.W_OK) else "mode=ro&immutable=1"


def _set_up(connection: sqlite3.Connection) -> None:
    register_functions(connection)
    with suppress(sqlite3.OperationalError):  # read-only, or QGIS holds the file right now
        connection.execute("PRAGMA journal_mode = WAL")
    for pragma in ("synchronous = FULL", f"cache_size = -{CACHE_KIB}", "foreign_keys = ON"):
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
