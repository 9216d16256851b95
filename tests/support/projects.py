"""
A small community as a project file.

Metres from a corner near 114.3° E, 30.6° N; every street is walkable, the gate in the wall is
closed, so b4 is reached only round the north, and b6 stands on an island::

    y
    310                                                        b6 ─── s5
    200        ┌──── s4 ────┐
               │ b5         │
    100        s2  b3       s3 b4
     50        │         ═══╪═══  wall, closed gate
      0  ── b1 ┴ b2 ── s1 ──┴────────
         x=0   100          300     400     500
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
from shapely import LineString, Point, Polygon, box
from shapely.affinity import translate

from api.store.project import Project
from geo.crs import to_wgs84
from geo.io.imported import Imported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

METRIC_CRS = "EPSG:32650"
CORNER_M = (241_000.0, 3_388_000.0)
SOURCE = "small"
ATTRIBUTION = "Drawn for tests"


def small_project(path: Path) -> Path:
    """Make the small community's project at a path where nothing is yet."""
    path.write_bytes(_small_file())
    return path


@cache
def _small_file() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "small.gpkg"
        with Project.build(path, metric_crs=METRIC_CRS, name="Small community") as project:
            project.write([small_import()])
        return path.read_bytes()


def small_import() -> Imported:
    """Give the small community as if it had been read from a file."""
    layers: dict[str, gpd.GeoDataFrame | pd.DataFrame] = {
        name: to_wgs84(layer) for name, layer in small_layers().items()
    }
    layers["reports"] = small_reports()
    seen = {name: len(layer) for name, layer in layers.items()}
    return Imported(SOURCE, layers, seen, attribution=ATTRIBUTION)


def small_layers() -> dict[str, gpd.GeoDataFrame]:
    """Give every layer with geometry, in the metric CRS."""
    return {
        "areas": _areas(),
        "buildings": _buildings(),
        "entrances": _entrances(),
        "streets": _streets(),
        "barriers": _frame([LineString([(250, 50), (350, 50)])], barrier_id=["w1"], kind=["wall"]),
        "gates": _frame([Point(300, 50)], gate_id=["g1"], name=["东门"], state=["closed"]),
        "checkpoints": _checkpoints(),
        "sampling_sites": _sites(),
        "zones": _zones(),
        "premises": _premises(),
        "offices": _frame([Point(100, 5)], office_id=["o1"], name=["居委会"]),
    }


def small_reports() -> pd.DataFrame:
    """Give two days of reopening reports; on the second, the eatery is open too."""
    return pd.DataFrame(
        {
            "report_id": ["r1", "r2", "r3", "r4", "r5"],
            "premises_id": ["p1", "p2", "p3", "p1", "p2"],
            "day_on": pd.to_datetime(["2020-03-01"] * 3 + ["2020-03-02"] * 2),
            "is_open": [False, True, True, True, True],
            "staff_back": [0, 20, 2, 3, 25],
        }
    )


def _frame(shapes: Sequence[BaseGeometry], **columns: Sequence[object]) -> gpd.GeoDataFrame:
    placed = [translate(shape, *CORNER_M) for shape in shapes]
    return gpd.GeoDataFrame(columns, geometry=placed, crs=METRIC_CRS)


def _house(x: float, y: float) -> Polygon:
    return box(x, y, x + 20, y + 12)


def _areas() -> gpd.GeoDataFrame:
    return _frame(
        [box(-50, -50, 650, 350), box(-50, -50, 200, 350), box(200, -50, 650, 350)],
        code=["c1", "c1-1", "c1-2"],
        parent_code=[None, "c1", "c1"],
        level=["community", "grid", "grid"],
        name=["小社区", "一网格", "二网格"],
    )


def _buildings() -> gpd.GeoDataFrame:
    count = 6
    estimated: dict[str, Sequence[Any]] = {
        f"{column}_are_estimated": [False] * (count - 1) + [True]
        for column in ("floors", "households", "residents")
    }
    return _frame(
        [
            _house(20, 10),
            _house(120, 10),
            _house(110, 80),
            _house(310, 100),
            _house(150, 180),
            _house(540, 310),
        ],
        building_id=["b1", "b2", "b3", "b4", "b5", "b6"],
        name=["1号楼", "2号楼", "3号楼", "4号楼", "综合楼", "6号楼"],
        area_code=["c1-1", "c1-1", "c1-1", "c1-2", "c1-1", "c1-2"],
        use=["residential", "residential", "residential", "residential", "mixed", "residential"],
        floors=[6, 6, 18, 6, 3, 2],
        staircases=[2, 2, 1, 2, None, None],
        households=[24, 24, 72, 24, 4, 2],
        residents=[60, 62, 190, 55, 9, 5],
        has_property_management=[False, False, True, False, None, None],
        has_lift=[False, False, True, False, False, None],
        **estimated,
    )


def _entrances() -> gpd.GeoDataFrame:
    return _frame(
        [Point(30, 10), Point(310, 106)], entrance_id=["e1", "e2"], building_id=["b1", "b4"]
    )


def _streets() -> gpd.GeoDataFrame:
    count = 5
    return _frame(
        [
            LineString([(0, 0), (100, 0), (300, 0), (400, 0)]),
            LineString([(100, 0), (100, 200)]),
            LineString([(300, 0), (300, 200)]),
            LineString([(100, 200), (300, 200)]),
            LineString([(500, 300), (600, 300)]),
        ],
        street_id=["s1", "s2", "s3", "s4", "s5"],
        name=["解放街", "北巷", "东巷", "横巷", "河心路"],
        **{"class": ["residential", "service", "service", "footway", "residential"]},
        is_walkable=[True] * count,
        is_drivable=[True, True, True, False, True],
        level=[0] * count,
    )


def _checkpoints() -> gpd.GeoDataFrame:
    return _frame(
        [Point(0, 3)],
        checkpoint_id=["k1"],
        name=["西口"],
        kind=["road"],
        status=["active"],
        staff=[2],
    )


def _sites() -> gpd.GeoDataFrame:
    return _frame(
        [Point(60, 5), Point(200, 195)],
        site_id=["t1", "t2"],
        name=["广场采样点", "北采样点"],
        status=["active", "closed"],
        tables=[2, 1],
        people_per_hour=[60, 60],
        capacity=[300, 100],
    )


def _zones() -> gpd.GeoDataFrame:
    return _frame(
        [box(290, 90, 340, 120)],
        zone_id=["z1"],
        name=["4号楼"],
        level=["lockdown"],
        valid_from_at=[pd.Timestamp("2020-03-01T00:00:00Z")],
        version=[1],
        reason=["两例"],
    )


def _premises() -> gpd.GeoDataFrame:
    return _frame(
        [Point(130, 16), Point(160, 186), Point(200, 3)],
        premises_id=["p1", "p2", "p3"],
        name=["面馆", "机电公司", "小超市"],
        category=["catering", "enterprise", "retail"],
        employees=[3, 40, 2],
        building_id=["b2", "b5", None],
        area_code=["c1-1", "c1-1", "c1-2"],
    )
