from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.pages import HOSTILE, empty_view, sample_view

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from maps.text import Language
    from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

DESKTOP = (1440, 900)
PHONE = (390, 780)
TABS = ("layers", "coverage", "zones", "sweep", "reopening")


@pytest.mark.parametrize(("size", "language"), [(DESKTOP, "zh"), (PHONE, "zh"), (PHONE, "en")])
def test_every_tab_is_without_errors_and_without_barriers(
    open_page: Open, size: tuple[int, int], language: Language
) -> None:
    with open_page(sample_view(language), size=size) as opened:
        for name in TABS:
            opened.page.locator(f"#tab-{name}").click()
            if name == "reopening":
                opened.page.locator("#trend svg").wait_for()

            assert opened.page.locator(f"#panel-{name}").is_visible()
            assert opened.serious() == []
        assert opened.all_faults() == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_an_empty_project_s_page_is_without_errors(open_page: Open, size: tuple[int, int]) -> None:
    with open_page(empty_view("zh"), size=size, tab="sweep") as opened:
        assert opened.serious() == []
        assert opened.all_faults() == []


def test_the_dark_page_can_be_read(open_page: Open) -> None:
    with open_page(sample_view("zh"), tab="reopening", scheme="dark") as opened:
        assert opened.serious() == []
        assert opened.all_faults() == []


def test_hostile_text_stays_text_everywhere(open_page: Open) -> None:
    with open_page(sample_view("en", name=HOSTILE)) as opened:
        page = opened.page
        for name in TABS:
            page.locator(f"#tab-{name}").click()
        page.locator("#trend svg").wait_for()
        for layer, key in (("zones", "z1"), ("checkpoints", "k1"), ("gates", "g1")):
            page.locator("#tab-zones").click()
            page.locator(f'button[data-layer="{layer}"][data-key="{key}"]').click()
            page.locator(".leaflet-popup").last.wait_for()
            assert "{{7*7}}" in page.locator(".popup-title").last.inner_text()
        _search(page, "noodles")
        page.locator("#search-results li").first.click()
        page.locator(".popup-list").last.wait_for()
        page.locator("#tab-sweep").click()
        page.locator("details[data-stops='1'] summary").click()
        page.locator("details[data-stops='1'] li button").first.click()
        page.locator(".leaflet-popup").last.wait_for()

        assert page.evaluate("window.hacked") is None
        assert page.locator("img").count() == 0
        assert page.get_by_text("{{7*7}}").count() > 10
        assert opened.all_faults() == []


def test_a_building_is_found_by_its_number_with_the_keyboard(open_page: Open) -> None:
    with open_page(sample_view("en")) as opened:
        page = opened.page

        _search(page, "12-6")
        page.keyboard.press("Enter")

        page.locator(".leaflet-popup").wait_for()
        assert page.locator(".popup-title").inner_text() == "12-6"
        assert page.locator("#search-results").is_hidden()


def test_estimates_are_marked_in_the_popup(open_page: Open) -> None:
    with open_page(sample_view("zh")) as opened:
        _search(opened.page, "House 0")
        opened.page.keyboard.press("Enter")

        opened.page.locator(".leaflet-popup").wait_for()
        assert "120 （估）" in opened.page.locator(".popup-facts").inner_text()


def test_nothing_found_is_said(open_page: Open) -> None:
    with open_page(sample_view("en")) as opened:
        _search(opened.page, "no such place")

        assert opened.page.locator("#search-results").inner_text() == "Nothing found"


def test_tabs_are_walked_by_arrow_keys_and_kept_in_the_address(open_page: Open) -> None:
    with open_page(sample_view("en")) as opened:
        page = opened.page
        page.locator("#tab-layers").focus()

        for _ in range(2):
            page.keyboard.press("ArrowRight")

        assert page.evaluate("document.activeElement.id") == "tab-zones"
        assert page.url.endswith("#zones")
        assert page.locator("#panel-zones").is_visible()
        assert str(page.locator(".bar-language a").first.get_attribute("href")).endswith("#zones")
        page.keyboard.press("End")
        assert page.url.endswith("#reopening")


def test_a_link_leads_to_its_tab(open_page: Open) -> None:
    with open_page(sample_view("en"), tab="sweep") as opened:
        assert opened.page.locator("#tab-sweep").get_attribute("aria-selected") == "true"


def test_switches_sorting_and_tables_are_reached_by_the_tab_key(open_page: Open) -> None:
    with open_page(sample_view("en"), tab="coverage") as opened:
        reached = _tab_through(opened.page, 60)

        assert "Calculate" in reached
        assert "Uncovered zone 1" in reached
        assert "Longest walk" in reached


