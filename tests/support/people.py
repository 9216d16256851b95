"""People for tests: accounts in a file of their own, and ways to sign in without a password."""

from __future__ import annotations

import atexit
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import uuid4

from api.auth.cookies import COOKIE
from api.main import session_life
from api.services.keys import csrf_token_of
from api.services.people import add_user
from api.services.rights import Person, Role
from api.services.sessions import open_session
from api.services.tokens import TokenWish, issue_token
from api.store.project import Project

if TYPE_CHECKING:
    from fastapi import FastAPI

    from api.services.workspace import Workspace
    from api.store.accounts import Accounts

ADMIN = Person("admin", Role.ADMIN, None)
NO_PASSWORD = "no password fits"  # noqa: S105 (no hash at all)
METRIC_CRS = "EPSG:32650"


def token_for(app: FastAPI, person: Person = ADMIN) -> str:
    """Give a token of somebody, whose account is made if there is none."""
    workspace: Workspace = app.state.workspace
    _ensure(workspace, person)
    wish = TokenWish(user=person.name, device="test", may_write=person.may_write)
    text, _ = issue_token(workspace, ADMIN, wish, datetime.now(UTC))
    return text


def browser_of(app: FastAPI, person: Person = ADMIN) -> dict[str, str]:
    """Give the headers of a browser in which somebody is signed in, on a page of ours."""
    workspace: Workspace = app.state.workspace
    _ensure(workspace, person)
    accounts = workspace.project.accounts
    user = accounts.user(person.name)
    assert user is not None
    secret = open_session(accounts, user, datetime.now(UTC), session_life(app.state.settings))
    return {
        "cookie": f"{COOKIE}={secret}",
        "x-csrf-token": csrf_token_of(secret),
        "sec-fetch-site": "same-origin",
    }


def own_accounts() -> Accounts:
    """Give accounts in a file of their own, where nobody is yet."""
    path = _folder() / f"{uuid4().hex}.gpkg"
    path.write_bytes(_empty_file())
    return Project.open(path).accounts


def _ensure(workspace: Workspace, person: Person) -> None:
    if workspace.project.accounts.user(person.name) is None:
        add_user(workspace, person, NO_PASSWORD, datetime.now(UTC))


@cache
def _folder() -> Path:
    folder = TemporaryDirectory(ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return Path(folder.name)


@cache
def _empty_file() -> bytes:
    path = _folder() / "empty.gpkg"
    Project.create(path, metric_crs=METRIC_CRS).close()
    return path.read_bytes()
