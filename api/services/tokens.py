"""Tokens of devices: issued within one's own rights, listed, revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from api.services.keys import are_equal, digest_of, new_token, prefix_of
from api.services.people import Admission, InvalidUserError, find_user
from api.services.reach import area_codes, codes_within
from api.services.rights import EDITORS, ForbiddenError, Person, Role
from api.store.accounts import Token, UnknownTokenError

if TYPE_CHECKING:
    from datetime import datetime

    from api.services.reach import Areas
    from api.services.workspace import Workspace
    from api.store.accounts import Accounts, User

MAX_DAYS = 366
USUAL_DAYS = 30
MAX_DEVICE = 80


@dataclass(frozen=True, slots=True)
class TokenWish:
    """
    What kind of token is wanted.

    Parameters
    ----------
    user
        Name of the account it stands for.
    device
        What people call the device.
    may_write
        Whether it may change what the user may change.
    days
        Until it expires, 1 to `MAX_DAYS`.
    areas
        Part of the user's areas; `None` for all of them.

    Raises
    ------
    ValueError
        If a value is out of range.
    """

    user: str
    device: str
    may_write: bool = False
    days: int = USUAL_DAYS
    areas: Areas = None

    def __post_init__(self) -> None:
        """Refuse what no token can be."""
        if not 1 <= self.days <= MAX_DAYS:
            msg = f"Expected 1 to {MAX_DAYS} days, got {self.days}."
            raise ValueError(msg)
        if not 1 <= len(self.device) <= MAX_DEVICE or not self.device.isprintable():
            msg = f"Expected a device's name of 1 to {MAX_DEVICE} signs, got {self.device!r}."
            raise ValueError(msg)


def issue_token(
    workspace: Workspace, issuer: Person, wish: TokenWish, now: datetime
) -> tuple[str, Token]:
    """
    Make a token; its text is given here and never again.

    Raises
    ------
    UnknownUserError
        If there is no such user, or none whom the issuer may know of.
    ForbiddenError
        If the issuer may not issue for that user.
    InvalidUserError
        If the areas are none of the user's, or the user is disabled.
    """
    user = find_user(workspace, wish.user)
    _check_issuer(workspace, issuer, user)
    if not user.is_active:
        msg = f"Expected a user who is not disabled, got {user.name!r}."
        raise InvalidUserError(msg)
    _check_areas(workspace, wish.areas, user)
    prefix, text = new_token()
    token = Token(
        prefix=prefix,
        digest=digest_of(text),
        user_name=user.name,
        device=wish.device,
        may_write=wish.may_write,
        areas=wish.areas,
        issued_by=issuer.name,
        created_at=now,
        expires_at=now + timedelta(days=wish.days),
    )
    workspace.project.accounts.add_token(token)
    return text, token


def find_token(accounts: Accounts, text: str, now: datetime) -> tuple[Admission, Token] | None:
    """Give whom a token stands for; `None` if it is no good."""
    prefix = prefix_of(text)
    found = None if prefix is None else accounts.token(prefix)
    if found is None:
        return None
    token, user = found
    is_alive = user.is_active and token.revoked_at is None and now < token.expires_at
    if not is_alive or not are_equal(token.digest, digest_of(text)):
        return None
    areas = user.areas if token.areas is None else token.areas
    return Admission(Person(user.name, Role(user.role), areas, token.may_write)), token


def list_tokens(workspace: Workspace, person: Person) -> list[Token]:
    """List the tokens of somebody, and of those whom they manage, the newest first."""
    accounts = workspace.project.accounts
    seen = {user.name for user in accounts.users() if _manages(workspace, person, user)}
    return [token for token in accounts.tokens() if token.user_name in seen]


def revoke_token(workspace: Workspace, person: Person, prefix: str, now: datetime) -> None:
    """
    Let a token be good for nothing, at once.

    Raises
    ------
    UnknownTokenError
        If there is none of that prefix that the person may see, or it has been revoked.
    """
    if prefix not in {token.prefix for token in list_tokens(workspace, person)}:
        msg = f"Expected the prefix of a token that is not revoked, got {prefix!r}."
        raise UnknownTokenError(msg)
    workspace.project.accounts.revoke_token(prefix, now)


def _check_issuer(workspace: Workspace, issuer: Person, user: User) -> None:
    if issuer.role not in EDITORS or not _manages(workspace, issuer, user):
        msg = f"Expected a user whom {issuer.name} manages, got {user.name!r}."
        raise ForbiddenError(msg)


def _manages(workspace: Workspace, person: Person, user: User) -> bool:
    """Whether somebody may hand out the rights of a user: their own, or lesser ones."""
    if person.role is Role.ADMIN and person.areas is None:
        return True
    if user.name == person.name:
        return is_part(workspace, user.areas, person.areas)
    is_lesser = person.role in EDITORS and Role(user.role) not in EDITORS
    return is_lesser and is_part(workspace, user.areas, person.areas)


def is_part(workspace: Workspace, areas: Areas, of: Areas) -> bool:
    """Whether areas lie within others; everywhere lies only within everywhere."""
    if of is None:
        return True
    return areas is not None and areas <= (codes_within(workspace, of) or frozenset()) | of


def _check_areas(workspace: Workspace, areas: Areas, user: User) -> None:
    if areas is None:
        return
    if not areas or not areas <= area_codes(workspace):
        msg = f"Expected codes of areas in the project, got {', '.join(sorted(areas)) or 'none'}."
        raise InvalidUserError(msg)
    if not is_part(workspace, areas, user.areas):
        msg = f"Expected areas within those of {user.name}, got {', '.join(sorted(areas))}."
        raise InvalidUserError(msg)
