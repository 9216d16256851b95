"""Clients that others wrote read every collection of the real service."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from owslib.ogcapi.features import Features

from api.store.project import Project
from geo.layers import LAYERS
from tests.support.people import token_for
from tests.support.projects import small_project
from tests.support.running import Running, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPATIAL = [name for name, layer in LAYERS.items() if layer.geometry is not None]
B1_BOX = (114.29899, 30.5966, 114.2993, 30.5968)
BY_GDAL = f"""
import json, sys, pyogrio
address, token = sys.argv[1:]
pyogrio.set_gdal_config_options({{
    "GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": token, "GDAL_HTTP_TIMEOUT": "20",
}})
def read(name, **asked):
    return pyogrio.read_dataframe(address, layer=name, **asked)
def told(name):
    rows = read(name)
    keys = [column for column in rows if column in KEYS]
    return {{"keys": rows[keys[0]].tolist() if len(rows) else [], "crs": str(rows.crs),
            "shapes": rows.geometry.to_wkt(rounding_precision=9).tolist() if len(rows) else []}}
KEYS = {[LAYERS[name].key for name in SPATIAL]!r}
layers = {{name: told(name) for name, _ in pyogrio.list_layers(address)}}
inside = read("buildings", bbox={B1_BOX!r})["building_id"].tolist()
paged = read("buildings", PAGE_SIZE="2")["building_id"].tolist()
print(json.dumps({{"layers": layers, "inside": inside, "paged": paged}}))
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the small community."""
    return small_project(tmp_path_factory.mktemp("clients") / "small.gpkg")


@pytest.fixture(scope="module")
def service(path: Path) -> Iterator[Running]:
    """Serve it."""
    with running(path) as service:
        yield service


@pytest.fixture(scope="module")
def headers(service: Running) -> dict[str, str]:
    """Sign in."""
    return {"Authorization": f"Bearer {token_for(service.app)}"}


@pytest.fixture(scope="module")
def gdal(service: Running, headers: dict[str, str]) -> dict[str, Any]:
    """
    Let GDAL read everything, signed in with a token.

    In a process of its own: it holds the interpreter while it waits for the answer, and the
    service runs in this one.
    """
    return read_by_gdal(service, headers["Authorization"].removeprefix("Bearer "))


def read_by_gdal(service: Running, token: str) -> dict[str, Any]:
    command = [sys.executable, "-c", BY_GDAL, f"OAPIF:{service.base}/ogc", token]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_gdal_reads_every_collection(gdal: dict[str, Any], path: Path) -> None:
    assert list(gdal["layers"]) == SPATIAL
    with Project.open(path) as project:
        for name in SPATIAL:
            expected = project.read_rows(name)
            read = gdal["layers"][name]
            assert read["keys"] == expected[LAYERS[name].key].tolist(), name
            assert "WGS 84" in read["crs"] or read["crs"] == "EPSG:4326"
            shapes = shapely.from_wkt(np.array(read["shapes"], dtype=object))
            stored = expected.geometry.to_numpy()
            assert shapely.equals_exact(shapes, stored, 1e-7, normalize=True).all(), name


def test_gdal_asks_for_a_box_and_pages_through_the_rest(gdal: dict[str, Any]) -> None:
    assert gdal["inside"] == ["b1"]
    assert gdal["paged"] == ["b1", "b2", "b3", "b4", "b5", "b6"]


def test_gdal_reads_nothing_with_a_token_that_is_none(service: Running) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        read_by_gdal(service, "pm_none")

    assert b"401" in failed.value.stderr


def test_owslib_reads_every_collection(service: Running, headers: dict[str, str]) -> None:
    client = Features(f"{service.base}/ogc/", headers=headers)

    assert client.feature_collections() == SPATIAL
    assert "core" in " ".join(client.conformance()["conformsTo"])
    assert client.api()["openapi"].startswith("3.0")
    for name in SPATIAL:
        told = client.collection(name)
        found = client.collection_items(name, limit=10_000)
        assert told["id"] == name
        assert client.collection_schema(name)["properties"]
        assert client.collection_queryables(name)["properties"]
        for feature in found["features"]:
            assert client.collection_item(name, feature["id"])["id"] == feature["id"]


def test_owslib_asks_for_boxes_and_properties(service: Running, headers: dict[str, str]) -> None:
    client = Features(f"{service.base}/ogc/", headers=headers)

    inside = client.collection_items("buildings", bbox=list(B1_BOX))
    mixed = client.collection_items("buildings", use="mixed")

    assert [feature["id"] for feature in inside["features"]] == ["b1"]
    assert [feature["id"] for feature in mixed["features"]] == ["b5"]


def test_owslib_edits(service: Running, headers: dict[str, str]) -> None:
    told = headers | {"Content-Type": "application/geo+json"}
    client = Features(f"{service.base}/ogc/", headers=told)
    office = {
        "type": "Feature",
        "id": "w1",
        "geometry": {"type": "Point", "coordinates": [114.3, 30.6]},
        "properties": {"name": "新办公点"},
    }

    client.collection_item_create("offices", json.dumps(office))
    made = client.collection_item("offices", "w1")
    client.collection_item_delete("offices", "w1")

    assert made["properties"]["name"] == "新办公点"
    left = client.collection_items("offices")["features"]
    assert [feature["id"] for feature in left] == ["o1"]
