"""The sign-in page in a real browser, with the service's own cookie."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import pytest
import uvicorn

from api.settings import Settings
from maps.assets import NODE_MODULES, Assets
from maps.login import LoginView, login_page
from tests.browser.conftest import DESKTOP, PHONE
from tests.support.doors import PASSWORD, Clock, service
from tests.support.serving import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
START_S = 20
AXE = (NODE_MODULES / "axe-core/axe.min.js").read_text(encoding="utf-8")
VIEWS = {
    "password": LoginView(language="zh"),
    "wrong": LoginView(language="en", name="li", fault="wrong"),
    "demo": LoginView(language="zh", is_demo=True),
    "first admin": LoginView(language="en", key="k", name="wang", fault="weak"),
    "used": LoginView(language="zh", key="k", fault="used"),
}


@contextmanager
def running(clock: Clock) -> Iterator[str]:
    """Serve the drawn community to three people on a free port of this machine."""
    app = service(clock, settings=Settings(teams=0))
    config = uvicorn.Config(app, port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + START_S
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def opened(
    browser: Browser,
    *,
    size: tuple[int, int] = DESKTOP,
    scheme: Literal["light", "dark"] = "light",
    has_scripts: bool = True,
) -> Iterator[Page]:
    """Give an empty tab of a browser that knows nobody."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        java_script_enabled=has_scripts,
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_browser_keeps_the_secure_cookie_of_this_machine(browser: Browser, host: str) -> None:
    with running(Clock()) as base, opened(browser, has_scripts=False) as page:
        here = base.replace("127.0.0.1", host)
        page.goto(f"{here}/?area=W&lang=en")
        page.get_by_label("账号").fill("li")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{here}/?area=W&lang=en")

        (cookie,) = page.context.cookies()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{here}/login")

        assert cookie.get("name") == "__Host-session"
        assert cookie.get("secure")
        assert cookie.get("httpOnly")
        assert cookie.get("sameSite") == "Lax"
        assert page.context.cookies() == []


def test_a_page_elsewhere_can_neither_sign_in_nor_change_anything(browser: Browser) -> None:
    form = (
        f'<form method="post"><input name="name" value="li">'
        f'<input name="password" value="{PASSWORD}"><button>go</button></form>'
    )
    with running(Clock()) as base, served(lambda _: form) as evil, opened(browser) as page:
        page.goto(evil.replace("127.0.0.1", "localhost"))
        page.evaluate(f"document.forms[0].action = '{base}/login'")
        page.get_by_role("button").click()
        page.wait_for_url(f"{base}/login")

        assert page.context.cookies() == []
        assert page.get_by_role("alert").count() == 1


def test_a_script_of_our_page_changes_things_with_its_token_alone(browser: Browser) -> None:
    send = """async (headers) => (await fetch("/api/tokens", {method: "POST",
      headers: {"Content-Type": "application/json", ...headers},
      body: JSON.stringify({device: "phone"})})).status"""
    with running(Clock()) as base, opened(browser) as page:
        page.goto(f"{base}/login")
        page.get_by_label("账号").fill("li")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{base}/")
        token = page.locator("meta[name=csrf-token]").get_attribute("content")

        assert page.evaluate(send, {"X-CSRF-Token": token}) == 201
        assert page.evaluate(send, {}) == 403
        assert page.evaluate("document.cookie") == ""


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_and_use_it(
    browser: Browser, name: str, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> None:
    with served(_page(VIEWS[name])) as base, opened(browser, size=size, scheme=scheme) as page:
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(f"{base}/login")
        page.evaluate(AXE)
        found: dict[str, Any] = page.evaluate("axe.run()")

        assert [fault["id"] for fault in found["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert all(url.startswith((base, "data:")) for url in requests)


def test_the_first_field_is_ready_to_be_typed_in(browser: Browser) -> None:
    empty, again = LoginView(language="zh"), LoginView(language="zh", name="li", fault="wrong")
    for view, field in ((empty, "name"), (again, "password")):
        with served(_page(view)) as base, opened(browser) as page:
            page.goto(f"{base}/login")
            assert page.evaluate("document.activeElement.id") == field


def _page(view: LoginView) -> Callable[[str], str]:
    html = login_page(view, assets=Assets())
    return lambda _: html
