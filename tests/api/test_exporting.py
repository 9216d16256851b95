"""A layer out of a project, in every format, and back again."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from api.services.exporting import EXPORT_SUFFIXES, export_layer
from api.services.importing import ImportOptions, import_sources
from api.store.project import Project
from geo.crs import to_wgs84
from geo.datum import Datum
from geo.errors import GeoError, UnknownLayerError
from tests.support.projects import small_layers, small_project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return small_project(tmp_path / "small.gpkg")


@pytest.mark.parametrize("layer", ["buildings", "streets", "premises"])
@pytest.mark.parametrize("suffix", [".geojson", ".gpkg"])
def test_a_layer_comes_back_as_it_was(path: Path, tmp_path: Path, layer: str, suffix: str) -> None:
    out = tmp_path / f"{layer}{suffix}"
    assert export_layer(path, layer, out) == len(small_layers()[layer])

    import_sources([out], tmp_path / "again.gpkg")

    with Project.open(path) as before, Project.open(tmp_path / "again.gpkg") as after:
        assert after.metric_crs == before.metric_crs
        expected, found = before.read(layer), after.read(layer)
        assert (found.hausdorff_distance(expected.geometry) < 0.02).all()
        key = expected.columns[0]
        assert found[key].tolist() == expected[key].tolist()
        assert found["name"].tolist() == expected["name"].tolist()


def test_a_shifted_export_is_shifted_back(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "gates.geojson"
    export_layer(path, "gates", out, datum=Datum.GCJ02)

    import_sources([out], tmp_path / "again.gpkg", ImportOptions(datum=Datum.GCJ02))

    with Project.open(path) as before, Project.open(tmp_path / "again.gpkg") as after:
        (moved,) = json.loads(out.read_text())["features"]
        there = before.read_wgs84("gates").geometry.iloc[0]
        shift_deg = np.hypot(*(np.array(moved["geometry"]["coordinates"]) - there.coords[0]))
        assert 0.002 < shift_deg < 0.01
        assert after.read("gates").distance(before.read("gates").geometry).max() < 0.02


def test_a_table_is_written_without_shapes(path: Path, tmp_path: Path) -> None:
    assert export_layer(path, "reports", tmp_path / "r.csv") == 5
    assert "r1,p1,2020-03-01," in (tmp_path / "r.csv").read_text(encoding="utf-8-sig")


def test_a_stream_gets_geojson(path: Path) -> None:
    stream = io.BytesIO()
    export_layer(path, "gates", stream)

    (gate,) = json.loads(stream.getvalue())["features"]
    expected = to_wgs84(small_layers()["gates"]).geometry.iloc[0]
    assert gate["geometry"]["coordinates"] == pytest.approx(expected.coords[0], abs=1e-7)


@pytest.mark.parametrize("suffix", EXPORT_SUFFIXES)
def test_an_empty_layer_is_a_file_too(path: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"blocks{suffix}"
    assert export_layer(path, "blocks", out) == 0
    assert out.stat().st_size > 0


def test_what_cannot_be_written_is_told(path: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownLayerError, match="houses"):
        export_layer(path, "houses", tmp_path / "x.csv")
    with pytest.raises(GeoError, match=r"\.pdf"):
        export_layer(path, "gates", tmp_path / "x.pdf")
    with pytest.raises(FileNotFoundError):
        export_layer(path, "gates", tmp_path / "no" / "x.csv")
    assert [file.name for file in tmp_path.iterdir()] == ["small.gpkg"]
