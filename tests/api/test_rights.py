"""Who may ask for what: every route, every role, every area."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

import pytest

from api.main import create_app
from api.services.rights import STAFF, Person, Role
from api.settings import Settings
from api.store.project import Project
from geo.layers import LAYERS
from tests.support.communities import drawn_community
from tests.support.http import Client
from tests.support.people import token_for
from tests.support.routes import PUBLIC, every_route
from tests.support.sides import DAY, EAST, TOWN, WEST, box_of, box_of_both, two_sides

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import httpx
    from fastapi import FastAPI
    from fastapi.dependencies.models import Dependant

Clients: TypeAlias = "dict[tuple[Role, str], Client]"

BOXES = {WEST: box_of(WEST), EAST: box_of(EAST), TOWN: box_of_both()}
DRAWN = [name for name, layer in LAYERS.items() if layer.geometry is not None]
# Where the town is asked for: by nothing but the path, and by a box round everything.
WHOLE = ("/", "/api/coverage", "/api/coverage/buildings", "/api/sweeps?teams=1")
UNBOUND = (
    "/api/layers",
    "/api/me",
    f"/api/bulletins/{DAY}",
    f"/api/reopening/{DAY}",
    *(f"/api/layers/{name}" for name in DRAWN),
    *(f"/ogc/collections/{name}/items" for name in DRAWN),
)
STAFF_PATHS = ("/api/layers/needs", "/ogc/collections/needs")
COMPUTED = {"POST /api/zones/merge", "POST /api/zones/preview", "POST /api/zones/shapes"}
"""What is sent there is reckoned with, and nothing is changed."""


def _joined(path: str, query: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{query}"


def _plans(scope: str) -> list[str]:
    plan = f"/api/sweeps/teams-1~seed-1{scope}"
    return [plan, f"{plan}/routes/1", f"{plan}/routes/1.gpx"]


def addresses_of(place: str) -> list[str]:
    """Give the addresses that ask for one side by the code of its area."""
    scoped = [_joined(path, f"area={place}") for path in WHOLE]
    return [*scoped, *_plans(f"~area-{quote(place)}")]


def boxes_round(place: str) -> list[str]:
    """Give the addresses that ask for what lies in a box."""
    layers = (f"/api/layers/{name}" for name in DRAWN)
    paths = [*WHOLE, *layers, *(f"/ogc/collections/{name}/items" for name in DRAWN)]
    plans = _plans(f"~bbox-{_short(BOXES[place])}")
    return [*(_joined(path, f"bbox={BOXES[place]}") for path in paths), *plans]


def _short(bbox: str) -> str:
    """Write a box as the id of a plan has it."""
    return ",".join(part.rstrip("0").rstrip(".") for part in bbox.split(","))


PLAIN = [*UNBOUND, *WHOLE, *_plans("")]
ROUTED = [*PLAIN, *addresses_of(WEST), *boxes_round(TOWN)]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """Serve both sides."""
    path = two_sides(tmp_path_factory.mktemp("rights") / "sides.gpkg")
    with Project.open(path) as project:
        yield create_app(Settings(), project)


@pytest.fixture(scope="module")
def clients(app: FastAPI) -> Clients:
    """Give a client for each role, bound to the west, and one that is bound to nothing."""
    return {
        (role, place): Client(app, token=token_for(app, person_of(role, place)))
        for role in Role
        for place in (WEST, TOWN, "")
    }


def person_of(role: Role, place: str) -> Person:
    """Give somebody of a role who works in one place; everywhere where it is empty."""
    return Person(f"{role.value}-{place.lower()}", role, frozenset({place}) if place else None)


def _depends_on(dependant: Dependant | None, name: str) -> bool:
    if dependant is None:
        return False
    if getattr(dependant.call, "__name__", "") == name:
        return True
    return any(_depends_on(inner, name) for inner in dependant.dependencies)


def test_every_route_is_public_or_knows_who_asks() -> None:
    routes = dict(every_route(create_app(Settings(), drawn_community()).routes))
    is_behind = {name: _depends_on(route, "_admission") for name, route in routes.items()}

    assert len(routes) > 25
    assert {name for name, is_known in is_behind.items() if not is_known} == PUBLIC
    for name, route in routes.items():
        is_public = _depends_on(route, "_public") or name == "GET /static"
        assert is_public is (name in PUBLIC), name


def test_every_change_is_behind_somebody_who_may_change_things() -> None:
    routes = dict(every_route(create_app(Settings(), drawn_community()).routes))
    changing = {name for name in routes if not name.startswith(("GET ", "HEAD ", "OPTIONS "))}

    unguarded = {name for name in changing - PUBLIC if not _depends_on(routes[name], "_editor")}
    assert {name for name in unguarded if "/ogc/" not in name} == COMPUTED


@pytest.mark.parametrize("role", [Role.CADRE, Role.LIAISON, Role.VIEWER])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_only_editors_change_features(clients: Clients, role: Role, method: str) -> None:
    items = "/ogc/collections/zones/items"
    path = items if method == "POST" else f"{items}/{WEST}-zone"

    assert clients[role, WEST].request(method, path).status_code == 403
    assert clients[role, ""].request(method, path).status_code == 403


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", ["buildings-house", "zones-zone", "sampling_sites-site"])
def test_single_features_elsewhere_are_not_there(clients: Clients, role: Role, name: str) -> None:
    layer, key = name.split("-")
    paths = [f"/ogc/collections/{layer}/items/{side}-{key}" for side in (WEST, EAST)]

    own, foreign = (clients[role, WEST].get(path) for path in paths)

    assert (own.status_code, foreign.status_code) == (200, 404)
    assert clients[role, ""].get(paths[1]).status_code == 200


def test_the_table_below_has_every_path_that_is_read(app: FastAPI) -> None:
    read = {path for path, methods in app.openapi()["paths"].items() if "get" in methods}
    elsewhere = ("/ogc", "/api/zones", "/api/events", "/api/tokens", "/health")
    forms = {
        path: re.compile(re.sub(r"\\{\w+\\}", "[^/?]+", re.escape(path)) + r"(\?.*)?")
        for path in read
        if not path.startswith(elsewhere)
    }

    missing = {path for path, form in forms.items() if not any(map(form.fullmatch, ROUTED))}
    assert missing == set()


def test_nobody_gets_in_without_a_name(app: FastAPI) -> None:
    nobody = Client(app, token="")

    told, sent = answers_of(nobody, ROUTED), answers_of(nobody, ROUTED, {"accept": "text/html"})

    assert {path: answer.status_code for path, answer in told.items()} == dict.fromkeys(ROUTED, 401)
    assert {answer.headers["www-authenticate"] for answer in told.values()} == {"Bearer"}
    assert {answer.json()["type"] for answer in told.values()} == {"/problems/not-signed-in"}
    assert {path: answer.status_code for path, answer in sent.items()} == dict.fromkeys(ROUTED, 303)
    assert all(answer.headers["location"].startswith("/login?next=/") for answer in sent.values())
    assert not any(answer.content for answer in sent.values())


@pytest.mark.parametrize("role", Role)
def test_own_ground_is_answered_and_nothing_beyond_it(clients: Clients, role: Role) -> None:
    own = [*PLAIN, *addresses_of(WEST), *addresses_of(f"{WEST}-1"), *boxes_round(WEST)]

    answers = answers_of(clients[role, WEST], own)

    assert statuses_of(answers) == {path: 404 if is_hidden(role, path) else 200 for path in own}
    assert [path for path, answer in answers.items() if EAST in answer.text] == []
    kept = {answer.headers["cache-control"] for answer in answers.values()}
    assert kept == {"private, no-cache", "no-store"}


@pytest.mark.parametrize("role", Role)
def test_foreign_areas_are_not_there(clients: Clients, role: Role) -> None:
    foreign = [*addresses_of(EAST), *addresses_of(f"{EAST}-1")]

    answers = answers_of(clients[role, WEST], foreign)

    assert statuses_of(answers) == dict.fromkeys(foreign, 404)
    for answer in answers.values():
        assert answer.json()["type"] == "/problems/unknown-area"
        # What was asked for is told back, and the areas one may ask for; nothing else.
        assert EAST not in answer.json()["detail"].partition("got")[0]


@pytest.mark.parametrize("role", Role)
def test_a_box_is_cut_to_the_areas_of_whoever_asks(clients: Clients, role: Role) -> None:
    answers = answers_of(clients[role, WEST], [*boxes_round(TOWN), *boxes_round(EAST)])

    # Where a box holds nothing of one's own there is nothing to walk on: 422.
    assert set(statuses_of(answers).values()) <= {200, 404, 422}
    assert {path for path, answer in answers.items() if EAST in answer.text} == set()
    whole = {path: answers[path].status_code for path in boxes_round(TOWN)}
    assert whole == {path: 404 if is_hidden(role, path) else 200 for path in whole}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("place", [TOWN, ""])
def test_whoever_works_in_both_sees_both(clients: Clients, role: Role, place: str) -> None:
    every = [*PLAIN[1:], *addresses_of(EAST)[1:], *boxes_round(EAST)[1:]]

    answers = answers_of(clients[role, place], every)

    assert statuses_of(answers) == {path: 404 if is_hidden(role, path) else 200 for path in every}
    rows = (path for path in every if path.startswith(("/api/layers/", "/ogc")))
    missing = {path for path in rows if EAST not in answers[path].text}
    assert {
        path for path in missing if not is_hidden(role, path) and "streets" not in path
    } == set()


def answers_of(
    client: Client, paths: Sequence[str], headers: Mapping[str, str] | None = None
) -> dict[str, httpx.Response]:
    """Ask for every path, and give the answers by path."""
    answers = client.request_all([("GET", path) for path in paths], headers)
    return dict(zip(paths, answers, strict=True))


def statuses_of(answers: Mapping[str, httpx.Response]) -> dict[str, int]:
    """Give the status of each answer."""
    return {path: answer.status_code for path, answer in answers.items()}


@pytest.mark.parametrize("role", Role)
def test_columns_and_layers_for_staff_are_for_staff(clients: Clients, role: Role) -> None:
    client = clients[role, WEST]

    zones, page = client.get("/api/layers/zones").text, client.get("/").text

    assert (f"{WEST}-author" in zones) is (role in STAFF)
    assert (client.get("/api/layers/needs").status_code == 200) is (role in STAFF)
    assert role in STAFF or f"{WEST}-author" not in page


def test_every_feature_of_ones_own_is_there(clients: Clients) -> None:
    west, both = clients[Role.CADRE, WEST], clients[Role.CADRE, ""]

    for name in DRAWN:
        own = {feature["id"] for feature in west.get(f"/api/layers/{name}").json()["features"]}
        every = {feature["id"] for feature in both.get(f"/api/layers/{name}").json()["features"]}
        assert own == {key for key in every if EAST not in key and key != TOWN}, name


def test_figures_count_ones_own_premises_alone(clients: Clients) -> None:
    west, both = clients[Role.LIAISON, WEST], clients[Role.LIAISON, ""]

    assert both.get(f"/api/reopening/{DAY}").json()["total"]["staff_back"] == 22
    assert west.get(f"/api/reopening/{DAY}").json()["total"]["staff_back"] == 11
    assert "11" in west.get(f"/api/bulletins/{DAY}?lang=en").text


def test_people_of_one_view_share_an_answer_and_others_do_not(
    app: FastAPI, clients: Clients
) -> None:
    path = "/api/layers/buildings"
    twin = Client(app, token=token_for(app, Person("twin", Role.COORDINATOR, frozenset({WEST}))))

    west = clients[Role.CADRE, WEST].get(path).headers["etag"]

    assert twin.get(path).headers["etag"] == west
    assert clients[Role.CADRE, ""].get(path, {"if-none-match": west}).status_code == 200
    assert twin.get(path, {"if-none-match": west}).status_code == 304


def is_hidden(role: Role, path: str) -> bool:
    """Whether a path is that of a layer for staff, and the role is none."""
    return path.startswith(STAFF_PATHS) and role not in STAFF
