"""Control zones over HTTP: read, drawn, redrawn, deleted, refused."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from shapely import Point, Polygon, box

from api.routers.zone_bodies import Level
from api.services.zone_errors import FAULT_SENTENCES
from geo.layers import ZONE_LEVELS
from maps.text import catalogue
from tests.support.http import Client
from tests.support.people import ADMIN
from tests.support.zone_service import (
    EAST,
    EVERYWHERE,
    VIEWER,
    WEST,
    WEST_VIEWER,
    WHY,
    client_of,
    drawn,
    ground,
    house,
    problem,
    zone,
    zone_service,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    """Serve the small community, whose one zone is z1."""
    with zone_service(tmp_path) as app:
        yield app


@pytest.fixture
def client(app: FastAPI) -> Client:
    """Give a client of a coordinator who works everywhere."""
    return client_of(app, EVERYWHERE)


def change(client: Client, *changes: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """Make changes, which must work."""
    answer = client.send("POST", "/api/zones/changes", {"reason": WHY, "changes": list(changes)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_levels_of_the_interface_are_those_of_the_layer() -> None:
    assert Level.__args__ == ZONE_LEVELS  # type: ignore[attr-defined]  # of a Literal


def test_zones_are_listed_with_what_they_hold(client: Client) -> None:
    answer = client.get("/api/zones")

    assert answer.headers["cache-control"] == "private, no-cache"
    zones = answer.json()
    (z1,) = zones["features"]
    assert z1["id"] == z1["properties"]["zone_id"] == "z1"
    assert z1["etag"].startswith('"')
    assert z1["properties"]["valid_from_at"] == "2020-03-01T00:00:00Z"
    assert (zones["at"], zones["known_at"], zones["overlaps"]) == (None, None, None)
    assert zones["held"] == [
        {"level": "lockdown", "buildings": 1, "households": 24, "people": 55},
        {"level": "control", "buildings": 0, "households": 0, "people": 0},
        {"level": "precaution", "buildings": 0, "households": 0, "people": 0},
    ]


def test_zones_are_not_sent_again_until_something_changes(client: Client) -> None:
    tag = client.get("/api/zones").headers["etag"]

    assert client.get("/api/zones", {"if-none-match": tag}).status_code == 304
    change(client, {"op": "create", "feature": zone(house(0, 0))})
    assert client.get("/api/zones", {"if-none-match": tag}).status_code == 200


def test_a_zone_that_is_drawn_can_be_read_again(client: Client) -> None:
    sent = zone(house(10, 0), name="1号楼", level="control", valid_from_at="2020-03-02T08:00+08:00")

    answer = client.send("POST", "/api/zones", sent | {"reason": WHY})

    assert answer.status_code == 201
    stored = answer.json()
    assert answer.headers["location"] == f"/api/zones/{stored['id']}"
    assert answer.headers["etag"] == stored["etag"]
    assert stored["id"].startswith("z-")
    assert stored["geometry"] == sent["geometry"]
    assert stored["properties"] == {
        "zone_id": stored["id"],
        "name": "1号楼",
        "level": "control",
        "valid_from_at": "2020-03-02T00:00:00Z",
        "valid_to_at": None,
        "version": 1,
        "reason": WHY,
        "author": "qian",
    }
    again = client.get(answer.headers["location"])
    assert again.json() == stored
    assert again.headers["etag"] == stored["etag"]
    held = client.get(answer.headers["location"], {"if-none-match": stored["etag"]})
    assert held.status_code == 304


def test_what_was_read_may_be_sent_back(client: Client) -> None:
    z1 = client.get("/api/zones/z1").json()

    answer = client.send("PUT", "/api/zones/z1", z1 | {"reason": WHY}, {"if-match": z1["etag"]})

    assert answer.status_code == 200, answer.text
    assert answer.json()["geometry"] == z1["geometry"]
    assert answer.json()["properties"]["version"] == 2


def test_the_tag_of_a_compressed_answer_is_good_for_a_change(client: Client) -> None:
    sent = zone(Point(60, 60).buffer(50), level="control") | {"reason": WHY}
    path = client.send("POST", "/api/zones", sent).headers["location"]
    read = client.get(path, {"accept-encoding": "gzip"})
    assert read.headers["content-encoding"] == "gzip"

    answer = client.send("PUT", path, sent, {"if-match": read.headers["etag"]})

    assert answer.status_code == 200, answer.text


def test_a_zone_is_deleted(client: Client) -> None:
    tag = client.get("/api/zones/z1").headers["etag"]

    answer = client.send("DELETE", "/api/zones/z1?reason=over", headers={"if-match": tag})

    assert (answer.status_code, answer.content) == (204, b"")
    problem(client.get("/api/zones/z1"), 404)
    assert client.get("/api/zones").json()["features"] == []


def test_changes_are_made_together(client: Client) -> None:
    tag = client.get("/api/zones/z1").headers["etag"]

    made = change(
        client,
        {"op": "create", "feature": zone(house(0, 0), key="west")},
        {"op": "delete", "id": "z1", "etag": tag},
    )

    assert [feature["id"] for feature in made["features"]] == ["west"]
    assert made["deleted"] == ["z1"]
    assert made["seq"] == client.get("/api/zones").json()["seq"]


def test_of_changes_none_is_made_if_one_cannot_be(client: Client) -> None:
    bow = Polygon([(0, 0), (50, 50), (50, 0), (0, 50)])
    changes = [
        {"op": "create", "feature": zone(house(0, 0), key="good")},
        {"op": "create", "feature": zone(bow, key="bow")},
    ]

    answer = client.send("POST", "/api/zones/changes", {"reason": WHY, "changes": changes})

    (fault,) = problem(answer, 422)["faults"]
    assert (fault["index"], fault["id"], fault["code"]) == (1, "bow", "self_crossing")
    crossing = drawn(fault["geometry"])
    assert crossing.distance(Point(25, 25)) < 0.1
    problem(client.get("/api/zones/good"), 404)


def test_a_shared_border_moves_in_one_save(client: Client) -> None:
    west = zone(box(0, 0, 50, 40), key="w", level="control")
    east = zone(box(50, 0, 90, 40), key="e", level="control")
    made = change(client, *({"op": "create", "feature": one} for one in (west, east)))
    tags = {one["id"]: one["etag"] for one in made["features"]}

    moved = {"w": zone(box(0, 0, 60, 40), key="w"), "e": zone(box(60, 0, 90, 40), key="e")}
    replaced = [
        {"op": "replace", "id": key, "etag": tags[key], "feature": one}
        for key, one in moved.items()
    ]
    after = change(client, *replaced)

    left, right = (drawn(one["geometry"]) for one in after["features"])
    assert left.intersection(right).area < 1e-6
    assert left.union(right).area == pytest.approx(90 * 40, rel=1e-3)
    moments = client.get("/api/zones/timeline").json()["moments"]
    assert [one["zones"] for one in moments if one["kind"] == "saved"] == [["w", "e"], ["w", "e"]]


def test_a_zone_begins_and_lapses_by_itself(client: Client) -> None:
    period = {"valid_from_at": "2020-04-01T00:00:00Z", "valid_to_at": "2020-04-08T00:00:00Z"}
    change(client, {"op": "create", "feature": zone(house(10, 0), key="april", **period)})

    def ids(at: str) -> list[str]:
        zones = client.get(f"/api/zones?at={at}").json()
        return [feature["id"] for feature in zones["features"]]

    assert ids("2020-02-29T23:59:59Z") == []
    assert ids("2020-03-31T23:59:59Z") == ["z1"]
    assert ids("2020-04-01T00:00:00Z") == ["z1", "april"]
    assert ids("2020-04-08T00:00:00Z") == ["z1"]
    assert len(client.get("/api/zones").json()["features"]) == 2
    held = client.get("/api/zones?at=2020-04-02T00:00:00%2B08:00").json()["held"]
    assert (held[0]["buildings"], held[0]["people"]) == (2, 115)


def test_where_levels_overlap_the_stricter_holds(client: Client) -> None:
    change(client, {"op": "create", "feature": zone(box(320, 80, 380, 140), level="control")})

    overlaps = client.get("/api/zones").json()["overlaps"]

    (part,) = overlaps["parts"]
    assert (part["level"], part["milder"]) == ("lockdown", ["control"])
    assert overlaps["type"] == "MultiPolygon"
    assert drawn(part["geometry"]).area == pytest.approx(20 * 30, rel=0.01)


REFUSED_SHAPES = {
    "self_crossing": ground(Polygon([(0, 0), (50, 50), (50, 0), (0, 50)])),
    "empty": None,
    "too_small": ground(box(0, 0, 2, 2)),
    "too_large": {
        "type": "Polygon",
        "coordinates": [[[113, 30], [116, 30], [116, 32], [113, 32], [113, 30]]],
    },
    "hole_swallows_all": ground(
        Polygon(box(0, 0, 50, 50).exterior, [box(0.1, 0.1, 49.9, 49.9).exterior])
    ),
    "too_many_vertices": ground(Point(100, 100).buffer(80, quad_segs=25_000)),
    "wrong_type": {"type": "Point", "coordinates": [114.3, 30.6]},
    "malformed": {"type": "Polygon", "coordinates": [[[114.3, 30.6], [114.4, 30.6]]]},
    "not_finite": {"type": "Polygon", "coordinates": [[[1e400, 1], [2, 2], [3, 1], [1e400, 1]]]},
}


@pytest.mark.parametrize("code", REFUSED_SHAPES)
def test_a_faulty_shape_is_refused_with_its_fault(client: Client, code: str) -> None:
    sent = zone(house(0, 0), key="new") | {"geometry": REFUSED_SHAPES[code]}
    body = json.dumps(sent | {"reason": WHY}).replace("Infinity", "1e400")

    answer = client.send_text("POST", "/api/zones", body, {"accept-language": "en"})

    faults = problem(answer, 422)["faults"]
    assert code in {fault["code"] for fault in faults}
    assert all(fault["detail"].isascii() or "²" in fault["detail"] for fault in faults)
    problem(client.get("/api/zones/new"), 404)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [*ground(house(0, 0))["coordinates"], []]},
        {"type": "MultiPolygon", "coordinates": [ground(house(0, 0))["coordinates"], []]},
        {"type": "Polygon", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": [[["a", 1]]]},
    ],
)
def test_a_ring_without_corners_is_no_geometry(client: Client, geometry: dict[str, Any]) -> None:
    # Buffering a polygon with an empty hole ends the process.
    sent = zone(house(0, 0)) | {"geometry": geometry, "reason": WHY}
    body = {"op": "take", "geometry": geometry, "buildings": ["b1"], "inside": True}

    for answer in (
        client.send("POST", "/api/zones", sent),
        client.send("POST", "/api/zones/shapes", body),
    ):
        assert [fault["code"] for fault in problem(answer, 422)["faults"]] == ["malformed"]


@pytest.mark.parametrize("code", sorted(FAULT_SENTENCES))
def test_every_fault_is_told_in_chinese_with_its_figures(code: str) -> None:
    sentence = FAULT_SENTENCES[code]

    told = catalogue("zh", "service").gettext(sentence)

    assert told != sentence
    assert set(re.findall(r"{\w+}", told)) == set(re.findall(r"{\w+}", sentence))


def test_a_period_that_ends_before_it_begins_is_refused(client: Client) -> None:
    period = {"valid_from_at": "2020-04-08T00:00:00Z", "valid_to_at": "2020-04-01T00:00:00Z"}

    answer = client.send("POST", "/api/zones", zone(house(0, 0), **period) | {"reason": WHY})

    assert [fault["code"] for fault in problem(answer, 422)["faults"]] == ["period_reversed"]


BAD_BODIES: tuple[tuple[dict[str, Any], str], ...] = (
    ({"reason": None}, "reason"),
    ({"reason": "  "}, "reason"),
    ({"reason": "x" * 501}, "reason"),
    ({"reason": "a\x00b"}, "reason"),
    ({"geometry": 7}, "geometry"),
    ({"geometry": {"type": "Circle", "coordinates": []}}, "geometry.type"),
    ({"properties": {"level": "red"}}, "properties.level"),
    ({"properties": {"level": "control", "colour": 1}}, "properties.colour"),
    ({"properties": {"level": "control", "valid_from_at": 1585094400}}, "properties.valid_from_at"),
    (
        {"properties": {"level": "control", "valid_from_at": "2020-03-25T08:00:00"}},
        "properties.valid_from_at",
    ),
    (
        {"properties": {"level": "control", "valid_to_at": "0001-01-01T00:00:00+14:00"}},
        "properties.valid_to_at",
    ),
    ({"id": 7}, "id"),
    ({"type": "Polygon"}, "type"),
    ({"more": 1}, "more"),
)


@pytest.mark.parametrize(("change", "place"), BAD_BODIES)
def test_a_body_that_breaks_its_contract_is_refused(
    client: Client, change: dict[str, Any], place: str
) -> None:
    answer = client.send("POST", "/api/zones", zone(house(0, 0)) | {"reason": WHY} | change)

    errors = problem(answer, 422)["errors"]
    assert place in {error["name"] for error in errors}
    assert {error["in"] for error in errors} == {"body"}


def test_what_is_no_json_is_not_understood(client: Client) -> None:
    problem(client.send_text("POST", "/api/zones", "{"), 400)
    assert client.send_text("POST", "/api/zones", "[" * 100_000).status_code == 400
    problem(client.send_text("POST", "/api/zones", ""), 422)


def test_an_unknown_parameter_is_refused(client: Client) -> None:
    problem(client.get("/api/zones?when=now"), 400)
    problem(client.get("/api/zones?at=yesterday"), 400)
    problem(client.get("/api/zones/z1?at=2020-03-25T08:00:00Z"), 400)
    problem(client.send("POST", "/api/zones?x=1", zone(house(0, 0)) | {"reason": WHY}), 400)


def test_a_body_over_the_limit_is_not_read(client: Client) -> None:
    sent = zone(house(0, 0)) | {"reason": "x" * 9_000_000}

    told = problem(client.send("POST", "/api/zones", sent), 413)

    assert told["type"] == "/problems/too-large"


def test_an_id_is_given_once(client: Client) -> None:
    sent = zone(house(0, 0), key="z1") | {"reason": WHY}

    problem(client.send("POST", "/api/zones", sent), 409)


@pytest.mark.parametrize("key", ["a/b", "a b", "timeline", "x" * 65, "<b>"])
def test_an_id_must_fit_in_an_address(client: Client, key: str) -> None:
    answer = client.send("POST", "/api/zones", zone(house(0, 0), key=key) | {"reason": WHY})

    assert [fault["code"] for fault in problem(answer, 422)["faults"]] == ["bad_id"]


def test_a_zone_is_not_replaced_by_another(client: Client) -> None:
    tag = client.get("/api/zones/z1").headers["etag"]
    sent = zone(house(0, 0), key="z2") | {"reason": WHY}

    answer = client.send("PUT", "/api/zones/z1", sent, {"if-match": tag})

    assert [fault["code"] for fault in problem(answer, 422)["faults"]] == ["other_id"]


def test_one_zone_is_changed_once_in_one_save(client: Client) -> None:
    twice = [{"op": "create", "feature": zone(house(x, 0), key="a")} for x in (0, 100)]

    answer = client.send("POST", "/api/zones/changes", {"reason": WHY, "changes": twice})

    assert [fault["code"] for fault in problem(answer, 422)["faults"]] == ["repeated"]


def test_a_viewer_changes_nothing(app: FastAPI) -> None:
    client = client_of(app, VIEWER)
    tag = client.get("/api/zones/z1").headers["etag"]

    sent = zone(house(0, 0)) | {"reason": WHY}
    problem(client.send("POST", "/api/zones", sent), 403)
    problem(client.send("PUT", "/api/zones/z1", sent, {"if-match": tag}), 403)
    problem(client.send("DELETE", "/api/zones/z1?reason=x", headers={"if-match": tag}), 403)


def test_who_is_not_staff_does_not_see_who_drew_a_zone(app: FastAPI, client: Client) -> None:
    change(client, {"op": "create", "feature": zone(house(0, 0), key="a")})

    seen = client_of(app, VIEWER).get("/api/zones/a").json()["properties"]

    assert "author" not in seen
    assert client.get("/api/zones/a").json()["properties"]["author"] == "qian"


def test_a_foreign_zone_is_not_there(app: FastAPI) -> None:
    west = client_of(app, WEST)
    tag = client_of(app, EAST).get("/api/zones/z1").headers["etag"]

    assert west.get("/api/zones").json()["features"] == []
    problem(west.get("/api/zones/z1"), 404)
    sent = zone(house(0, 0), key="z1") | {"reason": WHY}
    problem(west.send("PUT", "/api/zones/z1", sent, {"if-match": tag}), 404)
    problem(west.send("DELETE", "/api/zones/z1?reason=x", headers={"if-match": tag}), 404)
    problem(west.get("/api/zones/z1/versions"), 404)


def test_nobody_draws_beyond_their_areas(app: FastAPI) -> None:
    answer = client_of(app, WEST).send(
        "POST", "/api/zones", zone(box(180, 0, 230, 40)) | {"reason": WHY}
    )

    told = problem(answer, 403)
    assert told["type"] == "/problems/outside-reach"
    beyond = drawn(told["geometry"])
    assert beyond.symmetric_difference(box(200, 0, 230, 40)).area < 5


def test_a_zone_partly_inside_is_read_but_not_changed(app: FastAPI, client: Client) -> None:
    change(client, {"op": "create", "feature": zone(box(150, 0, 250, 40), key="both")})
    west = client_of(app, WEST)
    tag = west.get("/api/zones/both").headers["etag"]

    sent = zone(box(150, 0, 190, 40)) | {"reason": WHY}
    problem(west.send("PUT", "/api/zones/both", sent, {"if-match": tag}), 403)
    answer = west.send("DELETE", "/api/zones/both?reason=x", headers={"if-match": tag})
    told = problem(answer, 403)

    assert drawn(told["geometry"]).area == pytest.approx(50 * 40, rel=0.02)


def test_people_are_counted_within_ones_own_areas(app: FastAPI, client: Client) -> None:
    change(client, {"op": "create", "feature": zone(box(-40, -40, 640, 340), key="all")})

    held = client_of(app, WEST_VIEWER).get("/api/zones").json()["held"]

    assert (held[0]["buildings"], held[0]["people"]) == (4, 60 + 62 + 190 + 9)


def test_nobody_reads_zones_unless_signed_in(app: FastAPI) -> None:
    nobody = Client(app, token="")
    answer = nobody.get("/api/zones")

    problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_an_admin_draws_everywhere(app: FastAPI) -> None:
    sent = zone(box(150, 0, 250, 40)) | {"reason": WHY}

    assert client_of(app, ADMIN).send("POST", "/api/zones", sent).status_code == 201
