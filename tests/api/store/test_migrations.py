"""What becomes of a project that an earlier version of this program made."""

from __future__ import annotations

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyogrio
import pytest
import sqlalchemy as sa

from api.store import migrations
from api.store.connection import for_writing, open_engine
from api.store.edits import Act, Edit, EditKind
from api.store.errors import BrokenProjectError
from api.store.geopackage import GeoPackage
from api.store.migrations import SCHEMA_VERSION, tables_since, tables_until
from api.store.project import Project
from api.store.recognition import make_ready
from api.store.rtree import register_functions
from api.store.tables import metadata
from geo.layers import LAYERS
from tests.support.postgis import sql
from tests.support.projects import small_project

if TYPE_CHECKING:
    from pathlib import Path

TABLES_OF_VERSION_1 = {"project", *LAYERS}
ACT = Act("li", "gate opened", datetime(2022, 3, 1, tzinfo=UTC))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Make a project as version 1 made it."""
    path = small_project(tmp_path / "old.gpkg")
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        register_functions(file)
        file.execute("PRAGMA foreign_keys = OFF")
        for table in tables_since(1):
            file.execute(f'DROP TABLE "{table.name}"')
        file.execute("UPDATE project SET value = '1' WHERE key = 'schema_version'")
        file.execute("VACUUM")
    return path


def _schema(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as file:
        rows = file.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
        ).fetchall()
    return {name: " ".join(statement.split()) for name, statement in rows}


def _version(path: Path) -> str:
    with closing(sqlite3.connect(path)) as file:
        (version,) = file.execute("SELECT value FROM project WHERE key = 'schema_version'")
    return str(version[0])


def test_version_1_had_the_layers_and_nothing_else() -> None:
    assert {table.name for table in tables_until(1)} == TABLES_OF_VERSION_1
    assert tables_until(SCHEMA_VERSION) == metadata.sorted_tables
    assert tables_since(SCHEMA_VERSION) == []


def test_opening_brings_an_old_project_up_to_date(path: Path, tmp_path: Path) -> None:
    new = small_project(tmp_path / "new.gpkg")
    assert "history" not in _schema(path)

    with Project.open(path) as project:
        assert project.counts()["buildings"] == 6
        assert project.versions("blocks", "none") == []
        assert project.accounts.users() == []

    assert _version(path) == str(SCHEMA_VERSION)
    assert _schema(path) == _schema(new)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert pyogrio.list_layers(path).tolist() == pyogrio.list_layers(new).tolist()


def test_layers_keep_their_index_and_can_be_edited_at_once(path: Path) -> None:
    with Project.open(path) as project:
        gate = project.feature("gates", "g1")
        edit = Edit(EditKind.REPLACE, "gates", "g1", {"state": "open"}, gate.geometry, gate.etag)
        project.edit([edit], ACT)
        assert [version.number for version in project.versions("gates", "g1")] == [1, 2]
        assert len(project.read("buildings", bbox=(114, 30, 115, 31))) == 6


def test_many_who_open_it_at_once_upgrade_it_once(path: Path) -> None:
    def open_it(_: int) -> int:
        with Project.open(path) as project:
            return project.count("buildings")

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(open_it, range(16))) == [6] * 16
    assert _version(path) == str(SCHEMA_VERSION)


def test_a_step_that_fails_leaves_the_project_as_it_was(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("CREATE TABLE sessions (odd TEXT)")
    before = _schema(path)

    with pytest.raises(sa.exc.OperationalError, match="sessions already exists"):
        Project.open(path)

    assert _schema(path) == before
    assert _version(path) == "1"


class Sealed(GeoPackage):
    """A file that may not be written, whoever asks: root may, whatever its mode says."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, sa.create_engine(f"sqlite:///file:{path}?mode=ro&uri=true"))

    def may_change(self, connection: sa.Connection) -> bool:
        """Answer no."""
        del connection
        return False


def test_an_old_project_that_may_not_be_written_is_read(path: Path) -> None:
    before = path.read_bytes()
    medium = Sealed(path)
    make_ready(medium)

    with Project(medium) as project:
        assert project.count("buildings") == 6
        assert project.feature("gates", "g1").values["state"] == "closed"
        assert project.last_seq() == 0
        assert project.changes_since(0) == []
        assert project.accounts.users() == []
        assert len(project.versions("gates", "g1")) == 1
        assert project.state == project.state

    assert path.read_bytes() == before


def test_an_old_project_that_lost_a_layer_is_told_and_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("DROP TABLE reports")
    with pytest.raises(BrokenProjectError, match=r"reports\.fid"):
        Project.open(path)
    assert _version(path) == "1"


def test_a_copy_taken_before_is_upgraded_again(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.gpkg"
    shutil.copy(path, copy)
    for one in (path, copy):
        with Project.open(one) as project:
            assert project.revision == 1
    assert _schema(path) == _schema(copy)


def test_an_upgrade_from_the_present_version_does_nothing(tmp_path: Path) -> None:
    path = small_project(tmp_path / "new.gpkg")
    before = _schema(path)
    engine = open_engine(path)
    with for_writing(engine).begin() as connection:
        migrations.upgrade(connection, SCHEMA_VERSION)
    engine.dispose()
    assert _schema(path) == before


def test_a_schema_of_a_database_is_brought_up_to_date_by_the_same_steps(small_postgis: str) -> None:
    columns = (
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
        "WHERE table_schema = 'prevention' ORDER BY 1, ordinal_position"
    )
    made = sql(small_postgis, columns)
    names = ", ".join(table.name for table in tables_since(1))
    sql(
        small_postgis,
        f"DROP TABLE {names}",
        "UPDATE project SET value = '1' WHERE key = 'schema_version'",
    )

    with Project.open(small_postgis) as project:
        assert project.accounts.users() == []

    assert sql(small_postgis, columns) == made
