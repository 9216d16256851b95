"""One project, two media: what holds for a file holds for a database."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, box

from api.store.connection import for_writing
from api.store.edits import Act, Edit, EditKind
from api.store.errors import (
    NewerProjectError,
    NotAProjectError,
    ProjectBusyError,
    ProjectExistsError,
    ProjectMissingError,
)
from api.store.places import place_at
from api.store.project import Project
from api.store.rtree import register_functions
from geo.crs import WGS84, to_wgs84
from geo.errors import InvalidLayerError
from geo.io.imported import Imported
from geo.layers import LAYERS
from tests.support.postgis import sql
from tests.support.projects import (
    METRIC_CRS,
    small_import,
    small_layers,
    small_project,
    small_reports,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEDIA = ("geopackage", "postgis")
SQUARE = box(114.3, 30.6, 114.301, 30.601)


@pytest.fixture(params=MEDIA)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgis":
        url: str = request.getfixturevalue("postgis")
        return url
    return str(tmp_path / "p.gpkg")


@pytest.fixture(params=MEDIA)
def small(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the small community is."""
    if request.param == "postgis":
        url: str = request.getfixturevalue("small_postgis")
        return url
    return str(small_project(tmp_path / "small.gpkg"))


@pytest.fixture
def project(small: str) -> Iterator[Project]:
    with Project.open(small, busy_wait_s=0.2) as project:
        yield project


@pytest.fixture
def empty(place: str) -> Iterator[Project]:
    with Project.create(place, metric_crs=METRIC_CRS) as project:
        yield project


def outside(place: str, *statements: str) -> list[tuple[object, ...]]:
    """Run statements as another program would; give the last rows."""
    if "://" in place:
        return sql(place, *statements)
    with closing(sqlite3.connect(place, isolation_level=None)) as connection:
        register_functions(connection)
        for statement in statements:
            rows = connection.execute(statement).fetchall()
        # As QGIS does it, which tells in the table of contents what it changed.
        connection.execute("UPDATE gpkg_contents SET last_change = last_change || '+'")
    return rows


def plain(values: pd.Series[Any]) -> list[object]:
    return [None if gone else value for value, gone in zip(values, values.isna(), strict=True)]


def houses(source: str, **columns: list[object]) -> Imported:
    count = len(columns["building_id"])
    frame = gpd.GeoDataFrame(columns, geometry=[SQUARE] * count, crs=WGS84)
    return Imported(source, {"buildings": frame}, {"buildings": count})


def test_layers_come_out_as_they_went_in(project: Project) -> None:
    for name, expected in small_layers().items():
        frame = project.read(name)
        assert frame.geometry.hausdorff_distance(expected.geometry).max() < 1e-6
        for column in expected.columns.drop("geometry"):
            assert plain(frame[column]) == plain(expected[column])
    reports = project.read_table("reports")
    assert reports["day_on"].tolist() == small_reports()["day_on"].tolist()
    assert reports["is_open"].tolist() == small_reports()["is_open"].tolist()
    assert (project.name, project.metric_crs) == ("Small community", METRIC_CRS)
    assert project.attributions() == ("Drawn for tests",)


def test_both_media_give_the_same_frames(tmp_path: Path, postgis: str) -> None:
    frames = []
    for place in (str(tmp_path / "p.gpkg"), postgis):
        with Project.build(place, metric_crs=METRIC_CRS) as growing:
            growing.write([small_import()])
        with Project.open(place) as project:
            read = {
                name: project.read_wgs84(name) if layer.geometry else project.read_table(name)
                for name, layer in LAYERS.items()
            }
            frames.append((read, project.extent_wgs84(), project.counts()))

    (files, *file_facts), (databases, *database_facts) = frames
    assert file_facts == database_facts
    for name, frame in files.items():
        pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(databases[name]))
        if isinstance(frame, gpd.GeoDataFrame):
            assert frame.geometry.to_wkb().tolist() == databases[name].geometry.to_wkb().tolist()


def test_a_box_gives_what_touches_it(project: Project) -> None:
    streets = to_wgs84(small_layers()["streets"])
    rng = np.random.default_rng(1)
    west, south, east, north = project.extent_wgs84() or (0, 0, 0, 0)
    for _ in range(20):
        (x0, x1), (y0, y1) = (
            np.sort(rng.uniform(low, high, 2)) for low, high in ((west, east), (south, north))
        )
        found = project.read("streets", bbox=(x0, y0, x1, y1))["street_id"].tolist()
        touching = streets.intersects(shapely.box(x0, y0, x1, y1))
        assert found == streets["street_id"][touching].tolist()


def test_counts_tell_every_layer(project: Project) -> None:
    assert project.counts() == dict.fromkeys(LAYERS, 0) | small_import().seen


