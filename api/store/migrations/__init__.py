"""
How a project that an earlier version made gets the tables of this one.

Each step is a module that only adds tables: to rebuild a table of a layer would drop the
triggers of its spatial index, and to compare the declarations with what is stored would drop
the tables of the index itself. New projects are made with all tables at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.store.migrations import v2
from api.store.tables import metadata
from api.store.values import put_value

if TYPE_CHECKING:
    from types import ModuleType

    import sqlalchemy as sa

STEPS: dict[int, ModuleType] = {2: v2}
"""The step that leads to each version, oldest first; version 1 was the first."""

SCHEMA_VERSION = max(STEPS)
"""Raised with every change of the tables that an older program could not read."""


def tables_since(version: int) -> list[sa.Table]:
    """Give the tables that came after a version, each after those it refers to."""
    late = {name for step, module in STEPS.items() if step > version for name in module.TABLES}
    return [table for table in metadata.sorted_tables if table.name in late]


def tables_until(version: int) -> list[sa.Table]:
    """Give the tables that a project of a version has."""
    late = tables_since(version)
    return [table for table in metadata.sorted_tables if table not in late]


def upgrade(connection: sa.Connection, version: int) -> None:
    """
    Lead a project from a version to the present one.

    Parameters
    ----------
    connection
        Inside a writing transaction, which undoes all of it after a failure.
    version
        Of the project, as read in this transaction.
    """
    # A third of a second to load, for what a project needs once in its life.
    from alembic.migration import MigrationContext  # noqa: PLC0415
    from alembic.operations import Operations  # noqa: PLC0415

    operations = Operations(MigrationContext.configure(connection))
    for step in range(version + 1, SCHEMA_VERSION + 1):
        STEPS[step].upgrade(operations)
        put_value(connection, "schema_version", str(step))
