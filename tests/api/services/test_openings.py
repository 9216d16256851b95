from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from shapely import Polygon, box
from shapely.affinity import translate

from api.services.openings import (
    draft_feature,
    draft_posts,
    openings_features,
    openings_geojson,
    ways_around,
    zone_openings,
)
from api.services.workspace import Workspace
from api.store.edits import UnknownFeatureError
from api.store.project import Project
from geo.crs import to_wgs84
from geo.io.imported import Imported
from tests.support.layers import layer
from tests.support.projects import CORNER_M, METRIC_CRS, small_project
from tests.support.zones import line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

FORK = (50.0, 112.0)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Open the small community."""
    path = small_project(tmp_path_factory.mktemp("small") / "small.gpkg")
    with Project.open(path) as project:
        yield Workspace(project)


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Open a project in which two alleys meet just outside its zone."""
    path: Path = tmp_path_factory.mktemp("forked") / "forked.gpkg"
    lines = [
        line((20, 10), (20, 30), (20, 105), FORK),
        line((80, 10), (80, 30), (80, 105), FORK),
        line(FORK, (50, 140), (50, 400)),
        line((20, 30), (80, 30)),
    ]
    ids = ["left", "right", "out", "between"]
    streets = layer([translate(each, *CORNER_M) for each in lines], street_id=ids, name=ids)
    zone = translate(box(0, 0, 100, 100), *CORNER_M)
    zones = layer([zone], zone_id=["z"], level=["control"])
    layers: dict[str, gpd.GeoDataFrame | pd.DataFrame] = {
        "streets": to_wgs84(streets),
        "zones": to_wgs84(zones),
    }
    with Project.build(path, metric_crs=METRIC_CRS, name="Forked") as project:
        project.write([Imported("drawn", layers, {name: len(layers[name]) for name in layers})])
        yield Workspace(project)


def test_a_draft_is_told_as_a_polygon_with_its_posts(forked: Workspace) -> None:
    found = zone_openings(forked, "z", band_m=20)

    told = json.loads(openings_geojson(found))
    by_kind = {feature["properties"]["kind"]: feature for feature in told["features"]}
    assert [f["properties"]["kind"] for f in told["features"]] == [
        *["opening"] * 2,
        "draft",
        "post",
    ]
    assert told["summary"] == {
        "openings": 2,
        "guarded": 0,
        "closed": 0,
        "open": 2,
        "fewest_posts": 2,
    }
    assert told["posts"]["opening_ids"] == [f["id"] for f in told["features"][:2]]
    assert by_kind["draft"]["geometry"]["type"] == "Polygon"
    assert by_kind["draft"]["properties"]["fewest_posts"] == 1
    assert by_kind["draft"]["properties"]["posts"] == [by_kind["post"]["id"]]
    assert by_kind["post"]["properties"]["street"] == "out"


def test_without_a_band_there_is_no_draft(forked: Workspace) -> None:
    found = zone_openings(forked, "z")

    assert (draft_feature(found), draft_posts(found)) == (None, [])
    assert len(openings_features(found)) == 2


def test_a_shape_that_is_not_stored_is_answered_too(workspace: Workspace) -> None:
    stored = workspace.project.read("zones").geometry.iloc[0]

    found = zone_openings(workspace, stored)

    assert found.summary == zone_openings(workspace, "z1").summary
    assert (found.zone_id, found.summary["openings"]) == ("", 2)
    assert zone_openings(workspace, Polygon()).summary["openings"] == 0


def test_a_line_that_is_dragged_finds_the_ways_prepared(workspace: Workspace) -> None:
    shape = workspace.project.read("zones").geometry.iloc[0]

    assert ways_around(workspace, shape) is ways_around(workspace, shape.buffer(3))


def test_unknown_zones_and_bands_out_of_range_are_refused(workspace: Workspace) -> None:
    with pytest.raises(UnknownFeatureError, match="nowhere"):
        zone_openings(workspace, "nowhere")
    for band_m in (0, -1, 1_000, float("nan")):
        with pytest.raises(ValueError, match="band"):
            zone_openings(workspace, "z1", band_m=band_m)
