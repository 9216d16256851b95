"""Buildings, whole and broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

from geo.io.imported import Treatment
from geo.io.osm.buildings import use_of
from geo.io.osm.tags import count_of, height_m_of
from tests.support.osm_files import DrawnOsm, told

if TYPE_CHECKING:
    from pathlib import Path

BUILDING = {"building": "yes"}
COURT = """
    a . . . . b
    . e f i j .
    . h g l k .
    d . . . . c
    """


def test_a_closed_way_is_a_building_with_what_its_tags_say(tmp_path: Path) -> None:
    drawn = DrawnOsm("a b\nd c").way(
        12,
        "abcda",
        {
            "building": "apartments",
            "building:levels": "6",
            "building:flats": "48",
            "height": "19.5 m",
            "name": "3号楼",
            "addr:housenumber": "10",
            "addr:street": "西土城路",
        },
    )

    buildings = drawn.read(tmp_path).layers["buildings"]

    (row,) = buildings.drop(columns="geometry").to_dict("records")
    assert row == {
        "building_id": "way/12",
        "name": "3号楼",
        "number": "10",
        "street_name": "西土城路",
        "use": "residential",
        "floors": 6,
        "height_m": 19.5,
        "households": 48,
    }
    assert buildings.geometry[0].equals(drawn.polygon("abcda"))
    assert buildings.crs == "EPSG:4326"


def test_columns_that_no_building_fills_are_absent(tmp_path: Path) -> None:
    imported = DrawnOsm("a b\nd c").way(1, "abcda", BUILDING).read(tmp_path)

    assert set(imported.layers["buildings"]) == {"building_id", "geometry"}


@pytest.mark.parametrize("roles", [("outer", "inner"), ("", ""), ("inner", "outer")])
def test_a_relation_has_its_holes_whatever_the_roles_say(
    tmp_path: Path, roles: tuple[str, str]
) -> None:
    outer, inner = roles
    drawn = (
        DrawnOsm(COURT)
        .way(1, "abc", {})
        .way(2, "adc", {})
        .way(3, "efghe", {})
        .relation(45, [(outer, 2), (inner, 3), (outer, 1)], BUILDING)
    )

    buildings = drawn.read(tmp_path).layers["buildings"]

    assert buildings["building_id"].tolist() == ["relation/45"]
    assert buildings.geometry[0].equals(drawn.polygon("abcda", "efghe"))


def test_a_building_drawn_as_relation_and_as_its_outer_way_counts_once(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(COURT)
        .way(1, "abcda", BUILDING)
        .way(2, "efghe", {})
        .way(3, "ijkli", BUILDING)
        .relation(4, [("outer", 1), ("inner", 2), ("inner", 3)], BUILDING)
    )

    imported = drawn.read(tmp_path)

    assert imported.layers["buildings"]["building_id"].tolist() == ["way/3", "relation/4"]
    assert told(imported, "buildings") == {
        "way/1": (Treatment.SKIPPED, "the outline is drawn again by relation/4")
    }


def test_holes_that_share_an_edge_are_one_hole(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(COURT)
        .way(1, "abcda", {})
        .way(2, "efghe", {})
        .way(3, "filgf", {})
        .relation(4, [("outer", 1), ("inner", 2), ("inner", 3)], BUILDING)
    )

    (building,) = drawn.read(tmp_path).layers["buildings"].geometry

    assert building.equals(drawn.polygon("abcda", "efilghe"))


def test_the_way_stays_where_its_relation_is_broken(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(COURT)
        .way(1, "abcda", BUILDING)
        .relation(4, [("outer", 1), ("outer", 99)], BUILDING)
    )

    assert drawn.read(tmp_path).layers["buildings"]["building_id"].tolist() == ["way/1"]


def test_two_outer_rings_are_one_building_in_two_parts(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(COURT)
        .way(1, "efghe", {})
        .way(2, "ijkli", {})
        .relation(4, [("outer", 1), ("outer", 2)], BUILDING)
    )

    (building,) = drawn.read(tmp_path).layers["buildings"].geometry

    assert building.equals(shapely.union(drawn.polygon("efghe"), drawn.polygon("ijkli")))


def test_a_ring_of_two_points_loses_neither_its_relation_nor_the_file(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(COURT)
        .way(1, "abcda", {})
        .way(2, "efe", {})
        .way(3, "ijkli", BUILDING)
        .relation(4, [("outer", 1), ("inner", 2)], BUILDING)
    )

    buildings = drawn.read(tmp_path).layers["buildings"].set_index("building_id").geometry

    assert buildings["relation/4"].equals(drawn.polygon("abcda"))
    assert buildings["way/3"].equals(drawn.polygon("ijkli"))


def test_rings_that_cross_without_a_node_are_put_together_all_the_same(tmp_path: Path) -> None:
    crossing = DrawnOsm(
        """
        a . b .
        . e . f
        d . c .
        . h . g
        """
    )
    drawn = (
        crossing.way(1, "abcda", {})
        .way(2, "efghe", {})
        .relation(4, [("outer", 1), ("outer", 2)], BUILDING)
    )

    imported = drawn.read(tmp_path)

    (building,) = imported.layers["buildings"].geometry
    assert building.equals(shapely.union(drawn.polygon("abcda"), drawn.polygon("efghe")))
    assert told(imported, "buildings") == {"relation/4": (Treatment.REPAIRED, "the rings cross")}


@pytest.mark.parametrize(
    ("letters", "why"),
    [
        ("a", "the way has 1 point"),
        ("aa", "the way has 1 point"),
        ("ab", "the outline is not closed: 2 points"),
        ("aba", "the outline is not closed: 3 points"),
        ("abcd", "the outline is not closed: 4 points"),
    ],
)
def test_a_way_that_is_no_ring_is_skipped_and_told(tmp_path: Path, letters: str, why: str) -> None:
    drawn = DrawnOsm(COURT).way(7, letters, BUILDING).way(8, "efghe", BUILDING)

    imported = drawn.read(tmp_path)

    assert imported.layers["buildings"]["building_id"].tolist() == ["way/8"]
    assert imported.seen["buildings"] == 2
    assert told(imported, "buildings") == {"way/7": (Treatment.SKIPPED, why)}


def test_an_outline_that_crosses_itself_is_repaired_and_told(tmp_path: Path) -> None:
    drawn = DrawnOsm("a b\nd c").way(1, "acbda", BUILDING)

    imported = drawn.read(tmp_path)

    (building,) = imported.layers["buildings"].geometry
    assert building.is_valid
    assert building.area == pytest.approx(drawn.polygon("abcda").area / 2)
    treatment, reason = told(imported, "buildings")["way/1"]
    assert treatment is Treatment.REPAIRED
    assert "Self-intersection" in reason


def test_an_outline_without_area_is_skipped(tmp_path: Path) -> None:
    drawn = DrawnOsm("a b c\nd . e").way(1, "abca", BUILDING).way(2, "aceda", BUILDING)

    imported = drawn.read(tmp_path)

    assert imported.layers["buildings"]["building_id"].tolist() == ["way/2"]
    assert told(imported, "buildings")["way/1"][0] is Treatment.SKIPPED


def test_a_relation_whose_outer_way_is_absent_is_skipped(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(COURT)
        .way(1, "abc", {})
        .way(2, "efghe", BUILDING)
        .relation(4, [("outer", 1), ("outer", 99)], BUILDING)
    )

    imported = drawn.read(tmp_path)

    assert imported.layers["buildings"]["building_id"].tolist() == ["way/2"]
    assert told(imported, "buildings") == {
        "relation/4": (Treatment.SKIPPED, "1 of 2 member ways are absent")
    }


def test_a_relation_whose_inner_way_is_absent_is_taken_without_that_hole(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(COURT)
        .way(1, "abcda", {})
        .way(2, "efghe", {})
        .relation(4, [("outer", 1), ("inner", 2), ("inner", 99)], BUILDING)
    )

    imported = drawn.read(tmp_path)

    (building,) = imported.layers["buildings"].geometry
    assert building.equals(drawn.polygon("abcda", "efghe"))
    assert told(imported, "buildings") == {
        "relation/4": (Treatment.REPAIRED, "1 of 3 member ways are absent")
    }


@pytest.mark.parametrize(
    ("letters", "members"),
    [("abc", [("outer", 1)]), ("aba", [("outer", 1)])],
)
def test_a_relation_that_does_not_close_is_skipped(
    tmp_path: Path, letters: str, members: list[tuple[str, int]]
) -> None:
    drawn = (
        DrawnOsm(COURT).way(1, letters, {}).way(2, "efghe", BUILDING).relation(4, members, BUILDING)
    )

    imported = drawn.read(tmp_path)

    assert imported.layers["buildings"]["building_id"].tolist() == ["way/2"]
    assert told(imported, "buildings")["relation/4"] == (
        Treatment.SKIPPED,
        "the member ways do not close",
    )


def test_a_relation_without_ways_is_skipped(tmp_path: Path) -> None:
    drawn = DrawnOsm(COURT).way(2, "efghe", BUILDING).relation(4, [], BUILDING)

    imported = drawn.read(tmp_path)

    assert told(imported, "buildings")["relation/4"][1] == "the relation has no ways"


def test_what_says_no_or_is_no_multipolygon_is_no_building(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(COURT)
        .way(1, "abcda", {"building": "no"})
        .way(2, "efghe", BUILDING)
        .relation(4, [("outline", 1)], {"type": "building", **BUILDING})
    )

    imported = drawn.read(tmp_path)

    assert imported.seen == {"buildings": 1}


def test_floors_that_are_no_floors_are_left_out_and_told(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(COURT)
        .way(1, "abcda", {**BUILDING, "building:levels": "-5"})
        .way(2, "efghe", {**BUILDING, "building:levels": "3;4"})
    )

    imported = drawn.read(tmp_path)

    floors = imported.layers["buildings"].set_index("building_id")["floors"]
    assert floors["way/2"] == 4
    assert floors.isna()["way/1"]
    treatment, why = told(imported, "buildings")["way/1"]
    assert treatment is Treatment.REPAIRED
    assert "building:levels=-5" in why


@pytest.mark.parametrize(
    ("text", "count"),
    [("7", 7), ("3;4", 4), ("2.5", 3), ("1,5", 2), ("0", None), ("-1", None), ("999", None)],
)
def test_levels_are_read_as_people_write_them(text: str, count: int | None) -> None:
    assert count_of(text, minimum=1, maximum=200) == count


@pytest.mark.parametrize(
    ("text", "height_m"),
    [("12", 12.0), ("12,5m", 12.5), ("100'", 30.48), ("-3", None), ("5000", None), ("", None)],
)
def test_heights_are_read_as_people_write_them(text: str, height_m: float | None) -> None:
    assert height_m_of(text, maximum_m=1000) == (height_m and pytest.approx(height_m))


@pytest.mark.parametrize(
    ("tags", "use"),
    [
        ({"building": "house"}, "residential"),
        ({"building": "dormitory"}, "dormitory"),
        ({"building": "apartments", "shop": "convenience"}, "mixed"),
        ({"building": "residential;retail"}, "mixed"),
        ({"building": "yes", "building:use": "office"}, "office"),
        ({"building": "hotel"}, "commercial"),
        ({"building": "yes", "shop": "mall"}, "commercial"),
        ({"building": "warehouse"}, "industrial"),
        ({"building": "yes", "amenity": "kindergarten"}, "education"),
        ({"building": "hospital"}, "health"),
        ({"building": "church"}, "public"),
        ({"building": "train_station"}, "transport"),
        ({"building": "roof"}, "other"),
        ({"building": "yes"}, None),
        ({"building": "whatever"}, None),
    ],
)
def test_the_use_follows_from_the_tags(tags: dict[str, str], use: str | None) -> None:
    assert use_of(tags) == use
