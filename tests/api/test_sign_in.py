"""Signing in and out, and what a session lets one do."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from api.auth.limiter import SIGN_INS_OF_ACCOUNT, TOKENS_FROM_ADDRESS
from api.main import create_app
from api.services.demo import NotTheDemoError, ensure_demo_users
from api.services.keys import csrf_token_of
from api.services.people import set_active
from api.services.sessions import invite_first
from api.settings import Settings
from tests.support.communities import drawn_community
from tests.support.doors import OWN_PAGE, PASSWORD, Browser, Clock, service

if TYPE_CHECKING:
    from fastapi import FastAPI

TOKEN = {"device": "phone"}
ELSEWHERE = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands still."""
    return Clock()


@pytest.fixture
def app(clock: Clock) -> FastAPI:
    """Serve the drawn community to three people."""
    return service(clock)


@pytest.fixture
def browser(app: FastAPI) -> Browser:
    """Give a browser in which nobody is signed in."""
    return Browser(app)


def csrf(browser: Browser) -> dict[str, str]:
    return OWN_PAGE | {"x-csrf-token": csrf_token_of(browser.cookie)}


def test_name_and_password_open_a_session_in_a_cookie_no_script_can_read(browser: Browser) -> None:
    answer = browser.sign_in("Li", next="/?area=W")

    assert (answer.status_code, answer.headers["location"]) == (303, "/?area=W")
    attributes = set(answer.headers["set-cookie"].lower().split("; ")[1:])
    assert answer.headers["set-cookie"].startswith("__Host-session=")
    assert attributes == {"httponly", "secure", "samesite=lax", "path=/", "max-age=604800"}
    assert browser.get("/api/me").json()["name"] == "li"


@pytest.mark.parametrize(
    ("name", "password"),
    [("li", "wrong password"), ("nobody", PASSWORD), ("li", ""), ("", ""), ("<li>", PASSWORD)],
)
def test_what_does_not_belong_together_is_told_alike(
    browser: Browser, name: str, password: str
) -> None:
    answer = browser.sign_in(name, password, lang="en")

    assert answer.status_code == 403
    assert "do not belong together" in answer.text
    assert "set-cookie" not in answer.headers
    assert "<li>" not in answer.text.split("<main")[1].split("<form")[1]
    assert not password or password not in answer.text


def test_a_disabled_account_is_not_let_in_and_its_sessions_end(
    app: FastAPI, browser: Browser, clock: Clock
) -> None:
    browser.sign_in("li")
    set_active(app.state.workspace, "li", clock.now, is_active=False)

    assert browser.get("/api/me").status_code == 401
    assert browser.sign_in("li").status_code == 403


def test_signing_in_again_gives_a_new_id_and_ends_the_old_one(
    app: FastAPI, browser: Browser
) -> None:
    browser.sign_in("li")
    first = browser.cookie
    browser.sign_in("li")

    other = Browser(app)
    other.cookie = first
    assert browser.cookie != first
    assert other.get("/api/me").status_code == 401
    assert browser.get("/api/me").status_code == 200


def test_a_cookie_from_elsewhere_is_never_taken_over(browser: Browser) -> None:
    browser.cookie = "chosen-by-somebody-else"

    browser.sign_in("li")

    assert browser.cookie != "chosen-by-somebody-else"


def test_signing_out_ends_the_session_itself(app: FastAPI, browser: Browser) -> None:
    browser.sign_in("li")
    kept = browser.cookie

    answer = browser.post("/logout", {})

    other = Browser(app)
    other.cookie = kept
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert browser.cookie == ""
    assert other.get("/api/me").status_code == 401


def test_a_session_ends_when_it_is_not_used(browser: Browser, clock: Clock) -> None:
    browser.sign_in("li")
    clock.turn(hours=11.9)
    assert browser.get("/api/me").status_code == 200
    clock.turn(hours=12.1)

    assert browser.get("/api/me").status_code == 401


