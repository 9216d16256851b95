"""Nobody reads or writes features beyond their own areas, by whatever way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.services.rights import Person, Role
from geo.layers import LAYERS
from geo.schema import Audience
from tests.support.ogc import (
    GEOJSON,
    MERGE_PATCH,
    OgcClient,
    house,
    ogc_client,
    point,
    square,
)
from tests.support.people import browser_of

if TYPE_CHECKING:
    from pathlib import Path

WEST = frozenset({"c1-1"})
EAST = frozenset({"c1-2"})
HOUSES = "/collections/buildings/items"
ZONES = "/collections/zones/items"
SEEN = {
    WEST: {"b1", "b2", "b3", "b5"},
    EAST: {"b4", "b6"},
    frozenset({"c1"}): {"b1", "b2", "b3", "b4", "b5", "b6"},
    frozenset({"nowhere"}): set(),
    None: {"b1", "b2", "b3", "b4", "b5", "b6"},
}
EAST_HOUSE_DEG = (114.3020, 30.5975)
"""The border between the two areas lies at about 114.30095."""


@pytest.fixture
def client(tmp_path: Path) -> OgcClient:
    """Open a small community of its own."""
    return ogc_client(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> OgcClient:
    """Open a small community that is only read."""
    return ogc_client(tmp_path_factory.mktemp("reach"))


def somebody(role: Role, areas: frozenset[str] | None, **rights: bool) -> Person:
    name = f"{role}-{'-'.join(sorted(areas or ['all']))}"
    return Person(name, role, areas, **rights)


def ids(document: Any) -> set[str]:  # noqa: ANN401 - JSON
    return {feature["id"] for feature in document["features"]}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("areas", list(SEEN), ids=str)
def test_everybody_sees_their_own_areas_and_nothing_else(
    shared: OgcClient, role: Role, areas: frozenset[str] | None
) -> None:
    reader, seen = shared.other(somebody(role, areas)), SEEN[areas]

    document = reader.json(HOUSES)

    assert ids(document) == seen
    assert document["numberMatched"] == len(seen)
    assert ids(reader.json(f"{HOUSES}?bbox=-180,-90,180,90")) == seen
    for key in SEEN[None]:
        status = 200 if key in seen else 404
        assert reader.get(f"{HOUSES}/{key}").status_code == status, key
        page = reader.get(f"{HOUSES}/{key}?f=html", accept="text/html")
        assert page.status_code == status


def test_the_extent_tells_nothing_of_what_lies_elsewhere(shared: OgcClient) -> None:
    extents = [
        shared.other(somebody(Role.VIEWER, areas)).json("/collections/buildings")["extent"]
        for areas in (WEST, EAST)
    ]

    (west,), (east,) = (extent["spatial"]["bbox"] for extent in extents)
    assert west[2] < east[2]
    assert west[0] < east[0]


def test_tags_of_pages_differ_for_who_sees_other_things(client: OgcClient) -> None:
    west, east = (client.other(somebody(Role.VIEWER, areas)) for areas in (WEST, EAST))
    tag = west.get(HOUSES).headers["etag"]

    assert west.get(HOUSES, if_none_match=tag).status_code == 304
    assert east.get(HOUSES, if_none_match=tag).status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_columns_for_staff_are_for_staff(shared: OgcClient, role: Role) -> None:
    person = somebody(role, None)
    reader = shared.other(person)
    staff = {column.name for column in LAYERS["zones"].columns if column.audience is Audience.STAFF}

    values = reader.json(ZONES)["features"][0]["properties"]
    alone = reader.json(f"{ZONES}/z1")["properties"]
    schema = reader.json("/collections/zones/schema")["properties"]
    names = {one["id"] for one in reader.json("/collections")["collections"]}

    for told in (values, alone, schema):
        assert staff <= told.keys() or not staff & told.keys()
        assert (staff <= told.keys()) is person.sees_staff_columns
    assert ("needs" in names) is person.sees_staff_columns
    status = 200 if person.sees_staff_columns else 404
    assert reader.get("/collections/needs/items").status_code == status
    status = 200 if person.sees_staff_columns else 400
    assert reader.get(f"{ZONES}?author=li").status_code == status


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("may_write", [True, False])
def test_only_editors_change_anything(client: OgcClient, role: Role, may_write: bool) -> None:  # noqa: FBT001 - a parameter of the test
    person = somebody(role, None, may_write=may_write)
    writer = client.other(person)

    answers = [
        writer.send("POST", HOUSES, house(), content_type=GEOJSON),
        writer.send("PUT", f"{HOUSES}/b1", house(), content_type=GEOJSON),
        writer.send("PATCH", f"{HOUSES}/b1", {}, content_type=MERGE_PATCH),
        writer.send("DELETE", f"{HOUSES}/b1"),
    ]
    allow = writer.send("OPTIONS", HOUSES).headers["allow"]

    is_allowed = person.may_edit
    assert [one.status_code for one in answers] == (
        [201, 204, 204, 204] if is_allowed else [403] * 4
    )
    assert ("POST" in allow) is is_allowed
    assert (client.get(f"{HOUSES}/b1").status_code == 404) is is_allowed


def test_nobody_writes_beyond_their_areas(client: OgcClient) -> None:
    writer = client.other(somebody(Role.COORDINATOR, WEST))
    foreign = house() | {"geometry": house_at(EAST_HOUSE_DEG)}

    refused = writer.send("POST", HOUSES, foreign, content_type=GEOJSON)
    moved = writer.send("PUT", f"{HOUSES}/b1", foreign, content_type=GEOJSON)
    shifted = writer.send(
        "PATCH", f"{HOUSES}/b1", {"geometry": foreign["geometry"]}, content_type=MERGE_PATCH
    )
    hidden = [
        writer.send("PUT", f"{HOUSES}/b4", house(), content_type=GEOJSON),
        writer.send("PATCH", f"{HOUSES}/b4", {}, content_type=MERGE_PATCH),
        writer.send("DELETE", f"{HOUSES}/b4"),
    ]

    for answer in (refused, moved, shifted):
        assert answer.status_code == 403, answer.text
        assert answer.json()["geometry"]["type"] == "Polygon"
    assert [one.status_code for one in hidden] == [404] * 3
    assert ids(client.json(HOUSES)) == SEEN[None]
    own = writer.send("POST", HOUSES, house(), content_type=GEOJSON)
    assert own.status_code == 201


def test_a_zone_beyond_ones_areas_is_not_taken(client: OgcClient) -> None:
    writer = client.other(somebody(Role.COORDINATOR, WEST))
    body = {
        "type": "Feature",
        "geometry": house_at(EAST_HOUSE_DEG, 0.0003),
        "properties": {"level": "control"},
    }

    assert writer.send("POST", ZONES, body, content_type=GEOJSON).status_code == 403
    assert writer.get(f"{ZONES}/z1").status_code == 404


def test_who_is_bound_to_areas_does_not_draw_areas(client: OgcClient) -> None:
    """Their border would be the border of their rights."""
    bound = client.other(somebody(Role.COORDINATOR, WEST))
    free = client.other(somebody(Role.COORDINATOR, None))
    path, body = "/collections/areas/items/c1-1", {"properties": {"name": "新"}}

    assert bound.send("PATCH", path, body, content_type=MERGE_PATCH).status_code == 403
    assert "PATCH" not in bound.send("OPTIONS", path).headers["allow"]
    assert free.send("PATCH", path, body, content_type=MERGE_PATCH).status_code == 204


def test_a_browser_changes_something_only_from_our_own_page(client: OgcClient) -> None:
    browser = browser_of(client.app)
    nobody = OgcClient(client.app, "")
    plain = {name.replace("-", "_"): value for name, value in browser.items()}
    forged = {name: value for name, value in plain.items() if name != "x_csrf_token"}

    assert nobody.send("POST", HOUSES, house(), content_type=GEOJSON, **forged).status_code == 403
    assert nobody.send("POST", HOUSES, house(), content_type=GEOJSON, **plain).status_code == 201
    assert nobody.send("POST", HOUSES, house(), content_type=GEOJSON).status_code == 401


def test_what_moves_into_reach_is_seen_and_what_leaves_it_is_not(client: OgcClient) -> None:
    west, east = (client.other(somebody(Role.VIEWER, areas)) for areas in (WEST, EAST))
    assert ids(west.json(HOUSES)) == SEEN[WEST]

    body = {"geometry": house_at(EAST_HOUSE_DEG)}
    client.send("PATCH", f"{HOUSES}/b1", body, content_type=MERGE_PATCH)
    assert "b1" not in ids(west.json(HOUSES))
    assert "b1" in ids(east.json(HOUSES))
    client.send("DELETE", "/collections/areas/items/c1-2")
    assert ids(east.json(HOUSES)) == set()


def house_at(corner_deg: tuple[float, float], side_deg: float = 0.0001) -> dict[str, Any]:
    return square(corner_deg, side_deg)


def test_a_point_on_the_ground_of_others_is_not_taken(client: OgcClient) -> None:
    writer = client.other(somebody(Role.COORDINATOR, EAST))
    body = {"type": "Feature", "geometry": point(), "properties": {"name": "x"}}

    answer = writer.send("POST", "/collections/offices/items", body, content_type=GEOJSON)

    assert answer.status_code == 403
    assert answer.json()["geometry"] == point()
