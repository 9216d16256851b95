"""
Who may use a project: users and their rights.

::

    NotSignedInError (PermissionError)      nobody is signed in, or no longer
    ForgedRequestError (PermissionError)    a change that no page of ours asked for
    TooManyAttemptsError (RuntimeError)     too many wrong passwords or tokens
    SignInBusyError (RuntimeError)          too many passwords are being checked
    InvalidUserError (ValueError)           no user can be like that
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.services.reach import area_codes
from api.services.rights import Person, Role
from api.store.accounts import UnknownUserError, User

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from api.services.workspace import Workspace

MAX_NAME = 64
SIGNS = frozenset("._-@")


class NotSignedInError(PermissionError):
    """Nobody is signed in, or the sign-in is no longer good."""


class ForgedRequestError(PermissionError):
    """A change that no page of ours asked for."""


class TooManyAttemptsError(RuntimeError):
    """
    Too many wrong passwords or tokens.

    Parameters
    ----------
    wait_s
        After so many seconds the next attempt is heard.
    """

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        super().__init__(self.told(str))

    def told(self, say: Callable[[str], str]) -> str:
        """Tell how long to wait."""
        return say("Too many attempts; try again in {seconds} s.").format(seconds=self.wait_s)


class SignInBusyError(RuntimeError):
    """
    Too many passwords are being checked at this moment.

    Parameters
    ----------
    wait_s
        After so many seconds one may try again.
    """

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        super().__init__("Many people are signing in at this moment; try again.")


class InvalidUserError(ValueError):
    """No user can be like that."""


@dataclass(frozen=True, slots=True)
class Admission:
    """
    Somebody who was let in.

    Parameters
    ----------
    csrf_token
        What a page shows with every change; empty for a device, which has no page.
    """

    person: Person
    csrf_token: str = ""

    @property
    def is_browser(self) -> bool:
        """Whether they are signed in in a browser, with name and password."""
        return bool(self.csrf_token)


def person_of(user: User) -> Person:
    """Give who a user is."""
    return Person(user.name, Role(user.role), user.areas)


def parse_name(text: str) -> str:
    """
    Read the name of an account: letters of any script, digits, and `. _ - @`.

    Raises
    ------
    InvalidUserError
        If it is none.

    Examples
    --------
    >>> parse_name(" Li.Wei "), parse_name("王芳")
    ('li.wei', '王芳')
    """
    name = unicodedata.normalize("NFKC", text).strip().lower()
    if not 1 <= len(name) <= MAX_NAME or not all(sign.isalnum() or sign in SIGNS for sign in name):
        msg = f"Expected a name of 1 to {MAX_NAME} letters, digits and . _ - @; got {text!r}."
        raise InvalidUserError(msg)
    return name


def parse_areas(
    workspace: Workspace, role: Role, areas: frozenset[str], *, is_everywhere: bool
) -> frozenset[str] | None:
    """
    Give the areas of a user; `None` for everywhere.

    Parameters
    ----------
    areas
        Codes. An admin without any works everywhere; others only where `is_everywhere`.

    Raises
    ------
    InvalidUserError
        If the project has no such area, or it is not said where the user works.
    """
    if areas and is_everywhere:
        msg = "Expected areas or everywhere, got both."
        raise InvalidUserError(msg)
    if not areas:
        if is_everywhere or role is Role.ADMIN:
            return None
        msg = f"Expected at least one area for a {role.value}, or everywhere; got none."
        raise InvalidUserError(msg)
    unknown = areas - area_codes(workspace)
    if unknown:
        msg = f"Expected codes of areas in the project, got {', '.join(sorted(unknown))}."
        raise InvalidUserError(msg)
    return areas


def add_user(workspace: Workspace, person: Person, password_hash: str, now: datetime) -> None:
    """
    Add somebody.

    Raises
    ------
    UserExistsError
        If the name is taken.
    """
    workspace.project.accounts.add_user(new_user(person, password_hash, now))


def new_user(person: Person, password_hash: str, now: datetime) -> User:
    """Give the account of somebody who is new."""
    return User(
        name=person.name,
        role=person.role.value,
        areas=person.areas,
        password_hash=password_hash,
        is_active=True,
        created_at=now,
    )


def set_active(workspace: Workspace, name: str, now: datetime, *, is_active: bool) -> None:
    """
    Let somebody in again, or no more; all their sessions and tokens end.

    Raises
    ------
    UnknownUserError
        If there is no such user.
    """
    workspace.project.accounts.change_user(name, now, is_active=is_active)


def set_password(workspace: Workspace, name: str, password_hash: str, now: datetime) -> None:
    """
    Give somebody a new password; all their sessions and tokens end.

    Raises
    ------
    UnknownUserError
        If there is no such user.
    """
    workspace.project.accounts.change_user(name, now, password_hash=password_hash)


def find_user(workspace: Workspace, name: str) -> User:
    """
    Give a user.

    Raises
    ------
    UnknownUserError
        If there is no such user.
    """
    user = workspace.project.accounts.user(name)
    if user is None:
        msg = f"Expected the name of a user, got {name!r}."
        raise UnknownUserError(msg)
    return user
