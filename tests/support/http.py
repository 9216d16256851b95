"""A client that speaks to the service in this process, without a socket."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx

from tests.support.people import token_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import FastAPI

BASE_URL = "http://127.0.0.1:8000"


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
        return asyncio.run(self._request_all(requests, headers))

    async def _request_all(
        self, requests: Sequence[tuple[str, str]], headers: Mapping[str, str] | None
    ) -> list[httpx.Response]:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        plain = {"accept-encoding": "identity"}
        if self._token:
            plain["authorization"] = f"Bearer {self._token}"
        async with httpx.AsyncClient(
            transport=transport, base_url=BASE_URL, headers=plain
        ) as client:
            sent = [
                client.request(method, path, headers=dict(headers or {}))
                for method, path in requests
            ]
            return list(await asyncio.gather(*sent))
