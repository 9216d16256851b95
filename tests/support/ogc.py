"""A client of the collections that sends the headers it is told to, and no others."""

from __future__ import annotations

import asyncio
import atexit
import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from api.main import create_app
from api.settings import Settings
from api.store.project import Project
from tests.support.people import ADMIN, token_for
from tests.support.projects import small_project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fastapi import FastAPI

    from api.services.rights import Person

BASE = "http://127.0.0.1:8000"
GEOJSON = "application/geo+json"
MERGE_PATCH = "application/merge-patch+json"
SQUARE_DEG = (114.2995, 30.5975)
SIDE_DEG = 0.0001


@dataclass
class OgcClient:
    """
    Speaks to the collections in this process.

    Parameters
    ----------
    app
        What answers.
    token
        Who asks; nobody where empty.
    """

    app: FastAPI
    token: str

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Send one GET to a path below `/ogc`, or to a whole address."""
        return self.send("GET", path, None, **headers)

    def json(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """Give the document at a path."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """
        Send one request.

        Parameters
        ----------
        body
            Written as JSON unless it is bytes.
        headers
            With `_` for `-`.
        """
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named["authorization"] = f"Bearer {self.token}"
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        return _runner().run(self._send(method, _path(path), content, named))

    def other(self, person: Person) -> OgcClient:
        """Give a client of somebody else."""
        return OgcClient(self.app, token_for(self.app, person))

    async def _send(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        plain = {"accept-encoding": "identity", "accept": headers.get("accept", "*/*")}
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            return await client.request(method, path, headers={**plain, **headers}, content=content)


def ogc_client(folder: Path, person: Person = ADMIN) -> OgcClient:
    """Give a client of the small community, whose project is new."""
    project = Project.open(small_project(folder / "small.gpkg"))
    app = create_app(Settings(), project)
    return OgcClient(app, token_for(app, person))


def square(
    corner_deg: tuple[float, float] = SQUARE_DEG, side_deg: float = SIDE_DEG
) -> dict[str, Any]:
    """Draw a square as GeoJSON."""
    west, south = corner_deg
    east, north = round(west + side_deg, 7), round(south + side_deg, 7)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def house(**properties: object) -> dict[str, Any]:
    """Draw a building as GeoJSON."""
    return {"type": "Feature", "geometry": square(), "properties": properties}


def zone(**properties: object) -> dict[str, Any]:
    """Draw a zone as GeoJSON."""
    shape = square(side_deg=0.0005)
    return {"type": "Feature", "geometry": shape, "properties": {"level": "control", **properties}}


def point(lon_deg: float = 114.2995, lat_deg: float = 30.5975) -> dict[str, Any]:
    """Draw a point as GeoJSON."""
    return {"type": "Point", "coordinates": [lon_deg, lat_deg]}


@cache
def _runner() -> asyncio.Runner:
    """Give one loop for all requests; its threads then need not start for each."""
    runner = asyncio.Runner()
    atexit.register(runner.close)
    return runner


def _path(path: str) -> str:
    if path.startswith("http"):
        parts = urlsplit(path)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return f"/ogc{path}"
