"""Users, sessions, tokens and invitations of a project, read and written."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from api.store.connection import for_writing
from api.store.errors import StoreError
from api.store.people import invitations_table, sessions_table, tokens_table, users_table

if TYPE_CHECKING:
    from datetime import datetime

    from api.store.kept import Kept


class UserExistsError(StoreError):
    """There is a user of that name already."""


class UnknownUserError(LookupError):
    """There is no user of that name."""


class UnknownTokenError(LookupError):
    """There is no token of that prefix, or it has been revoked."""


@dataclass(frozen=True, slots=True)
class User:
    """
    Somebody who may sign in.

    Parameters
    ----------
    role
        A role of `api.services.rights`.
    areas
        Codes of their areas; `None` for everywhere.
    password_hash
        Argon2id, in its own notation.
    """

    name: str
    role: str
    areas: frozenset[str] | None
    password_hash: str = field(repr=False)
    is_active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """
    A browser that is signed in.

    Parameters
    ----------
    digest
        SHA-256 of the secret in the cookie.
    expires_at
        However much it is used.
    """

    digest: str = field(repr=False)
    user_name: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """
    A device that is let in.

    Parameters
    ----------
    prefix
        First part of the token, by which people tell it from others.
    digest
        SHA-256 of the whole token.
    areas
        Part of the user's areas; `None` for all of them.
    """

    prefix: str
    digest: str = field(repr=False)
    user_name: str
    device: str
    may_write: bool
    areas: frozenset[str] | None
    issued_by: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class Accounts:
    """
    The people of one project; safe to use from several threads.

    Parameters
    ----------
    engine
        Of the project.
    kept
        Keeps what is asked with every request.
    """

    def __init__(self, engine: sa.Engine, kept: Kept) -> None:
        self._reading = engine
        self._kept = kept
        self._writing = for_writing(engine)

    def count_users(self) -> int:
        """Count users, disabled ones too."""
        counted = sa.select(sa.func.count()).select_from(users_table)
        with self._reading.begin() as connection:
            return connection.execute(counted).scalar_one()

    def users(self) -> list[User]:
        """Give all users by name."""
        with self._reading.begin() as connection:
            rows = connection.execute(sa.select(users_table).order_by(users_table.c.name))
            return [_user(row) for row in rows.mappings()]

    def user(self, name: str) -> User | None:
        """Give a user."""
        asked = sa.select(users_table).where(users_table.c.name == name)
        with self._reading.begin() as connection:
            row = connection.execute(asked).mappings().one_or_none()
        return None if row is None else _user(row)

    def add_user(self, user: User) -> None:
        """
        Add a user.

        Raises
        ------
        UserExistsError
            If there is one of that name.
        """
        with self._writing.begin() as connection:
            _insert_user(connection, user)

    def add_first_user(self, user: User, invitation_digest: str, now: datetime) -> bool:
        """
        Add the first user by an invitation, which is used up; tell whether it was good.

        Parameters
        ----------
        invitation_digest
            SHA-256 of the invitation's key.
        """
        used = sa.delete(invitations_table).where(
            invitations_table.c.digest == invitation_digest, invitations_table.c.expires_at > now
        )
        counted = sa.select(sa.func.count()).select_from(users_table)
        with self._writing.begin() as connection:
            if connection.execute(counted).scalar_one() or not connection.execute(used).rowcount:
                return False
            connection.execute(sa.delete(invitations_table))
            _insert_user(connection, user)
        return True

    def change_user(self, name: str, now: datetime, **values: object) -> None:
        """
        Change a user, and end all their sessions and tokens.

        Parameters
        ----------
        values
            Columns of the table of users.

        Raises
        ------
        UnknownUserError
            If there is no user of that name.
        """
        with self._writing.begin() as connection:
            change = sa.update(users_table).where(users_table.c.name == name).values(values)
            if not connection.execute(change).rowcount:
                msg = f"Expected the name of a user, got {name!r}."
                raise UnknownUserError(msg)
            connection.execute(sa.delete(sessions_table).where(sessions_table.c.user_name == name))
            connection.execute(_revocation(now).where(tokens_table.c.user_name == name))

    def invite(self, digest: str, now: datetime, expires_at: datetime) -> None:
        """Keep an invitation in place of all earlier ones."""
        with self._writing.begin() as connection:
            connection.execute(sa.delete(invitations_table))
            values = {"digest": digest, "created_at": now, "expires_at": expires_at}
            connection.execute(sa.insert(invitations_table).values(values))

    def is_invited(self, digest: str, now: datetime) -> bool:
        """Whether an invitation is still good."""
        found = sa.select(invitations_table.c.digest).where(
            invitations_table.c.digest == digest, invitations_table.c.expires_at > now
        )
        with self._reading.begin() as connection:
            return connection.execute(found).first() is not None

    def open_session(self, session: Session) -> None:
        """Keep a session; those that have expired go."""
        with self._writing.begin() as connection:
            connection.execute(
                sa.delete(sessions_table).where(sessions_table.c.expires_at <= session.created_at)
            )
            connection.execute(sa.insert(sessions_table).values(asdict(session)))

    def session(self, digest: str) -> tuple[Session, User] | None:
        """Give a session, expired or not, and whose it is."""
        found = self._kept.get(
            ("session", digest),
            lambda: self._with_user(sessions_table, sessions_table.c.digest == digest),
        )
        return None if found is None else (Session(**found[0]), found[1])

    def end_session(self, digest: str) -> None:
        """Forget a session."""
        with self._writing.begin() as connection:
            connection.execute(sa.delete(sessions_table).where(sessions_table.c.digest == digest))

    def touch_session(self, digest: str, now: datetime) -> None:
        """Note that a session was used."""
        used = sa.update(sessions_table).where(sessions_table.c.digest == digest)
        with self._writing.begin() as connection:
            connection.execute(used.values(last_used_at=now))

    def add_token(self, token: Token) -> None:
        """Keep a token."""
        with self._writing.begin() as connection:
            values = asdict(token) | {"areas": _codes_text(token.areas)}
            connection.execute(sa.insert(tokens_table).values(values))

    def tokens(self) -> list[Token]:
        """Give all tokens, the newest first."""
        newest = (tokens_table.c.created_at.desc(), tokens_table.c.prefix)
        with self._reading.begin() as connection:
            rows = connection.execute(sa.select(tokens_table).order_by(*newest)).mappings()
            return [_token(row) for row in rows]

    def token(self, prefix: str) -> tuple[Token, User] | None:
        """Give a token, expired or not, and whose it is."""
        found = self._kept.get(
            ("token", prefix),
            lambda: self._with_user(tokens_table, tokens_table.c.prefix == prefix),
        )
        return None if found is None else (_token(found[0]), found[1])

    def touch_token(self, prefix: str, now: datetime) -> None:
        """Note that a token was used."""
        used = sa.update(tokens_table).where(tokens_table.c.prefix == prefix)
        with self._writing.begin() as connection:
            connection.execute(used.values(last_used_at=now))

    def revoke_token(self, prefix: str, now: datetime) -> None:
        """
        Let a token be good for nothing.

        Raises
        ------
        UnknownTokenError
            If there is none of that prefix, or it has been revoked.
        """
        with self._writing.begin() as connection:
            revocation = _revocation(now).where(tokens_table.c.prefix == prefix)
            if not connection.execute(revocation).rowcount:
                msg = f"Expected the prefix of a token that is not revoked, got {prefix!r}."
                raise UnknownTokenError(msg)

    def _with_user(
        self, table: sa.Table, is_meant: sa.ColumnElement[bool]
    ) -> tuple[dict[str, Any], User] | None:
        """Give the row that is meant, and its user, from one look at the file."""
        owner = [column.label(f"owner_{column.name}") for column in users_table.c]
        asked = sa.select(*table.c, *owner).where(is_meant, table.c.user_name == users_table.c.name)
        with self._reading.begin() as connection:
            row = connection.execute(asked).mappings().one_or_none()
        if row is None:
            return None
        own = {column.name: row[column.name] for column in table.c}
        return own, _user({column.name: row[f"owner_{column.name}"] for column in users_table.c})


def _insert_user(connection: sa.Connection, user: User) -> None:
    taken = sa.select(users_table.c.name).where(users_table.c.name == user.name)
    if connection.execute(taken).first() is not None:
        msg = f"Expected a name that is not taken, got {user.name!r}."
        raise UserExistsError(msg)
    values = asdict(user) | {"areas": _codes_text(user.areas)}
    connection.execute(sa.insert(users_table).values(values))


def _revocation(now: datetime) -> sa.Update:
    return sa.update(tokens_table).where(tokens_table.c.revoked_at.is_(None)).values(revoked_at=now)


def _user(row: Any) -> User:  # noqa: ANN401 (a row, or what was one)
    return User(**{**row, "areas": _codes(row["areas"])})


def _token(row: Any) -> Token:  # noqa: ANN401 (a row, or what was one)
    return Token(**{**row, "areas": _codes(row["areas"])})


def _codes(text: str | None) -> frozenset[str] | None:
    return None if text is None else frozenset(json.loads(text))


def _codes_text(codes: frozenset[str] | None) -> str | None:
    return None if codes is None else json.dumps(sorted(codes), ensure_ascii=False)
