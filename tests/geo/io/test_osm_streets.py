"""Streets: who may use them, on which level, and that shared nodes stay shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

from geo.io.imported import Treatment
from geo.io.osm.streets import is_drivable, is_walkable, level_of
from tests.support.osm_files import DrawnOsm, told

if TYPE_CHECKING:
    from pathlib import Path

GRID = """
    a b c
    d e f
    g h i
    """


@pytest.mark.parametrize(
    ("tags", "is_allowed"),
    [
        ({"highway": "footway"}, True),
        ({"highway": "residential"}, True),
        ({"highway": "primary"}, True),
        ({"highway": "steps"}, True),
        ({"highway": "corridor"}, True),
        ({"highway": "cycleway"}, True),
        ({"highway": "road_of_a_new_kind"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "trunk_link"}, False),
        ({"highway": "trunk", "foot": "yes"}, True),
        ({"highway": "trunk", "foot": "permissive"}, True),
        ({"highway": "trunk", "foot": "private"}, False),
        ({"highway": "trunk", "sidewalk": "right"}, True),
        ({"highway": "trunk", "sidewalk": "no"}, False),
        ({"highway": "busway"}, False),
        ({"highway": "footway", "foot": "no"}, False),
        ({"highway": "service", "access": "no"}, False),
        ({"highway": "service", "access": "no", "foot": "designated"}, True),
        ({"highway": "service", "access": "no", "foot": "no"}, False),
        ({"highway": "service", "access": "private"}, True),
        ({"highway": "service", "access": "private", "foot": "private"}, True),
    ],
)
def test_walkers_go_where_the_table_says(tags: dict[str, str], is_allowed: object) -> None:
    assert is_walkable(tags) is is_allowed


@pytest.mark.parametrize(
    ("tags", "is_allowed"),
    [
        ({"highway": "motorway"}, True),
        ({"highway": "service"}, True),
        ({"highway": "service", "access": "private"}, True),
        ({"highway": "service", "access": "no"}, False),
        ({"highway": "service", "access": "yes", "motor_vehicle": "no"}, False),
        ({"highway": "residential", "vehicle": "no", "motorcar": "yes"}, True),
        ({"highway": "pedestrian"}, False),
        ({"highway": "pedestrian", "motor_vehicle": "destination"}, True),
        ({"highway": "footway", "access": "yes"}, False),
    ],
)
def test_cars_go_where_the_rule_says(tags: dict[str, str], is_allowed: object) -> None:
    assert is_drivable(tags) is is_allowed


@pytest.mark.parametrize(
    ("tags", "level"),
    [
        ({}, 0),
        ({"bridge": "yes"}, 1),
        ({"bridge": "viaduct"}, 1),
        ({"bridge": "no"}, 0),
        ({"bridge": "yes", "layer": "2"}, 2),
        ({"tunnel": "yes"}, -1),
        ({"tunnel": "building_passage"}, 0),
        ({"tunnel": "yes", "layer": "-3"}, -3),
        ({"layer": "1;0"}, 1),
        ({"layer": "ground"}, 0),
        ({"layer": "900", "tunnel": "yes"}, -1),
        ({"highway": "steps"}, 0),
    ],
)
def test_the_level_follows_layer_bridge_and_tunnel(tags: dict[str, str], level: int) -> None:
    assert level_of(tags) == level


def test_a_street_keeps_its_name_class_and_light(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(GRID)
        .way(1, "abc", {"highway": "residential", "name": "人民路", "lit": "yes"})
        .way(2, "def", {"highway": "path", "lit": "no"})
        .way(3, "ghi", {"highway": "trunk"})
    )

    streets = drawn.read(tmp_path).layers["streets"].set_index("street_id")

    assert streets["class"].to_dict() == {
        "way/1": "residential",
        "way/2": "path",
        "way/3": "trunk",
    }
    assert streets["name"].fillna("").tolist() == ["人民路", "", ""]
    assert streets["is_lit"].isna().tolist() == [False, False, True]
    assert streets["is_lit"].iloc[:2].tolist() == [True, False]
    assert streets["is_walkable"].tolist() == [True, True, False]
    assert streets["is_drivable"].tolist() == [True, False, True]


def test_streets_that_share_a_node_share_the_coordinate_to_the_last_bit(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(GRID, step_deg=0.0123457)
        .way(1, "beh", {"highway": "path"})
        .way(2, "def", {"highway": "path"})
        .node("e", {"barrier": "gate"})
    )

    imported = drawn.read(tmp_path)

    first, second = imported.layers["streets"].geometry
    (gate,) = imported.layers["gates"].geometry
    assert first.coords[1] == second.coords[1] == gate.coords[0]


def test_what_is_no_way_is_skipped_and_told(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(GRID)
        .way(1, "abc", {"highway": "construction"})
        .way(2, "def", {"highway": "path"})
        .way(3, "ghi", {"highway": "proposed"})
    )

    imported = drawn.read(tmp_path)

    assert imported.layers["streets"]["street_id"].tolist() == ["way/2"]
    assert imported.seen["streets"] == 3
    assert told(imported, "streets") == {
        "way/1": (Treatment.SKIPPED, "highway=construction is no way to go"),
        "way/3": (Treatment.SKIPPED, "highway=proposed is no way to go"),
    }


def test_a_square_is_its_outline(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(GRID)
        .way(1, "acigea", {"highway": "pedestrian", "area": "yes"})
        .way(2, "abc", {})
        .way(3, "cfiga", {})
        .relation(4, [("outer", 2), ("outer", 3)], {"highway": "pedestrian"})
    )

    streets = drawn.read(tmp_path).layers["streets"].set_index("street_id")

    assert streets.geometry["way/1"].equals(drawn.line("acigea"))
    assert streets.geometry["relation/4"].equals(drawn.line("abcfiga"))
    assert streets["is_walkable"].all()


def test_a_street_with_nodes_missing_is_kept_in_pieces(tmp_path: Path) -> None:
    drawn = DrawnOsm(GRID).way(1, "abZefYg", {"highway": "path"})

    imported = drawn.read(tmp_path)

    (street,) = imported.layers["streets"].geometry
    assert street.equals(shapely.union(drawn.line("ab"), drawn.line("ef")))
    assert told(imported, "streets") == {
        "way/1": (Treatment.REPAIRED, "2 of 7 nodes have no position")
    }


def test_a_street_cut_to_one_node_is_skipped(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(GRID)
        .way(1, "a", {"highway": "path"})
        .way(2, "aZ", {"highway": "path"})
        .way(3, "ab", {"highway": "path"})
    )

    imported = drawn.read(tmp_path)

    assert imported.layers["streets"]["street_id"].tolist() == ["way/3"]
    assert told(imported, "streets") == {
        "way/1": (Treatment.SKIPPED, "the way has 1 point"),
        "way/2": (Treatment.SKIPPED, "1 of 2 nodes have no position"),
    }
