"""Two zones side by side in the small community, and a hand that draws on their page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
from shapely import Point, box
from shapely.affinity import translate
from shapely.geometry import shape

from api.store.project import Project
from geo.crs import to_metric, to_wgs84
from tests.support.projects import CORNER_M, METRIC_CRS, small_import

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page
    from shapely.geometry.base import BaseGeometry

WEST = box(90, 60, 200, 150)
EAST = box(200, 60, 340, 150)
SETTLE_MS = 120
PIXEL = """([lon, lat]) => {
  const map = window.map_community;
  const place = map.getContainer().getBoundingClientRect();
  const at = map.latLngToContainerPoint([lat, lon]);
  return [place.left + at.x, place.top + at.y];
}"""


def zoned_project(path: Path) -> Path:
    """Make the small community with the zones west (lockdown) and east (control)."""
    zones = gpd.GeoDataFrame(
        {
            "zone_id": ["west", "east"],
            "name": ["西区", "东区"],
            "level": ["lockdown", "control"],
            "valid_from_at": [pd.Timestamp("2020-03-01T00:00:00Z")] * 2,
            "version": [1, 1],
            "reason": ["两例", "密接"],
        },
        geometry=[translate(zone, *CORNER_M) for zone in (WEST, EAST)],
        crs=METRIC_CRS,
    )
    drawn = small_import()
    imported = replace(drawn, layers={**drawn.layers, "zones": to_wgs84(zones)})
    with Project.build(path, metric_crs=METRIC_CRS, name="Small community") as project:
        project.write([imported])
    return path


def degrees(x: float, y: float) -> list[float]:
    """Give longitude and latitude of a place of the small community, in metres from its corner."""
    place = gpd.GeoDataFrame(geometry=[translate(Point(x, y), *CORNER_M)], crs=METRIC_CRS)
    lon, lat, *_ = to_wgs84(place).total_bounds
    return [float(lon), float(lat)]


def metric(geometry: dict[str, Any]) -> BaseGeometry:
    """Give a GeoJSON geometry in metres from the small community's corner."""
    frame = gpd.GeoDataFrame(geometry=[shape(geometry)], crs="EPSG:4326")
    placed = to_metric(frame, METRIC_CRS).geometry.iloc[0]
    return translate(placed, -CORNER_M[0], -CORNER_M[1])


@dataclass(frozen=True, slots=True)
class Hand:
    """Mouse and finger on the map of the small community, in metres from its corner."""

    page: Page

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """Give where a place is on the screen."""
        across, down = self.page.evaluate(PIXEL, degrees(x, y))
        return float(across), float(down)

    def click(self, x: float, y: float, *, beside_px: float = 0) -> None:
        """Move the mouse there, as a hand does, and click."""
        across, down = self.pixel(x, y)
        self.page.mouse.move(across + beside_px - 3, down + beside_px)
        self.page.mouse.move(across + beside_px, down + beside_px)
        self.page.wait_for_timeout(SETTLE_MS)
        self.page.mouse.click(across + beside_px, down + beside_px)

    def tap(self, x: float, y: float) -> None:
        """Tap with a finger."""
        self.page.touchscreen.tap(*self.pixel(x, y))
        self.page.wait_for_timeout(SETTLE_MS)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag with the mouse, from one place to another."""
        self.page.mouse.move(*self.pixel(*start))
        self.page.mouse.down()
        self.page.mouse.move(*self.pixel(*end), steps=8)
        self.page.wait_for_timeout(SETTLE_MS)
        self.page.mouse.up()
        self.page.wait_for_timeout(SETTLE_MS)

    def choose(self, name: str) -> None:
        """Choose a zone in the list."""
        if self.page.locator(".back-link").count():
            self.page.locator(".back-link").click()
        self.page.locator(".zone-row", has_text=name).click()
        self.page.locator(".zone-title", has_text=name).wait_for()
        self.page.locator(".marker-icon:not(.cursor-marker)").first.wait_for(state="attached")

    def tool(self, name: str) -> None:
        """Take up one of the tools beside the map."""
        self.page.locator(f'[data-tool="{name}"]').click()

    def draw(self, places: list[tuple[float, float]]) -> None:
        """Draw a ring with the mouse."""
        self.tool("draw")
        self.page.locator(".cursor-marker").wait_for(state="attached")
        for place in [*places, places[0]]:
            self.click(*place)

    def save(self, reason: str) -> None:
        """Say why, and save."""
        self.page.locator("#zone-reason").fill(reason)
        self.button("save").click()

    def button(self, key: str) -> Locator:
        """Give a button of the panel."""
        return self.page.locator(f'button[data-focus="{key}"]')
