"""Version 2: who may use the project, what was changed, and who changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.store import people
from api.store.tables import audit_table, history_table

if TYPE_CHECKING:
    from alembic.operations import Operations

ADDED = (
    history_table,
    audit_table,
    people.users_table,
    people.sessions_table,
    people.tokens_table,
    people.invitations_table,
)
TABLES = frozenset(table.name for table in ADDED)


def upgrade(operations: Operations) -> None:
    """Add the tables."""
    from alembic.operations.ops import CreateTableOp  # noqa: PLC0415 - loaded when needed

    for table in ADDED:
        operations.invoke(CreateTableOp.from_table(table))
        for index in table.indexes:
            operations.create_index(
                index.name, table.name, [column.name for column in index.columns]
            )
