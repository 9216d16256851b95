"""The schema as others see it: PostgreSQL, other programs, other servers."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import sqlalchemy as sa

from api.store.connection import for_writing
from api.store.errors import (
    BrokenProjectError,
    NotAProjectError,
    ProjectBusyError,
    ProjectExistsError,
    StoreError,
)
from api.store.geometry import in_bbox
from api.store.places import place_at
from api.store.postgis import SPATIAL_TABLES, PostgisPlace
from api.store.project import Project
from api.store.tables import TABLES
from geo.io.imported import Imported
from tests.support.postgis import sql
from tests.support.projects import METRIC_CRS, small_import, small_layers
from tests.support.racing import race

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
KILLED_WHILE_WRITING = """
import os, signal, sys
from api.store.project import Project
from tests.support.projects import METRIC_CRS, small_import

with Project.build(sys.argv[1], metric_crs=METRIC_CRS) as project:
    project.write([small_import()])
    os.kill(os.getpid(), signal.SIGKILL)
"""
ROUNDS = 20
SAVERS = 50


@pytest.fixture
def project(small_postgis: str) -> Iterator[Project]:
    with Project.open(small_postgis) as project:
        yield project


def test_of_fifty_who_save_at_once_one_wins_every_time(project: Project) -> None:
    rounds = race(project, rounds=ROUNDS, savers=SAVERS)

    assert [len(one.winners) for one in rounds] == [1] * ROUNDS
    assert [one.stale_count for one in rounds] == [SAVERS - 1] * ROUNDS
    assert [one.new_versions for one in rounds] == [1] * ROUNDS
    for one in rounds:
        assert set(one.told) == set(one.winners)


def test_savers_at_two_servers_do_not_overwrite_each_other(small_postgis: str) -> None:
    with Project.open(small_postgis) as here, Project.open(small_postgis) as there:
        wins: list[int] = []

        def save(project: Project) -> None:
            rounds = race(project, rounds=10, savers=4)
            wins.append(sum(len(one.winners) for one in rounds))

        threads = [threading.Thread(target=save, args=[one]) for one in (here, there)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        versions = here.versions("zones", "z1")

    assert len(wins) == 2
    assert sum(wins) == len(versions) - 1  # the first is what was imported
    assert [version.number for version in versions] == list(range(1, len(versions) + 1))


def test_two_projects_live_in_one_database(postgis_server: str, postgis: str) -> None:
    other = f"{postgis}_b"
    with (
        Project.create(postgis, metric_crs=METRIC_CRS) as first,
        Project.create(other, metric_crs="EPSG:32649", name="Other") as second,
    ):
        second.write([small_import()])
        assert (second.count("gates"), first.count("gates")) == (1, 0)
        assert (second.name, first.metric_crs) == ("Other", METRIC_CRS)
        assert first.revision == 0
    assert not PostgisPlace.named(postgis_server).exists()


def test_a_table_of_the_same_name_elsewhere_is_not_ours(small_postgis: str) -> None:
    with psycopg.connect(small_postgis) as connection:
        connection.execute("CREATE TABLE public.users (name text)")
        connection.execute("CREATE TABLE public.gates (name text)")
    place = f"{small_postgis}?schema=second"
    with Project.create(place, metric_crs=METRIC_CRS) as project:
        project.write([small_import()])
    found = sql(place, "SELECT count(*) FROM second.gates", "SELECT count(*) FROM second.users")
    assert found == [(0,)]
    assert sql(place, "SELECT count(*) FROM public.gates") == [(0,)]


def test_a_box_is_looked_up_in_the_index(project: Project) -> None:
    table = TABLES["buildings"]
    chosen = sa.select(table.c.building_id).where(in_bbox(table.c.geom, (114, 30, 115, 31)))
    with project._engine.begin() as connection:  # noqa: SLF001 - the plan is not told outside
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # of six rows all are read
        asked = chosen.compile(connection, compile_kwargs={"literal_binds": True})
        plan = connection.exec_driver_sql(f"EXPLAIN {asked}").scalars().all()
        found = connection.execute(chosen).all()

    assert "buildings_geom_gist" in " ".join(map(str, plan))
    assert len(found) == 6


def test_another_gis_finds_every_layer_with_its_type(small_postgis: str) -> None:
    columns = "f_table_name, type, srid, coord_dimension"
    rows = sql(small_postgis, f"SELECT {columns} FROM geometry_columns ORDER BY 1")  # noqa: S608 - a list of our own
    kinds = {str(name): kind for name, *kind in rows}

    assert sorted(kinds) == sorted(SPATIAL_TABLES)
    assert kinds["gates"] == ["POINT", 4326, 2]
    assert kinds["buildings"] == ["MULTIPOLYGON", 4326, 2]


def test_another_program_waits_until_we_have_written(project: Project, small_postgis: str) -> None:
    done = threading.Event()

    def rename() -> None:
        sql(small_postgis, "UPDATE gates SET name = 'QGIS' WHERE gate_id = 'g1'")
        done.set()

    other = threading.Thread(target=rename)
    with for_writing(project._engine).begin() as connection:  # noqa: SLF001 - as its writer does
        other.start()
        assert not done.wait(0.3)
        change = sa.update(TABLES["gates"]).values(name="ours", state="open")
        connection.execute(change)
    other.join()

    (row,) = project.read_table("gates").itertuples()
    assert (row.name, row.state) == ("QGIS", "open")


def test_we_wait_for_another_program_only_so_long(small_postgis: str) -> None:
    options = "-csearch_path=prevention,public"
    with Project.open(small_postgis, busy_wait_s=0.1) as project:
        with closing(psycopg.connect(small_postgis, options=options)) as other:
            other.execute("UPDATE gates SET name = 'QGIS'")
            assert project.read_table("gates")["name"].tolist() == ["东门"]
            with pytest.raises(ProjectBusyError, match="try again"):
                project.write([small_import()])
            other.rollback()
        project.write([small_import()])


def test_a_lost_index_and_trigger_come_back_when_the_project_is_opened(small_postgis: str) -> None:
    sql(small_postgis, "DROP INDEX buildings_geom_gist", "DROP TRIGGER note_change ON gates")

    with Project.open(small_postgis) as project:
        before = project.state
        sql(small_postgis, "UPDATE gates SET name = 'x'")
        assert project.state != before

    names = sql(small_postgis, "SELECT indexname FROM pg_indexes WHERE schemaname = 'prevention'")
    assert ("buildings_geom_gist",) in names


def test_who_may_only_read_reads(small_postgis: str) -> None:
    sql(
        small_postgis,
        "DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN END $$",
        "GRANT USAGE ON SCHEMA prevention TO reader",
        "GRANT SELECT ON ALL TABLES IN SCHEMA prevention TO reader",
    )
    with Project.open(small_postgis.replace("postgres@", "reader@")) as project:
        assert len(project.read("buildings")) == 6
        with pytest.raises(BrokenProjectError, match="no right"):
            project.write([small_import()])


def test_who_may_edit_a_layer_need_not_know_of_the_marks(small_postgis: str) -> None:
    sql(
        small_postgis,
        "DO $$ BEGIN CREATE ROLE drawer LOGIN; EXCEPTION WHEN duplicate_object THEN END $$",
        "GRANT USAGE ON SCHEMA prevention TO drawer",
        "GRANT SELECT, UPDATE ON prevention.gates TO drawer",
    )
    with Project.open(small_postgis) as project:
        before = project.state
        sql(small_postgis.replace("postgres@", "drawer@"), "UPDATE gates SET name = 'x'")
        assert project.state != before


def test_a_killed_connection_is_made_anew(project: Project, small_postgis: str) -> None:
    assert project.count("gates") == 1
    sql(
        small_postgis,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    assert project.count("gates") == 1


def test_what_a_killed_import_left_behind_is_removed_by_the_next(postgis: str) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_WRITING, postgis],
        cwd=ROOT,
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert not place_at(postgis).exists()
    assert len(_schemas_like(postgis)) == 1

    with Project.create(postgis, metric_crs=METRIC_CRS) as project:
        assert project.revision == 0
    assert _schemas_like(postgis) == [postgis.partition("=")[2]]


def test_a_schema_that_still_grows_is_left_alone(postgis: str) -> None:
    with Project.build(postgis, metric_crs=METRIC_CRS) as growing:
        Project.create(postgis, metric_crs=METRIC_CRS, name="first").close()
        growing.write([small_import()])
        with pytest.raises(ProjectExistsError), Project.build(postgis, metric_crs=METRIC_CRS):
            pass
        assert len(_schemas_like(postgis)) == 2
        sql(postgis, f"DROP SCHEMA {postgis.partition('=')[2]} CASCADE")
    with Project.open(postgis) as project:
        assert project.count("gates") == 1


def test_of_two_that_grow_at_once_the_second_is_refused(postgis: str) -> None:
    with (
        pytest.raises(ProjectExistsError),
        Project.build(postgis, metric_crs=METRIC_CRS, name="second"),
    ):
        Project.create(postgis, metric_crs=METRIC_CRS, name="first").close()
    with Project.open(postgis) as project:
        assert project.name == "first"
    assert len(_schemas_like(postgis)) == 1


def _schemas_like(place: str) -> list[object]:
    schema = place.partition("=")[2]
    asked = f"SELECT nspname FROM pg_namespace WHERE nspname LIKE '{schema}%'"  # noqa: S608 - our own name
    return [name for (name,) in sql(place, asked)]


def test_a_value_the_database_cannot_hold_is_told(project: Project) -> None:
    gates = small_layers()["gates"].to_crs(4326).assign(name="a\0b")
    with pytest.raises(StoreError, match="refuses a value"):
        project.write([Imported("small", {"gates": gates}, {})])
    assert project.read_table("gates")["name"].tolist() == ["东门"]


def test_a_server_that_does_not_answer_is_told_without_the_password() -> None:
    place = "postgresql://me:hunter2@127.0.0.1:1/town"
    with pytest.raises(BrokenProjectError, match="cannot be used") as refused:
        Project.open(place)
    assert "hunter2" not in str(refused.value)


def test_a_schema_of_somebody_else_is_told_and_left_alone(small_postgis: str) -> None:
    with pytest.raises(NotAProjectError, match="expected a project, got another schema"):
        Project.open(f"{small_postgis}?schema=public")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("postgresql://me:hunter2@db/town", "postgresql://me:***@db/town"),
        ("postgresql+psycopg://db/town?schema=east", "postgresql://db/town?schema=east"),
        ("postgresql://db/town?password=hunter2", "postgresql://db/town"),
    ],
)
def test_a_place_is_told_without_its_password(text: str, told: str) -> None:
    place = place_at(text)
    assert place.name == place.label == told
    assert "hunter2" not in repr(place)


@pytest.mark.parametrize("text", ["postgresql://db:port:hunter2/x", "postgresql://db/x?schema=A;B"])
def test_a_url_that_cannot_be_meant_is_told_without_repeating_it(text: str) -> None:
    with pytest.raises(NotAProjectError, match="Expected") as refused:
        place_at(text)
    assert "hunter2" not in str(refused.value)
