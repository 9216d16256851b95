"""Who can be a user, and who may hand out which tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from api.services.demo import NotTheDemoError, check_demo, demo_users, ensure_demo_users
from api.services.people import InvalidUserError, add_user, parse_areas, parse_name, set_active
from api.services.rights import OPERATOR, ForbiddenError, Person, Role
from api.services.tokens import TokenWish, find_token, issue_token, list_tokens, revoke_token
from api.services.workspace import Workspace
from api.store.accounts import UnknownTokenError, UnknownUserError
from tests.support.communities import drawn_community

if TYPE_CHECKING:
    from api.services.rights import Person as PersonType

NOW = datetime(2022, 4, 1, 8, tzinfo=UTC)
BOSS = Person("boss", Role.COORDINATOR, frozenset({"W"}))
PEOPLE = (
    Person("root", Role.ADMIN, None),
    BOSS,
    Person("peer", Role.COORDINATOR, frozenset({"W"})),
    Person("li", Role.CADRE, frozenset({"W"})),
    Person("far", Role.CADRE, frozenset({"E"})),
    Person("all", Role.VIEWER, None),
)


@pytest.fixture
def workspace() -> Workspace:
    """Open the drawn community, in which some people work."""
    opened = Workspace(drawn_community())
    for person in PEOPLE:
        add_user(opened, person, "no hash", NOW)
    return opened


@pytest.mark.parametrize("name", ["", " ", "a b", "<script>", "a" * 65, "x\n", "a/b", "a:b"])
def test_names_that_could_mislead_are_refused(name: str) -> None:
    if name == "x\n":
        assert parse_name(name) == "x"
        return
    with pytest.raises(InvalidUserError):
        parse_name(name)


def test_areas_are_those_of_the_project(workspace: Workspace) -> None:
    west = frozenset({"W"})

    assert parse_areas(workspace, Role.CADRE, west, is_everywhere=False) == west
    assert parse_areas(workspace, Role.ADMIN, frozenset(), is_everywhere=False) is None
    assert parse_areas(workspace, Role.CADRE, frozenset(), is_everywhere=True) is None
    for areas, is_everywhere in (({"X"}, False), ((), False), ({"W"}, True)):
        with pytest.raises(InvalidUserError):
            parse_areas(workspace, Role.CADRE, frozenset(areas), is_everywhere=is_everywhere)


def test_a_token_lets_in_with_the_rights_it_was_given(workspace: Workspace) -> None:
    wish = TokenWish("li", "phone", may_write=True, areas=frozenset({"W"}), days=2)
    text, token = issue_token(workspace, BOSS, wish, NOW)
    accounts = workspace.project.accounts

    found = find_token(accounts, text, NOW)

    assert found is not None
    assert found[0].person == Person("li", Role.CADRE, frozenset({"W"}), may_write=True)
    assert not found[0].is_browser
    assert find_token(accounts, text, NOW + timedelta(days=2)) is None
    assert find_token(accounts, text[:-1] + ("a" if text[-1] != "a" else "b"), NOW) is None
    assert find_token(accounts, "pm_nothing", NOW) is None
    assert token.issued_by == "boss"


def test_a_token_dies_with_its_user(workspace: Workspace) -> None:
    text, _ = issue_token(workspace, OPERATOR, TokenWish("li", "phone"), NOW)

    set_active(workspace, "li", NOW, is_active=False)
    assert find_token(workspace.project.accounts, text, NOW) is None
    set_active(workspace, "li", NOW, is_active=True)
    assert find_token(workspace.project.accounts, text, NOW) is None


@pytest.mark.parametrize(
    ("issuer", "user", "is_allowed"),
    [
        ("root", "all", True),
        ("root", "boss", True),
        ("boss", "boss", True),
        ("boss", "li", True),
        ("boss", "peer", False),
        ("boss", "root", False),
        ("boss", "far", False),
        ("boss", "all", False),
        ("li", "li", False),
        ("all", "all", False),
    ],
)
def test_tokens_are_handed_out_within_ones_own_rights(
    workspace: Workspace,
    issuer: str,
    user: str,
    is_allowed: bool,  # noqa: FBT001 (a case of the table)
) -> None:
    by_name: dict[str, PersonType] = {person.name: person for person in PEOPLE}
    wish = TokenWish(user, "phone")

    if is_allowed:
        assert issue_token(workspace, by_name[issuer], wish, NOW)[1].user_name == user
    else:
        with pytest.raises(ForbiddenError):
            issue_token(workspace, by_name[issuer], wish, NOW)


def test_a_token_never_reaches_beyond_its_user(workspace: Workspace) -> None:
    for areas in ({"E"}, {"X"}, set()):
        with pytest.raises(InvalidUserError):
            issue_token(workspace, OPERATOR, TokenWish("li", "x", areas=frozenset(areas)), NOW)
    with pytest.raises(UnknownUserError):
        issue_token(workspace, OPERATOR, TokenWish("nobody", "x"), NOW)


@pytest.mark.parametrize("wrong", [{"days": 0}, {"days": 367}, {"device": ""}, {"device": "a\x1b"}])
def test_wishes_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="Expected"):
        TokenWish(**{"user": "li", "device": "x", **wrong})  # type: ignore[arg-type]  # wrong on purpose


def test_one_sees_and_revokes_ones_own_tokens_and_those_of_people_one_manages(
    workspace: Workspace,
) -> None:
    for user in ("root", "boss", "peer", "li", "far"):
        issue_token(workspace, OPERATOR, TokenWish(user, "phone"), NOW)

    def names(person: Person) -> set[str]:
        return {token.user_name for token in list_tokens(workspace, person)}

    assert names(OPERATOR) == {"root", "boss", "peer", "li", "far"}
    assert names(BOSS) == {"boss", "li"}
    assert names(PEOPLE[3]) == {"li"}
    (far,) = [token for token in list_tokens(workspace, OPERATOR) if token.user_name == "far"]
    with pytest.raises(UnknownTokenError):
        revoke_token(workspace, BOSS, far.prefix, NOW)
    revoke_token(workspace, OPERATOR, far.prefix, NOW)


def test_the_demo_has_one_of_each_role_bound_to_its_community() -> None:
    workspace = Workspace(drawn_community())
    workspace.project.sources = ("Synthetic data",)  # type: ignore[attr-defined]  # of the drawn one

    ensure_demo_users(workspace, NOW)
    ensure_demo_users(workspace, NOW)

    users = demo_users(workspace)
    assert set(users) == set(Role)
    assert users[Role.ADMIN].areas is None
    assert users[Role.CADRE].areas == frozenset({"W", "E"})
    check_demo(workspace, is_loopback=True)
    with pytest.raises(NotTheDemoError, match="loopback"):
        check_demo(workspace, is_loopback=False)


def test_nobody_comes_into_real_data_by_a_click(workspace: Workspace) -> None:
    fresh = Workspace(drawn_community())

    for project in (workspace, fresh):
        with pytest.raises(NotTheDemoError, match="not the demo"):
            ensure_demo_users(project, NOW)
        with pytest.raises(NotTheDemoError, match="not the demo"):
            check_demo(project, is_loopback=True)
