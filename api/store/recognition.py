"""Whether what a medium holds is a project that this version of the program can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.store.connection import for_writing
from api.store.errors import BrokenProjectError, NewerProjectError, NotAProjectError
from api.store.migrations import SCHEMA_VERSION, tables_since, tables_until, upgrade
from api.store.tables import project_table
from api.store.values import get_value

if TYPE_CHECKING:
    import sqlalchemy as sa

    from api.store.medium import Medium


def make_ready(medium: Medium) -> None:
    """
    Bring what is open into the state in which this version of the program uses it.

    An older project gets the tables it lacks; one that may not be changed is lent them, so
    that they read as empty. An index that another program has dropped comes back.

    Raises
    ------
    NotAProjectError
        If it is something else than a project.
    NewerProjectError
        If a later version of this program wrote it.
    BrokenProjectError
        If it lacks a table or a column.
    """
    with medium.engine.begin() as connection:
        version = check_schema(medium, connection)
        lost, may_change = medium.lost_parts(connection), medium.may_change(connection)
    if version < SCHEMA_VERSION and may_change:
        _upgrade(medium)
    elif version < SCHEMA_VERSION:
        medium.lend_tables(tables_since(version))
    if lost:
        with for_writing(medium.engine).begin() as connection:
            for name in lost:
                medium.restore_part(connection, name)


def check_schema(medium: Medium, connection: sa.Connection) -> int:
    """
    Refuse what is not ours, or not ours to read; give the version of its tables.

    Raises
    ------
    NotAProjectError
        If it is something else than a project.
    NewerProjectError
        If a later version of this program wrote it.
    BrokenProjectError
        If it lacks a table or a column.
    """
    columns = medium.stored_columns(connection)
    if (project_table.name, "value") not in columns:
        msg = (
            f"{medium.name}: expected a project, got another {medium.kind}; "
            "to take it in, name it as a source of `prevention-map import`."
        )
        raise NotAProjectError(msg)
    version = int(get_value(connection, "schema_version"))
    if version > SCHEMA_VERSION:
        msg = (
            f"{medium.name}: expected a project of schema version {SCHEMA_VERSION} or less, "
            f"got {version}; a newer prevention-map wrote it, and is needed to read it."
        )
        raise NewerProjectError(msg)
    _check_columns(columns, version, medium.name)
    return version


def _upgrade(medium: Medium) -> None:
    """Upgrade once, however many open the project at a time."""
    with for_writing(medium.engine).begin() as connection:
        version = check_schema(medium, connection)
        upgrade(connection, version)
        check_schema(medium, connection)
    medium.settle()


def _check_columns(columns: set[tuple[str, str]], version: int, name: str) -> None:
    expected = [(table.name, column.name) for table in tables_until(version) for column in table.c]
    lost = [f"{table}.{column}" for table, column in expected if (table, column) not in columns]
    if lost:
        msg = f"{name}: the project is damaged, it lost {', '.join(lost)}; go back to a copy."
        raise BrokenProjectError(msg)
