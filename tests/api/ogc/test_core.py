"""
Part 1 of OGC API – Features: the abstract tests that a service can be asked, in our words.

Each test names the requirement it is about.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from geo.layers import LAYERS
from tests.support.ogc import GEOJSON, OgcClient, ogc_client

if TYPE_CHECKING:
    from pathlib import Path

SPATIAL = [name for name, layer in LAYERS.items() if layer.geometry is not None]
CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
B1_BOX = "114.29899,30.5966,114.2993,30.5968"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> OgcClient:
    """Read the small community; nothing is written here."""
    folder: Path = tmp_path_factory.mktemp("core")
    return ogc_client(folder)


def links(document: dict[str, Any], rel: str) -> list[dict[str, str]]:
    return [link for link in document["links"] if link["rel"] == rel]


def ids(document: dict[str, Any]) -> list[str]:
    return [feature["id"] for feature in document["features"]]


def test_the_landing_page_leads_to_everything(client: OgcClient) -> None:
    """/req/core/root-op, /req/core/root-success; QGIS wants service-desc and data."""
    landing = client.json("")

    (description,) = links(landing, "service-desc")
    assert description["type"] == "application/vnd.oai.openapi+json;version=3.0"
    for rel in ("self", "alternate", "service-doc", "conformance", "data"):
        assert links(landing, rel), rel
    assert client.json("/") == client.json("")
    for link in landing["links"]:
        assert client.get(link["href"]).status_code == 200, link


def test_the_api_definition_is_what_its_link_says(client: OgcClient) -> None:
    """/req/core/api-definition-op, /req/core/api-definition-success, /req/oas30/oas-impl."""
    (link,) = links(client.json(""), "service-desc")

    answer = client.get(link["href"], accept=link["type"])

    assert answer.headers["content-type"] == link["type"]
    assert answer.json()["openapi"].startswith("3.0.")


def test_the_api_definition_is_complete_in_itself(client: OgcClient) -> None:
    """/req/oas30/completeness; remote references would be beyond a closed network."""
    text = client.get("/api?f=json").text
    document = client.json("/api?f=json")

    references = set(re.findall(r'"\$ref":"([^"]+)"', text))
    assert all(reference.startswith("#/components/") for reference in references)
    for reference in references:
        _, _, kind, name = reference.split("/")
        assert name in document["components"][kind], reference


def test_every_collection_has_its_literal_paths_and_filters(client: OgcClient) -> None:
    """/req/core/fc-op and what QGIS reads: limit in the components, filters by literal path."""
    document = client.json("/api?f=json")

    limit = document["components"]["parameters"]["limit"]["schema"]
    assert (limit["minimum"], limit["default"], limit["maximum"]) == (1, 1_000, 10_000)
    for name in SPATIAL:
        parameters = document["paths"][f"/collections/{name}/items"]["get"]["parameters"]
        filters = {one["name"]: one for one in parameters if "name" in one}
        assert set(filters) == set(LAYERS[name].column_names)
        assert all((one["style"], one["explode"]) == ("form", False) for one in filters.values())


def test_shared_parameters_are_as_the_standard_defines_them(client: OgcClient) -> None:
    """/req/core/fc-bbox-definition, /req/core/fc-time-definition, /req/core/fc-limit-definition."""
    parameters = client.json("/api?f=json")["components"]["parameters"]

    box = parameters["bbox"]
    assert box["schema"]["type"] == "array"
    assert box["schema"]["items"] == {"type": "number"}
    assert (box["schema"]["minItems"], box["schema"]["maxItems"]) == (4, 6)
    assert parameters["datetime"]["schema"]["type"] == "string"
    for name in ("bbox", "datetime", "limit"):
        told = parameters[name]
        assert (told["name"], told["in"], told["required"]) == (name, "query", False)
        assert (told["style"], told["explode"]) == ("form", False)


def test_the_conformance_classes_are_named(client: OgcClient) -> None:
    """/req/core/conformance-op, /req/core/conformance-success."""
    told = client.json("/conformance")["conformsTo"]

    assert CORE in told
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in told
    assert "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features" in told
    assert len(told) == len(set(told))


def test_every_layer_is_a_collection(client: OgcClient) -> None:
    """/req/core/fc-md-op, /req/core/fc-md-success, /req/core/fc-md-items."""
    document = client.json("/collections")

    assert [one["id"] for one in document["collections"]] == SPATIAL
    assert links(document, "self")
    assert links(document, "alternate")


@pytest.mark.parametrize("name", SPATIAL)
def test_a_collection_tells_the_same_alone_and_among_all(client: OgcClient, name: str) -> None:
    """/req/core/sfc-md-op, /req/core/sfc-md-success, /req/core/fc-md-items-links."""
    alone = client.json(f"/collections/{name}")
    among = {one["id"]: one for one in client.json("/collections")["collections"]}

    assert alone == among[name]
    assert GEOJSON in {link["type"] for link in links(alone, "items")}
    assert all({"rel", "type", "href"} <= link.keys() for link in alone["links"])
    for link in alone["links"]:
        assert client.get(link["href"]).status_code == 200, link


@pytest.mark.parametrize("name", SPATIAL)
def test_the_extent_holds_every_feature(client: OgcClient, name: str) -> None:
    """/req/core/fc-md-extent."""
    (box,) = client.json(f"/collections/{name}")["extent"]["spatial"]["bbox"]

    inside = client.json(f"/collections/{name}/items?bbox={','.join(map(str, box))}")
    everything = client.json(f"/collections/{name}/items")
    assert ids(inside) == ids(everything)


def test_zones_tell_over_what_time_they_extend(client: OgcClient) -> None:
    """/req/core/fc-md-extent."""
    temporal = client.json("/collections/zones")["extent"]["temporal"]

    assert temporal["interval"] == [["2020-03-01T00:00:00Z", None]]


@pytest.mark.parametrize("name", SPATIAL)
def test_features_come_as_a_collection(client: OgcClient, name: str) -> None:
    """/req/core/fc-op, /req/core/fc-response, /req/geojson/content, /req/core/fc-links."""
    answer = client.get(f"/collections/{name}/items")
    document = answer.json()

    assert answer.headers["content-type"] == GEOJSON
    assert document["type"] == "FeatureCollection"
    assert document["numberReturned"] == len(document["features"]) == document["numberMatched"]
    assert datetime.fromisoformat(document["timeStamp"]).tzinfo
    assert [link["type"] for link in links(document, "self")] == [GEOJSON]
    assert [link["type"] for link in links(document, "alternate")] == ["text/html"]
    for feature in document["features"]:
        assert feature["type"] == "Feature"
        assert set(feature["properties"]) == set(LAYERS[name].column_names)


def test_positions_are_longitude_and_latitude_unless_asked_otherwise(client: OgcClient) -> None:
    """/req/core/crs84."""
    answer = client.get("/collections/offices/items")

    (office,) = answer.json()["features"]
    lon_deg, lat_deg = office["geometry"]["coordinates"]
    assert 114 < lon_deg < 115
    assert 30 < lat_deg < 31
    assert answer.headers["content-crs"] == f"<{CRS84}>"


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 7])
def test_pages_hold_at_most_so_many_and_lead_to_all(client: OgcClient, limit: int) -> None:
    """/req/core/fc-limit-response-1, /req/core/fc-numberMatched, /rec/core/fc-next-1."""
    path, found = f"/collections/buildings/items?limit={limit}", []
    while path:
        page = client.json(path)
        assert page["numberReturned"] == len(page["features"]) <= limit
        assert page["numberMatched"] == 6
        found += ids(page)
        path = next((link["href"] for link in links(page, "next")), "")

    assert found == ["b1", "b2", "b3", "b4", "b5", "b6"]


def test_a_limit_beyond_the_greatest_is_the_greatest(client: OgcClient) -> None:
    """/per/core/fc-limit-response-2."""
    assert client.json("/collections/buildings/items?limit=1000000")["numberReturned"] == 6


def test_a_box_selects_what_touches_it(client: OgcClient) -> None:
    """/req/core/fc-bbox-response."""
    assert ids(client.json(f"/collections/buildings/items?bbox={B1_BOX}")) == ["b1"]
    edge = "114.2992014,30.5966,114.2993,30.5968"
    assert ids(client.json(f"/collections/buildings/items?bbox={edge}")) == ["b1"]
    beside = "114.2992100,30.5966,114.2993,30.5968"
    assert ids(client.json(f"/collections/buildings/items?bbox={beside}")) == []


def test_heights_of_a_box_are_passed_over(client: OgcClient) -> None:
    """/req/core/fc-bbox-definition D: no layer has heights."""
    west, south, east, north = B1_BOX.split(",")
    box = f"{west},{south},-10,{east},{north},900"

    assert ids(client.json(f"/collections/buildings/items?bbox={box}")) == ["b1"]


def test_a_box_may_reach_over_the_antimeridian(client: OgcClient) -> None:
    """/req/core/fc-bbox-response: its west then lies east of its east."""
    around = client.json("/collections/buildings/items?bbox=114,30,-170,31")
    elsewhere = client.json("/collections/buildings/items?bbox=170,30,-170,31")

    assert (around["numberMatched"], elsewhere["numberMatched"]) == (6, 0)


@pytest.mark.parametrize(
    ("period", "count"),
    [
        ("2020-03-01T00:00:00Z", 1),
        ("2020-03-01T08:00:00%2B08:00", 1),
        ("2020-02-29T23:59:59Z", 0),
        ("2020-02-01T00:00:00Z/2020-02-29T00:00:00Z", 0),
        ("../2020-03-01T00:00:00Z", 1),
        ("/2020-02-29T23:59:59Z", 0),
        ("2030-01-01T00:00:00Z/..", 1),
        ("2030-01-01T00:00:00Z/", 1),
    ],
)
def test_zones_are_found_by_when_they_hold(client: OgcClient, period: str, count: int) -> None:
    """/req/core/fc-time-response."""
    assert client.json(f"/collections/zones/items?datetime={period}")["numberMatched"] == count


def test_what_holds_at_no_particular_time_holds_at_any(client: OgcClient) -> None:
    """/req/core/fc-time-response C."""
    found = client.json("/collections/buildings/items?datetime=1999-01-01T00:00:00Z")

    assert found["numberMatched"] == 6


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("use=mixed", ["b5"]),
        ("floors=6", ["b1", "b2", "b4"]),
        ("floors=6&area_code=c1-2", ["b4"]),
        ("has_lift=true", ["b3"]),
        ("has_lift=FALSE", ["b1", "b2", "b4", "b5"]),
        ("name=%E7%BB%BC%E5%90%88%E6%A5%BC", ["b5"]),
        ("building_id=b2", ["b2"]),
        ("floors=99", []),
    ],
)
def test_properties_filter(client: OgcClient, asked: str, found: list[str]) -> None:
    """/rec/core/fc-filters."""
    assert ids(client.json(f"/collections/buildings/items?{asked}")) == found


@pytest.mark.parametrize(
    "asked",
    [
        "colour=red",
        "bbox=1,2,3",
        "bbox=1,2,3,4,5",
        "bbox=a,b,c,d",
        "bbox=1,4,2,3",
        "bbox=nan,0,1,1",
        "bbox=",
        "limit=0",
        "limit=-1",
        "limit=many",
        "limit=",
        "limit=5&limit=6",
        "after=x",
        "after=-1",
        "datetime=yesterday",
        "datetime=2020-03-01",
        "datetime=2020-03-01T00:00:00Z/2020-02-01T00:00:00Z",
        "datetime=../..",
        "datetime=2020-03-01T00:00:00Z/../..",
        "datetime=2020-13-01T00:00:00Z",
        "floors=six",
        "floors=6.5",
        "floors=99999999999",
        "has_lift=maybe",
        "use=castle",
        "height_m=inf",
        "f=pdf",
        "lang=fr",
    ],
)
def test_what_is_wrong_or_unknown_is_a_bad_request(client: OgcClient, asked: str) -> None:
    """/req/core/query-param-unknown, /req/core/query-param-invalid."""
    answer = client.get(f"/collections/buildings/items?{asked}")

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["errors"][0]["name"] == asked.partition("=")[0]


@pytest.mark.parametrize(
    "path",
    ["", "/conformance", "/api", "/collections", "/collections/zones", "/collections/zones/schema"],
)
def test_unknown_parameters_are_refused_everywhere(client: OgcClient, path: str) -> None:
    """/req/core/query-param-unknown."""
    assert client.get(f"{path}?colour=red").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/collections/houses",
        "/collections/reports",
        "/collections/houses/items",
        "/collections/buildings/items/b99",
        "/collections/buildings/items/",
        "/collections/buildings/items/%00",
        "/nowhere",
    ],
)
def test_what_is_not_there_is_not_found(client: OgcClient, path: str) -> None:
    """/req/core/http."""
    assert client.get(path).status_code == 404


def test_every_feature_has_its_own_address(client: OgcClient) -> None:
    """/req/core/f-op, /req/core/f-success, /req/core/f-links."""
    for name in SPATIAL:
        for feature in client.json(f"/collections/{name}/items")["features"]:
            alone = client.json(f"/collections/{name}/items/{feature['id']}")
            assert {key: alone[key] for key in feature} == feature
            assert {link["rel"] for link in alone["links"]} == {"self", "alternate", "collection"}


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", GEOJSON),
        ("application/geo+json, application/json", GEOJSON),
        ("application/json", "application/json"),
        ("application/geo+json;q=0.5, text/html;q=0.9", "text/html; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/*", GEOJSON),
    ],
)
def test_the_form_is_negotiated(client: OgcClient, accept: str, kind: str) -> None:
    """/req/core/http: content negotiation."""
    answer = client.get("/collections/buildings/items?limit=1", accept=accept)

    assert answer.headers["content-type"] == kind
    assert "accept" in answer.headers["vary"].lower()


def test_a_form_that_is_not_to_be_had_is_refused(client: OgcClient) -> None:
    """/req/core/http: 406."""
    answer = client.get("/collections/buildings/items", accept="application/gml+xml")

    assert answer.status_code == 406


def test_head_gives_the_headers_alone(client: OgcClient) -> None:
    """/req/core/http."""
    answer = client.send("HEAD", "/collections/buildings/items/b1")

    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["etag"] == client.get("/collections/buildings/items/b1").headers["etag"]


@pytest.mark.parametrize(
    "path", ["/collections/buildings/items?limit=2", "/collections/buildings/items/b1"]
)
def test_what_did_not_change_is_not_sent_again(client: OgcClient, path: str) -> None:
    """/rec/core/etag."""
    tag = client.get(path).headers["etag"]

    again = client.get(path, if_none_match=tag)

    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == tag


def test_nobody_reads_without_signing_in(client: OgcClient) -> None:
    nobody = OgcClient(client.app, "")

    for path in ("", "/api", "/conformance", "/collections", "/collections/zones/items"):
        answer = nobody.get(path)
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"] == "Bearer"
    page = nobody.get("/collections", accept="text/html")
    assert (page.status_code, page.headers["location"]) == (303, "/login?next=/ogc/collections")


def test_the_schema_says_what_is_asked_for_and_what_the_service_fills(client: OgcClient) -> None:
    """OGC API – Features Part 5: roles of properties."""
    answer = client.get("/collections/zones/schema")
    schema = answer.json()

    assert answer.headers["content-type"] == "application/schema+json"
    properties = schema["properties"]
    assert properties["zone_id"]["x-ogc-role"] == "id"
    assert properties["geometry"]["x-ogc-role"] == "primary-geometry"
    assert properties["valid_from_at"]["x-ogc-role"] == "primary-interval-start"
    assert properties["level"]["enum"] == ["lockdown", "control", "precaution"]
    assert {name for name, told in properties.items() if told.get("readOnly")} == {
        "version",
        "author",
    }
    assert schema["required"] == ["level", "geometry"]
    assert schema["additionalProperties"] is False
    assert client.json("/collections/zones/queryables")["properties"].keys() == properties.keys()
