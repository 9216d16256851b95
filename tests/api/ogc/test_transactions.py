"""
Part 4 of OGC API – Features: the abstract tests, in our words, against the small community.

Each test names the conformance test or the requirement it is about.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.ogc import GEOJSON, MERGE_PATCH, OgcClient, house, ogc_client, point, zone

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

HOUSES = "/collections/buildings/items"
ZONES = "/collections/zones/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@pytest.fixture
def client(tmp_path: Path) -> OgcClient:
    """Open a small community of its own."""
    return ogc_client(tmp_path)


def feature(client: OgcClient, path: str) -> dict[str, Any]:
    document: dict[str, Any] = client.json(path)
    return {key: document[key] for key in ("type", "id", "geometry", "properties")}


def ids(client: OgcClient, path: str = HOUSES) -> list[str]:
    return [one["id"] for one in client.json(path)["features"]]


def post(client: OgcClient, body: object, **headers: str) -> httpx.Response:
    return client.send("POST", HOUSES, body, content_type=GEOJSON, **headers)


def put(client: OgcClient, key: str, body: object, **headers: str) -> httpx.Response:
    return client.send("PUT", f"{HOUSES}/{key}", body, content_type=GEOJSON, **headers)


def patch(client: OgcClient, key: str, body: object, **headers: str) -> httpx.Response:
    return client.send("PATCH", f"{HOUSES}/{key}", body, content_type=MERGE_PATCH, **headers)


def tag(client: OgcClient, path: str) -> str:
    return client.get(path).headers["etag"]


def refused(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    return problem


def test_options_say_what_may_be_done(client: OgcClient) -> None:
    """/conf/create-replace-delete/options, /conf/update/options; QGIS asks before it edits."""
    items = client.send("OPTIONS", HOUSES)
    item = client.send("OPTIONS", f"{HOUSES}/b1")

    assert (items.status_code, item.status_code) == (200, 200)
    assert items.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert items.headers["accept-post"].split(", ")[0] == GEOJSON
    assert item.headers["allow"] == "GET, HEAD, OPTIONS, PUT, PATCH, DELETE"
    assert item.headers["accept-patch"] == MERGE_PATCH


def test_a_feature_is_created_under_an_id_made_here(client: OgcClient) -> None:
    """/conf/create-replace-delete/create; QGIS takes the id from the end of Location."""
    before = ids(client)

    answer = post(client, house(name="新楼", floors=3))

    assert answer.status_code == 201
    assert answer.content == b""
    key = answer.headers["location"].rpartition("/items/")[2]
    made = feature(client, answer.headers["location"])
    assert made["id"] == key
    assert key not in before
    assert ids(client) == [*before, key]
    assert made["geometry"] == house()["geometry"]
    assert (made["properties"]["name"], made["properties"]["floors"]) == ("新楼", 3)
    assert tag(client, answer.headers["location"]) == answer.headers["etag"]


def test_a_feature_is_created_under_its_own_id(client: OgcClient) -> None:
    """/conf/create-replace-delete/create, second request."""
    answer = post(client, house(name="x") | {"id": "way/7 é"})

    assert answer.status_code == 201
    assert answer.headers["location"].endswith("/items/way%2F7%20%C3%A9")
    assert feature(client, answer.headers["location"])["id"] == "way/7 é"


def test_an_id_that_is_taken_is_a_conflict(client: OgcClient) -> None:
    before = feature(client, f"{HOUSES}/b1")

    problem = refused(post(client, house() | {"id": "b1"}), 409)

    assert problem["type"] == "/problems/feature-exists"
    assert feature(client, f"{HOUSES}/b1") == before


@pytest.mark.parametrize(("method", "path"), [("POST", HOUSES), ("PUT", f"{HOUSES}/b1")])
def test_a_body_must_say_what_it_is(client: OgcClient, method: str, path: str) -> None:
    """/conf/create-replace-delete/create-content-type, replace-content-type."""
    refused(client.send(method, path, house()), 400)
    refused(client.send(method, path, house(), content_type="application/gml+xml"), 415)


def test_a_patch_must_say_what_it_is(client: OgcClient) -> None:
    """/conf/update/update-content-type."""
    refused(client.send("PATCH", f"{HOUSES}/b1", {}), 400)
    refused(client.send("PATCH", f"{HOUSES}/b1", {}, content_type=GEOJSON), 415)


def test_a_feature_is_replaced(client: OgcClient) -> None:
    """/conf/create-replace-delete/replace: what the body leaves out is gone."""
    answer = put(client, "b3", house(name="旧楼"))

    assert answer.status_code == 204
    stored = feature(client, f"{HOUSES}/b3")
    assert stored["geometry"] == house()["geometry"]
    assert stored["properties"]["name"] == "旧楼"
    assert stored["properties"]["floors"] is None
    assert ids(client) == ["b1", "b2", "b3", "b4", "b5", "b6"]


def test_an_id_cannot_be_changed_by_replacing(client: OgcClient) -> None:
    """/conf/create-replace-delete/replace-rid, /req/features/geojson-create-replace A."""
    before = feature(client, f"{HOUSES}/b1")

    refused(put(client, "b1", house() | {"id": "b99"}), 422)
    refused(put(client, "b1", house(building_id="b99")), 422)

    assert feature(client, f"{HOUSES}/b1") == before
    assert client.get(f"{HOUSES}/b99").status_code == 404
    assert put(client, "b1", before).status_code == 204


def test_what_is_not_there_cannot_be_replaced(client: OgcClient) -> None:
    """/conf/create-replace-delete/replace-exceptions: 404 with and without a condition."""
    refused(put(client, "b98", house()), 404)
    refused(put(client, "b99", house(), if_match='"xyz"'), 404)

    assert not {"b98", "b99"} & set(ids(client))


def test_a_feature_is_deleted(client: OgcClient) -> None:
    """/conf/create-replace-delete/delete."""
    assert client.send("DELETE", f"{HOUSES}/b2").status_code == 204

    assert client.get(f"{HOUSES}/b2").status_code == 404
    assert ids(client) == ["b1", "b3", "b4", "b5", "b6"]
    refused(client.send("DELETE", f"{HOUSES}/b2"), 404)


def test_parts_of_a_feature_are_updated_and_the_rest_stays(client: OgcClient) -> None:
    """/conf/update/update, /conf/features/json-merge-patch; null takes a property away."""
    before = feature(client, f"{HOUSES}/b1")
    wanted = {"properties": {"floors": 7, "street_name": "解放街", "name": None}}

    assert patch(client, "b1", wanted | {"geometry": house()["geometry"]}).status_code == 204

    after = feature(client, f"{HOUSES}/b1")
    expected = deepcopy(before)
    expected["properties"] |= wanted["properties"]
    expected["geometry"] = house()["geometry"]
    assert after == expected


def test_geometry_and_properties_may_be_updated_alone(client: OgcClient) -> None:
    """QGIS sends either the one or the other."""
    before = feature(client, f"{HOUSES}/b1")

    assert patch(client, "b1", {"geometry": house()["geometry"]}).status_code == 204
    assert feature(client, f"{HOUSES}/b1")["properties"] == before["properties"]
    assert patch(client, "b1", {"properties": None}).status_code == 204

    values = feature(client, f"{HOUSES}/b1")["properties"]
    assert {name for name, value in values.items() if value is not None} == {"building_id"}


def test_an_id_cannot_be_changed_by_updating(client: OgcClient) -> None:
    """/conf/update/update-rid, /req/features/update-json-merge-patch B."""
    refused(patch(client, "b1", {"id": "b99"}), 422)
    refused(patch(client, "b1", {"properties": {"building_id": "b99"}}), 422)

    assert client.get(f"{HOUSES}/b99").status_code == 404
    assert patch(client, "b1", {"id": "b1"}).status_code == 204


def test_every_feature_has_a_strong_tag(client: OgcClient) -> None:
    """/conf/optimistic-locking-etags/get-etag."""
    tags = [tag(client, f"{HOUSES}/{key}") for key in ids(client)]

    assert len(set(tags)) == 6
    assert all(one.startswith('"') and one.endswith('"') for one in tags)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_may_name_the_version_it_is_of(client: OgcClient, method: str) -> None:
    """/conf/optimistic-locking-etags/replace and update; without If-Match QGIS may edit."""
    path, change = f"{HOUSES}/b1", put if method == "PUT" else patch
    body = house(name="改") if method == "PUT" else {"properties": {"name": "改"}}
    before, seen = feature(client, path), tag(client, path)

    problem = refused(change(client, "b1", body, if_match='"0"'), 412)
    assert feature(client, path) == before
    assert problem["current"]["etag"] == seen
    assert problem["current"]["properties"] == before["properties"]

    done = change(client, "b1", body, if_match=f'"0", {seen}')
    assert done.status_code == 204
    assert done.headers["etag"] == tag(client, path) != seen
    refused(change(client, "b1", body, if_match=seen), 412)
    refused(change(client, "b1", body, if_match=f"W/{done.headers['etag']}"), 412)
    assert change(client, "b1", body, if_match="*").status_code == 204
    assert change(client, "b1", body).status_code == 204


def test_a_deletion_may_name_the_version_it_is_of(client: OgcClient) -> None:
    """/conf/optimistic-locking-etags/delete."""
    seen = tag(client, f"{HOUSES}/b1")

    refused(client.send("DELETE", f"{HOUSES}/b1", if_match='"0"'), 412)
    assert "b1" in ids(client)
    assert client.send("DELETE", f"{HOUSES}/b1", if_match=seen).status_code == 204
    assert client.send("DELETE", f"{HOUSES}/b2").status_code == 204
    assert ids(client) == ["b3", "b4", "b5", "b6"]


def test_the_tag_of_a_compressed_answer_stands_for_the_same_version(client: OgcClient) -> None:
    seen = tag(client, f"{HOUSES}/b1")

    assert put(client, "b1", house(), if_match=f'{seen[:-1]}-gzip"').status_code == 204


def test_zones_are_changed_only_by_who_has_seen_them(client: OgcClient) -> None:
    """/per/optimistic-locking-etags/ifmatch-missing: here the condition must be there."""
    seen = tag(client, f"{ZONES}/z1")

    for method, kind in (("PUT", GEOJSON), ("PATCH", MERGE_PATCH), ("DELETE", GEOJSON)):
        refused(client.send(method, f"{ZONES}/z1", zone(), content_type=kind), 428)
        answer = client.send(method, f"{ZONES}/z1", zone(), content_type=kind, if_match='"0"')
        refused(answer, 412)
    done = client.send("PUT", f"{ZONES}/z1", zone(name="新"), content_type=GEOJSON, if_match=seen)

    assert done.status_code == 204
    values = feature(client, f"{ZONES}/z1")["properties"]
    assert (values["name"], values["version"], values["author"]) == ("新", 2, "admin")


def test_zones_keep_their_rules(client: OgcClient) -> None:
    crossed = zone()
    ring = crossed["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]

    problem = refused(client.send("POST", ZONES, crossed, content_type=GEOJSON), 422)

    assert [fault["code"] for fault in problem["faults"]] == ["self_crossing"]


def test_the_reason_of_a_change_is_kept(client: OgcClient) -> None:
    made = client.send(
        "POST", ZONES, zone(), content_type=GEOJSON, reason="%E4%B8%A4%E4%BE%8B%E9%98%B3%E6%80%A7"
    )
    place = made.headers["location"]
    assert feature(client, place)["properties"]["reason"] == "两例阳性"

    told = {"properties": {"name": "n", "reason": "written in the body"}}
    wish = {"content_type": MERGE_PATCH, "if_match": made.headers["etag"]}
    again = client.send("PATCH", place, told, **wish)
    assert feature(client, place)["properties"]["reason"] == "written in the body"

    # A reason that is only sent along, as read, is not that of this change.
    same = feature(client, place) | {"geometry": zone()["geometry"]}
    done = client.send("PUT", place, same, content_type=GEOJSON, if_match=again.headers["etag"])
    assert done.status_code == 204
    assert feature(client, place)["properties"]["reason"] == "OGC API"


@pytest.mark.parametrize("reason", ["x" * 501, "two%0Alines", "%00"])
def test_a_reason_is_one_short_line(client: OgcClient, reason: str) -> None:
    problem = refused(post(client, house(), reason=reason), 400)

    assert problem["errors"][0] == {
        "in": "header",
        "name": "Reason",
        "detail": "Expected printable text of at most 500 characters.",
    }


@pytest.mark.parametrize("prefer", ["", "handling=strict", "handling=lenient"])
def test_a_sound_feature_is_taken_however_it_is_handled(client: OgcClient, prefer: str) -> None:
    """/conf/handling/prefer."""
    answer = post(client, house(floors=2), prefer=prefer)

    assert answer.status_code == 201
    assert answer.headers.get("preference-applied", "") == prefer


@pytest.mark.parametrize(
    "properties",
    [
        {"floors": "six"},
        {"floors": 0},
        {"floors": 6.5},
        {"floors": 2**40},
        {"use": "castle"},
        {"has_lift": "yes"},
        {"height_m": True},
        {"name": 7},
        {"name": "a\x00b"},
        {"colour": "red"},
    ],
)
def test_strictly_handled_a_feature_keeps_the_schema(
    client: OgcClient, properties: dict[str, object]
) -> None:
    """/conf/handling/strict, /conf/handling/preference-applied, /conf/features/schema."""
    before = ids(client)

    for prefer in ("handling=strict", ""):
        answer = post(client, house(**properties), prefer=prefer)
        assert next(iter(properties)) in refused(answer, 422)["detail"]
        assert answer.headers.get("preference-applied", "") == prefer
    assert ids(client) == before


def test_leniently_handled_a_stranger_is_passed_over(client: OgcClient) -> None:
    """/conf/handling/lenient."""
    body = zone(colour="red", version=9, author="somebody", name="宽")

    refused(client.send("POST", ZONES, body, content_type=GEOJSON), 422)
    done = client.send("POST", ZONES, body, content_type=GEOJSON, prefer="handling=lenient")

    assert done.headers["preference-applied"] == "handling=lenient"
    values = feature(client, done.headers["location"])["properties"]
    assert (values["name"], values["version"], values["author"]) == ("宽", 1, "admin")
    assert "colour" not in values


def test_what_the_service_fills_may_be_sent_back_unchanged(client: OgcClient) -> None:
    """/conf/features/schema: read-only properties."""
    place, whole = f"{ZONES}/z1", feature(client, f"{ZONES}/z1")
    wish = {"content_type": GEOJSON, "if_match": tag(client, place)}

    changed = deepcopy(whole)
    changed["properties"]["version"] = 7
    refused(client.send("PUT", place, changed, **wish), 422)
    assert client.send("PUT", place, whole, **wish).status_code == 204


def test_the_stored_feature_comes_back_where_it_is_preferred(client: OgcClient) -> None:
    """RFC 7240 return; the class Return Resource Representation in Response."""
    wish = "return=representation"

    made = post(client, house(name="a"), prefer=wish)
    place = made.headers["location"]
    key = made.json()["id"]
    changed = put(client, key, house(name="b"), prefer=wish)
    updated = patch(client, key, {"properties": {"name": "c"}}, prefer=f"{wish}, handling=strict")
    least = patch(client, key, {"properties": {"name": "d"}}, prefer="return=minimal")

    assert [one.status_code for one in (made, changed, updated, least)] == [201, 200, 200, 204]
    assert [one.json()["properties"]["name"] for one in (made, changed, updated)] == ["a", "b", "c"]
    assert changed.headers["preference-applied"] == wish
    assert updated.headers["preference-applied"] == f"handling=strict, {wish}"
    assert least.headers["preference-applied"] == "return=minimal"
    assert least.headers["etag"] == tag(client, place)


@pytest.mark.parametrize("code", ["4326", "32650", "3857"])
def test_geometries_are_taken_in_the_system_that_is_named(client: OgcClient, code: str) -> None:
    """/conf/features/crs, /req/features/content-crs-header."""
    uri = f"{EPSG}{code}"
    first = post(client, house()).headers["location"]
    there = client.json(f"{first}?crs={uri}")

    made = post(client, house() | {"geometry": there["geometry"]}, content_crs=f"<{uri}>")
    again = client.json(f"{made.headers['location']}?crs={uri}")

    assert made.status_code == 201
    for told, asked in zip(
        again["geometry"]["coordinates"][0], there["geometry"]["coordinates"][0], strict=True
    ):
        assert told == pytest.approx(asked, abs=0.02)


def test_a_system_that_is_not_listed_is_refused(client: OgcClient) -> None:
    """/conf/features/crs, third request."""
    problem = refused(post(client, house(), content_crs=f"<{EPSG}27700>"), 400)

    assert problem["errors"][0]["name"] == "Content-Crs"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"[" * 5_000, b'{"type":"Point"}'],
)
def test_a_body_that_is_no_feature_is_a_bad_request(client: OgcClient, body: bytes) -> None:
    """/req/create-replace-delete/post-body."""
    refused(post(client, body), 400)


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {},
        "POINT (1 2)",
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"], [3, 4], [5, 6], [1, 2]]]},
        {"type": "Polygon", "coordinates": [[[114, 30], [114, 31], [115, 31], [115, None]]]},
        {"type": "Point", "coordinates": [114.3, 30.6]},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "Polygon", "coordinates": [[[200, 95], [201, 95], [201, 96], [200, 95]]]},
        {
            "type": "Polygon",
            "coordinates": [[[114, 30], [114.1, 30.1], [114.1, 30], [114, 30.1], [114, 30]]],
        },
    ],
)
def test_a_shape_that_is_none_or_of_another_kind_is_not_stored(
    client: OgcClient, geometry: object
) -> None:
    problem = refused(post(client, house() | {"geometry": geometry}), 422)

    assert "geometry" in problem["detail"]


def test_a_shape_may_have_only_so_many_vertices(client: OgcClient) -> None:
    ring = [[114.3 + step * 1e-7, 30.6] for step in range(20_001)]
    ring += [[114.3, 30.61], ring[0]]
    shape = {"type": "Polygon", "coordinates": [ring]}

    assert "vertices" in refused(post(client, house() | {"geometry": shape}), 422)["detail"]


@pytest.mark.parametrize("key", ["", " ", ".", "..", "a\nb", "x" * 201, True, ["b"]])
def test_an_id_is_printable_text(client: OgcClient, key: object) -> None:
    refused(post(client, house() | {"id": key}), 422)


def test_points_are_written_like_everything_else(client: OgcClient) -> None:
    body = {"type": "Feature", "geometry": point(), "properties": {"state": "open"}}

    made = client.send("POST", "/collections/gates/items", body, content_type=GEOJSON)

    assert feature(client, made.headers["location"])["geometry"] == point()
    required = {"type": "Feature", "geometry": point(), "properties": {}}
    refused(client.send("POST", "/collections/gates/items", required, content_type=GEOJSON), 422)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", HOUSES, "GET, HEAD, OPTIONS, POST"),
        ("POST", f"{HOUSES}/b1", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
        ("POST", "/collections", "GET, HEAD"),
    ],
)
def test_other_methods_are_not_allowed(
    client: OgcClient, method: str, path: str, allow: str
) -> None:
    """/req/core/http: 405 names what is allowed."""
    answer = client.send(method, path, {}, content_type=GEOJSON)

    assert answer.status_code == 405
    assert answer.headers["allow"] == allow


def test_changes_are_in_the_history_with_who_and_why(client: OgcClient) -> None:
    project = client.app.state.workspace.project

    post(client, house() | {"id": "n1"}, reason="new")
    patch(client, "n1", {"properties": {"floors": 2}})
    client.send("DELETE", f"{HOUSES}/n1", reason="gone")

    told = [(one.kind.value, one.actor, one.reason) for one in project.versions("buildings", "n1")]
    assert told == [
        ("create", "admin", "new"),
        ("replace", "admin", "OGC API"),
        ("delete", "admin", "gone"),
    ]
