"""What somebody with bad intentions tries at the edges of the service."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from shapely import Point
from sqlalchemy.exc import IntegrityError

from api.cli import app as commands
from api.main import create_app
from api.services.rights import Person, Role
from api.settings import Settings
from api.store.accounts import Session
from api.store.project import Project
from api.store.tables import metadata
from tests.support.communities import drawn_community
from tests.support.doors import OWN_PAGE, PASSWORD, Browser, Clock, service
from tests.support.http import Client
from tests.support.people import browser_of, token_for
from tests.support.projects import small_project
from tests.support.zone_service import WHY, house, zone, zone_service

if TYPE_CHECKING:
    from pathlib import Path

HOSTS = [
    "127.0.0.1:8000/api/layers/zones?",
    "127.0.0.1:8000@evil.example",
    "127.0.0.1:8000#",
    "127.0.0.1:a<b>",
    "127.0.0.1 evil.example",
    '127.0.0.1:"onload="',
    "[::1]evil.example",
    "",
]
"""Begin with a name that is served, or are none."""


@pytest.mark.parametrize("settings", [Settings(), Settings(host="192.0.2.7")], ids=str)
@pytest.mark.parametrize("host", HOSTS)
def test_a_host_with_more_than_a_name_in_it_is_not_ours(settings: Settings, host: str) -> None:
    client = Client(create_app(settings, drawn_community()))

    answer = client.get("/api/layers/buildings", {"host": host})

    assert answer.status_code == 421
    assert client.get("/api/layers/buildings", {"host": "[::1]:8000"}).status_code == 200


def test_what_one_asks_for_under_a_strange_name_is_kept_for_nobody() -> None:
    client = Client(create_app(Settings(), drawn_community()))
    client.get("/api/layers/buildings", {"host": "127.0.0.1:1/api/layers/zones?"})

    links = client.get("/api/layers/zones").json()["links"]

    assert [link["href"].partition("?")[0] for link in links] == ["/api/layers/zones"]


def test_what_lets_somebody_in_is_in_no_error(tmp_path: Path) -> None:
    with Project.open(small_project(tmp_path / "p.gpkg")) as project:
        now = Clock().now
        session = Session("digest-of-a-secret", "nobody", now, now, now)

        with pytest.raises(IntegrityError) as caught:
            project.accounts.open_session(session)

    assert "digest-of-a-secret" not in str(caught.value)


def test_who_is_disabled_by_another_program_is_out_at_once(tmp_path: Path) -> None:
    from typer.testing import CliRunner  # noqa: PLC0415

    with zone_service(tmp_path) as app:
        person = Person("wu", Role.COORDINATOR, None)
        device, cookie = Client(app, token=token_for(app, person)), browser_of(app, person)
        nobody = Client(app, token="")
        sent = zone(house(0, 0)) | {"reason": WHY}
        assert device.get("/api/zones").status_code == 200
        assert nobody.get("/api/zones", cookie).status_code == 200

        done = CliRunner().invoke(
            commands, ["user", "disable", "wu", "--project", str(tmp_path / "zones.gpkg")]
        )

        assert done.exit_code == 0, done.output
        assert device.get("/api/zones").status_code == 401
        assert nobody.get("/api/zones", cookie).status_code == 401
        assert device.send("POST", "/api/zones", sent).status_code == 401
        assert nobody.send("POST", "/api/zones", sent, cookie).status_code == 401


def test_a_session_that_somebody_else_chose_is_not_taken_over() -> None:
    app = service(Clock())
    browser = Browser(app)
    browser.cookie = planted = "x" * 43

    browser.sign_in("li")

    assert browser.cookie != planted
    other = Browser(app)
    other.cookie = planted
    assert other.get("/api/me").status_code == 401
    first = browser.cookie
    browser.sign_in("wang")
    other.cookie = first
    assert other.get("/api/me").status_code == 401


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}])
def test_nobody_is_signed_in_as_somebody_else_by_a_foreign_page(headers: dict[str, str]) -> None:
    browser = Browser(service(Clock()))

    answer = browser.post("/login", {"name": "li", "password": PASSWORD}, headers)

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aset-cookie: a=b\r\n",
        "http:/evil.example",
    ],
)
def test_sign_in_leads_to_no_other_site(place: str) -> None:
    browser = Browser(service(Clock()))

    answer = browser.sign_in("li", next=place)

    assert answer.status_code == 303
    assert answer.headers["location"] == "/"


def test_passwords_and_keys_are_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    app = service(Clock())
    browser = Browser(app)
    with caplog.at_level(logging.DEBUG):
        browser.sign_in("li", "a wrong password")
        browser.sign_in("li")
        token = token_for(app)
        Client(app, token=token).get("/api/me")
        browser.post("/welcome", {"key": "qq-the-key", "password": PASSWORD}, OWN_PAGE)

    told = caplog.text
    for secret in ("a wrong password", PASSWORD, browser.cookie, token, "qq-the-key"):
        assert secret not in told


@pytest.mark.parametrize(
    "shape",
    [
        "[" * 900 + "]" * 900,
        "[" * 50_000 + "]" * 50_000,
        f"[[[{'9' * 5_000}, 1]]]",
        "[[[1e999, 1]]]",
    ],
    ids=["deep", "very deep", "a huge number", "infinite"],
)
@pytest.mark.parametrize("path", ["/api/zones", "/ogc/collections/zones/items"])
def test_bodies_that_break_readers_are_refused(tmp_path: Path, path: str, shape: str) -> None:
    text = (
        '{"type": "Feature", "reason": "x", "properties": {"level": "control"}, '
        f'"geometry": {{"type": "Polygon", "coordinates": {shape}}}}}'
    )
    headers = {"content-type": "application/geo+json"} if "ogc" in path else {}
    with zone_service(tmp_path) as app:
        answer = Client(app).send_text(
            "POST", path, text.replace('"reason": "x", ', "") if "ogc" in path else text, headers
        )

    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_preview_of_very_many_vertices_is_refused_at_once(tmp_path: Path) -> None:
    def circle(size_m: float) -> dict[str, Any]:
        return zone(Point(100, 60).buffer(size_m, quad_segs=2_000))

    drawn = [{"op": "create", "feature": circle(20 + step)} for step in range(4)]
    with zone_service(tmp_path) as app:
        client = Client(app, token=token_for(app, Person("viewer", Role.VIEWER, None)))
        answers = [
            client.send("POST", "/api/zones/preview", {"changes": changes})
            for changes in (drawn[:1], drawn)
        ]

    assert [answer.status_code for answer in answers] == [200, 413]


def test_no_question_shows_the_tables_of_people(tmp_path: Path) -> None:
    with zone_service(tmp_path) as app:
        client = Client(app)
        names = ("users", "sessions", "tokens", "invitations", "history", "audit")
        assert metadata.tables.keys() >= set(names)

        for name in names:
            assert client.get(f"/api/layers/{name}").status_code == 404
            assert client.get(f"/ogc/collections/{name}/items").status_code == 404
