from __future__ import annotations

from datetime import timedelta

import pytest
from shapely import Point, Polygon, box

from api.services.rights import Person, Role
from api.services.workspace import Workspace
from api.services.zone_rules import change_faults, metric_shapes
from tests.support.redrawing import (
    COORDINATOR,
    NOW,
    WEST_COORDINATOR,
    Z1,
    degrees,
    deleted,
    drawn_anew,
    redrawn,
    street_under_control,
    there,
)

NOWHERE = Person("new", Role.COORDINATOR, frozenset())
BOW = Polygon([(0, 0), (100, 50), (100, 0), (0, 50)])


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(street_under_control())


def test_sound_changes_have_no_fault(workspace: Workspace) -> None:
    edits = [redrawn("z1", box(0, -10, 165, 80)), drawn_anew("z9", Z1), deleted("z2")]

    assert change_faults(workspace, COORDINATOR, edits) == []


def test_every_fault_is_told_with_the_change_it_is_of(workspace: Workspace) -> None:
    ends = {"valid_from_at": NOW, "valid_to_at": NOW - timedelta(hours=1)}
    edits = [
        redrawn("z1", Z1),
        redrawn("z2", BOW, "red", **ends),
        drawn_anew("z9", Point(3, 3)),
        redrawn("z3", None),
    ]

    faults = change_faults(workspace, COORDINATOR, edits)

    assert [(fault.index, fault.key, fault.code) for fault in faults] == [
        (1, "z2", "self_crossing"),
        (1, "z2", "unknown_level"),
        (1, "z2", "period_reversed"),
        (2, "z9", "wrong_type"),
        (3, "z3", "empty"),
    ]


def test_the_place_of_a_fault_is_told_in_degrees(workspace: Workspace) -> None:
    (fault,) = change_faults(workspace, COORDINATOR, [redrawn("z1", BOW)])

    assert fault.place is not None
    assert fault.place.distance(degrees(Point(50, 25))) < 1e-7


def test_a_sentence_is_told_in_the_readers_language(workspace: Workspace) -> None:
    (fault,) = change_faults(workspace, COORDINATOR, [redrawn("z1", box(0, 0, 2, 2))])

    assert fault.told(str) == "This part has 4 m²; at least 25 m² are needed."
    assert fault.members(str)["code"] == "too_small"


def test_nobody_draws_beyond_their_areas(workspace: Workspace) -> None:
    (fault,) = change_faults(workspace, WEST_COORDINATOR, [redrawn("z1", box(0, -10, 230, 80))])

    assert fault.code == "outside_area"
    (beyond,) = metric_shapes(workspace, [fault.place])
    assert beyond is not None
    assert beyond.symmetric_difference(there(box(200, -10, 230, 80))).area < 0.1


def test_nobody_takes_or_deletes_what_lies_beyond_their_areas(workspace: Workspace) -> None:
    edits = [redrawn("z2", box(0, 0, 50, 50)), deleted("z2"), deleted("z1"), deleted("z7")]

    faults = change_faults(workspace, WEST_COORDINATOR, edits)

    assert [(fault.index, fault.code) for fault in faults] == [
        (0, "outside_area"),
        (1, "outside_area"),
    ]
    assert change_faults(workspace, COORDINATOR, edits) == []


def test_ground_outside_is_told_once_for_each_change(workspace: Workspace) -> None:
    faults = change_faults(workspace, WEST_COORDINATOR, [redrawn("z2", box(300, 0, 350, 50))])

    assert [fault.code for fault in faults] == ["outside_area"]


def test_whoever_has_no_area_may_change_nothing(workspace: Workspace) -> None:
    faults = change_faults(workspace, NOWHERE, [drawn_anew("z9", Z1), deleted("z1")])

    assert [fault.code for fault in faults] == ["outside_area", "outside_area"]


def test_a_stored_zone_that_crosses_itself_can_be_deleted_by_its_own() -> None:
    project = street_under_control()
    project.rows["zones"][0]["geometry"] = there(BOW)
    workspace = Workspace(project)

    assert change_faults(workspace, WEST_COORDINATOR, [deleted("z1")]) == []