def test_a_session_ends_however_much_it_is_used(
    app: FastAPI, browser: Browser, clock: Clock
) -> None:
    browser.sign_in("li")
    for _ in range(16):
        clock.turn(hours=10)
        assert browser.get("/api/me").status_code == 200
        app.state.guard.touches._pool.submit(int).result()  # noqa: SLF001 (lets the note be written)
    clock.turn(hours=10)

    assert browser.get("/api/me").status_code == 401


def test_whoever_is_signed_in_need_not_sign_in_again(browser: Browser) -> None:
    browser.sign_in("li")

    answer = browser.get("/login?next=/reopening")

    assert (answer.status_code, answer.headers["location"]) == (303, "/reopening")


@pytest.mark.parametrize(
    "after",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "", "/%0d"],
)
def test_one_goes_on_to_our_own_pages_alone(browser: Browser, after: str) -> None:
    answer = browser.sign_in("li", next=after)

    assert answer.headers["location"] in {"/", "/%0d"}


def test_the_language_chosen_at_the_door_is_kept(browser: Browser) -> None:
    answer = browser.sign_in("li", next="/?area=W", lang="en")

    assert answer.headers["location"] == "/?area=W&lang=en"


@pytest.mark.parametrize("path", ["/login", "/login/demo", "/logout", "/welcome"])
@pytest.mark.parametrize(
    "headers", [ELSEWHERE, {"sec-fetch-site": "same-site"}, {}, {"origin": "null"}]
)
def test_forms_of_other_pages_do_nothing(
    browser: Browser, path: str, headers: dict[str, str]
) -> None:
    browser.sign_in("li")
    before = browser.cookie

    answer = browser.post(path, {"name": "li", "password": PASSWORD, "role": "admin"}, headers)

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert browser.cookie == before
    assert browser.get("/api/me").status_code == 200


def test_a_change_needs_the_token_of_the_page_and_our_own_page(browser: Browser) -> None:
    browser.sign_in("li")
    good = csrf(browser)
    other = {"x-csrf-token": csrf_token_of("another session")}

    statuses = [
        browser.send("POST", "/api/tokens", TOKEN, headers).status_code
        for headers in (
            good,
            OWN_PAGE,
            OWN_PAGE | other,
            good | ELSEWHERE,
            {"x-csrf-token": good["x-csrf-token"]},
            {"x-csrf-token": good["x-csrf-token"], "origin": "http://127.0.0.1:8000"},
        )
    ]

    assert statuses == [201, 403, 403, 403, 403, 201]


def test_the_page_carries_the_token_of_its_session(browser: Browser) -> None:
    browser.sign_in("li")

    page = browser.get("/").text

    assert f'<meta name="csrf-token" content="{csrf_token_of(browser.cookie)}">' in page
    assert browser.cookie not in page
    assert "协调员 · li" in page


def test_a_token_is_shown_once_and_lets_a_device_in(app: FastAPI, browser: Browser) -> None:
    browser.sign_in("li")
    issued = browser.send("POST", "/api/tokens", TOKEN | {"user": "zhao"}, csrf(browser)).json()
    device = {"authorization": f"Bearer {issued['token']}"}
    phone = Browser(app)

    assert phone.get("/api/me", device).json()["name"] == "zhao"
    assert phone.get("/api/me", device).json()["may_write"] is False
    assert issued["qr_svg"].startswith("<svg")
    listed = browser.get("/api/tokens").text
    assert issued["prefix"] in listed
    assert issued["token"] not in listed
    gone = browser.send("DELETE", f"/api/tokens/{issued['prefix']}", None, csrf(browser))
    assert gone.status_code == 204
    assert phone.get("/api/me", device).status_code == 401


def test_the_password_of_basic_may_be_a_token(browser: Browser, app: FastAPI) -> None:
    browser.sign_in("li")
    issued = browser.send("POST", "/api/tokens", TOKEN, csrf(browser)).json()
    basic = _basic(issued["token"])
    phone = Browser(app)

    assert phone.get("/api/me", basic).json()["name"] == "li"
    assert phone.get("/api/me", _basic(PASSWORD)).status_code == 401
    # What a browser sends by itself could be sent for another page.
    assert phone.get("/api/me", basic | ELSEWHERE).status_code == 403


