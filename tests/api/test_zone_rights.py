"""Who may ask what of control zones: every route, every role, every area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from shapely.geometry import shape

from api.main import create_app
from api.services.keys import digest_of, new_token
from api.services.people import set_active
from api.services.rights import EDITORS, STAFF, Person, Role
from api.settings import Settings
from api.store.accounts import Token
from api.store.edits import Act, Edit, EditKind
from api.store.project import Project
from tests.support.asks import (
    LISTS,
    OGC_OF_FEATURES,
    OGC_OF_LAYERS,
    OGC_PLAIN,
    OVER_BORDER,
    RECKONED,
    SIDES,
    TOKENS,
    ZONE_ASKS,
    Ask,
    Kind,
    Thing,
)
from tests.support.communities import drawn_community
from tests.support.http import Client
from tests.support.listening import listening
from tests.support.people import ADMIN, browser_of, token_for
from tests.support.routes import PUBLIC, every_route
from tests.support.running import running
from tests.support.sides import EAST, WEST, two_sides
from tests.support.zone_service import WHY, ground

if TYPE_CHECKING:
    from fastapi import FastAPI

ELSEWHERE = ("/ogc", "/api/zones", "/api/events", "/api/tokens")
SECRET = f"{EAST} zone"
"""In the name of every zone of the east, and in no id."""
PLANTER = "qqplanter"
FIRST = Act(PLANTER, WHY, datetime(2022, 4, 1, 8, tzinfo=UTC))
SECOND = Act(PLANTER, "again", datetime(2022, 4, 1, 9, tzinfo=UTC))


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

    app: FastAPI
    role: Role
    west: Client
    whole: Client
    reading: Client
    admin: Client

    @property
    def seq(self) -> int:
        """Of the last change."""
        return int(self.app.state.workspace.project.last_seq())

    def thing(self, ask: Ask, side: str) -> Thing:
        """Give what an ask is about on one side."""
        key = key_of(ask, side)
        if ask.is_new:
            return Thing(side, key)
        return Thing(side, key, self.app.state.workspace.project.feature("zones", key).etag)

    def asked(self, client: Client, ask: Ask, side: str) -> httpx.Response:
        """Send one of the table's requests."""
        thing = self.thing(ask, side)
        return client.send(ask.method, ask.path(thing), ask.sent(thing), ask.headers(thing))


def key_of(ask: Ask, side: str) -> str:
    """Give the id of a zone that nothing else of the table is about."""
    return f"{side}-{ZONE_ASKS.index(ask)}"


def door_of(path: Path, role: Role) -> Door:
    """Open a project in which each ask has a zone of its own on both sides."""
    path.write_bytes(_file())
    project = Project.open(path)
    app = create_app(Settings(), project)
    west = Person(f"{role.value}-west", role, frozenset({WEST}))
    whole = Person(f"{role.value}-whole", role, None)
    reading = Person(whole.name, role, None, may_write=False)
    clients = (Client(app, token=token_for(app, one)) for one in (west, whole, reading, ADMIN))
    return Door(app, role, *clients)


@cache
def _file() -> bytes:
    with TemporaryDirectory() as folder:
        path = two_sides(Path(folder) / "sides.gpkg")
        with Project.open(path) as project:
            project.edit(_planted(EditKind.CREATE), FIRST)
            project.edit(_planted(EditKind.REPLACE), SECOND)
        return path.read_bytes()


def _planted(kind: EditKind) -> list[Edit]:
    asks = [ask for ask in ZONE_ASKS if not ask.is_new]
    values = {"level": "control" if kind is EditKind.CREATE else "lockdown"}
    return [
        Edit(
            kind,
            "zones",
            key_of(ask, side),
            {**values, "name": f"{side} zone"},
            shape(Thing(side, "").square()),
        )
        for ask in asks
        for side in SIDES
    ]


