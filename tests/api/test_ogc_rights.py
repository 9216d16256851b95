"""Who may ask what of the collections: every route, every role, every area, in every form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from shapely import Point, box
from shapely.affinity import translate
from shapely.geometry import shape

from api.main import create_app
from api.services.rights import EDITORS, STAFF, Person, Role
from api.settings import Settings
from api.store.edits import Act, Edit, EditKind
from api.store.project import Project
from geo.io.features import datetime_text
from geo.layers import LAYERS
from tests.support.asks import OGC_OF_LAYERS, OGC_PLAIN, OVER_BORDER
from tests.support.ogc import GEOJSON, MERGE_PATCH, OgcClient
from tests.support.people import ADMIN, browser_of, token_for
from tests.support.sides import EAST, SIDE_M, WEST, box_of, box_of_both, two_sides
from tests.support.zone_service import ground

if TYPE_CHECKING:
    import httpx

KEYS = {"buildings": "house", "zones": "zone", "needs": "need", "checkpoints": "checkpoint"}
VALUES: dict[str, dict[str, Any]] = {
    "buildings": {},
    "zones": {"level": "control"},
    "needs": {"kind": "visit"},
    "checkpoints": {},
}
HOUSE = box(100, 20, 112, 30)
SHAPES = {"needs": Point(100, 20), "checkpoints": Point(100, 20)}
PLANTER = "qqplanter"
MOMENT = datetime(2022, 4, 1, 8, tzinfo=UTC)
FORMS = ("json", "html")


class Wish(NamedTuple):
    """A request that changes something, with its statuses here and elsewhere."""

    method: str
    done: int
    elsewhere: int


WISHES = (
    Wish("POST", 201, 403),
    Wish("PUT", 204, 404),
    Wish("PATCH", 204, 404),
    Wish("DELETE", 204, 404),
)


@dataclass(frozen=True, slots=True)
class Door:
    """
    A service with one role at its door.

    Parameters
    ----------
    west, whole
        Somebody bound to the west, and somebody bound to nothing.
    reading
        The latter by a token that may not write.
    """

    role: Role
    west: OgcClient
    whole: OgcClient
    reading: OgcClient
    admin: OgcClient

    @property
    def project(self) -> Project:
        """What is served."""
        project: Project = self.admin.app.state.workspace.project
        return project

    def send(
        self, client: OgcClient, wish: Wish, layer: str, side: str, **headers: str
    ) -> httpx.Response:
        """Ask for a change of a feature that nothing else is about."""
        path, key = f"/collections/{layer}/items", key_of(layer, wish, side)
        if wish.method == "POST":
            sent = feature(layer, side)
            return client.send("POST", path, sent, content_type=GEOJSON, **headers)
        kind = MERGE_PATCH if wish.method == "PATCH" else GEOJSON
        bodies = {"PUT": feature(layer, side), "PATCH": {"properties": {}}}
        told = {"if_match": self.project.feature(layer, key).etag, "content_type": kind}
        return client.send(wish.method, f"{path}/{key}", bodies.get(wish.method), **told, **headers)


def key_of(layer: str, wish: Wish, side: str) -> str:
    """Give the id of the feature that a kind of request changes."""
    return f"{side}-{KEYS[layer]}-{wish.method.lower()}"


def feature(layer: str, side: str) -> dict[str, Any]:
    """Give a feature of a layer on one side, as it is sent."""
    drawn = translate(SHAPES.get(layer, HOUSE), SIDE_M if side == EAST else 0)
    return {"type": "Feature", "geometry": ground(drawn), "properties": VALUES[layer]}


def door_of(path: Path, role: Role) -> Door:
    """Open a project in which each kind of change has features of its own on both sides."""
    path.write_bytes(_file())
    app = create_app(Settings(), Project.open(path))
    west = Person(f"{role.value}-west", role, frozenset({WEST}))
    whole = Person(f"{role.value}-whole", role, None)
    reading = Person(whole.name, role, None, may_write=False)
    people = (west, whole, reading, ADMIN)
    return Door(role, *(OgcClient(app, token_for(app, one)) for one in people))


@cache
def _file() -> bytes:
    with TemporaryDirectory() as folder:
        path = two_sides(Path(folder) / "sides.gpkg")
        with Project.open(path) as project:
            project.edit(
                [
                    Edit(
                        EditKind.CREATE,
                        layer,
                        key_of(layer, wish, side),
                        VALUES[layer],
                        shape(feature(layer, side)["geometry"]),
                    )
                    for layer in KEYS
                    for wish in WISHES[1:]
                    for side in (WEST, EAST)
                ],
                Act(PLANTER, "planted", MOMENT),
            )
        return path.read_bytes()


@pytest.fixture(scope="module", params=list(Role))
def door(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Door:
    """Open a service for one role."""
    return door_of(tmp_path_factory.mktemp("ogc") / "sides.gpkg", request.param)


@pytest.fixture
def own(tmp_path: Path) -> Door:
    """Open a service for coordinators, to be used up."""
    return door_of(tmp_path / "sides.gpkg", Role.COORDINATOR)


def is_hidden(role: Role, path: str) -> bool:
    """Whether a path is that of a layer for staff, and the role is none."""
    return "/needs" in path and role not in STAFF


def plain_paths() -> list[str]:
    """Give the paths of all routes that hold no features."""
    routes = (route.removeprefix("GET /ogc") for route in (*OGC_PLAIN, *OGC_OF_LAYERS))
    named = [route.replace("{collection}", name) for route in routes for name in KEYS]
    return list(dict.fromkeys(named))


@pytest.mark.parametrize("layer", KEYS)
@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.method)
def test_each_role_changes_its_own_and_nothing_elsewhere(
    door: Door, wish: Wish, layer: str
) -> None:
    may, before = door.role in EDITORS, door.project.last_seq()

    foreign = door.send(door.west, wish, layer, EAST)
    reading = door.send(door.reading, wish, layer, EAST)

    assert foreign.status_code == (wish.elsewhere if may else 403), foreign.text
    assert reading.status_code == 403
    assert PLANTER not in foreign.text
    assert door.project.last_seq() == before
    done = [
        door.send(client, wish, layer, side).status_code
        for client, side in ((door.west, WEST), (door.whole, EAST))
    ]
    assert done == [wish.done if may else 403] * 2
    assert door.project.last_seq() == before + (2 if may else 0)


@pytest.mark.parametrize("layer", KEYS)
def test_options_tell_what_somebody_may_do(door: Door, layer: str) -> None:
    path = f"/collections/{layer}/items"
    key = {side: f"{side}-{KEYS[layer]}" for side in (WEST, EAST)}
    answers = [
        door.west.send("OPTIONS", path),
        door.west.send("OPTIONS", f"{path}/{key[WEST]}"),
        door.whole.send("OPTIONS", f"{path}/{key[EAST]}"),
    ]
    foreign = door.west.send("OPTIONS", f"{path}/{key[EAST]}")

    assert foreign.status_code == 404
    hidden = is_hidden(door.role, path)
    assert [answer.status_code for answer in answers] == [404 if hidden else 200] * 3
    allowed = {name for one in answers if not hidden for name in one.headers["allow"].split(", ")}
    changing = {"POST", "PUT", "PATCH", "DELETE"}
    assert allowed & changing == (changing if door.role in EDITORS else set())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layer", KEYS)
def test_single_features_are_there_for_those_whose_they_are(
    door: Door, layer: str, form: str
) -> None:
    paths = [f"/collections/{layer}/items/{side}-{KEYS[layer]}" for side in (WEST, EAST)]
    there = 404 if is_hidden(door.role, paths[0]) else 200

    own, foreign = (door.west.get(f"{path}?f={form}") for path in paths)
    whole = door.whole.get(f"{paths[1]}?f={form}")

    assert [one.status_code for one in (own, foreign, whole)] == [there, 404, there]
    assert f"{EAST} " not in foreign.text
    assert f"{EAST}-author" not in own.text + foreign.text
    if layer == "zones":
        assert (f"{WEST}-author" in own.text) is (door.role in STAFF)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layer", KEYS)
def test_no_question_reaches_into_foreign_areas(door: Door, layer: str, form: str) -> None:
    items, key = f"/collections/{layer}/items", LAYERS[layer].key
    wide = [
        f"{items}?f={form}",
        f"{items}?f={form}&bbox={box_of_both()}",
        f"{items}?f={form}&limit=1",
    ]
    beyond = [
        f"{items}?f={form}&{key}={EAST}-{KEYS[layer]}",
        f"{items}?f={form}&bbox={box_of(EAST)}&{key}={EAST}-{KEYS[layer]}",
    ]
    if is_hidden(door.role, items):
        assert {door.west.get(path).status_code for path in wide + beyond} == {404}
        return

    told = [door.west.get(path) for path in wide]
    nothing = [door.west.get(path) for path in beyond]
    something = [door.whole.get(path) for path in beyond]

    assert {one.status_code for one in told + nothing + something} == {200}
    assert all(EAST not in one.text and WEST in one.text for one in told)
    assert all(EAST in one.text for one in something)
    if form == "json":
        counts = {one.headers["ogc-numbermatched"] for one in told}
        assert counts == {str(told[0].json()["numberMatched"])}
        assert [one.json()["numberMatched"] for one in nothing] == [0, 0]
        assert {one.headers["ogc-numbermatched"] for one in nothing} == {"0"}
        assert [one.json()["numberMatched"] for one in something] == [1, 1]
    else:
        assert all(f"{EAST} " not in one.text for one in nothing)


@pytest.mark.parametrize("form", FORMS)
def test_what_describes_the_collections_tells_nothing_of_foreign_areas(
    door: Door, form: str
) -> None:
    for path in plain_paths():
        if form == "html" and path.endswith(("/schema", "/queryables")):
            continue
        there = 404 if is_hidden(door.role, path) else 200
        west, whole = (one.get(f"{path}?f={form}") for one in (door.west, door.whole))
        assert (west.status_code, whole.status_code) == (there, there), path
        assert EAST not in west.text, path
        assert ("Author" in west.text or '"author"' in west.text) <= (door.role in STAFF), path
        # Where the layer itself was asked for, its name is told back.
        is_named = there == 200 and ('"needs"' in west.text or "/needs" in west.text)
        assert is_named <= (door.role in STAFF), path


def test_the_extent_of_time_is_that_of_ones_own_zones(own: Door) -> None:
    early, late = (datetime_text(MOMENT.replace(year=year)) for year in (2021, 2023))
    for feature_there in own.project.features("zones"):
        key, side = feature_there.key, feature_there.key.partition("-")[0]
        times = {WEST: (early, early[:3] + "2" + early[4:]), EAST: ("2001-01-01T00:00:00Z", late)}
        body = {"properties": dict(zip(("valid_from_at", "valid_to_at"), times[side], strict=True))}
        path = f"/collections/zones/items/{key}"
        done = own.admin.send(
            "PATCH", path, body, content_type=MERGE_PATCH, if_match=feature_there.etag
        )
        assert done.status_code == 204, done.text

    spans = [
        one.json("/collections/zones")["extent"]["temporal"]["interval"]
        for one in (own.west, own.whole)
    ]

    assert spans[0] == [[early, early[:3] + "2" + early[4:]]]
    assert spans[1] == [["2001-01-01T00:00:00Z", late]]


@pytest.mark.parametrize("item", ["", f"/{WEST}-zone"])
def test_what_staff_were_given_is_not_what_others_hold(door: Door, item: str) -> None:
    path = f"/collections/zones/items{item}"
    tag = door.whole.get(path).headers["etag"] if door.role in STAFF else ""
    admin = door.admin.get(path).headers["etag"]

    answer = door.whole.get(path, if_none_match=admin)

    assert answer.status_code == (304 if door.role in STAFF else 200)
    assert not tag or tag == admin
    bound = door.west.get(path, if_none_match=admin)
    assert bound.status_code == (304 if door.role in STAFF and item else 200)
    held = door.west.get(path, if_none_match=bound.headers["etag"])
    assert held.status_code == 304


def test_nobody_gets_in_without_a_name(own: Door) -> None:
    nobody, before = OgcClient(own.admin.app, ""), own.project.last_seq()
    items = [f"/collections/{layer}/items" for layer in KEYS]
    singles = [f"{path}/{WEST}-{KEYS[layer]}" for layer, path in zip(KEYS, items, strict=True)]
    browser = {name.replace("-", "_"): told for name, told in browser_of(own.admin.app).items()}
    forged = [
        {name: value for name, value in browser.items() if name != "x_csrf_token"},
        browser | {"sec_fetch_site": "same-site"},
        browser | {"origin": "null"},
    ]

    for path in [*plain_paths(), *items, *singles]:
        assert nobody.get(path).status_code == 401, path
        assert nobody.get(path, accept="text/html").status_code == 303, path
    for wish in WISHES:
        assert own.send(nobody, wish, "buildings", WEST).status_code == 401
        for headers in forged:
            assert own.send(nobody, wish, "buildings", WEST, **headers).status_code == 403
    assert {nobody.send("OPTIONS", path).status_code for path in (*items, *singles)} == {401}
    assert own.project.last_seq() == before


@pytest.mark.parametrize(
    ("layer", "values"),
    [
        ("premises", {"category": "retail", "employees": 999, "area_code": EAST}),
        ("premises", {"category": "retail", "employees": 999, "area_code": f"{EAST}-1"}),
        ("entrances", {"building_id": f"{EAST}-house"}),
    ],
)
def test_nothing_is_slipped_into_a_foreign_area_by_what_it_says_of_itself(
    own: Door, layer: str, values: dict[str, Any]
) -> None:
    path = f"/collections/{layer}/items"
    body = {"type": "Feature", "geometry": ground(Point(100, 300)), "properties": values}
    mine = {"premises": f"{WEST}-shop", "entrances": f"{WEST}-door"}[layer]

    new = own.west.send("POST", path, body, content_type=GEOJSON)
    other = own.west.send("PUT", f"{path}/{mine}", body, content_type=GEOJSON)
    moved = own.west.send(
        "PATCH", f"{path}/{mine}", {"properties": values}, content_type=MERGE_PATCH
    )

    assert [one.status_code for one in (new, other, moved)] == [403] * 3
    assert own.whole.send("POST", path, body, content_type=GEOJSON).status_code == 201


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_nothing_is_drawn_over_the_border_or_across_it(own: Door, method: str) -> None:
    kind = {"PUT": GEOJSON, "PATCH": MERGE_PATCH}[method]
    for layer in ("zones", "buildings"):
        key = f"{WEST}-{KEYS[layer]}"
        tag = own.project.feature(layer, key).etag
        for drawn in (OVER_BORDER, translate(HOUSE, SIDE_M)):
            body = feature(layer, WEST) | {"geometry": ground(drawn)}
            path = f"/collections/{layer}/items/{key}"
            answer = own.west.send(method, path, body, content_type=kind, if_match=tag)
            assert answer.status_code == 403, answer.text
            assert answer.json()["geometry"]
        assert own.project.feature(layer, key).etag == tag


def test_a_feature_over_the_border_is_neither_taken_nor_deleted(own: Door) -> None:
    body = feature("zones", WEST) | {"id": "wide", "geometry": ground(OVER_BORDER)}
    own.admin.send("POST", "/collections/zones/items", body, content_type=GEOJSON)
    path, tag = "/collections/zones/items/wide", own.project.feature("zones", "wide").etag

    assert own.west.get(path).status_code == 200
    shrunk = {"geometry": feature("zones", WEST)["geometry"]}
    taken = own.west.send("PATCH", path, shrunk, content_type=MERGE_PATCH, if_match=tag)
    gone = own.west.send("DELETE", path, if_match=tag)

    assert [taken.status_code, gone.status_code] == [403, 403]
    assert own.project.feature("zones", "wide").etag == tag


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_zone_is_not_changed_by_who_names_any_version(own: Door, method: str) -> None:
    kind = MERGE_PATCH if method == "PATCH" else GEOJSON
    body = None if method == "DELETE" else feature("zones", WEST)
    path = f"/collections/zones/items/{WEST}-zone"

    answer = own.west.send(method, path, body, content_type=kind, if_match="*")

    assert answer.status_code == 428


def test_text_that_a_database_cannot_hold_is_refused(own: Door) -> None:
    body = feature("buildings", WEST) | {"properties": {"name": "a\0b"}}

    answer = own.west.send("POST", "/collections/buildings/items", body, content_type=GEOJSON)

    assert answer.status_code == 422