def test_the_skip_link_comes_first(open_page: Open) -> None:
    with open_page(sample_view("en")) as opened:
        assert _tab_through(opened.page, 1) == ["Skip to the tables"]


def test_a_switch_takes_its_layer_and_its_legend_off_the_map(open_page: Open) -> None:
    with open_page(sample_view("en")) as opened:
        page = opened.page
        line = page.locator("[data-legend=sampling_sites]").first
        assert page.locator(".pin-name").count() == 2

        page.locator("input[data-layer=sampling_sites]").uncheck()

        assert page.locator(".pin-name").count() == 0
        assert line.is_hidden()


def test_each_tab_brings_its_subject_forward_and_the_first_one_keeps_the_choice(
    open_page: Open,
) -> None:
    with open_page(sample_view("en")) as opened:
        page = opened.page
        page.locator("input[data-layer=zones]").uncheck()

        page.locator("#tab-zones").click()
        assert page.locator("input[data-layer=zones]").is_checked()
        assert not page.locator("input[data-layer=sampling_sites]").is_checked()
        page.locator("#tab-layers").click()

        assert not page.locator("input[data-layer=zones]").is_checked()
        assert page.locator("input[data-layer=sampling_sites]").is_checked()


def test_a_table_sorts_by_number_and_back(open_page: Open) -> None:
    with open_page(sample_view("en"), tab="sweep") as opened:
        head = opened.page.locator("#panel-sweep thead th", has_text="Walk")
        first = opened.page.locator("#panel-sweep tbody th").first

        head.locator("button").click()
        assert head.get_attribute("aria-sort") == "ascending"
        assert first.inner_text().endswith("Team 1")
        head.locator("button").click()

        assert head.get_attribute("aria-sort") == "descending"
        assert first.inner_text().endswith("Team 2")


def test_stops_are_listed_in_order_and_numbered_on_the_map(open_page: Open) -> None:
    with open_page(sample_view("en"), tab="sweep") as opened:
        page = opened.page
        page.locator("details[data-stops='1'] summary").click()

        rows = page.locator("details[data-stops='1'] li").all_inner_texts()
        assert ["House 0" in rows[0], "House 1" in rows[1]] == [True, True]
        assert sorted(page.locator(".stop-ring").all_inner_texts()) == ["1", "1", "2"]
        label = page.locator(".stop-ring").first.locator("..").get_attribute("aria-label")
        assert label == "Team 1, stop 1: House 0"


def test_what_cannot_be_shown_is_said(open_page: Open) -> None:
    view = sample_view("en")
    without = {name: layer for name, layer in view.layers.items() if name != "gates"}
    with open_page(replace(view, layers=without)) as opened:
        opened.page.evaluate(
            """() => {
              const button = document.createElement("button");
              button.dataset.layer = "gates";
              button.dataset.key = "g1";
              document.querySelector("#panel-layers").append(button);
              button.click();
            }"""
        )

        assert opened.page.locator(".toast").inner_text() == "That is not on this map."


def test_the_sheet_of_a_phone_is_stepped_by_keyboard_and_dragged(open_page: Open) -> None:
    with open_page(sample_view("zh"), size=PHONE) as opened:
        page = opened.page
        heights = []
        page.locator(".grip").focus()
        for _ in range(3):
            page.keyboard.press("Enter")
            heights.append(page.locator(".panel").bounding_box())

        tall, low, half = (box["height"] for box in heights if box)
        assert tall > half > low
        assert low < 100

        box = page.locator(".grip").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 100, box["y"] + 10)
        page.mouse.down()
        page.mouse.move(box["x"] + 100, 100, steps=4)
        page.mouse.up()
        dragged = page.locator(".panel").bounding_box()
        assert dragged is not None
        assert dragged["height"] == pytest.approx(tall, abs=2)


def test_nothing_runs_over_the_edge_of_a_phone(open_page: Open) -> None:
    with open_page(sample_view("en"), size=PHONE) as opened:
        for name in TABS:
            opened.page.locator(f"#tab-{name}").click()
            widths = opened.page.evaluate(
                """() => {
                  const panels = document.querySelector("#tab-panels");
                  return [document.documentElement.scrollWidth, panels.scrollWidth];
                }"""
            )
            assert max(widths) <= 390, name


def _search(page: Page, text: str) -> None:
    page.locator("#tab-layers").click()
    page.locator("#search").fill(text)
    page.locator("#search-results li").first.wait_for()


def _tab_through(page: Page, count: int) -> list[str]:
    reached = []
    for _ in range(count):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    return reached
