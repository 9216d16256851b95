"""The few facts a project file holds about itself, by key."""

from __future__ import annotations

import sqlalchemy as sa

from api.store.errors import BrokenProjectError
from api.store.tables import project_table


def get_value(connection: sa.Connection, key: str) -> str:
    """
    Give the value of a key.

    Raises
    ------
    BrokenProjectError
        If the file has none.
    """
    found = sa.select(project_table.c.value).where(project_table.c.key == key)
    value: str | None = connection.execute(found).scalar_one_or_none()
    if value is None:
        msg = f"The project is damaged: it does not say its {key}."
        raise BrokenProjectError(msg)
    return value


def put_value(connection: sa.Connection, key: str, value: str) -> None:
    """Keep a value in place of the one before."""
    connection.execute(sa.delete(project_table).where(project_table.c.key == key))
    connection.execute(sa.insert(project_table).values(key=key, value=value))
