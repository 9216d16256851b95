"""The file as others see it: SQLite, the GeoPackage standard, GDAL."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pyogrio
import pytest
import shapely
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.store.blobs import encode_geometry
from api.store.connection import open_engine
from api.store.geometry import in_bbox
from api.store.project import Project
from api.store.rtree import SPATIAL_TABLES, register_functions
from api.store.tables import TABLES
from geo.layers import LAYERS
from tests.support.projects import METRIC_CRS, small_import, small_layers, small_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd

FLOAT32_DEG = 2e-5
TRIGGERS_EACH = 7


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return small_project(tmp_path / "small.gpkg")


@pytest.fixture
def file(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        register_functions(connection)
        yield connection


def _index(file: sqlite3.Connection, name: str) -> dict[int, tuple[float, ...]]:
    rows = file.execute(f'SELECT id, minx, miny, maxx, maxy FROM "rtree_{name}_geom"')  # noqa: S608 - a layer's name
    return {fid: tuple(edges) for fid, *edges in rows}


def _assert_index_fits(path: Path, file: sqlite3.Connection, name: str) -> None:
    frame = pyogrio.read_dataframe(path, layer=name, fid_as_index=True)
    index = _index(file, name)
    assert sorted(index) == sorted(frame.index)
    for fid, shape in frame.geometry.items():
        np.testing.assert_allclose(index[fid], shape.bounds, atol=FLOAT32_DEG)


def test_gdal_lists_every_layer_with_its_type(path: Path) -> None:
    listed = dict(pyogrio.list_layers(path).tolist())

    assert list(listed) == list(LAYERS)
    assert listed["gates"] == "Point"
    assert listed["buildings"] == "MultiPolygon"
    assert listed["streets"] == "MultiLineString"
    assert listed["reports"] is None


def test_gdal_reads_what_we_wrote(path: Path) -> None:
    expected = small_import().layers
    for name, rows in expected.items():
        read = pyogrio.read_dataframe(path, layer=name)
        key = LAYERS[name].key
        assert read[key].tolist() == rows[key].tolist()
    zones = pyogrio.read_dataframe(path, layer="zones")
    assert zones.crs.to_epsg() == 4326
    assert zones["valid_from_at"].dt.strftime("%FT%TZ").tolist() == ["2020-03-01T00:00:00Z"]
    assert (
        pyogrio.read_dataframe(path, layer="reports")["day_on"].dt.day.tolist() == [1] * 3 + [2] * 2
    )


def test_the_file_says_that_it_is_a_geopackage(path: Path, file: sqlite3.Connection) -> None:
    assert path.read_bytes()[68:72] == b"GPKG"
    assert file.execute("PRAGMA user_version").fetchone() == (10400,)
    assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert file.execute("PRAGMA foreign_key_check").fetchall() == []
    systems = file.execute("SELECT srs_id FROM gpkg_spatial_ref_sys ORDER BY 1").fetchall()
    assert systems == [(-1,), (0,), (4326,)]
    triggers = file.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")
    assert triggers.fetchone() == (TRIGGERS_EACH * len(SPATIAL_TABLES),)


def test_its_metadata_tables_are_those_gdal_makes(file: sqlite3.Connection, tmp_path: Path) -> None:
    other = tmp_path / "gdal.gpkg"
    pyogrio.write_dataframe(small_layers()["gates"].to_crs(4326), other, layer="gates")
    tables = ("gpkg_spatial_ref_sys", "gpkg_contents", "gpkg_geometry_columns", "gpkg_extensions")
    with closing(sqlite3.connect(other)) as gdal:
        for table in tables:
            columns = "SELECT name, type FROM pragma_table_info(?)"
            ours, theirs = (one.execute(columns, [table]).fetchall() for one in (file, gdal))
            assert ours == theirs
        made = "SELECT name FROM sqlite_master WHERE name LIKE 'rtree_gates%' AND type = 'trigger'"
        assert set(file.execute(made)) == set(gdal.execute(made))


@pytest.mark.parametrize("name", ["buildings", "streets", "premises"])
def test_the_index_holds_every_shape(path: Path, file: sqlite3.Connection, name: str) -> None:
    _assert_index_fits(path, file, name)


boxes = st.tuples(st.floats(114.0, 114.5), st.floats(30.0, 30.5), st.floats(0.001, 0.2))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None
)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 6), st.none() | boxes), max_size=12))
def test_the_index_follows_every_edit_from_outside(
    file: sqlite3.Connection, path: Path, edits: list[tuple[int, int, tuple[float, ...] | None]]
) -> None:
    for kind, fid, place in edits:
        blob = None if place is None else _blob(place)
        if kind == 0:
            file.execute("DELETE FROM buildings WHERE fid = ?", [fid])
        elif kind == 1:
            file.execute("UPDATE buildings SET geom = ? WHERE fid = ?", [blob, fid])
        elif kind == 2:
            file.execute("UPDATE OR IGNORE buildings SET fid = fid + 10 WHERE fid = ?", [fid])
        else:
            insert = "INSERT OR IGNORE INTO buildings (fid, building_id, geom) VALUES (?, ?, ?)"
            file.execute(insert, [fid, f"new{fid}", blob])

    # pyogrio reads the file itself, not the log beside it.
    file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shown = pyogrio.read_dataframe(path, layer="buildings", fid_as_index=True).geometry
    assert sorted(_index(file, "buildings")) == sorted(shown.index[shown.notna()])


def _around(points: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    west, south, east, north = points.total_bounds.tolist()
    return west - 1e-5, south - 1e-5, east + 1e-5, north + 1e-5


def _blob(place: tuple[float, ...]) -> bytes | None:
    west, south, size = place
    square = shapely.box(west, south, west + size, south + size)
    return encode_geometry(shapely.MultiPolygon([square]))


def test_contents_say_how_far_each_layer_extends(path: Path, file: sqlite3.Connection) -> None:
    rows = file.execute("SELECT table_name, min_x, min_y, max_x, max_y FROM gpkg_contents")
    extents = {name: edges for name, *edges in rows}

    with Project.open(path) as project:
        bounds = project.read_wgs84("buildings").total_bounds
        assert extents["buildings"] == bounds.tolist()
        assert extents["blocks"] == [None] * 4
        assert extents["reports"] == [None] * 4
        west, south, east, north = project.extent_wgs84() or (0, 0, 0, 0)
    assert (west, south) <= (bounds[0], bounds[1])
    assert (east, north) >= (bounds[2], bounds[3])


def test_a_lost_index_comes_back_when_the_project_is_opened(
    path: Path, file: sqlite3.Connection
) -> None:
    file.execute("DROP TRIGGER rtree_buildings_geom_update6")
    file.execute("DROP TABLE rtree_gates_geom")
    file.execute("UPDATE buildings SET geom = (SELECT geom FROM zones) WHERE fid = 1")

    with Project.open(path) as project:
        assert len(project.read("gates", bbox=_around(project.read_wgs84("gates")))) == 1

    _assert_index_fits(path, file, "buildings")
    _assert_index_fits(path, file, "gates")


def test_a_box_is_looked_up_in_the_index(path: Path) -> None:
    table = TABLES["buildings"]
    chosen = sa.select(table.c.building_id).where(in_bbox(table.c.geom, (114, 30, 115, 31)))
    engine = open_engine(path)
    compiled = chosen.compile(engine)
    parameters = tuple(compiled.params[name] for name in compiled.positiontup or ())
    with engine.begin() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", parameters).all()
        found = connection.execute(chosen).all()
    engine.dispose()

    told = " ".join(step[-1] for step in plan)
    assert "VIRTUAL TABLE INDEX" in told
    assert "SCAN buildings" not in told
    assert len(found) == 6


def test_gdal_edits_while_we_hold_the_file_open(path: Path) -> None:
    with Project.open(path) as project:
        before = project.read_wgs84("gates")
        state = project.state
        gate = before.assign(gate_id="g2", name="drawn in QGIS", source="edited")
        pyogrio.write_dataframe(gate, path, layer="gates", append=True)

        after = project.read_wgs84("gates")
        assert after["gate_id"].tolist() == ["g1", "g2"]
        assert project.state != state
        assert len(project.read("gates", bbox=_around(before))) == 2
        assert project.metric_crs == METRIC_CRS
