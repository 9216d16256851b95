"""A service with people in it, a clock to turn, and a browser that sends forms."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from argon2 import PasswordHasher

from api.auth.cookies import COOKIE
from api.auth.passwords import Passwords
from api.main import create_app
from api.services.people import add_user
from api.services.rights import Person, Role
from api.settings import Settings
from tests.support.communities import drawn_community
from tests.support.http import Client

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx
    from fastapi import FastAPI

PASSWORD = "北巷3号的猫爱晒太阳"  # noqa: S105 (of people in tests)
OWN_PAGE = {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8000"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
PEOPLE = (
    Person("wang", Role.ADMIN, None),
    Person("li", Role.COORDINATOR, frozenset({"W"})),
    Person("zhao", Role.CADRE, frozenset({"W"})),
)


@dataclass
class Clock:
    """Gives a moment that only tests move on."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        """Give the moment."""
        return self.now

    def turn(self, **passed: float) -> None:
        """Let time pass."""
        self.now += timedelta(**passed)


def service(clock: Clock, *, settings: Settings | None = None, is_empty: bool = False) -> FastAPI:
    """Serve the drawn community with `PEOPLE`, all of `PASSWORD`, quickly checked."""
    app = create_app(settings or Settings(), drawn_community())
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords = Passwords(hasher)
    app.state.guard = replace(app.state.guard, passwords=passwords, clock=clock)
    for person in () if is_empty else PEOPLE:
        add_user(app.state.workspace, person, hasher.hash(PASSWORD), clock.now)
    return app


class Browser:
    """
    Keeps the cookie of its session, and says where a request comes from.

    Parameters
    ----------
    app
        What it speaks to.
    """

    def __init__(self, app: FastAPI) -> None:
        self._client = Client(app, token="")
        self.cookie = ""

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Open an address."""
        return self._kept(self._client.get(path, self._headers(headers)))

    def post(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] = OWN_PAGE
    ) -> httpx.Response:
        """Send a form."""
        sent = self._headers(FORM | dict(headers))
        return self._kept(self._client.send_text("POST", path, urlencode(fields), sent))

    def send(
        self, method: str, path: str, body: object, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send JSON, as a script of a page does."""
        return self._client.send(method, path, body, self._headers(headers))

    def sign_in(self, name: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
        """Sign in with name and password."""
        return self.post("/login", {"name": name, "password": password, **fields})

    def _headers(self, headers: Mapping[str, str] | None) -> dict[str, str]:
        cookie = {"cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}
        return cookie | dict(headers or {})

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        for cookie in answer.headers.get_list("set-cookie"):
            value = cookie.partition(";")[0].removeprefix(f"{COOKIE}=")
            self.cookie = value.strip('"')
        return answer
