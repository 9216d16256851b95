"""Barriers, gates and checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geo.io.osm.gates import state_of
from tests.support.osm_files import DrawnOsm

if TYPE_CHECKING:
    from pathlib import Path

SQUARE = """
    a b . c
    . . . .
    d . . e
    """


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("wall", "wall"),
        ("city_wall", "wall"),
        ("retaining_wall", "wall"),
        ("fence", "fence"),
        ("hedge", "hedge"),
        ("guard_rail", "railing"),
        ("jersey_barrier", "other"),
        ("ditch", "other"),
    ],
)
def test_what_stops_a_walker_is_a_barrier(tmp_path: Path, value: str, kind: str) -> None:
    drawn = DrawnOsm(SQUARE).way(1, "abc", {"barrier": value})

    barriers = drawn.read(tmp_path).layers["barriers"]

    assert barriers["kind"].tolist() == [kind]
    assert barriers.geometry[0].equals(drawn.line("abc"))


@pytest.mark.parametrize("value", ["kerb", "handrail", "chain", "rope", "bollard", "log"])
def test_what_one_steps_over_is_none(tmp_path: Path, value: str) -> None:
    drawn = DrawnOsm(SQUARE).way(1, "abc", {"barrier": value}).way(2, "de", {"barrier": "wall"})

    imported = drawn.read(tmp_path)

    assert imported.layers["barriers"]["barrier_id"].tolist() == ["way/2"]
    assert imported.seen == {"barriers": 1}


def test_rings_and_areas_of_barriers_are_kept_as_lines(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(SQUARE)
        .way(1, "aceda", {"barrier": "fence"})
        .way(2, "ace", {})
        .way(3, "eda", {})
        .relation(4, [("outer", 2), ("outer", 3)], {"barrier": "hedge"})
    )

    barriers = drawn.read(tmp_path).layers["barriers"].set_index("barrier_id")

    assert barriers["kind"].to_dict() == {"way/1": "fence", "relation/4": "hedge"}
    assert set(barriers.geom_type) == {"LineString"}
    assert barriers.geometry["relation/4"].equals(drawn.line("aceda"))


@pytest.mark.parametrize(
    ("tags", "state"),
    [
        ({"barrier": "gate"}, "open"),
        ({"barrier": "gate", "access": "permissive"}, "open"),
        ({"barrier": "gate", "access": "no"}, "closed"),
        ({"barrier": "gate", "access": "private"}, "closed"),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, "open"),
        ({"barrier": "gate", "access": "no", "foot": "permissive"}, "open"),
        ({"barrier": "gate", "foot": "private"}, "closed"),
        ({"barrier": "gate", "access": "yes", "foot": "no"}, "closed"),
        ({"barrier": "gate", "locked": "yes"}, "closed"),
        ({"barrier": "gate", "locked": "no"}, "open"),
        ({"barrier": "gate", "locked": "yes", "foot": "yes"}, "closed"),
        ({"barrier": "gate", "locked": "yes", "opening_hours": "06:00-24:00"}, "hours"),
        ({"barrier": "gate", "access": "private", "opening_hours": "24/7"}, "open"),
        ({"barrier": "gate", "opening_hours": "off"}, "closed"),
        ({"barrier": "gate", "opening_hours": "06:00-24:00", "foot": "no"}, "closed"),
        ({"barrier": "wicket_gate", "access": "private"}, "closed"),
        ({"barrier": "full-height_turnstile", "foot": "private"}, "closed"),
        ({"barrier": "lift_gate", "access": "private"}, "open"),
        ({"barrier": "lift_gate", "locked": "yes"}, "open"),
        ({"barrier": "lift_gate", "foot": "no"}, "closed"),
        ({"barrier": "swing_gate", "access": "no"}, "open"),
        ({"barrier": "bollard"}, "open"),
    ],
)
def test_a_gate_lets_through_whom_the_rule_says(tags: dict[str, str], state: str) -> None:
    assert state_of(tags) == state


def test_a_gate_keeps_its_name_kind_and_hours(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(SQUARE)
        .node("a", {"barrier": "gate", "name": "西门", "opening_hours": "Mo-Su 06:00-24:00"})
        .node("b", {"barrier": "bollard"})
        .node("c", {"barrier": "kerb"})
    )

    gates = drawn.read(tmp_path).layers["gates"]

    assert gates["gate_id"].tolist() == ["node/97", "node/98"]
    assert gates["kind"].tolist() == ["gate", "bollard"]
    assert gates["state"].tolist() == ["hours", "open"]
    assert gates["name"].dropna().tolist() == ["西门"]
    assert gates["opening_hours"].dropna().tolist() == ["Mo-Su 06:00-24:00"]
    assert gates.geometry[0].equals(drawn.places["a"])


def test_a_gate_drawn_as_a_line_stands_at_its_middle_and_bars_the_way_if_closed(
    tmp_path: Path,
) -> None:
    drawn = (
        DrawnOsm(SQUARE)
        .way(1, "de", {"barrier": "gate", "locked": "yes"})
        .way(2, "ab", {"barrier": "gate"})
    )

    imported = drawn.read(tmp_path)

    gates = imported.layers["gates"].set_index("gate_id")
    assert gates["state"].to_dict() == {"way/1": "closed", "way/2": "open"}
    assert gates.geometry["way/1"].equals(drawn.line("de").interpolate(0.5, normalized=True))
    assert imported.layers["barriers"]["barrier_id"].tolist() == ["way/1"]
    assert imported.layers["barriers"]["kind"].tolist() == ["other"]


@pytest.mark.parametrize(
    "tags",
    [{"barrier": "border_control"}, {"amenity": "checkpoint"}, {"military": "checkpoint"}],
)
def test_controls_that_stand_in_the_map_are_checkpoints(
    tmp_path: Path, tags: dict[str, str]
) -> None:
    drawn = DrawnOsm(SQUARE).node("a", {**tags, "name:en": "Lo Wu"})

    imported = drawn.read(tmp_path)

    (checkpoint,) = imported.layers["checkpoints"].drop(columns="geometry").to_dict("records")
    assert checkpoint == {
        "checkpoint_id": "node/97",
        "name": "Lo Wu",
        "kind": "road",
        "status": "active",
    }
    assert "gates" not in imported.seen
