"""Connections to a PostgreSQL database: how they are opened, begun and how they fail."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import psycopg
import sqlalchemy as sa
from sqlalchemy import event

from api.store.errors import BrokenProjectError, ProjectBusyError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.engine import ExceptionContext

DRIVER = "postgresql+psycopg"
CONNECT_WAIT_S = 10
POOL_SIZE = 5
POOL_OVERFLOW = 25
LOCK_CLASS = 7_735_021
"""First half of the key under which whoever writes to a project takes turns."""

TAKE_TURN = (
    f"SELECT pg_advisory_xact_lock({LOCK_CLASS}, oid::integer) "  # noqa: S608 - a number of our own
    "FROM pg_namespace WHERE nspname = current_schema()"
)
OPTIONS = {
    "timezone": "UTC",
    # Boxes are few rows of many: the index finds them before other processes have started,
    # and a plan made for no box in particular may not use it.
    "max_parallel_workers_per_gather": "0",
    "plan_cache_mode": "force_custom_plan",
    "jit": "off",
}
BUSY_STATES = frozenset({"55P03", "40P01", "40001"})
FAILURES = {
    "25006": "it may only be read",
    "42501": "the role has no right to do that",
    "53100": "the disk is full",
    "57P03": "the database is starting or stopping",
    "53300": "the database has too many connections",
    "XX001": "it is damaged; go back to a copy",
    "XX002": "it is damaged; go back to a copy",
}


def open_database(url: sa.URL, options: Mapping[str, str]) -> sa.Engine:
    """
    Open a database for several threads, which share connections.

    Parameters
    ----------
    url
        With whatever the driver is to be told in its query.
    options
        Settings of the server for every connection, beside `OPTIONS`.
    """
    pool = {"pool_size": POOL_SIZE, "max_overflow": POOL_OVERFLOW, "pool_pre_ping": True}
    return _engine(url, options, pool)


def look_into_database(url: sa.URL) -> sa.Engine:
    """Open a database for a look at it; no connection is kept."""
    return _engine(url, {}, {"poolclass": sa.NullPool})


@contextmanager
def told_failures() -> Iterator[None]:
    """Tell the driver's errors in words, where it is used without SQLAlchemy."""
    try:
        yield
    except psycopg.Error as error:
        raise in_words(error) or error from error


def in_words(error: psycopg.Error) -> StoreError | None:
    """Give what is to be told of an error of the driver; `None` if it is our own fault."""
    state = error.sqlstate or ""
    if state in BUSY_STATES:
        return ProjectBusyError("Somebody else is writing to the project; try again.")
    if isinstance(error, psycopg.DataError):
        return StoreError(f"The database refuses a value: {_first_line(error)}.")
    if state not in FAILURES and not isinstance(error, psycopg.OperationalError):
        return None
    reason = FAILURES.get(state, _first_line(error))
    return BrokenProjectError(f"The project cannot be used: {reason}.")


def _engine(url: sa.URL, options: Mapping[str, str], pool: dict[str, Any]) -> sa.Engine:
    given = url.query.get("options", "")
    told = " ".join(f"-c{name}={value}" for name, value in {**OPTIONS, **options}.items())
    engine = sa.create_engine(
        url.set(drivername=DRIVER).difference_update_query(["options"]),
        connect_args={
            "options": f"{given} {told}",
            "application_name": "prevention-map",
            "connect_timeout": CONNECT_WAIT_S,
        },
        hide_parameters=True,
        **pool,
    )
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _translate)
    return engine


def _first_line(error: psycopg.Error) -> str:
    text = error.diag.message_primary or str(error)
    return (text.splitlines() or ["no reason given"])[0].rstrip(".")


def _begin(connection: sa.Connection) -> None:
    is_writing = connection.get_execution_options().get("is_writing", False)
    driver = cast("psycopg.Connection", connection.connection.dbapi_connection)
    # Several questions of one reader are answered from one state, as in a file.
    snapshot = psycopg.IsolationLevel.REPEATABLE_READ
    driver.isolation_level = psycopg.IsolationLevel.READ_COMMITTED if is_writing else snapshot
    driver.read_only = not is_writing
    if is_writing:
        connection.exec_driver_sql(TAKE_TURN)


def _translate(context: ExceptionContext) -> None:
    error = context.original_exception
    # A pooled connection that turns out to be dead is made anew; nobody need be told.
    if isinstance(error, psycopg.Error) and not context.is_pre_ping:
        translated = in_words(error)
        if translated is not None:
            raise translated from error
