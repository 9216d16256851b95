"""Whether a file is a project that this version of the program can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.store.errors import (
    BrokenProjectError,
    NewerProjectError,
    NotAProjectError,
    ProjectMissingError,
)
from api.store.geopackage import APPLICATION_ID
from api.store.tables import metadata, project_table
from api.store.values import get_value

if TYPE_CHECKING:
    from pathlib import Path

    import sqlalchemy as sa

SCHEMA_VERSION = 1
"""Raised with every change of the tables that an older program could not read."""

SQLITE_MAGIC = b"SQLite format 3\0"
APPLICATION_ID_AT = slice(68, 72)
HEADER_LENGTH = 100


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


def check_schema(connection: sa.Connection, path: Path) -> None:
    """
    Refuse a GeoPackage that is not ours, or not ours to read.

    Raises
    ------
    NotAProjectError
        If it is somebody else's GeoPackage.
    NewerProjectError
        If a later version of this program wrote it.
    BrokenProjectError
        If it lacks a table or a column.
    """
    columns = _stored_columns(connection)
    if (project_table.name, "value") not in columns:
        msg = (
            f"{path}: expected a project, got another GeoPackage; "
            "to take it in, name it as a source of `prevention-map import`."
        )
        raise NotAProjectError(msg)
    version = int(get_value(connection, "schema_version"))
    if version > SCHEMA_VERSION:
        msg = (
            f"{path}: expected a project of schema version {SCHEMA_VERSION} or less, "
            f"got {version}; a newer prevention-map wrote it, and is needed to read it."
        )
        raise NewerProjectError(msg)
    _check_columns(columns, path)


def _check_columns(columns: set[tuple[str, str]], path: Path) -> None:
    expected = [(table.name, column.name) for table in metadata.sorted_tables for column in table.c]
    lost = [f"{table}.{column}" for table, column in expected if (table, column) not in columns]
    if lost:
        msg = f"{path}: the project is damaged, it lost {', '.join(lost)}; go back to a copy."
        raise BrokenProjectError(msg)


def _stored_columns(connection: sa.Connection) -> set[tuple[str, str]]:
    rows = connection.exec_driver_sql(
        "SELECT m.name, p.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS p "
        "WHERE m.type = 'table' AND m.name NOT LIKE 'rtree%'"
    )
    return {(table, column) for table, column in rows}
