"""What the service lets nobody do, and what its pages may not."""

from __future__ import annotations

import pytest

from api.main import create_app
from api.services.rights import Person, Role
from api.settings import Settings
from tests.support.communities import HOSTILE, MemoryProject, drawn_community
from tests.support.http import Client
from tests.support.people import token_for


@pytest.fixture
def project() -> MemoryProject:
    """Draw the community."""
    return drawn_community()


@pytest.fixture
def client(project: MemoryProject) -> Client:
    """Give a client of the service on the drawn community."""
    return Client(create_app(Settings(), project))


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "10.0.0.1", ""])
def test_on_loopback_no_other_name_is_served(client: Client, host: str) -> None:
    answer = client.get("/api/layers", {"host": host})

    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/wrong-host"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:9", "[::1]:8000"])
def test_the_loopback_names_are_served(client: Client, host: str) -> None:
    assert client.get("/health", {"host": host}).status_code == 200


def test_other_hosts_are_served_where_the_settings_say_so(project: MemoryProject) -> None:
    everywhere = Client(create_app(Settings(host="0.0.0.0"), project))  # noqa: S104 (never bound)
    named = Client(create_app(Settings(allowed_hosts=("map.example",)), project))

    assert everywhere.get("/health", {"host": "any.example"}).status_code == 200
    assert named.get("/health", {"host": "Map.Example:80"}).status_code == 200
    assert named.get("/health", {"host": "localhost"}).status_code == 421


def test_a_page_has_a_new_nonce_each_time_and_is_never_stored(client: Client) -> None:
    one, other = client.get("/"), client.get("/")

    policies = [answer.headers["content-security-policy"] for answer in (one, other)]
    nonces = [policy.split("'nonce-")[1].split("'")[0] for policy in policies]
    assert nonces[0] != nonces[1]
    assert f'nonce="{nonces[0]}"' in one.text
    assert "unsafe-inline" not in policies[0].split("style-src")[0]
    assert one.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_ask_nobody_else_for_anything(client: Client, path: str) -> None:
    page = client.get(path).text

    assert 'src="http' not in page
    assert 'href="http' not in page
    assert "cdn" not in page.lower()


@pytest.mark.parametrize("path", ["/", "/?lang=en", "/?area=W", "/?teams=3"])
def test_hostile_names_never_become_markup(client: Client, path: str) -> None:
    page = client.get(path).text

    assert HOSTILE not in page
    assert "<img src=x" not in page


def test_fields_that_a_form_sends_empty_count_as_not_sent(client: Client) -> None:
    answer = client.get("/?area=&teams=&start=&lang=en")

    assert answer.status_code == 200
    assert 'lang="en"' in answer.text


def test_hostile_names_are_plain_text_in_json(client: Client) -> None:
    answer = client.get("/api/layers/buildings")

    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.json()["features"][0]["properties"]["name"] == HOSTILE


def test_what_is_for_staff_is_left_out_for_others(project: MemoryProject) -> None:
    app = create_app(Settings(), project)
    cadre, viewer = (
        Client(app, token=token_for(app, Person(role.value, role, None)))
        for role in (Role.CADRE, Role.VIEWER)
    )

    (need,) = cadre.get("/api/layers/needs").json()["features"]
    assert need["properties"]["cadre_id"] == "secret"
    assert viewer.get("/api/layers/needs").status_code == 404
    assert "secret" not in viewer.get("/").text
    layers = {layer["name"]: layer for layer in viewer.get("/api/layers").json()["layers"]}
    assert "needs" not in layers
    assert "author" not in [column["name"] for column in layers["zones"]["columns"]]


def test_scripts_with_a_version_are_kept_and_others_asked_for_again(client: Client) -> None:
    page = client.get("/").text
    versioned = page.split('src="/static/')[1].split('"')[0]
    plain = versioned.partition("?")[0]

    kept = client.get(f"/static/{versioned}").headers["cache-control"]
    asked = client.get(f"/static/{plain}").headers["cache-control"]

    assert "immutable" in kept
    assert asked == "no-cache"


def test_paths_never_lead_out_of_the_static_folder(client: Client) -> None:
    for path in ("/static/../page.py", "/static/%2e%2e/page.py", "/static/..%2fpage.py"):
        assert client.get(path).status_code == 404