def test_the_same_source_twice_changes_nothing(project: Project) -> None:
    before = project.read_table("buildings")

    changes = project.write([small_import()])

    assert all((change.new, change.updated) == (0, 0) for change in changes)
    assert {change.layer: change.unchanged for change in changes} == small_import().seen
    pd.testing.assert_frame_equal(project.read_table("buildings"), before)
    assert project.revision == 2


def test_a_row_is_updated_by_its_key_in_the_columns_the_source_has(empty: Project) -> None:
    empty.write([houses("osm", building_id=["b1", "b2"], name=["一", "二"], floors=[3, 4])])

    (change,) = empty.write([houses("osm", building_id=["b2", "b3"], name=["贰", None])])

    assert (change.new, change.updated, change.unchanged) == (1, 1, 0)
    rows = empty.read_table("buildings")
    assert plain(rows["name"]) == ["一", "贰", None]
    assert plain(rows["floors"]) == [3, 4, None]


def test_an_estimate_never_replaces_what_is_known(empty: Project) -> None:
    keys: list[object] = ["b1", "b2"]
    for count, marks in ((10, [False, True]), (99, [True, True])):
        counts: list[object] = [count, count]
        flags: list[object] = list(marks)
        one = houses("osm", building_id=keys, households=counts, households_are_estimated=flags)
        empty.write([one])

    rows = empty.read_table("buildings")
    assert rows["households"].tolist() == [10, 99]
    assert rows["households_are_estimated"].tolist() == [False, True]


def test_a_key_of_another_source_leaves_everything_as_it_was(project: Project) -> None:
    before = project.state, project.counts()
    with pytest.raises(InvalidLayerError, match="got one from source 'small'"):
        project.write([houses("survey", building_id=["b9", "b1"], name=["新", "x"])])
    assert (project.state, project.counts()) == before


def test_a_day_reported_again_under_another_key_is_an_update(empty: Project) -> None:
    reports = small_reports()
    again = reports.assign(report_id=["r2", "r1", "x3", "r4", "r5"], staff_back=[1, 20, 2, 3, 25])
    empty.write([Imported("daily", {"reports": reports}, {})])

    (change,) = empty.write([Imported("daily", {"reports": again}, {})])

    assert (change.new, change.updated, change.unchanged) == (0, 3, 2)
    stored = empty.read_table("reports").sort_values(["day_on", "premises_id"])
    assert stored["report_id"].tolist() == ["r2", "r1", "x3", "r4", "r5"]


def test_many_rows_keep_their_order_and_are_found_by_the_index(empty: Project) -> None:
    count = 2_500
    lon = [114 + number * 1e-4 for number in range(count)]
    keys = [f"g{(number * 7919) % count}" for number in range(count)]
    gates = gpd.GeoDataFrame(
        {"gate_id": keys, "state": ["open"] * count},
        geometry=gpd.points_from_xy(lon, [30.0] * count),
        crs=WGS84,
    )
    empty.write([Imported("a", {"gates": gates}, {})])
    moved = gates.set_geometry(gates.translate(0, 0.5)).head(10)
    empty.write([Imported("a", {"gates": moved}, {})])

    assert empty.read_table("gates")["gate_id"].tolist() == keys
    assert len(empty.read("gates", bbox=(113.9, 29.9, 115, 30.1))) == count - 10
    assert len(empty.read("gates", bbox=(113.9, 30.4, 115, 30.6))) == 10


def test_shapes_keep_their_parts_and_lose_nothing_but_heights(empty: Project) -> None:
    two = MultiPolygon([SQUARE, box(114.4, 30.6, 114.401, 30.601)])
    high = shapely.force_3d(SQUARE, 12.0)
    frame = gpd.GeoDataFrame(
        {"building_id": ["one", "two", "high", "none"]},
        geometry=np.array([MultiPolygon([SQUARE]), two, high, None], dtype=object),
        crs=WGS84,
    )
    empty.write([Imported("a", {"buildings": frame}, {})])

    assert empty.read_wgs84("buildings").geometry.tolist() == [SQUARE, two, SQUARE]
    assert empty.count("buildings") == 4


texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12
)
numbers = st.floats(min_value=0, max_value=1_000, allow_subnormal=True)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10, deadline=None
)
@given(names=st.lists(st.none() | texts, min_size=1, max_size=5), height_m=st.none() | numbers)
def test_any_text_and_number_comes_back_as_it_was(
    empty: Project, names: list[str | None], height_m: float | None
) -> None:
    keys: list[object] = [f"b{number}" for number in range(len(names))]
    empty.write(
        [houses("osm", building_id=keys, name=list(names), height_m=[height_m] * len(names))]
    )

    stored = empty.read_table("buildings").set_index("building_id").loc[keys]
    assert plain(stored["name"]) == names
    assert plain(stored["height_m"]) == [height_m] * len(names)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE gates SET name = '改名' WHERE gate_id = 'g1'",
        "DELETE FROM gates WHERE gate_id = 'g1'",
        "INSERT INTO gates (gate_id, state) VALUES ('g2', 'open')",
    ],
)
def test_the_state_changes_when_another_program_changes_a_layer(
    project: Project, small: str, change: str
) -> None:
    before = project.state
    assert project.state == before

    outside(small, change)

    assert project.state != before