@pytest.fixture(scope="module", params=list(Role))
def door(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Door:
    """Open a service for one role."""
    return door_of(tmp_path_factory.mktemp("zones") / "sides.gpkg", request.param)


@pytest.fixture
def own(tmp_path: Path) -> Door:
    """Open a service for coordinators, to be used up."""
    return door_of(tmp_path / "sides.gpkg", Role.COORDINATOR)


def test_every_route_is_in_a_table() -> None:
    app = create_app(Settings(), drawn_community())
    routes = {name for name, _ in every_route(app.routes)}

    asked = {ask.route for ask in ZONE_ASKS} | {*LISTS, *RECKONED, *TOKENS}
    asked |= {*OGC_PLAIN, *OGC_OF_LAYERS, *OGC_OF_FEATURES}
    # Whatever else is read is in the table of `test_rights`, which looks for it by itself.
    others = {name for name in routes if name.startswith("GET ")} - asked - PUBLIC
    beside = {name for name in others if not name.startswith(tuple(f"GET {a}" for a in ELSEWHERE))}
    assert routes == asked | PUBLIC | beside


@pytest.mark.parametrize("ask", ZONE_ASKS, ids=str)
def test_each_role_does_its_own_and_nothing_elsewhere(door: Door, ask: Ask) -> None:
    before = door.seq

    foreign = door.asked(door.west, ask, EAST)

    assert foreign.status_code == ask.status(door.role, is_elsewhere=True), foreign.text
    assert SECRET not in foreign.text
    assert "coordinates" not in foreign.text or foreign.status_code == 403
    assert door.seq == before
    reading = door.asked(door.reading, ask, EAST)
    assert reading.status_code == (403 if ask.kind is Kind.WRITE else ask.done), reading.text
    assert door.seq == before
    may = ask.kind is Kind.WRITE and door.role in EDITORS
    for client, side in ((door.west, WEST), (door.whole, EAST)):
        answer = door.asked(client, ask, side)
        assert answer.status_code == ask.status(door.role, is_elsewhere=False), answer.text
    assert door.seq == before + (2 if may else 0)


@pytest.mark.parametrize(
    "path",
    [
        "/api/zones",
        "/api/zones?at=2022-04-01T12:00:00Z",
        "/api/zones?known_at=2022-04-01T08:30:00Z",
        "/api/zones/timeline",
    ],
)
def test_lists_hold_ones_own_alone(door: Door, path: str) -> None:
    west, whole = (client.get(path) for client in (door.west, door.whole))

    assert (west.status_code, whole.status_code) == (200, 200)
    assert EAST not in west.text
    assert WEST in west.text
    assert EAST in whole.text
    again = door.west.get(path, {"if-none-match": whole.headers.get("etag", "")})
    assert again.status_code == 200


def test_who_made_a_zone_is_for_staff(door: Door) -> None:
    key = key_of(ZONE_ASKS[0], WEST)
    paths = ["/api/zones", f"/api/zones/{key}", f"/api/zones/{key}/versions", "/api/zones/timeline"]

    for path in paths:
        text = door.west.get(path).text
        assert (PLANTER in text) is (door.role in STAFF), path
        assert ('"author"' in text or '"actor"' in text) is (door.role in STAFF), path


def test_what_staff_were_given_is_not_what_others_hold(door: Door) -> None:
    path = f"/api/zones/{key_of(ZONE_ASKS[0], WEST)}"
    tag = door.admin.get(path).headers["etag"]

    answer = door.west.get(path, {"if-none-match": tag})

    assert answer.status_code == (304 if door.role in STAFF else 200)
    own_tag = door.west.get(path).headers["etag"]
    assert door.west.get(path, {"if-none-match": own_tag}).status_code == 304
    assert door.admin.get(path, {"if-none-match": own_tag}).status_code == answer.status_code


def test_nobody_gets_in_without_a_name_and_no_browser_without_its_page(own: Door) -> None:
    nobody, before = Client(own.app, token=""), own.seq
    browser = browser_of(own.app, ADMIN)
    forged = [
        {name: value for name, value in browser.items() if name != "x-csrf-token"},
        browser | {"x-csrf-token": "0" * 64},
        browser | {"sec-fetch-site": "cross-site"},
        browser | {"origin": "https://evil.example"},
    ]

    things = {ask: own.thing(ask, WEST) for ask in ZONE_ASKS}
    asked = [(ask.method, ask.path(thing), ask.sent(thing)) for ask, thing in things.items()]
    changing = [one for one in asked if one[0] != "GET"]

    told = nobody.send_all(asked, {"if-match": "*"})
    refused = [one for headers in forged for one in nobody.send_all(changing, headers)]

    assert {(one.status_code, one.headers["www-authenticate"]) for one in told} == {(401, "Bearer")}
    assert {(one.status_code, one.json()["type"]) for one in refused} == {
        (403, "/problems/forged-request")
    }
    assert own.seq == before


def test_a_token_that_is_dead_lets_nobody_in(own: Door) -> None:
    workspace = own.app.state.workspace
    accounts, now = workspace.project.accounts, datetime.now(UTC)
    person = Person("chen", Role.COORDINATOR, None)
    revoked, disabled = token_for(own.app, person), token_for(own.app, Person("he", *_viewer()))
    prefix, expired = new_token()
    accounts.add_token(
        Token(
            prefix=prefix,
            digest=digest_of(expired),
            user_name="chen",
            device="phone",
            may_write=True,
            areas=None,
            issued_by="admin",
            created_at=now - timedelta(days=2),
            expires_at=now - timedelta(days=1),
        )
    )
    alive = Client(own.app, token=revoked)
    assert alive.get("/api/zones").status_code == 200
    accounts.revoke_token(revoked.split("_")[1], now)
    set_active(workspace, "he", now, is_active=False)

    for token in (revoked, disabled, expired, f"pm_{prefix}_{'x' * 43}"):
        client = Client(own.app, token=token)
        assert client.get("/api/zones").status_code == 401
        things = {ask: own.thing(ask, WEST) for ask in ZONE_ASKS}
        asked = [(ask.method, ask.path(thing), ask.sent(thing)) for ask, thing in things.items()]
        # Few of them: whoever tries many is turned away in another way.
        assert {answer.status_code for answer in client.send_all(asked[2:11:2])} == {401}


def _viewer() -> tuple[Role, None]:
    return Role.VIEWER, None


def test_shapes_are_merged_for_everybody_who_is_signed_in(door: Door) -> None:
    square = Thing(WEST, "").square()
    body = {"base": square, "mine": square, "theirs": square}

    assert door.west.send("POST", "/api/zones/merge", body).status_code == 200
    assert Client(door.app, token="").send("POST", "/api/zones/merge", body).status_code == 401


def widened(etag: str, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Give a change that draws the first zone of the west over the border."""
    key = key_of(ZONE_ASKS[0], WEST)
    drawn = Thing(WEST, key).zone() | {"geometry": ground(OVER_BORDER)}
    return {"op": "replace", "id": key, "etag": etag, "feature": drawn, **members}


def test_a_zone_is_not_widened_over_the_border(own: Door) -> None:
    thing = own.thing(ZONE_ASKS[0], WEST)
    path, match = f"/api/zones/{thing.key}", {"if-match": thing.etag}
    sent = widened(thing.etag)["feature"] | {"reason": WHY}
    ways = [
        own.west.send("PUT", path, sent, match),
        *(
            own.west.send("POST", "/api/zones/changes", {"reason": WHY, "changes": [change]})
            for change in (widened(thing.etag), widened(thing.etag, restores=1))
        ),
    ]

    for answer in ways:
        assert answer.status_code == 403, answer.text
        assert answer.json()["type"] == "/problems/outside-reach"
    assert own.thing(ZONE_ASKS[0], WEST).etag == thing.etag


def test_a_version_from_beyond_the_border_is_not_brought_back(own: Door) -> None:
    sent = Thing(WEST, "").zone() | {"id": "wide", "reason": WHY, "geometry": ground(OVER_BORDER)}
    tag = own.admin.send("POST", "/api/zones", sent).headers["etag"]
    sent["geometry"] = Thing(WEST, "").square()
    tag = own.admin.send("PUT", "/api/zones/wide", sent, {"if-match": tag}).headers["etag"]

    back = {"reason": WHY}
    path = "/api/zones/wide/versions/1/restore"
    answer = own.west.send("POST", path, back, {"if-match": tag})
    own.west.send("DELETE", "/api/zones/wide?reason=x", None, {"if-match": tag})
    anew = own.west.send("POST", path, back, {"if-none-match": "*"})

    assert [answer.status_code, anew.status_code] == [403, 403]
    assert own.admin.get("/api/zones/wide").status_code == 404


def test_what_is_ones_own_is_not_saved_along_with_what_is_not(own: Door) -> None:
    west, east = own.thing(ZONE_ASKS[0], WEST), own.thing(ZONE_ASKS[0], EAST)
    changes = [{"op": "delete", "id": one.key, "etag": one.etag} for one in (west, east)]

    answer = own.west.send("POST", "/api/zones/changes", {"reason": WHY, "changes": changes})

    assert answer.status_code == 404
    assert own.thing(ZONE_ASKS[0], WEST).etag == west.etag


def test_an_id_that_is_taken_elsewhere_tells_nothing_of_its_zone(own: Door) -> None:
    key = key_of(ZONE_ASKS[0], EAST)
    zone = Thing(WEST, key).zone() | {"id": key}

    taken = own.west.send("POST", "/api/zones", zone | {"reason": WHY})
    previewed = own.west.send(
        "POST", "/api/zones/preview", {"changes": [{"op": "create", "feature": zone}]}
    )

    assert (taken.status_code, previewed.status_code) == (409, 200)
    assert SECRET not in taken.text + previewed.text
    assert own.admin.get(f"/api/zones/{key}").json()["properties"]["name"] == f"{EAST} zone"


def test_a_preview_on_foreign_ground_tells_nothing_of_it(door: Door) -> None:
    change = {"op": "create", "feature": Thing(EAST, "").zone()}
    change["feature"] = Thing(EAST, "").zone() | {"geometry": Thing(EAST, "").square(350)}

    west, whole = (
        client.send("POST", "/api/zones/preview", {"changes": [change]})
        for client in (door.west, door.whole)
    )

    assert whole.json()["buildings"]["now"] + whole.json()["buildings"]["change"] > 0
    told = west.json()
    assert EAST not in west.text
    assert [told[name]["now"] for name in ("buildings", "households", "people")] == [0, 0, 0]
    assert [told[name]["change"] for name in ("buildings", "households", "people")] == [0, 0, 0]
    assert told["openings"]["now"]["features"] == []
    assert [fault["code"] for fault in told["faults"]] == ["outside_area"]


def test_of_a_zone_over_the_border_one_learns_the_openings_of_ones_own_side(own: Door) -> None:
    wide = Thing(WEST, "").zone() | {"id": "wide", "reason": WHY}
    wide["geometry"] = ground(OVER_BORDER.buffer(150, join_style="mitre"))
    own.admin.send("POST", "/api/zones", wide)
    path = "/api/zones/wide/openings?band_m=60"

    west, whole = own.west.get(path).json(), own.whole.get(path).json()

    assert len(whole["features"]) == whole["summary"]["openings"] == 2
    (opening,) = west["features"]
    assert west["summary"]["openings"] == 1
    assert set(west["posts"]["opening_ids"]) <= {opening["id"]}
    assert west["summary"]["fewest_posts"] == len(west["posts"]["opening_ids"])
    assert west["draft"] is None
    assert EAST not in str(west)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.VIEWER])
def test_a_listener_hears_nothing_of_foreign_zones(tmp_path: Path, role: Role) -> None:
    path = two_sides(tmp_path / "sides.gpkg")
    person = Person("listener", role, frozenset({WEST}))
    with running(path) as service:
        base, token = service.base, token_for(service.app, person)
        admin = {"authorization": f"Bearer {token_for(service.app)}"}
        assert httpx.get(f"{base}/api/events").status_code == 401
        with listening(base, token) as stream:
            for side in (EAST, WEST):
                zone = Thing(side, "").zone() | {"id": f"{side}-live", "reason": WHY}
                made = httpx.post(f"{base}/api/zones", json=zone, headers=admin)
                assert made.status_code == 201

            assert stream.next().data["key"] == f"{WEST}-live"
        with listening(base, token, since=0) as stream:
            assert stream.next().data["key"] == f"{WEST}-live"
        service.app.state.hub.close()


def test_ids_that_no_address_can_name_are_refused(own: Door) -> None:
    for key in (".", "..", "changes", "timeline", "a/b", "a b", "a\nb"):
        zone = Thing(WEST, "").zone() | {"id": key, "reason": WHY}
        assert own.whole.send("POST", "/api/zones", zone).status_code == 422, key

    zone = Thing(WEST, "").zone() | {"id": "四号楼", "reason": WHY}
    made = own.whole.send("POST", "/api/zones", zone)

    assert made.status_code == 201
    assert own.whole.get(made.headers["location"]).json()["id"] == "四号楼"
