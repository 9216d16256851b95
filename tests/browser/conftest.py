"""One real browser for all tests of pages, and what it complained of."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pytest
from playwright.sync_api import sync_playwright

from maps.assets import NODE_MODULES, Assets
from maps.page import community_page
from tests.support.serving import NONCE, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, BrowserContext, Page

    from maps.view import CommunityView

CHROMIUM = Path(os.environ.get("PREVENTION_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = (1440, 900)
PHONE = (390, 780)
WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
READY_MS = 15_000


@dataclass
class Opened:
    """A page in the browser, and everything it did that it should not."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def all_faults(self) -> list[str]:
        """Give errors, requests that left this machine, and breaches of the policy."""
        return self.faults + list(self.page.evaluate("window.violations"))

    def serious(self) -> list[str]:
        """Give what axe-core finds serious or critical."""
        self.page.evaluate((NODE_MODULES / "axe-core/axe.min.js").read_text(encoding="utf-8"))
        found: dict[str, Any] = self.page.evaluate("axe.run()")
        return [
            f"{rule['id']}: {node['html'][:120]}"
            for rule in found["violations"]
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
        ]


class Open(Protocol):
    """Open the page of a view."""

    def __call__(
        self,
        view: CommunityView,
        *,
        size: tuple[int, int] = DESKTOP,
        tab: str = "",
        scheme: Literal["light", "dark"] = "light",
    ) -> AbstractContextManager[Opened]:
        """Give the page when it is ready."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.is_file() and "PREVENTION_CHROMIUM" not in os.environ:
        pytest.skip(f"No browser at {CHROMIUM}; set PREVENTION_CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def open_page(browser: Browser) -> Open:
    @contextmanager
    def opened(
        view: CommunityView,
        *,
        size: tuple[int, int] = DESKTOP,
        tab: str = "",
        scheme: Literal["light", "dark"] = "light",
    ) -> Iterator[Opened]:
        html = community_page(view, nonce=NONCE, assets=Assets())
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            has_touch=size == PHONE,
            reduced_motion="reduce",
            color_scheme=scheme,
        )
        with served(lambda _: html) as base:
            page = Opened(_watched(context))
            page.page.on("console", _keep(page, "console", lambda told: told.type == "error"))
            page.page.on("pageerror", lambda error: page.faults.append(f"script: {error}"))
            page.page.on("request", _keep_far(page, base))
            page.page.goto(f"{base}/#{tab}")
            page.page.locator("html[data-ready]").wait_for(timeout=READY_MS, state="attached")
            yield page
            context.close()

    return opened


def _watched(context: BrowserContext) -> Page:
    context.add_init_script(WATCH)
    return context.new_page()


def _keep(opened: Opened, kind: str, is_fault: Callable[[Any], bool]) -> Callable[[Any], None]:
    def keep(told: Any) -> None:  # noqa: ANN401 (the browser's own event)
        if is_fault(told):
            opened.faults.append(f"{kind}: {told.text}")

    return keep


def _keep_far(opened: Opened, base: str) -> Callable[[Any], None]:
    def keep(request: Any) -> None:  # noqa: ANN401 (the browser's own event)
        if not request.url.startswith((base, "data:")):
            opened.faults.append(f"request: {request.url}")

    return keep
