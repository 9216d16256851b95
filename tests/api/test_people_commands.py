"""The commands `user` and `token`, and what `serve` says to whoever starts it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.cli.serving import _tell_invitation
from api.main import create_app
from api.settings import Settings
from api.store.project import Project
from tests.support.doors import OWN_PAGE, PASSWORD, Browser
from tests.support.projects import small_project

if TYPE_CHECKING:
    from pathlib import Path

TYPED = f"{PASSWORD}\n{PASSWORD}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make the small community's project."""
    return small_project(tmp_path / "small.gpkg")


def run(*words: object, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=typed)


def test_somebody_who_is_added_may_sign_in(project: Path) -> None:
    told = run(
        "user", "add", "Li", "--role", "cadre", "--area", "c1-1", "--project", project, typed=TYPED
    )

    assert told.exit_code == 0, told.output
    assert PASSWORD not in told.output
    assert "li may sign in as cadre: c1-1" in told.stderr
    with Project.open(project) as opened:
        browser = Browser(create_app(Settings(), opened))
        assert browser.sign_in("li").status_code == 303
        assert browser.get("/api/me").json()["areas"] == ["c1-1"]
        kept = opened.accounts.user("li")
    assert kept is not None
    assert kept.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("li", "--role", "cadre"), "at least one area"),
        (("li", "--role", "cadre", "--area", "c9"), "c9"),
        (("li", "--role", "cadre", "--area", "c1", "--everywhere"), "got both"),
        (("a b", "--role", "admin"), "a b"),
    ],
)
def test_users_who_cannot_be_are_refused(project: Path, words: tuple[str, ...], told: str) -> None:
    refused = run("user", "add", *words, "--project", project, typed=TYPED)

    assert refused.exit_code == 1
    assert told in refused.stderr
    assert run("user", "list", "--project", project).stdout.strip() == "name  role  areas    since"


def test_passwords_that_are_easily_guessed_are_refused(project: Path) -> None:
    typed = "password123\npassword123\n"

    refused = run("user", "add", "li", "--role", "admin", "--project", project, typed=typed)

    assert refused.exit_code == 1
    assert "easily guessed" in refused.stderr
    assert "password123" not in refused.output


def test_a_generated_password_is_shown_once_on_standard_output(project: Path) -> None:
    added = run("user", "add", "wang", "--role", "admin", "--generate", "--project", project)
    again = run("user", "reset", "wang", "--generate", "--project", project)

    first, second = added.stdout.strip(), again.stdout.strip()
    assert len(first) >= 16
    assert first != second
    with Project.open(project) as opened:
        browser = Browser(create_app(Settings(), opened))
        assert browser.sign_in("wang", first).status_code == 403
        assert browser.sign_in("wang", second).status_code == 303


def test_whoever_is_disabled_is_out_at_once(project: Path) -> None:
    run("user", "add", "wang", "--role", "admin", "--generate", "--project", project)
    token = run("token", "issue", "--user", "wang", "--device", "phone", "--project", project)
    device = {"authorization": f"Bearer {token.stdout.strip()}"}
    with Project.open(project) as opened:
        browser = Browser(create_app(Settings(), opened))
        before = browser.get("/api/me", device).status_code

        assert run("user", "disable", "wang", "--project", project).exit_code == 0
        listed = run("user", "list", "--project", project).stdout

        assert (before, browser.get("/api/me", device).status_code) == (200, 401)
    assert re.search(r"wang +admin +everywhere +disabled", listed)
    assert run("user", "enable", "wang", "--project", project).exit_code == 0
    assert "disabled" not in run("user", "list", "--project", project).stdout


def test_a_token_is_issued_listed_and_revoked(project: Path) -> None:
    run("user", "add", "li", "--role", "cadre", "--area", "c1", "--generate", "--project", project)
    wish = ("--user", "li", "--device", "Li's phone", "--write", "--area", "c1-2", "--days", "3")

    issued = run("token", "issue", *wish, "--qr", "--project", project)
    token, _, picture = issued.stdout.partition("\n")
    listed = run("token", "list", "--project", project).stdout
    prefix = token.split("_")[1]

    assert re.fullmatch(r"pm_[a-z2-7]{8}_[\w-]{43}", token)
    assert len(picture.splitlines()) > 15
    assert re.search(rf"{prefix} +li +Li's phone +reads and writes +c1-2", listed)
    assert token not in listed
    assert run("token", "revoke", prefix, "--project", project).exit_code == 0
    assert "revoked" in run("token", "list", "--project", project).stdout
    again = run("token", "revoke", prefix, "--project", project)
    assert (again.exit_code, prefix in again.stderr) == (1, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("user", "disable", "nobody"), "nobody"),
        (("user", "reset", "nobody", "--generate"), "nobody"),
        (("token", "issue", "--user", "nobody", "--device", "x"), "nobody"),
        (("token", "revoke", "abcdefgh"), "abcdefgh"),
    ],
)
def test_what_is_not_there_is_told(project: Path, words: tuple[str, ...], told: str) -> None:
    refused = run(*words, "--project", project)

    assert refused.exit_code == 1
    assert told in refused.stderr


def test_no_option_takes_a_password() -> None:
    for words in (("user", "add"), ("user", "reset"), ("token", "issue")):
        assert "--password" not in run(*words, "--help").stdout


def test_a_service_without_users_prints_the_link_of_the_first_admin(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _tell_invitation(Settings(project=project), "http://127.0.0.1:8000/")
    link = capsys.readouterr().out.splitlines()[-1]
    path = link.removeprefix("http://127.0.0.1:8000")
    account = {"name": "wang", "password": PASSWORD, "again": PASSWORD}

    with Project.open(project) as opened:
        browser = Browser(create_app(Settings(), opened))
        assert browser.get(path).status_code == 200
        done = browser.post("/welcome", account | {"key": path.partition("key=")[2]}, OWN_PAGE)

    assert done.status_code == 303
    _tell_invitation(Settings(project=project), "http://127.0.0.1:8000/")
    assert capsys.readouterr().out == ""


def test_a_certificate_comes_with_its_key(project: Path, tmp_path: Path) -> None:
    words = ("serve", "--project", project, "--tls-cert", tmp_path / "cert.pem")

    told = run(*words)

    assert told.exit_code == 2
    assert "together" in told.stderr


def test_the_demo_leaves_other_projects_alone(project: Path) -> None:
    told = run("demo", "--project", project)

    assert told.exit_code == 1
    assert "is not the demo" in told.stderr