def _basic(secret: str) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(f'li:{secret}'.encode()).decode()}"}


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"device": ""}, 422),
        ({"device": "x", "days": 0}, 422),
        ({"device": "x", "colour": "red"}, 422),
        ({"device": "x", "user": "nobody"}, 404),
        ({"device": "x", "user": "wang"}, 403),
        ({"device": "x", "areas": ["E"]}, 422),
        ({"device": "x", "areas": []}, 422),
        ({"device": "x\u0007"}, 422),
    ],
)
def test_wishes_for_tokens_that_cannot_be_are_told(
    browser: Browser, wish: dict[str, object], status: int
) -> None:
    browser.sign_in("li")

    answer = browser.send("POST", "/api/tokens", wish, csrf(browser))

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_cadres_and_tokens_issue_no_tokens(app: FastAPI, browser: Browser) -> None:
    browser.sign_in("li")
    wish = TOKEN | {"may_write": True}
    issued = browser.send("POST", "/api/tokens", wish, csrf(browser)).json()
    device = {"authorization": f"Bearer {issued['token']}"}
    cadre = Browser(app)
    cadre.sign_in("zhao")

    assert Browser(app).send("POST", "/api/tokens", TOKEN, device).status_code == 403
    assert cadre.send("POST", "/api/tokens", TOKEN, csrf(cadre)).status_code == 403


def test_too_many_wrong_passwords_are_told_with_the_time_to_wait(browser: Browser) -> None:
    for _ in range(SIGN_INS_OF_ACCOUNT.amount):
        assert browser.sign_in("li", "wrong password").status_code == 403

    answer = browser.sign_in("li", lang="en")

    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 900
    assert "try again in 15 min" in answer.text
    assert browser.sign_in("wang").status_code == 303


def test_too_many_wrong_tokens_are_told_and_good_ones_still_heard(
    app: FastAPI, browser: Browser
) -> None:
    browser.sign_in("li")
    good = browser.send("POST", "/api/tokens", TOKEN, csrf(browser)).json()["token"]
    wrong = {"authorization": f"Bearer pm_abcdefgh_{'x' * 43}"}
    phone = Browser(app)
    for _ in range(TOKENS_FROM_ADDRESS.amount):
        assert phone.get("/api/me", wrong).status_code == 401

    refused = phone.get("/api/me", wrong | {"accept-language": "en"})

    assert refused.status_code == 429
    assert refused.json()["detail"].startswith("Too many attempts; try again in")
    assert int(refused.headers["retry-after"]) > 0
    assert phone.get("/api/me", {"authorization": f"Bearer {good}"}).status_code == 200


def test_problems_are_told_in_the_readers_language(browser: Browser) -> None:
    chinese = browser.get("/api/me").json()
    english = browser.get("/api/me", {"accept-language": "en-GB,en;q=0.9"}).json()

    assert chinese["title"] == "尚未登录"
    assert english["detail"] == "Sign in, or send a token that is still good."


