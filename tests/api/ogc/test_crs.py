"""Part 2 of OGC API – Features: other coordinate reference systems, by their addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import pytest

from tests.support.ogc import OgcClient, ogc_client

if TYPE_CHECKING:
    from pathlib import Path

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CODES = {f"{EPSG}4326": "EPSG:4326", f"{EPSG}32650": "EPSG:32650", f"{EPSG}3857": "EPSG:3857"}
ITEMS = "/collections/buildings/items"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> OgcClient:
    """Read the small community; nothing is written here."""
    folder: Path = tmp_path_factory.mktemp("crs")
    return ogc_client(folder)


def ring(feature: dict[str, Any]) -> np.ndarray[Any, Any]:
    return np.array(feature["geometry"]["coordinates"][0])


def test_every_collection_lists_the_same_systems_the_default_first(client: OgcClient) -> None:
    """/req/crs/fc-md-crs-list, /req/crs/crs-uri, /req/crs/fc-md-storageCrs-valid-value."""
    document = client.json("/collections")

    for collection in document["collections"]:
        assert collection["crs"] == [CRS84, *CODES]
        assert collection["storageCrs"] in collection["crs"]
    assert document["crs"] == [CRS84, *CODES]


@pytest.mark.parametrize("uri", [CRS84, *CODES])
def test_features_come_in_the_system_that_was_asked_for(client: OgcClient, uri: str) -> None:
    """/req/crs/fc-crs-action, /req/crs/ogc-crs-header, /req/crs/ogc-crs-header-value."""
    plain = client.json(f"{ITEMS}/b1")

    page = client.get(f"{ITEMS}?crs={uri}&limit=1")
    alone = client.get(f"{ITEMS}/b1?crs={uri}")

    assert page.headers["content-crs"] == alone.headers["content-crs"] == f"<{uri}>"
    assert page.json()["features"][0]["geometry"] == alone.json()["geometry"]
    assert page.json()["features"][0]["properties"] == plain["properties"]
    # pyproj as the referee: in the order in which the system has its axes.
    told = ring(alone.json())
    if uri != CRS84:
        onto = pyproj.Transformer.from_crs("OGC:CRS84", CODES[uri])
        expected = np.column_stack(onto.transform(*ring(plain).T))
        assert np.allclose(told, expected, atol=0.02 if uri != f"{EPSG}4326" else 1e-7)


def test_latitude_comes_first_where_the_system_has_it_so(client: OgcClient) -> None:
    """/req/crs/fc-crs-action."""
    lat_first = ring(client.json(f"{ITEMS}/b1?crs={EPSG}4326"))

    assert (lat_first[:, ::-1] == ring(client.json(f"{ITEMS}/b1"))).all()


@pytest.mark.parametrize("uri", CODES)
def test_a_box_may_be_in_any_of_them(client: OgcClient, uri: str) -> None:
    """/req/crs/fc-bbox-crs-definition, /req/crs/bbox-crs-action."""
    low, high = ring(client.json(f"{ITEMS}/b3?crs={uri}")), None
    low, high = low.min(axis=0), low.max(axis=0)
    box = ",".join(map(str, [*low, *high]))

    found = client.json(f"{ITEMS}?bbox={box}&bbox-crs={uri}")

    assert [feature["id"] for feature in found["features"]] == ["b3"]


def test_without_a_word_a_box_is_in_degrees_longitude_first(client: OgcClient) -> None:
    """/req/crs/fc-bbox-crs-default-value."""
    box = "114.29899,30.5966,114.2993,30.5968"

    plain = client.json(f"{ITEMS}?bbox={box}")
    named = client.json(f"{ITEMS}?bbox={box}&bbox-crs={CRS84}")

    assert plain["features"] == named["features"]
    assert plain["numberMatched"] == 1


@pytest.mark.parametrize("name", ["crs", "bbox-crs"])
@pytest.mark.parametrize(
    "uri", [f"{EPSG}27700", "EPSG:4326", "", "http://www.opengis.net/def/crs/"]
)
def test_a_system_that_is_not_listed_is_refused(client: OgcClient, name: str, uri: str) -> None:
    """/req/crs/crs-exception, /req/crs/bbox-crs-exception."""
    answer = client.get(f"{ITEMS}?{name}={uri}&bbox=1,2,3,4")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["name"] == name


@pytest.mark.parametrize("box", ["2,1,1,2", "1e300,1e300,2e300,2e300"])
def test_a_box_off_its_system_is_refused(client: OgcClient, box: str) -> None:
    """/req/core/query-param-invalid."""
    assert client.get(f"{ITEMS}?bbox={box}&bbox-crs={EPSG}3857").status_code == 400


def test_a_feature_in_another_system_keeps_its_tag(client: OgcClient) -> None:
    plain, other = client.get(f"{ITEMS}/b1"), client.get(f"{ITEMS}/b1?crs={EPSG}3857")

    assert plain.headers["etag"] == other.headers["etag"]
