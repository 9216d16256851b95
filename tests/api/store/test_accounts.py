"""Users, sessions and tokens as they are stored."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from api.store.accounts import (
    Accounts,
    Session,
    Token,
    UnknownTokenError,
    UnknownUserError,
    User,
    UserExistsError,
)
from api.store.project import Project
from tests.support.people import own_accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2022, 4, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
LI = User("li", "cadre", frozenset({"c1", "c2"}), "hash-of-li", is_active=True, created_at=NOW)
ADMIN = User("王芳", "admin", None, "hash-of-wang", is_active=True, created_at=NOW)
SESSION = Session("digest", "li", NOW, NOW, NOW + HOUR)
TOKEN = Token("pref", "digest", "li", "phone", True, frozenset({"c1"}), "王芳", NOW, NOW + HOUR)  # noqa: FBT003 (a row)


@pytest.fixture(params=["geopackage", "postgis"])
def empty(request: pytest.FixtureRequest) -> Iterator[Accounts]:
    """Give accounts in which nobody is yet, in a file and in a database."""
    if request.param == "geopackage":
        yield own_accounts()
        return
    with Project.create(request.getfixturevalue("postgis"), metric_crs="EPSG:32650") as project:
        yield project.accounts


@pytest.fixture
def accounts(empty: Accounts) -> Accounts:
    """Give accounts in which two people are."""
    empty.add_user(LI)
    empty.add_user(ADMIN)
    return empty


def test_people_come_back_as_they_were_stored(accounts: Accounts) -> None:
    assert accounts.users() == [LI, ADMIN]
    assert accounts.user("王芳") == ADMIN
    assert accounts.user("zhang") is None
    assert accounts.count_users() == 2


def test_a_name_is_taken_once(accounts: Accounts) -> None:
    with pytest.raises(UserExistsError, match="li"):
        accounts.add_user(LI)


def test_sessions_and_tokens_come_back_with_their_user(accounts: Accounts) -> None:
    accounts.open_session(SESSION)
    accounts.add_token(TOKEN)

    assert accounts.session("digest") == (SESSION, LI)
    assert accounts.token("pref") == (TOKEN, LI)
    assert accounts.session("other") is None
    assert accounts.token("other") is None
    assert accounts.tokens() == [TOKEN]


def test_their_last_use_is_noted(accounts: Accounts) -> None:
    accounts.open_session(SESSION)
    accounts.add_token(TOKEN)

    accounts.touch_session("digest", NOW + HOUR / 2)
    accounts.touch_token("pref", NOW + HOUR / 2)

    session, token = accounts.session("digest"), accounts.token("pref")
    assert session is not None
    assert token is not None
    assert session[0].last_used_at == token[0].last_used_at == NOW + HOUR / 2


@pytest.mark.parametrize("change", [{"is_active": False}, {"password_hash": "another"}])
def test_a_change_of_a_user_ends_all_they_were_let_in_by(
    accounts: Accounts, change: dict[str, object]
) -> None:
    accounts.open_session(SESSION)
    accounts.add_token(TOKEN)

    accounts.change_user("li", NOW + HOUR / 2, **change)

    assert accounts.session("digest") is None
    (token,) = accounts.tokens()
    assert token.revoked_at == NOW + HOUR / 2


def test_what_is_not_there_cannot_be_changed(accounts: Accounts) -> None:
    with pytest.raises(UnknownUserError):
        accounts.change_user("zhang", NOW, is_active=False)
    with pytest.raises(UnknownTokenError):
        accounts.revoke_token("pref", NOW)


def test_a_token_is_revoked_once(accounts: Accounts) -> None:
    accounts.add_token(TOKEN)
    accounts.revoke_token("pref", NOW)

    with pytest.raises(UnknownTokenError):
        accounts.revoke_token("pref", NOW + HOUR)
    assert accounts.tokens()[0].revoked_at == NOW


def test_a_session_that_is_ended_is_gone(accounts: Accounts) -> None:
    accounts.open_session(SESSION)
    accounts.end_session("digest")

    assert accounts.session("digest") is None


def test_old_sessions_go_when_a_new_one_comes(accounts: Accounts) -> None:
    accounts.open_session(SESSION)
    accounts.open_session(Session("new", "li", NOW + HOUR, NOW + HOUR, NOW + 2 * HOUR))

    assert accounts.session("digest") is None
    assert accounts.session("new") is not None


def test_an_invitation_makes_one_first_user_and_no_second(empty: Accounts) -> None:
    accounts = empty
    accounts.invite("old", NOW, NOW + HOUR)
    accounts.invite("new", NOW, NOW + HOUR)

    assert not accounts.is_invited("old", NOW)
    assert accounts.is_invited("new", NOW)
    assert not accounts.add_first_user(ADMIN, "old", NOW)
    assert accounts.add_first_user(ADMIN, "new", NOW)
    assert not accounts.add_first_user(LI, "new", NOW)
    assert accounts.users() == [ADMIN]


def test_of_many_who_follow_an_invitation_at_once_one_comes_in(empty: Accounts) -> None:
    empty.invite("key", NOW, NOW + HOUR)
    people = [replace(ADMIN, name=f"admin{number}") for number in range(6)]

    with ThreadPoolExecutor(6) as pool:
        came = list(pool.map(lambda user: empty.add_first_user(user, "key", NOW), people))

    assert sorted(came) == [False] * 5 + [True]
    assert empty.count_users() == 1


def test_an_invitation_ends(empty: Accounts) -> None:
    accounts = empty
    accounts.invite("key", NOW, NOW + HOUR)

    assert not accounts.is_invited("key", NOW + HOUR)
    assert not accounts.add_first_user(ADMIN, "key", NOW + HOUR)
    assert accounts.count_users() == 0


def test_what_lets_somebody_in_is_not_told_by_mistake(accounts: Accounts) -> None:
    accounts.open_session(SESSION)

    told = f"{LI} {accounts.session('digest')} {TOKEN}"

    assert "hash-of-li" not in told
    assert "digest" not in told
