"""Names and reasons of zones that carry markup stay text wherever the editor shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.browser.conftest import DESKTOP, READY_MS, Opened, _keep, _watched
from tests.support.editing import Hand, zoned_project
from tests.support.people import ADMIN, browser_of
from tests.support.running import Running, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

HOSTILE = '</script><img src=x onerror="window.hacked=1">{{7*7}}&amp;'
REFUSED = "Failed to load resource"
PATIENCE_MS = 8_000


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    """Serve two zones, whose names somebody has made hostile."""
    with running(zoned_project(tmp_path / "zones.gpkg")) as service:
        for key in ("west", "east"):
            rename(service, key, f"{key} {HOSTILE}")
        yield service


@pytest.fixture
def opened(browser: Browser, service: Running) -> Iterator[Opened]:
    """Open the editor."""
    context = browser.new_context(
        viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, reduced_motion="reduce"
    )
    service.sign_in(context, ADMIN)
    watched = Opened(_watched(context))
    page = watched.page
    page.on("console", _keep(watched, "console", lambda told: told.type == "error"))
    page.on("pageerror", lambda error: watched.faults.append(f"script: {error}"))
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{service.base}/?lang=en#zones")
    page.locator("html[data-zones=ready]").wait_for(timeout=READY_MS, state="attached")
    yield watched
    context.close()


def rename(service: Running, key: str, name: str) -> None:
    """Give a zone another name, for a reason that is no better."""
    path = f"{service.base}/api/zones/{key}"
    headers = browser_of(service.app)
    answer = httpx.get(path, headers=headers)
    zone: dict[str, Any] = answer.json() | {"reason": f"because {HOSTILE}"}
    zone["properties"] |= {"name": name}
    sent = headers | {"if-match": answer.headers["etag"], "origin": service.base}
    assert httpx.put(path, json=zone, headers=sent).status_code == httpx.codes.OK


def harmless(opened: Opened) -> list[str]:
    """Give what the page did that it should not; nothing may have become an element."""
    assert opened.page.evaluate("window.hacked") is None
    assert opened.page.locator("img").count() == 0
    return [fault for fault in opened.all_faults() if REFUSED not in fault]


def test_in_the_list_the_details_the_versions_and_the_past(opened: Opened) -> None:
    page, hand = opened.page, Hand(opened.page)
    assert page.locator(".zone-row", has_text=HOSTILE).count() == 2

    hand.choose("west")
    assert HOSTILE in page.locator(".zone-title").inner_text()
    page.locator("details[data-fold=versions] summary").click()
    hand.button("compare-1").click()
    assert f"because {HOSTILE}" in page.locator(".versions").inner_text()
    hand.button("compare-1").click()
    hand.drag((145, 150), (145, 175))
    page.locator(".effect-figures").wait_for()
    page.locator("#zone-reason").fill(HOSTILE)
    hand.button("save").click()
    page.locator('[data-part="save"]').wait_for(state="hidden")
    slider = page.locator(".time-bar input")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.locator(".note.then").wait_for()

    assert (
        HOSTILE
        in page.locator(".time-bar").inner_text() + page.locator("#panel-zones").inner_text()
    )
    assert harmless(opened) == []


def test_in_a_conflict_and_what_another_browser_saves(opened: Opened, service: Running) -> None:
    page, hand = opened.page, Hand(opened.page)
    hand.choose("west")
    hand.drag((145, 150), (145, 170))
    page.locator("details[data-fold=values] summary").click()
    page.locator("[data-focus=name]").fill(f"mine {HOSTILE}")
    page.locator("[data-focus=name]").press("Tab")
    rename(service, "west", f"theirs {HOSTILE}")
    hand.save(HOSTILE)
    page.locator(".conflict").wait_for()

    assert f"theirs {HOSTILE}" in page.locator(".conflict").inner_text()
    assert harmless(opened) == []


def test_in_the_popup_on_the_map(opened: Opened) -> None:
    page, hand = opened.page, Hand(opened.page)
    page.locator("#tab-layers").click()
    page.locator("input[data-layer=zones]").check(force=True)
    hand.click(175, 150)  # off its tab, a zone answers on its line alone
    page.locator(".leaflet-popup").last.wait_for()

    assert HOSTILE in page.locator(".leaflet-popup").last.inner_text()
    assert harmless(opened) == []
