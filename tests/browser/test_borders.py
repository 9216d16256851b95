"""Shared borders, worked on by the page's own script, checked against shapely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from shapely import Point, Polygon, box
from shapely.geometry import mapping, shape

from tests.support.serving import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

STEP = 0.001
CORNER = (114.3, 30.6)
HAIR_DEG2 = 1e-12
PLAIN = "<!DOCTYPE html><html lang='en'><title>borders</title>"
RUN = """async ([name, shapes, rest]) => {
  const borders = await import("/static/js/editor/borders.js");
  const told = borders[name](new Map(shapes), ...rest);
  return typeof told === "string" ? told : [...told];
}"""
CROSS = """async ([shape, before]) => {
  const rings = await import("/static/js/editor/rings.js");
  return rings.crossingOf(shape, before);
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with served(lambda _: PLAIN) as base:
        page = browser.new_page()
        page.goto(base)
        yield page
        page.close()


def _cell(west: float, south: float, east: float, north: float) -> Polygon:
    x, y = CORNER
    return box(x + west * STEP, y + south * STEP, x + east * STEP, y + north * STEP)


def _brickwork() -> dict[str, Polygon]:
    """Zones laid like bricks, so that corners lie in the middle of their neighbours' lines."""
    return {
        "a": _cell(0, 0, 2, 1),
        "b": _cell(2, 0, 4, 1),
        "c": _cell(0, 1, 1, 2),
        "d": _cell(1, 1, 3, 2),
        "e": _cell(3, 1, 4, 2),
        "f": _cell(0, 2, 4, 3),
    }


def _run(page: Page, name: str, zones: dict[str, Polygon], *rest: object) -> Any:  # noqa: ANN401 (as the script gives it)
    told = page.evaluate(RUN, [name, [(key, mapping(zone)) for key, zone in zones.items()], rest])
    return told if isinstance(told, str) else {key: shape(zone) for key, zone in told}


def _at(x: float, y: float) -> list[float]:
    return [round(CORNER[0] + x * STEP, 7), round(CORNER[1] + y * STEP, 7)]


def _overlap(zones: dict[str, Polygon]) -> float:
    shapes = list(zones.values())
    pairs = [(one, other) for at, one in enumerate(shapes) for other in shapes[at + 1 :]]
    return float(sum(one.intersection(other).area for one, other in pairs))


def test_vertices_moved_at_random_open_no_gap_and_no_overlap(page: Page) -> None:
    rng = np.random.default_rng(3)
    zones = _brickwork()
    whole = shapely.union_all(list(zones.values()))
    inner = [(1.4, 1), (2.3, 2), (2, 1), (1, 1), (3, 1), (1, 2), (3, 2)]
    for x, y in inner:
        end = rng.uniform(-0.3, 0.3, 2)
        holder = next(
            key for key, zone in zones.items() if zone.exterior.distance(Point(_at(x, y))) < 1e-9
        )

        moved = _run(page, "moveVertex", zones, holder, _at(x, y), _at(x + end[0], y + end[1]))

        assert len(moved) >= 2
        zones |= moved
        assert all(zone.is_valid for zone in zones.values())
        assert _overlap(zones) < HAIR_DEG2
        assert shapely.union_all(list(zones.values())).symmetric_difference(whole).area < HAIR_DEG2


def test_a_parted_vertex_moves_in_one_zone_alone(page: Page) -> None:
    moved = _run(page, "moveVertex", _brickwork(), "a", _at(2, 1), _at(1.8, 0.8), True)  # noqa: FBT003 (the script's own order)

    assert list(moved) == ["a"]
    assert moved["a"].covers(Point(_at(1.8, 0.8)))


def test_a_vertex_in_the_middle_of_a_line_is_given_to_the_neighbour_too(page: Page) -> None:
    grown = _run(page, "addVertex", _brickwork(), "f", _at(2, 2))

    assert sorted(grown) == ["d", "f"]
    assert [len(grown[key].exterior.coords) for key in ("d", "f")] == [6, 6]


def test_a_vertex_where_three_zones_meet_stays(page: Page) -> None:
    assert _run(page, "removeVertex", _brickwork(), "a", _at(2, 1)) == "junction"


def test_a_vertex_that_two_zones_share_goes_from_both(page: Page) -> None:
    zones = _brickwork()
    grown = _run(page, "addVertex", zones, "f", _at(2, 2))

    back = _run(page, "removeVertex", zones | grown, "f", _at(2, 2))

    assert sorted(back) == ["d", "f"]
    assert all(back[key].symmetric_difference(zones[key]).area < HAIR_DEG2 for key in back)


def test_a_ring_keeps_three_vertices(page: Page) -> None:
    triangle = Polygon([_at(0, 0), _at(1, 0), _at(0, 1)])

    assert _run(page, "removeVertex", {"t": triangle}, "t", _at(1, 0)) == "few"


def test_a_crossing_is_found_where_shapely_finds_the_shape_invalid(page: Page) -> None:
    rng = np.random.default_rng(11)
    for _ in range(60):
        corners = [_at(*place) for place in rng.uniform(0, 3, (6, 2))]
        ring = Polygon(corners)

        crossing = page.evaluate(CROSS, [mapping(ring), None])

        assert (crossing is None) == ring.is_valid
        if crossing is not None:
            assert ring.exterior.distance(Point(crossing)) < 1e-9
