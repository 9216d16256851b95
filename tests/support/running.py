"""The real service on a free port of this machine, for browsers."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from api.auth.cookies import COOKIE
from api.main import create_app
from api.settings import Settings
from tests.support.http import Client
from tests.support.people import ADMIN, browser_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from playwright.sync_api import BrowserContext

    from api.services.rights import Person

START_S = 20.0
STOP_S = 10.0
LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Running:
    """
    A service that answers.

    Parameters
    ----------
    base
        Address without a slash at its end.
    """

    base: str
    app: FastAPI

    def sign_in(self, context: BrowserContext, person: Person = ADMIN) -> None:
        """Give a browser the session of somebody, whose account is made if there is none."""
        _, secret = browser_of(self.app, person)["cookie"].split("=", 1)
        # A cookie of this kind belongs to https; browsers take this machine for as safe.
        url = self.base.replace("http:", "https:")
        context.add_cookies([{"name": COOKIE, "value": secret, "url": url, "secure": True}])


@contextmanager
def running(path: Path, *, port: int = 0) -> Iterator[Running]:
    """
    Serve a project while the context lasts.

    Parameters
    ----------
    path
        Of the project's file.
    port
        A free one where 0.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    app = create_app(Settings(project=str(path)))
    # Routes are made ready by the first request, under warnings that threads share: not in two.
    first = threading.Thread(target=Client(app, token="").get, args=["/nowhere"])
    first.start()
    first.join()
    config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        _wait(server)
        yield Running(f"http://127.0.0.1:{listener.getsockname()[1]}", app)
    finally:
        server.should_exit = True
        thread.join(STOP_S)
        listener.close()


def _wait(server: uvicorn.Server) -> None:
    until = time.monotonic() + START_S
    while not server.started:
        if time.monotonic() > until:
            msg = "Expected the service to start, it did not."
            raise TimeoutError(msg)
        time.sleep(LOOK_S)
