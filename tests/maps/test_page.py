from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from shapely import box

from maps.assets import Assets
from maps.page import community_page
from tests.support.pages import HOSTILE, empty_view, frame, sample_view

if TYPE_CHECKING:
    from maps.text import Language
    from maps.view import CommunityView

NONCE = "0123abc"
MOST_BYTES = 1_500_000
BUILDINGS = 2_000


class Elements(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag."""
        self.tags.append((tag, dict(attrs)))

    def every(self, tag: str) -> list[dict[str, str | None]]:
        """Give the attributes of all elements of that name."""
        return [attributes for name, attributes in self.tags if name == tag]


def _page(view: CommunityView) -> str:
    return community_page(view, nonce=NONCE, assets=Assets())


def _data(page: str) -> dict[str, Any]:
    (block,) = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    read: dict[str, Any] = json.loads(block)
    return read


def test_the_page_asks_for_nothing_but_our_own_files() -> None:
    elements = Elements(_page(sample_view()))
    links = [tag["href"] for tag in elements.every("link")]
    scripts = [tag["src"] for tag in elements.every("script") if "src" in tag]

    assert all(str(url).startswith(("/static/", "data:,")) for url in [*links, *scripts])
    assert all("?v=" in str(url) for url in scripts)


def test_every_script_is_ours_and_carries_the_nonce() -> None:
    scripts = Elements(_page(sample_view(name=HOSTILE))).every("script")

    assert len(scripts) == 6
    assert all(tag["nonce"] == NONCE for tag in scripts)


def test_hostile_text_makes_no_element_and_no_attribute() -> None:
    hostile = Elements(_page(sample_view(name=HOSTILE)))
    plain = Elements(_page(sample_view(name="House")))

    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in plain.tags]
    assert not hostile.every("img")
    assert not [name for _, attributes in hostile.tags for name in attributes if name[:2] == "on"]


def test_hostile_text_arrives_whole() -> None:
    data = _data(_page(sample_view(name=HOSTILE)))

    assert data["layers"]["buildings"]["labels"][0] == f"{HOSTILE} 0"


def test_the_page_has_a_title_a_language_landmarks_and_may_be_zoomed() -> None:
    elements = Elements(_page(sample_view("zh")))
    (viewport,) = [tag for tag in elements.every("meta") if tag.get("name") == "viewport"]

    assert elements.every("html") == [{"lang": "zh-CN"}]
    assert "user-scalable" not in str(viewport["content"])
    assert "maximum-scale" not in str(viewport["content"])
    assert all(len(elements.every(tag)) == 1 for tag in ("title", "main", "header", "h1"))


def test_links_to_the_other_language_keep_what_was_asked() -> None:
    anchors = Elements(_page(sample_view("en"))).every("a")

    (other,) = [tag["href"] for tag in anchors if tag.get("lang") == "zh-CN"]
    assert other == "?lang=zh&area=c1&teams=2"


def test_forms_keep_what_was_asked_but_what_they_set() -> None:
    page = _page(sample_view("en"))
    kept = re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', page)

    assert sorted(kept) == [
        ("area", "c1"),
        ("area", "c1"),
        ("lang", "en"),
        ("lang", "en"),
        ("lang", "en"),
        ("teams", "2"),
        ("teams", "2"),
    ]


def test_an_empty_project_says_the_next_step_on_every_tab() -> None:
    page = _page(empty_view())

    assert page.count('class="nothing"') == 5
    assert "prevention-map import FILE --project PROJECT.gpkg" in page


def test_a_hint_of_the_service_comes_before_the_general_one() -> None:
    page = _page(replace(empty_view(), hints={"coverage": "No site lies <here>."}))

    assert "No site lies &lt;here&gt;." in page


def test_synthetic_data_are_called_so_and_real_ones_are_not() -> None:
    assert "Synthetic data" in _page(sample_view())
    assert "Synthetic data" not in _page(replace(sample_view(), is_synthetic=False))


def test_the_source_and_its_licence_stand_on_the_map_without_a_prefix() -> None:
    page = _page(sample_view())

    assert "OpenStreetMap contributors, ODbL 1.0" in page
    assert "attributionControl.setPrefix(false)" in page


def test_straight_lines_carry_a_label() -> None:
    view = sample_view()
    assert view.coverage is not None
    straight = replace(view.coverage, rules=replace(view.coverage.rules, is_straight_line=True))
    label = "Straight line, not a walking distance"

    assert label not in _page(view)
    assert label in _page(replace(view, coverage=straight))


def test_the_same_view_gives_the_same_page() -> None:
    assert _page(sample_view()) == _page(sample_view())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_thousand_buildings_stay_below_a_megabyte_and_a_half(language: Language) -> None:
    corners = np.random.default_rng(7).uniform(0, 2_000, (BUILDINGS, 2))
    houses = [box(x, y, x + 23.7, y + 11.3).buffer(1, quad_segs=2) for x, y in corners]
    buildings = frame(
        "buildings",
        houses,
        building_id=[f"way/{500_000_000 + number}" for number in range(BUILDINGS)],
        name=[f"楼 {number}" for number in range(BUILDINGS)],
        use=["residential"] * BUILDINGS,
        floors=[6] * BUILDINGS,
        households=[24] * BUILDINGS,
        residents=[60] * BUILDINGS,
        residents_are_estimated=[True] * BUILDINGS,
    )
    view = replace(empty_view(language), layers={"buildings": buildings})

    assert len(_page(view).encode()) < MOST_BYTES
