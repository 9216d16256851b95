from __future__ import annotations

import pytest
from shapely import Point

from geo.openings import find_openings
from maps.drawn import script_json
from maps.openings import openings_layer
from maps.style import OPENING_MARKS
from maps.words import Words
from tests.geo.openings.test_openings import OUT
from tests.support.pages import HOSTILE
from tests.support.zones import ZONE, line, posts_at, ways_of

WAYS = ways_of(
    OUT,
    line((20, 50), (20, 300)),
    line((80, 50), (80, 300)),
    gates={"西门": (Point(20, 100), "closed")},
    posts=posts_at((80, 104)),
)


def test_openings_are_pins_of_three_shapes_and_colours() -> None:
    layer = openings_layer(find_openings(WAYS, ZONE), Words("zh"))

    data = layer.data()
    assert data["kind"] == "pins"
    assert sorted(data["classes"]) == ["closed", "guarded", "open"]
    marks = [OPENING_MARKS[state] for state in data["classes"]]
    assert len({mark["shape"] for mark in marks}) == len({mark["colour"] for mark in marks}) == 3
    assert [legend.title for legend in layer.legend] == ["未值守", "有人值守", "已锁闭"]
    told = {row[0]: row[1:] for row in data["facts"]["rows"]}
    assert told == {"未值守": [None, None], "有人值守": ["k0", None], "已锁闭": [None, "西门"]}
    assert len(data["points"]) == data["count"] == 3


@pytest.mark.parametrize("street", [None, HOSTILE])
def test_an_opening_is_named_after_its_street_whatever_that_is(street: str | None) -> None:
    openings = find_openings(WAYS, ZONE).assign(street=street)

    layer = openings_layer(openings, Words("en"))

    assert layer.data()["labels"] == [street or "way without a name"] * 3
    assert "<" not in script_json({"labels": layer.data()["labels"]})


def test_a_sealed_zone_has_an_empty_layer() -> None:
    layer = openings_layer(find_openings(ways_of(), ZONE), Words("en"))

    assert (layer.count, layer.legend) == (0, ())
