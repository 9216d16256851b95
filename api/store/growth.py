"""
Schemas that grow under another name until a project is whole.

Each is watched by a connection that holds a lock for as long as its maker lives, so that what
a killed maker left behind is known for what it is, and removed when the next one starts.
"""

from __future__ import annotations

import secrets
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, cast

import sqlalchemy as sa

from api.store.database import LOCK_CLASS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

GROWING_CLASS = LOCK_CLASS + 1
"""First half of the key of the lock on a schema that grows."""

_LEFT = sa.text(
    "SELECT nspname FROM pg_namespace WHERE nspname ~ :form "
    "AND pg_try_advisory_xact_lock(:lock_class, hashtext(nspname))"
)


@contextmanager
def growing_schema(admin: sa.Engine, schema: str) -> Iterator[str]:
    """
    Make an empty schema beside the place of another; it is removed unless it was renamed.

    Parameters
    ----------
    admin
        May make schemas; keeps no connections.
    schema
        What it is to be called in the end.

    Yields
    ------
    growing
        What it is called until then.
    """
    growing = f"{schema}_{secrets.token_hex(4)}_new"
    with _watched(admin, growing):
        try:
            with admin.begin() as connection:
                _remove_left_over(connection, schema)
                connection.exec_driver_sql(f"CREATE SCHEMA {growing}")
            yield growing
        finally:
            with admin.begin() as connection:
                connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {growing} CASCADE")


@contextmanager
def _watched(admin: sa.Engine, growing: str) -> Iterator[None]:
    with closing(admin.raw_connection()) as watch:
        driver = cast("psycopg.Connection", watch.dbapi_connection)
        driver.autocommit = True  # a transaction that stays open hinders the server's cleaning
        driver.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [GROWING_CLASS, growing])
        yield


def _remove_left_over(connection: sa.Connection, schema: str) -> None:
    form = {"form": f"^{schema}_[0-9a-f]{{8}}_new$", "lock_class": GROWING_CLASS}
    for left in connection.execute(_LEFT, form).scalars().all():
        connection.exec_driver_sql(f"DROP SCHEMA {left} CASCADE")
