"""Editing single features: what is stored, what is refused, and what stands against it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import pytest
import shapely
from shapely import Point, Polygon, box

from api.store.edits import (
    Act,
    Edit,
    EditKind,
    FeatureExistsError,
    StaleFeatureError,
    StoredFeature,
    UnknownFeatureError,
    etag_of,
)
from api.store.errors import ProjectBusyError, ProjectClosedError
from api.store.project import Project
from api.store.rtree import register_functions
from geo.crs import WGS84
from geo.errors import InvalidLayerError, UnknownLayerError
from geo.layers import LAYERS
from tests.support.projects import small_project
from tests.support.racing import race

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
ACT = Act("li", "三例", AT, "request-1")
HOUSE = box(114.301, 30.597, 114.302, 30.598)
YARD = box(114.3005, 30.5965, 114.3025, 30.5985)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return small_project(tmp_path / "small.gpkg")


@pytest.fixture
def project(path: Path) -> Iterator[Project]:
    with Project.open(path) as project:
        yield project


def _create(key: str = "z9", shape: BaseGeometry = HOUSE, **values: object) -> Edit:
    return Edit(EditKind.CREATE, "zones", key, {"level": "control", **values}, shape)


def _replace(feature: StoredFeature, shape: BaseGeometry = YARD, **values: object) -> Edit:
    changed = {**feature.values, **values}
    return Edit(EditKind.REPLACE, feature.layer, feature.key, changed, shape, feature.etag)


def _delete(feature: StoredFeature) -> Edit:
    return Edit(EditKind.DELETE, feature.layer, feature.key, expected=feature.etag)


def _edit(project: Project, edit: Edit, act: Act = ACT) -> StoredFeature:
    (feature,) = project.edit([edit], act)
    assert feature is not None
    return feature


def _run(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        register_functions(connection)
        connection.execute(statement, values)


def _changed_at(path: Path) -> datetime:
    told = "SELECT last_change FROM gpkg_contents WHERE table_name = 'zones'"
    with closing(sqlite3.connect(path)) as connection:
        return datetime.fromisoformat(connection.execute(told).fetchone()[0])


def _everything(project: Project) -> tuple[object, ...]:
    zones = project.read_wgs84("zones")
    return (
        zones.to_wkt().to_csv(),
        project.last_seq(),
        len(project.audit(1000)),
        project.state,
    )


def test_what_is_created_is_stored_as_it_is_handed_back(project: Project) -> None:
    from_at = datetime(2026, 11, 22, 10, tzinfo=timezone(timedelta(hours=8)))

    made = _edit(project, _create(name="东院", valid_from_at=from_at))

    assert made == project.feature("zones", "z9")
    assert made.values == {
        "zone_id": "z9",
        "name": "东院",
        "level": "control",
        "valid_from_at": datetime(2026, 11, 22, 2, tzinfo=UTC),
        "valid_to_at": None,
        "version": 1,
        "reason": "三例",
        "author": "li",
    }
    assert made.geometry is not None
    assert made.geometry.equals(HOUSE)
    assert project.read("zones")["zone_id"].tolist() == ["z1", "z9"]


def test_a_replacement_is_the_whole_row_and_raises_the_version(project: Project) -> None:
    before = project.feature("zones", "z1")

    after = _edit(project, replace(_replace(before), values={"level": "precaution"}))

    assert (before.values["version"], after.values["version"]) == (1, 2)
    assert (after.values["name"], after.values["valid_from_at"]) == (None, None)
    assert (after.values["author"], after.values["reason"]) == ("li", "三例")
    assert after.fid == before.fid
    assert after.geometry is not None
    assert after.geometry.equals(YARD)


def test_what_the_store_fills_nobody_else_can(project: Project) -> None:
    made = _edit(project, _create(version=77, author="somebody", reason="none"))

    assert [made.values[name] for name in ("version", "author", "reason")] == [1, "li", "三例"]


def test_a_deletion_takes_the_feature_away(project: Project) -> None:
    assert project.edit([_delete(project.feature("zones", "z1"))], ACT) == [None]
    with pytest.raises(UnknownFeatureError, match="zones z1: there is no such feature"):
        project.feature("zones", "z1")
    assert project.count("zones") == 0


def test_versions_go_on_when_a_feature_is_made_again(project: Project) -> None:
    project.edit([_delete(project.feature("zones", "z1"))], ACT)

    again = _edit(project, _create("z1"))

    numbers = [(one.number, one.kind.value) for one in project.versions("zones", "z1")]
    assert numbers == [(1, "create"), (2, "delete"), (3, "create")]
    assert again.values["version"] == 3


def test_a_table_and_a_layer_of_points_are_edited_alike(project: Project) -> None:
    report = Edit(
        EditKind.CREATE,
        "reports",
        "r9",
        {"premises_id": "p3", "day_on": date(2020, 3, 9), "is_open": True, "staff_back": 2.0},
    )
    gate = Edit(EditKind.CREATE, "gates", "g9", {"state": "open"}, Point(114.3, 30.6))

    stored, standing = project.edit([report, gate], ACT)

    assert stored is not None
    assert standing is not None
    assert stored.geometry is None
    assert (stored.values["day_on"], stored.values["is_open"]) == (date(2020, 3, 9), True)
    assert stored.values["staff_back"] == 2
    assert standing.geometry == Point(114.3, 30.6)
    assert project.read_table("reports")["report_id"].tolist()[-1] == "r9"


def test_heights_are_left_out_and_several_parts_kept(project: Project) -> None:
    tall = shapely.force_3d(HOUSE, 12.0)
    apart = shapely.MultiPolygon([HOUSE, box(114.31, 30.6, 114.32, 30.61)])

    flat, parted = project.edit([_create("a", tall), _create("b", apart)], ACT)

    assert flat is not None
    assert parted is not None
    assert flat.geometry is not None
    assert not flat.geometry.has_z
    assert parted.geometry == apart


def test_the_index_and_the_extent_follow_an_edit(project: Project, path: Path) -> None:
    far = box(115.0, 31.0, 115.1, 31.1)
    before = project.extent_wgs84()
    changed_at = _changed_at(path)

    _edit(project, _create(shape=far))

    assert changed_at < _changed_at(path) <= datetime.now(UTC)

    assert before is not None
    assert project.extent_wgs84() == (*before[:2], 115.1, 31.1)
    assert project.read("zones", bbox=(115, 31, 116, 32))["zone_id"].tolist() == ["z9"]
    assert pyogrio.read_info(path, layer="zones")["total_bounds"][2:] == pytest.approx(
        (115.1, 31.1)
    )


def test_the_first_feature_of_a_layer_gives_it_an_extent(project: Project, path: Path) -> None:
    block = Edit(EditKind.CREATE, "blocks", "k1", {}, HOUSE)

    _edit(project, block)

    assert pyogrio.read_info(path, layer="blocks")["total_bounds"] == pytest.approx(HOUSE.bounds)


def test_the_state_differs_after_every_edit(project: Project) -> None:
    states = [project.state]
    for _ in range(5):
        _edit(project, _replace(project.feature("zones", "z1")))
        states.append(project.state)
    assert len(set(states)) == len(states)
    assert project.revision == 1


def test_many_edits_are_stored_together_or_not_at_all(project: Project) -> None:
    _edit(project, _create("taken"))
    before = _everything(project)
    sound = [_create("a"), _create("b"), _replace(project.feature("zones", "z1"))]

    with pytest.raises(FeatureExistsError, match="zones taken: expected a key that is free"):
        project.edit([*sound, _create("taken")], ACT)
    assert _everything(project) == before

    assert len(project.edit(sound, ACT)) == 3
    assert project.count("zones") == 4


def test_no_edits_are_no_change(project: Project) -> None:
    before = _everything(project)
    assert project.edit([], ACT) == []
    assert _everything(project) == before


def test_a_stale_edit_is_told_what_is_stored_and_what_it_started_from(project: Project) -> None:
    mine = project.feature("zones", "z1")
    theirs = _edit(project, _replace(mine, name="他们的"))
    latest = _edit(project, _replace(theirs, name="又改"))
    before = _everything(project)

    with pytest.raises(StaleFeatureError, match="meanwhile: zones z1") as stale:
        project.edit([_create(), _replace(mine, name="我的")], ACT)

    (conflict,) = stale.value.conflicts
    assert conflict.current == latest
    assert conflict.base is not None
    assert (conflict.base.number, conflict.base.etag) == (1, mine.etag)
    assert conflict.base.geometry == mine.geometry
    assert _everything(project) == before


def test_every_conflict_of_a_call_is_told_at_once(project: Project) -> None:
    first = project.feature("zones", "z1")
    others = [_edit(project, _create(key)) for key in ("a", "b", "c")]
    _edit(project, _replace(first))
    _edit(project, _replace(others[0]))
    project.edit([_delete(others[1])], ACT)

    with pytest.raises(StaleFeatureError) as stale:
        project.edit([_replace(one) for one in (first, *others)], ACT)

    told = [
        (one.key, one.current is None, one.base and one.base.number)
        for one in stale.value.conflicts
    ]
    assert told == [("z1", False, 1), ("a", False, 1), ("b", True, 1)]


def test_a_state_that_never_was_has_no_base(project: Project) -> None:
    feature = project.feature("zones", "z1")
    with pytest.raises(StaleFeatureError) as stale:
        project.edit([replace(_replace(feature), expected='"guessed"')], ACT)
    assert stale.value.conflicts[0].base is None
    assert stale.value.conflicts[0].current == feature


def test_an_edit_that_expects_nothing_overwrites(project: Project) -> None:
    feature = project.feature("zones", "z1")
    _edit(project, _replace(feature, name="一"))

    after = _edit(project, replace(_replace(feature, name="二"), expected=None))

    assert after.values["name"] == "二"
    assert [one.values["name"] for one in project.versions("zones", "z1")] == ["4号楼", "一", "二"]


@pytest.mark.parametrize("kind", [EditKind.REPLACE, EditKind.DELETE])
@pytest.mark.parametrize("expected", [None, '"any"'])
def test_what_never_was_cannot_be_changed(
    project: Project, kind: EditKind, expected: str | None
) -> None:
    edit = Edit(kind, "zones", "zz", {"level": "control"}, HOUSE, expected)
    with pytest.raises(UnknownFeatureError, match="zones zz"):
        project.edit([edit], ACT)


def test_a_layer_that_is_none_is_told(project: Project) -> None:
    with pytest.raises(UnknownLayerError):
        project.edit([Edit(EditKind.DELETE, "houses", "h1")], ACT)
    with pytest.raises(UnknownLayerError):
        project.feature("houses", "h1")
    with pytest.raises(UnknownLayerError):
        project.versions("houses", "h1")


def test_a_feature_is_moved_to_another_key_in_one_call(project: Project) -> None:
    old = project.feature("zones", "z1")
    gone, new = project.edit([_delete(old), _create("z1b", YARD)], ACT)
    assert gone is None
    assert new is not None
    assert project.read("zones")["zone_id"].tolist() == ["z1b"]


BOWTIE = Polygon([(114.3, 30.6), (114.31, 30.61), (114.31, 30.6), (114.3, 30.61)])


@pytest.mark.parametrize(
    ("edit", "column", "expected"),
    [
        (_create(level="red"), "level", "one of lockdown, control, precaution"),
        (_create(level=None), "level", "one of lockdown"),
        (_create(valid_from_at="soon"), "valid_from_at", "a time such as"),
        (_create(valid_from_at=datetime(1, 1, 1, tzinfo=UTC)), "valid_from_at", "a year from 2"),
        (_create(colour="red"), "colour", "a column of the layer"),
        (_create(name="a\0b"), "name", "text without stray characters"),
        (_create(name="\ud800"), "name", "text without stray characters"),
        (_create(key=""), "zone_id", "text"),
        (_create(key="\0"), "zone_id", "text without stray characters"),
        (_create(shape=BOWTIE), "geometry", "a shape that does not cross itself"),
        (_create(shape=Polygon()), "geometry", "a Polygon"),
        (_create(shape=Point(114.3, 30.6)), "geometry", "a Polygon"),
        (_create(shape=box(200, 30, 201, 31)), "geometry", "longitude from -180"),
        (replace(_create(), geometry=None), "geometry", "a Polygon"),
        (
            Edit(EditKind.CREATE, "reports", "r9", {}, Point(114.3, 30.6)),
            "geometry",
            "no geometry",
        ),
        (
            Edit(EditKind.CREATE, "gates", "g9", {"state": "ajar"}, Point(114.3, 30.6)),
            "state",
            "one of open, closed, hours",
        ),
        (
            Edit(EditKind.CREATE, "buildings", "b9", {"use": "other", "floors": 2**40}, HOUSE),
            "floors",
            "a whole number",
        ),
    ],
)
def test_an_edit_that_breaks_the_contract_is_refused(
    project: Project, edit: Edit, column: str, expected: str
) -> None:
    before = _everything(project)

    with pytest.raises(InvalidLayerError) as broken:
        project.edit([_create("sound"), edit], ACT)

    assert [fault.column for fault in broken.value.faults] == [column]
    assert expected in broken.value.faults[0].expected
    assert _everything(project) == before


def test_every_fault_of_a_call_is_told_at_once(project: Project) -> None:
    with pytest.raises(InvalidLayerError) as broken:
        project.edit([_create("a", level="red"), _create("b", BOWTIE), _create("c")], ACT)
    assert [(one.place, one.column) for one in broken.value.faults] == [
        ("a", "level"),
        ("b", "geometry"),
    ]


def test_one_feature_is_written_once_in_a_call(project: Project) -> None:
    with pytest.raises(InvalidLayerError, match="each zone_id once"):
        project.edit([_create("a"), _create("a")], ACT)


def test_what_may_occur_once_is_refused_twice(project: Project) -> None:
    values = {"premises_id": "p1", "day_on": date(2020, 3, 1), "is_open": True, "staff_back": 0}
    before = _everything(project)

    with pytest.raises(InvalidLayerError, match="what no other row has"):
        project.edit([_create("a"), Edit(EditKind.CREATE, "reports", "r9", values)], ACT)

    assert _everything(project) == before


def test_the_tag_tells_of_changes_by_other_programs(project: Project, path: Path) -> None:
    mine = project.feature("zones", "z1")

    _run(path, "UPDATE zones SET name = 'QGIS' WHERE zone_id = 'z1'")

    assert project.feature("zones", "z1").etag != mine.etag
    with pytest.raises(StaleFeatureError) as stale:
        project.edit([_replace(mine)], ACT)
    (conflict,) = stale.value.conflicts
    assert conflict.current is not None
    assert conflict.current.values["name"] == "QGIS"
    assert conflict.base is not None
    assert conflict.base.values["name"] == "4号楼"


def test_the_tag_is_of_content_alone(project: Project, path: Path) -> None:
    tag = project.feature("zones", "z1").etag
    _run(path, "UPDATE zones SET fid = 70, source = 'else' WHERE zone_id = 'z1'")
    assert project.feature("zones", "z1").etag == tag


@pytest.mark.parametrize("name", [name for name, layer in LAYERS.items() if layer.geometry])
def test_any_change_of_a_row_changes_its_tag(name: str) -> None:
    values: dict[str, Any] = dict.fromkeys(LAYERS[name].column_names)
    tags = {etag_of(values, HOUSE), etag_of(values, YARD), etag_of(values, None)}
    tags |= {etag_of({**values, column: "x"}, HOUSE) for column in values}
    assert len(tags) == 3 + len(values)
    assert all(tag[0] == tag[-1] == '"' for tag in tags)


def test_a_row_that_qgis_drew_is_edited_like_any_other(project: Project, path: Path) -> None:
    shapes = [shapely.MultiPolygon([YARD])]
    frame = project.read_wgs84("zones").assign(zone_id="q1").set_geometry(shapes, crs=WGS84)
    drawn = frame[["zone_id", "level", "geometry"]]
    pyogrio.write_dataframe(drawn, path, layer="zones", append=True)

    after = _edit(project, _replace(project.feature("zones", "q1"), HOUSE))

    assert [one.actor for one in project.versions("zones", "q1")] == ["external", "li"]
    assert after.values["version"] == 2
    assert np.isclose(after.geometry.area, HOUSE.area)  # type: ignore[union-attr]  # a zone has a shape


def test_fifty_who_save_at_once_make_one_version(project: Project) -> None:
    rounds = race(project, rounds=20, savers=50)

    assert [(len(one.winners), one.stale_count, one.new_versions) for one in rounds] == (
        [(1, 49, 1)] * 20
    )
    for one in rounds:
        assert set(one.told) == set(one.winners)
    kept = [version.actor for version in project.versions("zones", "z1")[1:]]
    assert kept == [one.winners[0] for one in rounds]
    assert project.feature("zones", "z1").values["version"] == 21
    assert len([entry for entry in project.audit(1000) if entry.action == "replace"]) == 20


def test_readers_do_not_wait_for_a_writer(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        register_functions(other)
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE zones SET name = 'half done'")
        with Project.open(path, busy_wait_s=0.05) as project:
            feature = project.feature("zones", "z1")
            assert feature.values["name"] == "4号楼"
            assert len(project.versions("zones", "z1")) == 1
            with pytest.raises(ProjectBusyError, match="try again"):
                project.edit([_replace(feature)], ACT)
            other.execute("ROLLBACK")
            assert _edit(project, _replace(feature)).values["version"] == 2


def test_a_closed_project_takes_no_edits(path: Path) -> None:
    with Project.open(path) as project:
        _edit(project, _create())
    with pytest.raises(ProjectClosedError, match="open it again"):
        project.edit([_create("b")], ACT)


def test_a_new_project_is_edited_while_it_grows(tmp_path: Path) -> None:
    with Project.build(tmp_path / "new.gpkg", metric_crs="EPSG:32650") as growing:
        _edit(growing, _create())
    with Project.open(tmp_path / "new.gpkg") as project:
        assert project.feature("zones", "z9").values["author"] == "li"
