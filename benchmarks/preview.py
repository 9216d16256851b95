"""
Previews of changed control zones, in towns of several sizes.

The town is that of `benchmarks.sweep`, with a zone over its middle third, and a lockdown zone
within that. A border is dragged by a few metres each time, as a hand does it; so every preview
is of a shape that nobody has seen before. `first` reads the project and prepares streets and
zones; the others are told as median and slowest. Milliseconds of CPU of this process.

Run with `python -m benchmarks.preview`.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from api.services.rights import OPERATOR
from api.services.workspace import Workspace
from api.services.zone_preview import PreviewRules, preview, preview_document
from api.store.edits import Edit, EditKind
from api.store.project import Project
from benchmarks.sweep import CRS, make_town
from geo.crs import to_wgs84
from geo.io.imported import Imported

if TYPE_CHECKING:
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

SIZES = (500, 2_000, 6_000)
REPEATS = 12
DRAG_M = 7.0
RULES = PreviewRules(datetime(2020, 3, 25, 8, tzinfo=UTC))
LEVELS = {"z1": "control", "z2": "lockdown"}


def build(path: Path, count: int) -> dict[str, BaseGeometry]:
    """Store a town of so many buildings, and give its zones, metric."""
    town = make_town(count)
    west, south, east, north = town.buildings.total_bounds
    wide, high = (east - west) / 3, (north - south) / 3
    zones: dict[str, BaseGeometry] = {
        "z1": shapely.box(west + wide, south + high, east - wide, north - high),
        "z2": shapely.box(
            west + 1.3 * wide, south + 1.3 * high, west + 1.7 * wide, south + 1.7 * high
        ),
    }
    frame = gpd.GeoDataFrame(
        {"zone_id": list(zones), "level": [LEVELS[key] for key in zones]},
        geometry=list(zones.values()),
        crs=CRS,
    )
    streets = town.streets.assign(is_walkable=True)
    if "street_id" not in streets:
        streets = streets.assign(street_id=[f"s{row}" for row in range(len(streets))])
    layers = {"buildings": town.buildings, "streets": streets, "zones": frame}
    with Project.build(path, metric_crs=CRS, name="Town") as project:
        wgs84: dict[str, gpd.GeoDataFrame | pd.DataFrame] = {
            name: to_wgs84(layer) for name, layer in layers.items()
        }
        seen = {name: len(layer) for name, layer in wgs84.items()}
        project.write([Imported("town", wgs84, seen, attribution="Made up")])
    return zones


def dragged(zone: BaseGeometry, by_m: float) -> BaseGeometry:
    """Move the eastern border of a zone."""
    xy = shapely.get_coordinates(zone)
    xy[xy[:, 0] == xy[:, 0].max(), 0] += by_m
    moved = gpd.GeoDataFrame(geometry=[shapely.Polygon(xy)], crs=CRS)
    return to_wgs84(moved).geometry.iloc[0]


def compare(path: Path, count: int) -> None:
    """Print one line for a size."""
    zones = build(path, count)
    with Project.open(path) as project:
        workspace, took_ms = Workspace(project), []
        for repeat in range(REPEATS):
            shape = dragged(zones["z1"], DRAG_M * (repeat + 1))
            edit = Edit(EditKind.REPLACE, "zones", "z1", {"level": "control"}, shape)
            begun = time.process_time()
            told = preview(workspace, OPERATOR, [edit], RULES)
            preview_document(workspace, told, str)
            took_ms.append((time.process_time() - begun) * 1_000)
    first, *others = took_ms
    openings = len(told.openings.openings)
    print(
        f"{count:6} buildings, {told.buildings.now:5} held, {openings:4} openings"
        f"   first {first:8.0f} ms   then median {np.median(others):6.0f} ms"
        f"   slowest {max(others):6.0f} ms"
    )


def main() -> None:
    """Compare at every size."""
    with TemporaryDirectory() as folder:
        for count in SIZES:
            compare(Path(folder) / f"town-{count}.gpkg", count)


if __name__ == "__main__":
    main()
