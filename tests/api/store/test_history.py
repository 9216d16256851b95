"""What is known of the past: versions, changes in their order, layers as they were, the audit."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, box
from shapely.geometry import shape as shape_of

from api.store.cells import moment_text
from api.store.edits import Act, Edit, EditKind, StaleFeatureError
from api.store.history import ALWAYS, EXTERNAL
from api.store.project import Project
from api.store.rtree import register_functions
from geo.crs import WGS84, to_wgs84
from geo.io.imported import Imported
from geo.layers import LAYERS
from tests.support.projects import METRIC_CRS, small_import, small_layers, small_project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from api.store.edits import StoredFeature, Version

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUSE = box(114.301, 30.597, 114.302, 30.598)
YARD = box(114.3005, 30.5965, 114.3025, 30.5985)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return small_project(tmp_path / "small.gpkg")


@pytest.fixture
def project(path: Path) -> Iterator[Project]:
    with Project.open(path) as project:
        yield project


def _act(minutes: float = 0, actor: str = "li", reason: str = "三例") -> Act:
    return Act(actor, reason, NOON + timedelta(minutes=minutes), f"request-{minutes}")


def _create(key: str, shape: BaseGeometry = HOUSE, level: str = "control") -> Edit:
    return Edit(EditKind.CREATE, "zones", key, {"level": level}, shape)


def _replace(feature: StoredFeature, shape: BaseGeometry = YARD, **values: object) -> Edit:
    changed = {**feature.values, **values}
    return Edit(EditKind.REPLACE, feature.layer, feature.key, changed, shape, feature.etag)


def _delete(key: str) -> Edit:
    return Edit(EditKind.DELETE, "zones", key)


def _run(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        register_functions(connection)
        connection.execute(statement)


def _told(versions: list[Version]) -> list[tuple[int, str, str, str]]:
    return [(one.number, one.kind.value, one.actor, moment_text(one.at)[11:16]) for one in versions]


def _names(project: Project, at: datetime) -> dict[str, str]:
    zones = project.as_known_at("zones", at)
    return dict(zip(zones["zone_id"].tolist(), zones["name"].fillna("").tolist(), strict=True))


def _zones_import(source: str, **names: str) -> Imported:
    zones = to_wgs84(small_layers()["zones"])
    rows = zones.loc[[0] * len(names)].assign(zone_id=list(names), name=list(names.values()))
    return Imported(source, {"zones": rows.reset_index(drop=True)}, {})


def test_what_was_only_imported_has_one_version(project: Project) -> None:
    for layer, key in (("zones", "z1"), ("buildings", "b1"), ("reports", "r1")):
        (version,) = project.versions(layer, key)
        feature = project.feature(layer, key)
        assert (version.number, version.kind, version.at) == (1, EditKind.CREATE, ALWAYS)
        assert (version.actor, version.etag) == ("small", feature.etag)
        assert (version.values, version.geometry) == (feature.values, feature.geometry)
    assert project.versions("zones", "zz") == []


def test_the_first_edit_keeps_what_was_imported(project: Project) -> None:
    before = project.feature("buildings", "b1")

    (after,) = project.edit([_replace(before, HOUSE, floors=9)], _act())

    first, second = project.versions("buildings", "b1")
    assert _told([first]) == [(1, "create", "small", "00:00")]
    assert _told([second]) == [(2, "replace", "li", "12:00")]
    assert (first.values["floors"], second.values["floors"]) == (6, 9)
    assert first.geometry == before.geometry
    assert after is not None
    assert (second.etag, second.values, second.reason) == (after.etag, after.values, "三例")


def test_a_deletion_keeps_what_was_there(project: Project) -> None:
    before = project.feature("zones", "z1")

    project.edit([_delete("z1")], _act())

    first, second = project.versions("zones", "z1")
    assert (second.kind, second.number) == (EditKind.DELETE, 2)
    assert (second.values, second.geometry, second.etag) == (
        before.values,
        before.geometry,
        before.etag,
    )
    assert first.values == before.values


def test_values_of_every_kind_come_out_of_history_as_they_went_in(project: Project) -> None:
    report = Edit(
        EditKind.CREATE,
        "reports",
        "r9",
        {"premises_id": "p3", "day_on": date(2020, 3, 9), "is_open": False, "staff_back": 0},
    )
    building = _replace(project.feature("buildings", "b1"), HOUSE, height_m=17.3, name='"引号"\n')
    zone = _replace(project.feature("zones", "z1"), valid_to_at=NOON.replace(microsecond=123_456))

    for edit in (report, building, zone):
        (after,) = project.edit([edit], _act())
        assert after is not None
        assert project.versions(edit.layer, edit.key)[-1].values == after.values
        assert project.versions(edit.layer, edit.key)[-1].geometry == after.geometry
    assert project.feature("zones", "z1").values["valid_to_at"] == NOON.replace(microsecond=123_000)


def test_what_qgis_changed_is_kept_before_the_next_edit(project: Project, path: Path) -> None:
    project.edit([_create("a"), _create("b"), _create("c")], _act())
    _run(path, "UPDATE zones SET name = 'QGIS' WHERE zone_id = 'a'")
    _run(path, "DELETE FROM zones WHERE zone_id = 'b'")

    project.edit([_replace(project.feature("zones", "a"), name="我")], _act(1))
    project.edit([_create("b")], _act(2))

    a, b = project.versions("zones", "a"), project.versions("zones", "b")
    assert _told(a) == [
        (1, "create", "li", "12:00"),
        (2, "replace", EXTERNAL, "12:01"),
        (3, "replace", "li", "12:01"),
    ]
    assert [one.values["name"] for one in a] == [None, "QGIS", "我"]
    assert _told(b) == [
        (1, "create", "li", "12:00"),
        (2, "delete", EXTERNAL, "12:02"),
        (3, "create", "li", "12:02"),
    ]


def test_what_qgis_drew_again_is_kept_before_the_next_edit(project: Project, path: Path) -> None:
    project.edit([_delete("z1")], _act())
    parts = box(114.30, 30.60, 114.31, 30.61), box(114.32, 30.60, 114.33, 30.61)
    zones = to_wgs84(small_layers()["zones"])[["zone_id", "level", "geometry"]]
    drawn = zones.set_geometry([MultiPolygon(parts)], crs=WGS84)
    pyogrio.write_dataframe(drawn, path, layer="zones", append=True)

    project.edit([_replace(project.feature("zones", "z1"))], _act(1))

    kinds = [(one.kind.value, one.actor) for one in project.versions("zones", "z1")]
    assert kinds == [
        ("create", "small"),
        ("delete", "li"),
        ("create", EXTERNAL),
        ("replace", "li"),
    ]


def test_changes_come_in_their_order_and_once(project: Project) -> None:
    start = project.last_seq()
    assert project.changes_since(0) == []
    project.edit([_replace(project.feature("zones", "z1")), _create("a")], _act())
    project.edit([_replace(project.feature("buildings", "b1"), HOUSE)], _act(1))
    middle = project.last_seq()
    project.edit([_delete("a")], _act(2))

    changes = project.changes_since(start)

    assert [(one.layer, one.key, one.kind.value) for one in changes] == [
        ("zones", "z1", "replace"),
        ("zones", "a", "create"),
        ("buildings", "b1", "replace"),
        ("zones", "a", "delete"),
    ]
    seqs = [one.seq for one in changes]
    assert seqs == sorted(set(seqs))
    assert seqs[-1] == project.last_seq()
    assert project.changes_since(middle) == changes[3:]
    assert project.changes_since(start, layers=["buildings"]) == changes[2:3]
    assert project.changes_since(start, layers=[]) == []
    assert project.changes_since(start, limit=2) == changes[:2]
    assert project.changes_since(project.last_seq()) == []


def test_numbers_of_changes_are_never_used_twice(project: Project, path: Path) -> None:
    project.edit([_create("a")], _act())
    last = project.last_seq()
    _run(path, "DELETE FROM history")
    project.edit([_create("b")], _act(1))
    assert project.last_seq() == last + 1


def test_a_layer_is_as_it_was_known_at_each_moment(project: Project) -> None:
    project.edit([_replace(project.feature("zones", "z1"), name="一")], _act(0))
    project.edit([_create("a")], _act(10))
    project.edit([_delete("z1")], _act(20))

    def at(minutes: float) -> dict[str, str]:
        return _names(project, NOON + timedelta(minutes=minutes))

    assert at(-1) == {"z1": "4号楼"}
    assert at(0) == at(9) == {"z1": "一"}
    assert at(10) == at(19.9) == {"z1": "一", "a": ""}
    assert at(20) == at(60) == {"a": ""}
    assert _names(project, datetime(1, 1, 2, tzinfo=UTC)) == {"z1": "4号楼"}
    in_china = NOON.astimezone(timezone(timedelta(hours=8)))
    assert _names(project, in_china) == {"z1": "一"}


def test_the_past_comes_as_the_present_does(project: Project) -> None:
    before = project.read("buildings")
    shape = project.feature("buildings", "b3").geometry
    assert shape is not None
    project.edit([_replace(project.feature("buildings", "b3"), shape, floors=2)], _act())
    project.edit([_replace(project.feature("buildings", "b5"), HOUSE)], _act(1))

    past = project.as_known_at("buildings", NOON - timedelta(minutes=1))

    assert past.crs == METRIC_CRS
    assert past.dtypes.tolist() == before.dtypes.tolist()
    assert past.drop(columns="geometry").equals(before.drop(columns="geometry"))
    assert past.geometry.hausdorff_distance(before.geometry).max() < 1e-6
    now = project.as_known_at("buildings", NOON + timedelta(minutes=1))
    assert now.equals(project.read("buildings"))


def test_nothing_was_known_of_an_empty_layer(project: Project) -> None:
    block = Edit(EditKind.CREATE, "blocks", "k1", {}, HOUSE)
    project.edit([block], _act())
    past = project.as_known_at("blocks", NOON - timedelta(seconds=1))
    assert past.empty
    assert past.crs == METRIC_CRS
    assert list(past.columns) == [*LAYERS["blocks"].column_names, "geometry"]


def test_a_change_by_another_program_is_known_at_once(project: Project, path: Path) -> None:
    project.edit([_create("a"), _replace(project.feature("zones", "z1"), name="一")], _act())
    _run(path, "UPDATE zones SET name = 'QGIS' WHERE zone_id = 'z1'")
    _run(path, "DELETE FROM zones WHERE zone_id = 'a'")
    assert _names(project, NOON + timedelta(minutes=1)) == {"z1": "QGIS"}
    assert _names(project, NOON - timedelta(minutes=1)) == {"z1": "4号楼"}


def test_a_moment_without_its_time_zone_is_refused(project: Project) -> None:
    with pytest.raises(ValueError, match="time zone"):
        project.edit([_create("a")], replace(_act(), at=datetime(2026, 11, 22)))  # noqa: DTZ001 - the point


def test_the_audit_tells_who_when_why_before_and_after(project: Project) -> None:
    before = project.feature("zones", "z1")
    project.edit([_replace(before, name="新"), _create("a")], _act(0, "li", "三例"))
    project.edit([_delete("a")], _act(1, "wang", "解封"))

    gone, made, changed, imported = project.audit()

    assert [(one.actor, one.action, one.key) for one in (gone, made, changed)] == [
        ("wang", "delete", "a"),
        ("li", "create", "a"),
        ("li", "replace", "z1"),
    ]
    assert (changed.layer, changed.reason, changed.request_id) == ("zones", "三例", "request-0")
    assert (changed.at, gone.at) == (NOON, NOON + timedelta(minutes=1))
    assert (made.before, gone.after) == (None, None)
    assert changed.before["values"]["name"] == "4号楼"
    assert changed.after["values"]["name"] == "新"
    assert shape_of(changed.before["geometry"]).equals(before.geometry)
    assert shape_of(changed.after["geometry"]).equals(YARD)
    assert imported.action == "import"
    assert project.audit(1) == [gone]


def test_a_refused_edit_leaves_no_trace(project: Project) -> None:
    feature = project.feature("zones", "z1")
    traces = project.last_seq(), project.audit(1000)
    with pytest.raises(StaleFeatureError):
        project.edit([_create("a"), replace(_replace(feature), expected='"old"')], _act())
    assert (project.last_seq(), project.audit(1000)) == traces


def test_an_import_tells_the_audit_what_it_brought(project: Project) -> None:
    act = Act("operator", "周报", NOON)
    project.write([_zones_import("street", s1="甲", s2="乙")], act=act)

    entries = [entry for entry in project.audit() if entry.action == "import"]

    assert (entries[0].actor, entries[0].reason, entries[0].at) == ("operator", "周报", NOON)
    assert entries[0].after == {
        "deliveries": [
            {
                "source": "street",
                "layer": "zones",
                "new": 2,
                "updated": 0,
                "unchanged": 0,
                "left_out": 0,
            }
        ]
    }
    assert {one["layer"] for one in entries[1].after["deliveries"]} == {*small_import().layers}
    assert entries[1].actor == "import"


def test_zones_that_an_import_brings_or_changes_have_a_history(project: Project) -> None:
    act = Act("operator", "", NOON)
    project.write([_zones_import("street", s1="甲", s2="乙")], act=act)
    later = replace(act, at=NOON + timedelta(minutes=5))
    project.write([_zones_import("street", s1="甲", s2="丙")], act=later)

    assert _told(project.versions("zones", "s1")) == [(1, "create", "operator", "12:00")]
    assert _told(project.versions("zones", "s2")) == [
        (1, "create", "operator", "12:00"),
        (2, "replace", "operator", "12:05"),
    ]
    assert len(project.versions("zones", "z1")) == 1
    assert _names(project, NOON - timedelta(seconds=1)) == {"z1": "4号楼"}
    assert _names(project, NOON) == {"z1": "4号楼", "s1": "甲", "s2": "乙"}
    assert [one.key for one in project.changes_since(0)] == ["s1", "s2", "s2"]


def test_an_import_over_an_edit_is_one_more_version(project: Project) -> None:
    shape = project.feature("gates", "g1").geometry
    assert shape is not None
    project.edit([_replace(project.feature("gates", "g1"), shape, state="open")], _act())

    project.write([small_import()], act=Act("operator", "", NOON + timedelta(minutes=5)))

    assert _told(project.versions("gates", "g1")) == [
        (1, "create", "small", "00:00"),
        (2, "replace", "li", "12:00"),
        (3, "replace", "operator", "12:05"),
    ]
    assert project.feature("gates", "g1").values["state"] == "closed"
    assert [one.layer for one in project.changes_since(0)] == ["gates", "gates"]


def test_an_import_that_is_refused_leaves_no_trace(project: Project) -> None:
    traces = project.last_seq(), project.audit(1000)
    with pytest.raises(ValueError, match="no other source"):
        project.write([_zones_import("street", z1="甲", s2="乙")])
    assert (project.last_seq(), project.audit(1000)) == traces


def test_history_and_audit_are_no_layers_for_other_programs(path: Path) -> None:
    listed = [name for name, _ in pyogrio.list_layers(path).tolist()]
    assert listed == list(LAYERS)


@dataclass
class _Model:
    """What a plain dict says of the zones."""

    names: dict[str, str] = field(default_factory=lambda: {"z1": "4号楼"})
    moments: list[tuple[datetime, dict[str, str]]] = field(default_factory=list)

    def apply(self, kind: str, key: str, name: str) -> EditKind | None:
        """Change a zone where that is possible."""
        if kind == "delete" and key in self.names:
            del self.names[key]
            return EditKind.DELETE
        if kind == "delete":
            return None
        is_new = key not in self.names
        self.names[key] = name
        return EditKind.CREATE if is_new else EditKind.REPLACE


steps = st.lists(
    st.tuples(
        st.sampled_from(["write", "write", "delete"]),
        st.sampled_from(["z1", "a", "b"]),
        st.text("甲乙丙abc", min_size=1, max_size=3),
    ),
    min_size=1,
    max_size=8,
)


@given(steps)
@settings(max_examples=15, deadline=None)
def test_the_past_is_what_a_plain_model_remembers(steps: list[tuple[str, str, str]]) -> None:
    with TemporaryDirectory() as folder:
        path = small_project(Path(folder) / "small.gpkg")
        with Project.open(path) as project:
            model = _Model()
            model.moments.append((NOON - timedelta(days=1), dict(model.names)))
            for minute, (kind, key, name) in enumerate(steps):
                edit_kind = model.apply(kind, key, name)
                if edit_kind is not None:
                    values = {"level": "control", "name": name}
                    project.edit([Edit(edit_kind, "zones", key, values, HOUSE)], _act(minute))
                model.moments.append((NOON + timedelta(minutes=minute), dict(model.names)))
                assert _names(project, model.moments[-1][0]) == model.names
            for at, names in model.moments:
                assert _names(project, at) == names
            _assert_consistent(project, model)


def _assert_consistent(project: Project, model: _Model) -> None:
    """Every last version is what is stored, and numbers have no gaps."""
    for key in ("z1", "a", "b"):
        versions = project.versions("zones", key)
        assert [one.number for one in versions] == list(range(1, len(versions) + 1))
        if key in model.names:
            assert versions[-1].etag == project.feature("zones", key).etag
        elif versions:
            assert versions[-1].kind is EditKind.DELETE
    assert len(project.audit(1000)) == 1 + len(project.changes_since(0))
