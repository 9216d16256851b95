"""Which changes of a layer were our own, so that an index of it can follow them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from shapely import Point

from api.store.edits import Act, Edit, EditKind, FeatureExistsError
from api.store.project import Project
from api.store.rtree import register_functions
from tests.support.projects import small_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACT = Act("li", "test", datetime(2020, 3, 1, tzinfo=UTC))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Make the small community."""
    return small_project(tmp_path / "small.gpkg")


@pytest.fixture
def project(path: Path) -> Iterator[Project]:
    """Open it."""
    with Project.open(path) as project:
        yield project


def test_our_own_edits_are_named_by_key(project: Project) -> None:
    before = project.layer_state("offices")

    for number in range(3):
        project.edit([_office(f"n{number}")], ACT)
    project.edit([Edit(EditKind.DELETE, "offices", "n1")], ACT)
    after = project.layer_state("offices")

    assert project.edited_keys("offices", before, after) == frozenset({"n0", "n1", "n2"})
    assert project.edited_keys("offices", after, after) == frozenset()


def test_an_edit_elsewhere_changes_the_state_but_names_nothing(project: Project) -> None:
    before = project.layer_state("buildings")

    project.edit([_office("n1")], ACT)

    assert project.edited_keys("buildings", before, project.layer_state("buildings")) == frozenset()


def test_what_another_program_did_in_between_is_not_taken_for_ours(
    path: Path, project: Project
) -> None:
    before = project.layer_state("offices")
    project.edit([_office("n1")], ACT)

    with closing(sqlite3.connect(path)) as other, other:
        register_functions(other)
        other.execute("UPDATE offices SET name = 'elsewhere' WHERE office_id = 'o1'")
        other.execute(
            "UPDATE gpkg_contents SET last_change = '2020-01-01T00:00:00.000Z' "
            "WHERE table_name = 'offices'"
        )
    project.edit([_office("n2")], ACT)
    after = project.layer_state("offices")

    assert before != after
    assert project.edited_keys("offices", before, after) is None


def test_an_edit_that_fails_leaves_no_trace(project: Project) -> None:
    before = project.layer_state("offices")

    with pytest.raises(FeatureExistsError, match="taken"):
        project.edit([_office("n1"), _office("o1")], ACT)
    project.edit([_office("n2")], ACT)

    assert project.edited_keys("offices", before, project.layer_state("offices")) == frozenset(
        {"n2"}
    )


def test_rows_come_with_their_numbers_and_without_empty_shapes(project: Project) -> None:
    rows = project.read_rows("buildings")

    assert rows.index.tolist() == [1, 2, 3, 4, 5, 6]
    assert rows["building_id"].tolist() == ["b1", "b2", "b3", "b4", "b5", "b6"]
    assert rows.crs == "EPSG:4326"


def _office(key: str) -> Edit:
    return Edit(EditKind.CREATE, "offices", key, {"name": key}, Point(114.3, 30.6))
