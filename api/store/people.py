"""
Tables of those who may use a project: users, their browser sessions, their devices' tokens.

Nothing in them lets anybody in: passwords are kept as argon2id hashes, and the secrets of
sessions, tokens and invitations as SHA-256 digests.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from api.store.tables import metadata


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware moment, kept as ISO 8601 text in UTC, so that later ones sort after earlier ones."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002 (SQLAlchemy's own signature)
        """Write a moment."""
        if value is None:
            return None
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ANN401, ARG002 (SQLAlchemy's own signature)
        """Read a moment."""
        return None if value is None else datetime.fromisoformat(value)


def _user_name() -> sa.Column[Any]:
    belongs = sa.ForeignKey("users.name", ondelete="CASCADE")
    return sa.Column("user_name", sa.Text, belongs, nullable=False, index=True)


users_table = sa.Table(
    "users",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    # Codes as a JSON list; NULL is everywhere.
    sa.Column("areas", sa.Text),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)

sessions_table = sa.Table(
    "sessions",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    _user_name(),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("last_used_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)

tokens_table = sa.Table(
    "tokens",
    metadata,
    sa.Column("prefix", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    _user_name(),
    sa.Column("device", sa.Text, nullable=False),
    sa.Column("may_write", sa.Boolean, nullable=False),
    # Codes as a JSON list; NULL is wherever the user may go.
    sa.Column("areas", sa.Text),
    sa.Column("issued_by", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("last_used_at", Moment),
    sa.Column("revoked_at", Moment),
)

invitations_table = sa.Table(
    "invitations",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)
