"""What may come into a project, what changes it, and what never does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, box

from api.store.project import Project
from geo.crs import WGS84
from geo.errors import InvalidLayerError
from geo.io.imported import Imported
from tests.support.projects import METRIC_CRS, small_import, small_reports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from api.store.writing import LayerChanges

SQUARE = box(114.3, 30.6, 114.301, 30.601)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "p.gpkg", metric_crs=METRIC_CRS) as project:
        yield project


def _houses(source: str, **columns: list[object]) -> Imported:
    count = len(columns["building_id"])
    frame = gpd.GeoDataFrame(columns, geometry=[SQUARE] * count, crs=WGS84)
    return Imported(source, {"buildings": frame}, {"buildings": count})


def _counts(changes: list[LayerChanges]) -> list[tuple[int, int, int]]:
    return [(change.new, change.updated, change.unchanged) for change in changes]


def test_the_same_source_twice_changes_nothing(project: Project) -> None:
    once = small_import()

    first = project.write([once])
    counts = project.counts()
    second = project.write([once])

    assert all((change.updated, change.unchanged) == (0, 0) for change in first)
    assert {change.layer: change.new for change in first} == once.seen
    assert {change.layer: change.unchanged for change in second} == once.seen
    assert all((change.updated, change.new) == (0, 0) for change in second)
    assert project.counts() == counts
    assert project.revision == 2
    assert project.attributions() == ("Drawn for tests",)


def test_a_row_is_updated_by_its_key_in_the_columns_the_source_has(project: Project) -> None:
    project.write([_houses("osm", building_id=["b1", "b2"], name=["一", "二"], floors=[3, 4])])

    changes = project.write([_houses("osm", building_id=["b2", "b3"], name=["贰", "三"])])

    assert _counts(changes) == [(1, 1, 0)]
    houses = project.read_table("buildings")
    assert houses["name"].tolist() == ["一", "贰", "三"]
    assert houses["floors"].tolist() == [3, 4, pd.NA]


def test_nothing_replaces_something(project: Project) -> None:
    project.write([_houses("osm", building_id=["b1"], name=["一"])])
    assert _counts(project.write([_houses("osm", building_id=["b1"], name=[None])])) == [(0, 1, 0)]
    assert project.read_table("buildings")["name"].isna().all()


def test_an_estimate_never_replaces_what_is_known(project: Project) -> None:
    known: dict[str, list[object]] = {"building_id": ["b1", "b2"], "households": [10, 10]}
    project.write([_houses("osm", **known, households_are_estimated=[False, True])])

    guess: dict[str, list[object]] = {"building_id": ["b1", "b2"], "households": [99, 99]}
    changes = project.write([_houses("osm", **guess, households_are_estimated=[True, True])])

    assert _counts(changes) == [(0, 1, 1)]
    houses = project.read_table("buildings")
    assert houses["households"].tolist() == [10, 99]
    assert houses["households_are_estimated"].tolist() == [False, True]


def test_a_count_without_a_mark_is_known_and_takes_the_mark_off(project: Project) -> None:
    project.write(
        [_houses("osm", building_id=["b1"], residents=[9], residents_are_estimated=[True])]
    )

    project.write([_houses("osm", building_id=["b1"], residents=[12])])

    houses = project.read_table("buildings")
    assert houses["residents"].tolist() == [12]
    assert houses["residents_are_estimated"].tolist() == [False]


def test_a_key_of_another_source_is_a_fault_that_names_both(project: Project) -> None:
    project.write([_houses("osm", building_id=["b1"], name=["一"])])
    other = _houses("survey", building_id=["b1", "b2"], name=["x", "二"])

    with pytest.raises(InvalidLayerError) as refused:
        project.write([other])

    (fault,) = refused.value.faults
    assert str(fault) == (
        "survey, b1, building_id: expected an id that no other source brings, "
        "got one from source 'osm'"
    )
    assert project.read_table("buildings")["name"].tolist() == ["一"]
    assert project.revision == 1


def test_the_good_rows_come_in_when_asked(project: Project) -> None:
    project.write([_houses("osm", building_id=["b1"], name=["一"])])
    other = _houses("survey", building_id=["b1", "b2"], name=["x", "二"])

    (change,) = project.write([other], keep_good=True)

    assert (change.new, change.updated, len(change.faults)) == (1, 0, 1)
    assert project.read_table("buildings")["name"].tolist() == ["一", "二"]


def test_a_plain_table_changes_rows_of_any_source_but_adds_none(project: Project) -> None:
    project.write([_houses("osm", building_id=["b1", "b2"], households=[1, 2])])
    table = pd.DataFrame({"building_id": ["b2", "b9"], "households": [20, 90]})
    survey = Imported("survey", {"buildings": table}, {"buildings": 2})

    (change,) = project.write([survey], keep_good=True)

    assert (change.new, change.updated, change.unchanged) == (0, 1, 0)
    assert [str(fault) for fault in change.faults] == [
        "survey, b9, building_id: expected an id that is in the project, got b9"
    ]
    assert project.read("buildings")["households"].tolist() == [1, 20]


def test_rows_a_layer_cannot_hold_are_faults(project: Project) -> None:
    gates = gpd.GeoDataFrame(
        {"gate_id": ["g1", "g1", "g2"], "state": ["open", "open", None]},
        geometry=[Point(114, 30)] * 3,
        crs=WGS84,
    )

    (change,) = project.write([Imported("a", {"gates": gates}, {})], keep_good=True)

    assert change.new == 1
    assert [(fault.place, fault.column) for fault in change.faults] == [
        ("g1", "gate_id"),
        ("g2", "state"),
    ]


def test_an_empty_cell_of_a_plain_table_changes_nothing(project: Project) -> None:
    keys: list[object] = ["b1", "b2"]
    guess: dict[str, list[object]] = {
        "households": [10, 20],
        "households_are_estimated": [True, True],
    }
    project.write([_houses("osm", building_id=keys, **guess)])
    counted = pd.DataFrame({"building_id": keys, "households": [11, None]})

    project.write([Imported("census", {"buildings": counted}, {})])

    rows = project.read("buildings").set_index("building_id").loc[keys]
    assert rows["households"].tolist() == [11, 20]
    assert rows["households_are_estimated"].tolist() == [False, True]


def test_a_day_reported_again_under_another_key_is_an_update(project: Project) -> None:
    reports = small_reports()
    again = reports.assign(report_id=["r2", "r1", "x3", "r4", "r5"], staff_back=[1, 20, 2, 3, 25])
    project.write([Imported("daily", {"reports": reports}, {})])

    changes = project.write([Imported("daily", {"reports": again}, {})])

    assert _counts(changes) == [(0, 3, 2)]
    stored = project.read_table("reports").sort_values(["day_on", "premises_id"])
    assert stored["staff_back"].tolist() == [1, 20, 2, 3, 25]
    assert stored["report_id"].tolist() == ["r2", "r1", "x3", "r4", "r5"]


def test_a_day_that_another_source_reported_is_a_fault(project: Project) -> None:
    project.write([Imported("daily", {"reports": small_reports()}, {})])
    one = small_reports().head(1).assign(report_id="other")

    with pytest.raises(InvalidLayerError, match="premises_id and day_on that no other source"):
        project.write([Imported("hotline", {"reports": one}, {})])


def test_many_rows_at_once_are_indexed_like_few(project: Project) -> None:
    count = 2_500
    lon = [114 + number * 1e-4 for number in range(count)]
    gates = gpd.GeoDataFrame(
        {"gate_id": [f"g{number}" for number in range(count)], "state": ["open"] * count},
        geometry=gpd.points_from_xy(lon, [30.0] * count),
        crs=WGS84,
    )
    project.write([Imported("a", {"gates": gates}, {})])
    moved = gates.set_geometry(gates.translate(0, 0.5)).head(10)
    project.write([Imported("a", {"gates": moved}, {})])

    assert len(project.read("gates", bbox=(113.9, 29.9, 115, 30.1))) == count - 10
    assert len(project.read("gates", bbox=(113.9, 30.4, 115, 30.6))) == 10
    assert len(project.read("gates", bbox=(114.09995, 29.9, 114.10035, 30.1))) == 4


def test_several_parts_stay_several_and_one_part_is_plain(project: Project) -> None:
    two = MultiPolygon([SQUARE, box(114.4, 30.6, 114.401, 30.601)])
    frame = gpd.GeoDataFrame(
        {"building_id": ["one", "two"]}, geometry=[MultiPolygon([SQUARE]), two], crs=WGS84
    )
    project.write([Imported("a", {"buildings": frame}, {})])

    stored = project.read_wgs84("buildings").geometry.tolist()
    assert stored == [SQUARE, two]


keys = st.lists(st.sampled_from("abcdef"), unique=True, max_size=6)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8, deadline=None
)
@given(rounds=st.lists(st.tuples(keys, st.integers(0, 2)), max_size=4))
def test_a_layer_holds_the_last_word_on_every_key(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[tuple[list[str], int]]
) -> None:
    expected: dict[str, int] = {}
    path = tmp_path_factory.mktemp("rounds") / "p.gpkg"
    with Project.create(path, metric_crs=METRIC_CRS) as project:
        for number, (chosen, floors) in enumerate(rounds, start=1):
            new = sum(key not in expected for key in chosen)
            same = sum(expected.get(key) == floors for key in chosen)
            houses = _houses("osm", building_id=list(chosen), height_m=[floors] * len(chosen))
            changes = project.write([replace(houses, attribution=str(floors))])
            expected |= dict.fromkeys(chosen, floors)
            assert _counts(changes) == [(new, len(chosen) - new - same, same)]
            assert project.revision == number
        table = project.read_table("buildings")
    assert dict(zip(table["building_id"], table["height_m"], strict=True)) == expected
