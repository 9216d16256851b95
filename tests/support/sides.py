"""
Two communities side by side, alike but for their names, to tell who sees which.

Metres from a corner near 114.3° E, 30.6° N. Every id and name of the west holds `QQWEST`, every
one of the east `QQEAST`; the street that joins them belongs to neither::

    y
    400 ┌────────────────┬────────────────┐
        │  premises      │                │
    250 │ house   zone ▒▒│ house   zone ▒▒│
    200 ─── street ──────┼────────────────
        │ site   office  │                │
      0 └────────────────┴────────────────┘
       x=0              400              800
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
from shapely import LineString, Point, box
from shapely.affinity import translate

from api.store.project import Project
from geo.crs import to_wgs84
from geo.io.imported import Imported
from tests.support.projects import CORNER_M, METRIC_CRS

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely.geometry.base import BaseGeometry

WEST, EAST = "QQWEST", "QQEAST"
TOWN = "QQTOWN"
SIDE_M = 400.0
DAY = "2020-03-02"

Rows = list[dict[str, Any]]


def two_sides(path: Path) -> Path:
    """Make the project of both communities at a path where nothing is yet."""
    path.write_bytes(_file())
    return path


def box_of(side: str) -> str:
    """Give a box well within one side, as it stands in an address."""
    west_m = 0.0 if side == WEST else SIDE_M
    return _address(box(west_m + 5, 5, west_m + SIDE_M - 5, SIDE_M - 5))


def box_of_both() -> str:
    """Give a box round everything."""
    return _address(box(-50, -50, 2 * SIDE_M + 50, SIDE_M + 50))


@cache
def _file() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sides.gpkg"
        with Project.build(path, metric_crs=METRIC_CRS, name="Two sides") as project:
            project.write([_both()])
        return path.read_bytes()


def _both() -> Imported:
    layers: dict[str, gpd.GeoDataFrame | pd.DataFrame] = {
        name: _frame([*rows(WEST), *(_moved(row) for row in rows(EAST))])
        for name, rows in _LAYERS.items()
    }
    layers["areas"] = _frame([*_areas(WEST), *(_moved(row) for row in _areas(EAST)), _town()])
    layers["streets"] = _frame(_street())
    layers["reports"] = pd.DataFrame([*_reports(WEST), *_reports(EAST)])
    return Imported("sides", layers, {name: len(rows) for name, rows in layers.items()})


def _frame(rows: Rows) -> gpd.GeoDataFrame:
    shapes = [translate(row["geometry"], *CORNER_M) for row in rows]
    values = pd.DataFrame(rows).drop(columns="geometry")
    return to_wgs84(gpd.GeoDataFrame(values, geometry=shapes, crs=METRIC_CRS))


def _moved(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"geometry": translate(row["geometry"], SIDE_M)}


def _address(shape: BaseGeometry) -> str:
    placed = gpd.GeoDataFrame(geometry=[translate(shape, *CORNER_M)], crs=METRIC_CRS)
    return ",".join(f"{degrees:.7f}" for degrees in to_wgs84(placed).total_bounds)


def _areas(side: str) -> Rows:
    whole = box(0, 0, SIDE_M, SIDE_M)
    community = {"code": side, "parent_code": TOWN, "level": "community", "name": f"{side} place"}
    grid = {"code": f"{side}-1", "parent_code": side, "level": "grid", "name": f"{side} grid"}
    return [community | {"geometry": whole}, grid | {"geometry": box(0, 0, SIDE_M, 200)}]


def _town() -> dict[str, Any]:
    shape = box(0, 0, 2 * SIDE_M, SIDE_M)
    return {"code": TOWN, "parent_code": None, "level": "street", "name": TOWN, "geometry": shape}


def _street() -> Rows:
    line = LineString([(-20, 200), (2 * SIDE_M + 20, 200)])
    values = {"street_id": "s1", "name": "Long street", "is_walkable": True, "is_drivable": True}
    return [values | {"class": "residential", "geometry": line}]


def _one(key: str, shape: BaseGeometry, **values: Any) -> Callable[[str], Rows]:  # noqa: ANN401 (of any column)
    """Give the rows of a layer that has one feature on each side."""
    kind = key.removesuffix("_id")
    return lambda side: [
        {key: f"{side}-{kind}", "name": f"{side} {kind}", **values, "geometry": shape}
    ]


def _buildings(side: str) -> Rows:
    places = {"house": (40.0, 215.0), "edge": (370.0, 215.0), "south": (200.0, 150.0)}
    return [
        {
            "building_id": f"{side}-{name}",
            "name": f"{side} {name}",
            "use": "residential",
            "floors": 3,
            "staircases": 1,
            "households": 6,
            "residents": 15,
            "geometry": box(x, y, x + 20, y + 12),
        }
        for name, (x, y) in places.items()
    ]


def _entrances(side: str) -> Rows:
    values = {"entrance_id": f"{side}-door", "building_id": f"{side}-house"}
    return [values | {"geometry": Point(50, 215)}]


def _premises(side: str) -> Rows:
    coded = {"premises_id": f"{side}-shop", "name": f"{side} shop", "area_code": side}
    plain = {"premises_id": f"{side}-firm", "name": f"{side} firm", "area_code": None}
    return [
        coded | {"category": "retail", "employees": 4, "geometry": Point(100, 300)},
        plain | {"category": "enterprise", "employees": 9, "geometry": Point(120, 300)},
    ]


def _needs(side: str) -> Rows:
    values = {"need_id": f"{side}-need", "kind": "medicine", "cadre_id": f"{side}-cadre"}
    return [values | {"geometry": Point(48, 220)}]


def _zones(side: str) -> Rows:
    values = {"zone_id": f"{side}-zone", "name": f"{side} zone", "level": "control"}
    # Up to the border of the two, so that both sides touch it.
    return [values | {"author": f"{side}-author", "geometry": box(300, 205, SIDE_M, 300)}]


def _reports(side: str) -> Rows:
    return [
        {
            "report_id": f"{side}-{name}",
            "premises_id": f"{side}-{name}",
            "day_on": pd.Timestamp(DAY),
            "is_open": True,
            "staff_back": staff,
        }
        for name, staff in (("shop", 3), ("firm", 8))
    ]


_LAYERS: dict[str, Callable[[str], Rows]] = {
    "buildings": _buildings,
    "entrances": _entrances,
    "barriers": _one("barrier_id", LineString([(30, 350), (90, 350)]), kind="wall"),
    "gates": _one("gate_id", Point(60, 350), state="closed"),
    "checkpoints": _one("checkpoint_id", Point(390, 201), status="active"),
    "sampling_sites": _one("site_id", Point(60, 195), status="active", capacity=500),
    "zones": _zones,
    "premises": _premises,
    "blocks": lambda side: [
        {"block_id": f"{side}-block", "name": f"{side} block", "geometry": box(0, 200, 400, 400)}
    ],
    "needs": _needs,
    "offices": _one("office_id", Point(200, 195)),
}
