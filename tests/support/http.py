"""A client that speaks to the service in this process, without a socket."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import httpx

from tests.support.people import token_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import FastAPI

BASE_URL = "http://127.0.0.1:8000"
JSON = {"content-type": "application/json"}


class Client:
    """
    Sends requests to an app; errors inside it come back as its answers.

    Parameters
    ----------
    app
        What answers.
    token
        Who sends them; an admin where `None`, nobody where empty.
    """

    def __init__(self, app: FastAPI, *, token: str | None = None) -> None:
        self._app = app
        self._token = token_for(app) if token is None else token

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Send one GET."""
        return self.request("GET", path, headers)

    def request(
        self, method: str, path: str, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send one request."""
        (answer,) = self.request_all([(method, path)], headers)
        return answer

    def request_all(
        self, requests: Sequence[tuple[str, str]], headers: Mapping[str, str] | None = None
    ) -> list[httpx.Response]:
        """Send requests, all at the same time."""
        return self.send_all([(method, path, None) for method, path in requests], headers)

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send one request with a body of JSON."""
        (answer,) = self.send_all([(method, path, body)], headers)
        return answer

    def send_text(
        self, method: str, path: str, text: str, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send one request whose body says that it is JSON, and need not be."""
        (answer,) = self.send_all([(method, path, text.encode())], headers)
        return answer

    def send_all(
        self,
        requests: Sequence[tuple[str, str, object]],
        headers: Mapping[str, str] | None = None,
    ) -> list[httpx.Response]:
        """Send requests with bodies of JSON, `None` for no body, all at the same time."""
        return asyncio.run(self._send_all(requests, headers))

    async def _send_all(
        self, requests: Sequence[tuple[str, str, object]], headers: Mapping[str, str] | None
    ) -> list[httpx.Response]:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        plain = {"accept-encoding": "identity"}
        if self._token:
            plain["authorization"] = f"Bearer {self._token}"
        async with httpx.AsyncClient(
            transport=transport, base_url=BASE_URL, headers=plain
        ) as client:
            sent = [
                client.request(
                    method, path, headers=JSON | dict(headers or {}), content=_text(body)
                )
                for method, path, body in requests
            ]
            return list(await asyncio.gather(*sent))


def _text(body: object) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    return json.dumps(body).encode()
