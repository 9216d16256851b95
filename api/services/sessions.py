"""Browsers that are signed in, and the one-time link that makes the first admin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from api.services.keys import csrf_token_of, digest_of, new_secret
from api.services.people import Admission, new_user, person_of
from api.services.rights import Person, Role
from api.store.accounts import Session

if TYPE_CHECKING:
    from datetime import datetime

    from api.store.accounts import Accounts, User

INVITATION_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class SessionLife:
    """
    How long a browser stays signed in.

    Parameters
    ----------
    idle
        Since it was last used.
    whole
        Since it signed in, however much it is used.
    """

    idle: timedelta
    whole: timedelta


def open_session(accounts: Accounts, user: User, now: datetime, life: SessionLife) -> str:
    """Sign a browser in; give the secret for its cookie, of which only a digest is kept."""
    secret = new_secret()
    accounts.open_session(
        Session(
            digest=digest_of(secret),
            user_name=user.name,
            created_at=now,
            last_used_at=now,
            expires_at=now + life.whole,
        )
    )
    return secret


def find_session(
    accounts: Accounts, secret: str, now: datetime, life: SessionLife
) -> tuple[Admission, Session] | None:
    """
    Give who is signed in by a cookie's secret; `None` where nobody is, or no longer.

    Returns
    -------
    admission, session
        Of an active user; the session has not expired.
    """
    found = accounts.session(digest_of(secret))
    if found is None:
        return None
    session, user = found
    ends_at = min(session.expires_at, session.last_used_at + life.idle)
    if not user.is_active or ends_at <= now:
        return None
    return Admission(person_of(user), csrf_token_of(secret)), session


def close_session(accounts: Accounts, secret: str) -> None:
    """Sign a browser out."""
    accounts.end_session(digest_of(secret))


def invite_first(accounts: Accounts, now: datetime) -> str | None:
    """
    Give the key of a one-time link for the first admin, in place of any earlier one.

    Returns
    -------
    key
        Good for `INVITATION_LIFE`; `None` where there is a user already.
    """
    if accounts.count_users():
        return None
    key = new_secret()
    accounts.invite(digest_of(key), now, now + INVITATION_LIFE)
    return key


def is_invited(accounts: Accounts, key: str, now: datetime) -> bool:
    """Whether a key is still good."""
    return accounts.is_invited(digest_of(key), now)


def accept_invitation(
    accounts: Accounts, key: str, *, name: str, password_hash: str, now: datetime
) -> User | None:
    """Make the first admin, and use the key up; `None` where it is no longer good."""
    user = new_user(Person(name, Role.ADMIN, None), password_hash, now)
    return user if accounts.add_first_user(user, digest_of(key), now) else None
