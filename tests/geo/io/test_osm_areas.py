"""Areas: boundaries and residential areas, and the tree they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geo.io.imported import Treatment
from tests.support.osm_files import DrawnOsm, told

if TYPE_CHECKING:
    from pathlib import Path

NESTED = """
    a . . . . b
    . e . f . .
    . . i j . .
    . . l k . .
    . h . g . .
    d . . . . c
    """


def boundary(admin_level: str, **more: str) -> dict[str, str]:
    """Give the tags of an administrative boundary."""
    return {
        "type": "boundary",
        "boundary": "administrative",
        "admin_level": admin_level,
        "name": f"level {admin_level}",
        **more,
    }


def nested() -> DrawnOsm:
    """Draw a street with a community and in it a residential area."""
    return (
        DrawnOsm(NESTED)
        .way(1, "abc", {"boundary": "administrative", "admin_level": "8"})
        .way(2, "cda", {"boundary": "administrative", "admin_level": "8"})
        .way(3, "efghe", {})
        .way(4, "ijkli", {"landuse": "residential", "name": "北园小区"})
        .relation(8, [("outer", 1), ("outer", 2)], boundary("8", ref="110108007"))
        .relation(10, [("outer", 3)], boundary("10"))
    )


def test_boundaries_and_residential_areas_make_a_tree(tmp_path: Path) -> None:
    imported = nested().read(tmp_path)

    areas = imported.layers["areas"].set_index("code")
    assert areas["level"].to_dict() == {
        "way/4": "community",
        "110108007": "street",
        "relation/10": "community",
    }
    assert areas["parent_code"].dropna().to_dict() == {
        "way/4": "relation/10",
        "relation/10": "110108007",
    }
    assert areas["name"].to_dict()["way/4"] == "北园小区"
    assert imported.seen == {"areas": 3}


def test_a_boundary_way_that_is_a_piece_of_a_relation_is_no_area_of_its_own(
    tmp_path: Path,
) -> None:
    drawn = (
        DrawnOsm(NESTED)
        .way(1, "abcda", boundary("8"))
        .way(2, "efghe", boundary("10"))
        .way(3, "ijk", boundary("11"))
        .relation(8, [("outer", 1)], boundary("8"))
    )

    imported = drawn.read(tmp_path)

    assert sorted(imported.layers["areas"]["code"]) == ["relation/8", "way/2"]
    assert imported.seen == {"areas": 2}


def test_a_cut_boundary_is_skipped_and_told(tmp_path: Path) -> None:
    drawn = nested().relation(6, [("outer", 1), ("outer", 77)], boundary("6"))

    imported = drawn.read(tmp_path)

    assert "relation/6" not in set(imported.layers["areas"]["code"])
    assert told(imported, "areas") == {
        "relation/6": (Treatment.SKIPPED, "1 of 2 member ways are absent")
    }


@pytest.mark.parametrize(
    ("admin_level", "level"),
    [("4", "province"), ("5", "city"), ("6", "district"), ("9", "street"), ("11", "grid")],
)
def test_the_level_follows_from_the_admin_level(
    tmp_path: Path, admin_level: str, level: str
) -> None:
    imported = DrawnOsm(NESTED).way(1, "abcda", boundary(admin_level)).read(tmp_path)

    assert imported.layers["areas"]["level"].tolist() == [level]


def test_a_code_that_occurs_twice_or_is_none_gives_way_to_the_id(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(NESTED)
        .way(1, "abcda", boundary("8", ref="110108007"))
        .way(2, "efghe", boundary("8", ref="110108007"))
        .way(3, "ijkli", boundary("8", ref="A4"))
    )

    areas = drawn.read(tmp_path).layers["areas"]

    assert areas["code"].tolist() == ["way/1", "way/2", "way/3"]
    assert "parent_code" not in areas


def test_residential_areas_without_a_name_and_odd_levels_are_no_areas(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm(NESTED)
        .way(1, "abcda", {"landuse": "residential"})
        .way(2, "efghe", boundary("1"))
        .way(3, "ijkli", {"landuse": "forest", "name": "林"})
        .node("a", {"entrance": "yes"})
    )

    assert "areas" not in drawn.read(tmp_path).seen