def test_the_first_admin_comes_in_by_a_link_that_works_once(clock: Clock) -> None:
    app = service(clock, is_empty=True)
    accounts = app.state.workspace.project.accounts
    key = invite_first(accounts, clock.now)
    assert key is not None
    account = {"key": key, "name": "Wang", "password": PASSWORD, "again": PASSWORD}
    browser = Browser(app)

    shown = browser.get(f"/welcome?key={key}&lang=en")
    done = browser.post("/welcome", account)

    assert "first admin" in shown.text
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert browser.get("/api/me").json() | {"name": "wang", "role": "admin"} == {
        "name": "wang",
        "role": "admin",
        "areas": None,
        "may_edit": True,
        "may_write": True,
    }
    assert Browser(app).post("/welcome", account | {"name": "zhang"}).status_code == 410
    assert invite_first(accounts, clock.now) is None
    assert Browser(app).get(f"/welcome?key={key}").status_code == 410
    assert Browser(app).sign_in("wang").status_code == 303


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "a b"}, "1 to 64"),
        ({"password": "1234567890", "again": "1234567890"}, "not easily guessed"),
        ({"again": "another password"}, "differ"),
        ({"key": "guessed"}, "was used or has expired"),
        ({"key": ""}, "was used or has expired"),
    ],
)
def test_a_first_admin_who_cannot_be_is_told_why(
    clock: Clock, change: dict[str, str], told: str
) -> None:
    app = service(clock, is_empty=True)
    key = invite_first(app.state.workspace.project.accounts, clock.now) or ""
    good = {"key": key, "name": "wang", "password": PASSWORD, "again": PASSWORD, "lang": "en"}
    browser = Browser(app)

    answer = browser.post("/welcome", good | change)

    assert answer.status_code in {410, 422}
    assert told in answer.text
    assert PASSWORD not in answer.text
    assert app.state.workspace.project.accounts.count_users() == 0


def test_a_link_that_has_expired_makes_nobody_admin(clock: Clock) -> None:
    app = service(clock, is_empty=True)
    key = invite_first(app.state.workspace.project.accounts, clock.now) or ""
    clock.turn(hours=24.1)

    account = {"key": key, "name": "wang", "password": PASSWORD, "again": PASSWORD}
    assert Browser(app).post("/welcome", account).status_code == 410


@pytest.mark.parametrize("role", ["admin", "coordinator", "cadre", "liaison", "viewer"])
def test_the_demo_is_entered_by_a_click_on_a_role(clock: Clock, role: str) -> None:
    project = drawn_community()
    project.sources = ("Synthetic data",)
    plain = create_app(Settings(), project)
    ensure_demo_users(plain.state.workspace, clock.now)
    browser = Browser(create_app(Settings(demo=True), project))

    assert f'value="{role}"' in browser.get("/login").text
    assert browser.post("/login/demo", {"role": role}).status_code == 303
    assert browser.get("/api/me").json()["role"] == role
    assert Browser(plain).post("/login/demo", {"role": role}).status_code == 403
    assert Browser(plain).sign_in(f"demo-{role}", "demo").status_code == 403


def test_only_the_demo_on_this_machine_is_open_to_everybody(clock: Clock) -> None:
    with pytest.raises(NotTheDemoError, match="not the demo"):
        create_app(Settings(demo=True), drawn_community())
    project = drawn_community()
    project.sources = ("Synthetic data",)
    ensure_demo_users(create_app(Settings(), project).state.workspace, clock.now)
    with pytest.raises(NotTheDemoError, match="loopback"):
        create_app(Settings(demo=True, host="0.0.0.0"), project)  # noqa: S104 (never bound)


def test_sign_in_pages_are_never_stored_and_ask_nobody_else(browser: Browser) -> None:
    for path in ("/login", "/login?lang=en&next=/", "/welcome?key=x"):
        answer = browser.get(path)
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert 'href="http' not in answer.text
        assert "<script" not in answer.text


def test_secrets_are_not_logged(
    browser: Browser, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        browser.sign_in("li")
        token = browser.send("POST", "/api/tokens", TOKEN, csrf(browser)).json()["token"]
        browser.sign_in("li", "wrong password")
        clock.turn(minutes=5)
        browser.get("/api/me", {"authorization": f"Bearer {token}"})

    for secret in (PASSWORD, "wrong password", browser.cookie, token):
        assert secret not in caplog.text


def test_a_sign_in_lasts_as_long_as_the_settings_say(clock: Clock) -> None:
    settings = Settings(session_days=0.5, session_idle_hours=1)
    browser = Browser(service(clock, settings=settings))

    answer = browser.sign_in("li")

    assert (
        f"max-age={int(timedelta(days=0.5).total_seconds())}"
        in answer.headers["set-cookie"].lower()
    )
    clock.turn(hours=1.01)
    assert browser.get("/api/me").status_code == 401
