"""Entrances, and the buildings they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.osm_files import DrawnOsm

if TYPE_CHECKING:
    from pathlib import Path

DRAWING = """
    a b c
    f e d
    . g .
    """
BUILDING = {"building": "yes"}
DOOR = {"entrance": "yes"}


def owners(drawn: DrawnOsm, folder: Path) -> dict[str, str | None]:
    """Give the building of each entrance, by letter."""
    entrances = drawn.read(folder).layers["entrances"]
    ids = entrances.get("building_id", entrances["entrance_id"].map(lambda _: None))
    return {
        chr(int(key.removeprefix("node/"))): owner if isinstance(owner, str) else None
        for key, owner in zip(entrances["entrance_id"], ids, strict=True)
    }


def test_an_entrance_belongs_to_the_building_whose_ring_it_is_a_node_of(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(DRAWING)
        .way(1, "abefa", BUILDING)
        .way(2, "bcdeb", BUILDING)
        .node("a", DOOR)
        .node("d", {"entrance": "main", "name": "东门"})
        .node("g", DOOR)
    )

    assert owners(drawn, tmp_path) == {"a": "way/1", "d": "way/2", "g": None}


def test_an_entrance_that_two_buildings_share_goes_to_the_first(tmp_path: Path) -> None:
    drawn = DrawnOsm(DRAWING).way(2, "bcdeb", BUILDING).way(1, "abefa", BUILDING).node("b", DOOR)

    assert owners(drawn, tmp_path) == {"b": "way/2"}


def test_a_door_in_the_untagged_outer_way_of_a_relation_finds_its_building(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(DRAWING)
        .way(1, "abcdefa", {})
        .relation(4, [("outer", 1)], BUILDING)
        .node("b", DOOR)
    )

    assert owners(drawn, tmp_path) == {"b": "relation/4"}


def test_old_style_entrances_count_and_denied_ones_do_not(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(DRAWING)
        .node("a", {"building": "entrance", "ref": "2单元"})
        .node("b", {"entrance": "no"})
    )

    imported = drawn.read(tmp_path)

    assert imported.layers["entrances"]["name"].tolist() == ["2单元"]
    assert imported.seen == {"entrances": 1}
