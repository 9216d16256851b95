"""Premises and their categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geo.io.osm.premises import category_of
from tests.support.osm_files import DrawnOsm

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("tags", "category"),
    [
        ({"shop": "bakery"}, "retail"),
        ({"shop": "hairdresser"}, "services"),
        ({"shop": "vacant"}, None),
        ({"shop": "no"}, None),
        ({"amenity": "restaurant"}, "catering"),
        ({"amenity": "cafe", "shop": "books"}, "catering"),
        ({"amenity": "bank"}, "services"),
        ({"amenity": "marketplace"}, "retail"),
        ({"amenity": "bench"}, None),
        ({"amenity": "pharmacy", "healthcare": "pharmacy"}, "pharmacy"),
        ({"healthcare": "pharmacy"}, "pharmacy"),
        ({"healthcare": "dentist"}, "health"),
        ({"amenity": "hospital"}, "health"),
        ({"office": "physician"}, "health"),
        ({"office": "company"}, "enterprise"),
        ({"office": "government"}, None),
        ({"craft": "carpenter"}, "enterprise"),
        ({"industrial": "factory"}, "enterprise"),
        ({"man_made": "works"}, "enterprise"),
        ({"man_made": "tower"}, None),
        ({"tourism": "hotel"}, "services"),
        ({"tourism": "viewpoint"}, None),
    ],
)
def test_the_category_follows_from_the_tags(tags: dict[str, str], category: str | None) -> None:
    assert category_of(tags) == category


def test_premises_are_nodes_and_points_inside_outlines(tmp_path: Path) -> None:
    drawn = (
        DrawnOsm("a b\nd c\n. e")
        .node("e", {"shop": "bakery", "name": "老王面包"})
        .way(1, "abcda", {"amenity": "restaurant", "building": "yes"})
        .way(2, "abcd", {"amenity": "clinic"})
    )

    imported = drawn.read(tmp_path)

    premises = imported.layers["premises"].set_index("premises_id")
    assert premises["category"].to_dict() == {"node/101": "retail", "way/1": "catering"}
    assert premises["sector"].tolist() == ["shop=bakery", "amenity=restaurant"]
    assert premises["name"].dropna().tolist() == ["老王面包"]
    assert drawn.polygon("abcda").contains(premises.geometry["way/1"])
    assert imported.seen["premises"] == 3
    assert [note.feature_id for note in imported.notes] == ["way/2"]
    assert imported.layers["buildings"]["building_id"].tolist() == ["way/1"]
