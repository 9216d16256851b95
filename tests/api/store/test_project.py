"""Opening, making and sharing a project file, and what a failure leaves behind."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import pytest
import shapely

from api.store.errors import (
    BrokenProjectError,
    NewerProjectError,
    NotAProjectError,
    ProjectBusyError,
    ProjectExistsError,
    ProjectMissingError,
)
from api.store.project import Project
from geo.crs import to_wgs84
from geo.errors import CrsError, UnknownLayerError
from tests.support.projects import (
    METRIC_CRS,
    small_import,
    small_layers,
    small_project,
    small_reports,
)

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(__file__).parents[3]

KILLED_WHILE_WRITING = """
import os, signal, sys
from collections.abc import Sequence
from pathlib import Path
from api.store.project import Project
from tests.support.projects import METRIC_CRS, small_import

class Deadly(Sequence):
    def __len__(self):
        return 2
    def __getitem__(self, position):
        if position == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return small_import()

path = Path(sys.argv[1])
if path.exists():
    project = Project.open(path)
    project.write(Deadly())
with Project.build(path, metric_crs=METRIC_CRS) as project:
    project.write(Deadly())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return small_project(tmp_path / "small.gpkg")


def _plain(values: pd.Series[Any]) -> list[object]:
    return [
        None if is_missing else value
        for value, is_missing in zip(values, values.isna(), strict=True)
    ]


def _set(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


def test_layers_come_out_as_they_went_in(path: Path) -> None:
    with Project.open(path) as project:
        for name, expected in small_layers().items():
            frame = project.read(name)
            assert frame.crs == METRIC_CRS
            assert frame.index.tolist() == list(range(len(frame)))
            distances_m = frame.geometry.hausdorff_distance(expected.geometry)
            assert distances_m.max() < 1e-6
            for column in expected.columns.drop("geometry"):
                assert _plain(frame[column]) == _plain(expected[column])
        assert project.read_table("reports")["staff_back"].tolist() == (
            small_reports()["staff_back"].tolist()
        )
        assert project.name == "Small community"


def test_a_box_gives_what_touches_it(path: Path) -> None:
    streets = to_wgs84(small_layers()["streets"])
    rng = np.random.default_rng(1)
    with Project.open(path) as project:
        west, south, east, north = project.extent_wgs84() or (0, 0, 0, 0)
        for _ in range(20):
            (x0, x1), (y0, y1) = (
                np.sort(rng.uniform(low, high, 2)) for low, high in ((west, east), (south, north))
            )
            found = project.read("streets", bbox=(x0, y0, x1, y1))["street_id"].tolist()
            touching = streets.intersects(shapely.box(x0, y0, x1, y1))
            assert found == streets["street_id"][touching].tolist()


def test_counts_tell_every_layer(path: Path) -> None:
    with Project.open(path) as project:
        counts = project.counts()
        assert counts["buildings"] == project.count("buildings") == 6
        assert counts["blocks"] == 0
        with pytest.raises(UnknownLayerError):
            project.count("houses")
        with pytest.raises(UnknownLayerError):
            project.read("houses")


def test_threads_read_side_by_side(path: Path) -> None:
    with Project.open(path) as project, ThreadPoolExecutor(16) as pool:
        lengths = list(pool.map(lambda _: len(project.read("buildings")), range(64)))
    assert lengths == [6] * 64


def test_readers_see_the_state_before_while_somebody_writes(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE project SET value = '9' WHERE key = 'revision'")
        with Project.open(path, busy_wait_s=0.05) as project:
            assert project.revision == 1
            with pytest.raises(ProjectBusyError, match="try again"):
                project.write([small_import()])
            other.execute("COMMIT")
            assert project.revision == 9


def test_what_is_written_is_in_the_file_itself_at_once(path: Path) -> None:
    with Project.open(path) as reader, Project.open(path) as writer:
        assert reader.count("gates") == 1
        layers = {"gates": to_wgs84(small_layers()["gates"]).assign(name="改名")}
        writer.write([small_import().__class__("small", dict(layers), {})])
        assert pyogrio.read_dataframe(path, layer="gates")["name"].tolist() == ["改名"]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProjectMissingError, match=r"there is no such project.*import"):
        Project.open(tmp_path / "no.gpkg")


@pytest.mark.parametrize("content", [b"", b"{}", b"SQLite format 3\x00" + bytes(200)])
def test_another_kind_of_file_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.gpkg"
    path.write_bytes(content)
    with pytest.raises(NotAProjectError, match="expected a GeoPackage"):
        Project.open(path)
    assert path.read_bytes() == content


def test_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotAProjectError, match="folder"):
        Project.open(tmp_path)


def test_somebody_elses_geopackage_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "gdal.gpkg"
    pyogrio.write_dataframe(to_wgs84(small_layers()["gates"]), path, layer="gates")
    with pytest.raises(NotAProjectError, match="another GeoPackage"):
        Project.open(path)
    assert pyogrio.list_layers(path).tolist() == [["gates", "Point"]]


def test_a_newer_project_is_told(path: Path) -> None:
    _set(path, "UPDATE project SET value = '3' WHERE key = 'schema_version'")
    with pytest.raises(NewerProjectError, match="schema version 2 or less, got 3; a newer"):
        Project.open(path)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("DROP TABLE reports", "reports.fid"),
        ("ALTER TABLE buildings DROP COLUMN floors", "buildings.floors"),
        ("DELETE FROM project WHERE key = 'metric_crs'", "metric_crs"),
    ],
)
def test_a_damaged_project_is_told(path: Path, damage: str, told: str) -> None:
    _set(path, damage)
    with pytest.raises(BrokenProjectError, match=told):
        Project.open(path)


def test_a_torn_file_is_told(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with pytest.raises(BrokenProjectError, match="damaged"):
        Project.open(path)


def test_nothing_is_made_over_a_file_that_is_there(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(ProjectExistsError):
        Project.create(path, metric_crs=METRIC_CRS)
    assert path.read_bytes() == before


def test_nothing_is_made_where_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ProjectMissingError, match="folder"):
        Project.create(tmp_path / "no" / "p.gpkg", metric_crs=METRIC_CRS)


def test_degrees_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CrsError, match="metres"):
        Project.create(tmp_path / "p.gpkg", metric_crs="EPSG:4326")
    assert list(tmp_path.iterdir()) == []


def test_a_new_project_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with Project.build(tmp_path / "p.gpkg", metric_crs=METRIC_CRS) as project:
            project.write([small_import()])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_the_log_of_an_earlier_file_is_not_taken_for_ours(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    (tmp_path / "p.gpkg-wal").write_bytes(b"left over")
    with Project.create(path, metric_crs=METRIC_CRS) as project:
        assert project.revision == 0


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX systems do")
def test_a_killed_import_leaves_the_project_as_it_was(path: Path) -> None:
    with Project.open(path) as project:
        before = project.counts(), project.revision, project.state

    _die_while_writing(path)

    with Project.open(path) as project:
        assert (project.counts(), project.revision, project.state) == before
        project.write([small_import()])
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX systems do")
def test_a_killed_first_import_leaves_no_project(tmp_path: Path) -> None:
    _die_while_writing(tmp_path / "p.gpkg")
    assert not (tmp_path / "p.gpkg").exists()
    assert small_project(tmp_path / "p.gpkg").exists()


def _die_while_writing(path: Path) -> None:
    command = [sys.executable, "-c", KILLED_WHILE_WRITING, str(path)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