def test_rows_of_another_program_are_read_like_ours(project: Project, small: str) -> None:
    outside(
        small,
        "INSERT INTO gates (gate_id, state, geom) SELECT 'g2', 'open', geom FROM gates",
        "UPDATE zones SET valid_to_at = '2020-04-01T08:00:00.000Z'",
    )

    gates = project.read_wgs84("gates")
    assert gates["gate_id"].tolist() == ["g1", "g2"]
    assert gates.geometry.tolist()[0] == gates.geometry.tolist()[1]
    assert project.read("zones")["valid_to_at"].tolist() == [pd.Timestamp("2020-04-01T08:00Z")]
    assert outside(small, "SELECT source FROM gates WHERE gate_id = 'g2'") == [("edited",)]


def test_an_edit_is_stored_with_its_history(project: Project) -> None:
    gate = project.feature("gates", "g1")
    act = Act("li", "gate opened", datetime(2022, 3, 1, tzinfo=UTC))
    edit = Edit(EditKind.REPLACE, "gates", "g1", {"state": "open"}, Point(114.3, 30.6), gate.etag)
    before = project.state

    (stored,) = project.edit([edit], act)

    assert stored is not None
    assert stored == project.feature("gates", "g1")
    assert project.versions("gates", "g1")[-1].geometry == Point(114.3, 30.6)
    assert project.state != before


def test_what_another_program_changed_is_kept_before_the_next_edit(
    project: Project, small: str
) -> None:
    act = Act("li", "", datetime(2022, 3, 1, tzinfo=UTC))
    gate = project.feature("gates", "g1")
    values = dict(gate.values)
    project.edit([Edit(EditKind.REPLACE, "gates", "g1", values, gate.geometry)], act)
    outside(small, "UPDATE gates SET name = 'QGIS' WHERE gate_id = 'g1'")
    values["name"] = "ours"
    project.edit([Edit(EditKind.REPLACE, "gates", "g1", values, gate.geometry)], act)
    project.edit([Edit(EditKind.DELETE, "gates", "g1")], act)

    versions = [dict(version.values) for version in project.versions("gates", "g1")]
    assert [one["name"] for one in versions] == ["东门", "东门", "QGIS", "ours", "ours"]
    assert project.count("gates") == 0
    assert project.as_known_at("gates", datetime(2022, 2, 1, tzinfo=UTC))["name"].tolist() == [
        "东门"
    ]


def test_the_extent_follows_what_another_program_does(project: Project, small: str) -> None:
    before = project.extent_wgs84()
    act = Act("li", "", datetime(2022, 3, 1, tzinfo=UTC))
    values = {"state": "open"}
    project.edit([Edit(EditKind.CREATE, "gates", "g9", values, Point(110, 20))], act)

    assert project.extent_wgs84() != before
    assert (project.extent_wgs84() or (0, 0, 0, 0))[:2] == (110, 20)
    assert outside(small, "SELECT count(*) FROM gates") == [(2,)]


def test_threads_read_side_by_side(project: Project) -> None:
    with ThreadPoolExecutor(16) as pool:
        lengths = list(pool.map(lambda _: len(project.read("buildings")), range(48)))
    assert lengths == [6] * 48


def test_one_writes_at_a_time_and_readers_see_the_state_before(
    project: Project, small: str
) -> None:
    with Project.open(small) as other:
        engine = for_writing(other._engine)  # noqa: SLF001 - as its own writer does
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE project SET value = '9' WHERE key = 'revision'")
            assert project.revision == 1
            with pytest.raises(ProjectBusyError, match="try again"):
                project.write([small_import()])
        assert project.revision == 9


def test_nothing_is_made_over_what_is_there(project: Project, small: str) -> None:
    before = project.state
    with pytest.raises(ProjectExistsError):
        Project.create(small, metric_crs=METRIC_CRS)
    assert project.state == before


def test_a_missing_project_is_told(place: str) -> None:
    with pytest.raises(ProjectMissingError, match=r"no such project.*import"):
        Project.open(place)


def test_a_new_project_that_fails_leaves_nothing(place: str) -> None:
    def fail() -> None:
        with Project.build(place, metric_crs=METRIC_CRS) as project:
            project.write([small_import()])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert not place_at(place).exists()


def test_a_newer_project_is_told(project: Project, small: str) -> None:
    assert project.revision == 1
    outside(small, "UPDATE project SET value = '99' WHERE key = 'schema_version'")
    with pytest.raises(NewerProjectError, match="got 99; a newer"):
        Project.open(small)


def test_what_is_no_project_is_told(project: Project, small: str) -> None:
    assert project.revision == 1
    outside(small, "DROP TABLE project")
    with pytest.raises(NotAProjectError, match="expected a project"):
        Project.open(small)
