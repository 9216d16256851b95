"""Control zones of the small community, as clients send and read them."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from shapely import Polygon, box
from shapely.affinity import translate
from shapely.geometry import shape

from api.main import create_app
from api.services.rights import Person, Role
from api.settings import Settings
from api.store.project import Project
from geo.crs import to_metric, to_wgs84
from tests.support.http import Client
from tests.support.people import token_for
from tests.support.projects import CORNER_M, METRIC_CRS, small_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from fastapi import FastAPI
    from shapely.geometry.base import BaseGeometry

DECIMALS = 7
WHY = "新增一例"
EVERYWHERE = Person("qian", Role.COORDINATOR, None)
WEST = Person("zhao", Role.COORDINATOR, frozenset({"c1-1"}))
EAST = Person("sun", Role.COORDINATOR, frozenset({"c1-2"}))
WEST_VIEWER = Person("li", Role.VIEWER, frozenset({"c1-1"}))
VIEWER = Person("zhou", Role.VIEWER, None)


@contextmanager
def zone_service(folder: Path, *, settings: Settings | None = None) -> Iterator[FastAPI]:
    """Serve a fresh file of the small community."""
    with served_project(small_project(folder / "zones.gpkg"), settings) as app:
        yield app


@contextmanager
def served_project(location: Path | str, settings: Settings | None = None) -> Iterator[FastAPI]:
    """Serve a project, whatever it is kept in."""
    with Project.open(location) as project:
        yield create_app(settings or Settings(), project)


def client_of(app: FastAPI, person: Person) -> Client:
    """Give a client of somebody."""
    return Client(app, token=token_for(app, person))


def ground(drawn: BaseGeometry) -> dict[str, Any]:
    """Give a shape, drawn in metres from the community's corner, as the service writes it."""
    frame = gpd.GeoDataFrame(geometry=[translate(drawn, *CORNER_M)], crs=METRIC_CRS)
    (place,) = to_wgs84(frame).geometry
    rounded = shapely.transform(place, lambda degrees: np.round(degrees, DECIMALS))
    geometry: dict[str, Any] = json.loads(shapely.to_geojson(shapely.orient_polygons(rounded)))
    return geometry


def drawn(geometry: dict[str, Any]) -> BaseGeometry:
    """Give GeoJSON in metres from the community's corner."""
    frame = gpd.GeoDataFrame(geometry=[shape(geometry)], crs="EPSG:4326")
    west_m, south_m = CORNER_M
    return translate(to_metric(frame, METRIC_CRS).geometry.iloc[0], -west_m, -south_m)


def house(x: float, y: float, *, size: float = 40) -> Polygon:
    """Give a square, in metres from the community's corner."""
    return box(x, y, x + size, y + size)


def zone(drawn: BaseGeometry, *, key: str | None = None, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Give a zone to be sent, locked down unless the values say otherwise."""
    named = {} if key is None else {"id": key}
    properties = {"level": "lockdown"} | values
    return {"type": "Feature", **named, "geometry": ground(drawn), "properties": properties}


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """Give the problem document of an answer that has this status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    return document
