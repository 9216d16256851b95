"""A small community drawn by hand, and a project that holds it in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
from shapely import LineString, Point, Polygon, box

from api.store.cells import plain_values
from api.store.edits import StoredFeature, UnknownFeatureError, etag_of
from geo.crs import to_wgs84
from geo.errors import UnknownLayerError
from geo.layers import LAYERS
from geo.schema import Kind
from tests.support.people import own_accounts

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from shapely.geometry.base import BaseGeometry

    from api.store.accounts import Accounts
    from api.store.edits import Version

METRIC = "EPSG:32650"
WEST_M, SOUTH_M = 500_000.0, 4_400_000.0
FIRST_DAY = date(2020, 3, 24)
LAST_DAY = date(2020, 3, 25)
HOSTILE = "</script><img src=x onerror=alert(1)>"
DTYPES = {
    Kind.TEXT: "str",
    Kind.INTEGER: "Int64",
    Kind.NUMBER: "float64",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "datetime64[us]",
    Kind.DATETIME: "datetime64[us, UTC]",
}


@dataclass
class MemoryProject:
    """
    A project whose rows are given, not stored.

    Parameters
    ----------
    rows
        By layer: rows with declared columns, and `geometry` in metres.
    revision
        Raise it as an import would.
    """

    rows: dict[str, list[dict[str, object]]]
    name: str = "drawn"
    metric_crs: str = METRIC
    revision: int = 1
    sources: tuple[str, ...] = ("Drawn by hand",)
    reads: list[str] = field(default_factory=list)

    @cached_property
    def accounts(self) -> Accounts:
        """Nobody, at first."""
        return own_accounts()

    @property
    def state(self) -> str:
        """Differs after any change."""
        return str(self.revision)

    def read(
        self, layer_name: str, *, bbox: tuple[float, float, float, float] | None = None
    ) -> gpd.GeoDataFrame:
        """Read a layer in the metric CRS."""
        self.reads.append(layer_name)
        shapes: list[BaseGeometry] = [row["geometry"] for row in self._rows(layer_name)]  # type: ignore[misc]  # rows are drawn with shapes
        frame = gpd.GeoDataFrame(self.read_table(layer_name), geometry=shapes, crs=METRIC)
        if bbox is None:
            return frame
        return frame[to_wgs84(frame).intersects(box(*bbox))].reset_index(drop=True)

    def read_rows(self, layer_name: str) -> gpd.GeoDataFrame:
        """Read a layer in WGS 84; rows are numbered from 1."""
        rows = to_wgs84(self.read(layer_name))
        return rows.set_index(pd.RangeIndex(1, len(rows) + 1))

    def layer_state(self, layer_name: str) -> str:
        """Differs after any change."""
        del layer_name
        return self.state

    def state_of(self, layer_names: Collection[str]) -> str:
        """Differs after any change."""
        del layer_names
        return self.state

    def edited_keys(self, layer_name: str, since: str, until: str) -> None:
        """Tell nothing: rows are given, not edited."""

    def read_table(self, table_name: str) -> pd.DataFrame:
        """Read the declared columns of a layer."""
        rows = self._rows(table_name)
        return pd.DataFrame(
            {
                column.name: pd.Series(
                    [row.get(column.name) for row in rows], dtype=DTYPES[column.kind]
                )
                for column in LAYERS[table_name].columns
            }
        )

    def count(self, layer_name: str) -> int:
        """How many rows a layer has."""
        return len(self._rows(layer_name))

    def attributions(self) -> tuple[str, ...]:
        """Name sources and licences."""
        return self.sources

    def feature(self, layer_name: str, key: str) -> StoredFeature:
        """Read one feature, in WGS 84."""
        layer = LAYERS[layer_name]
        keys = [row[layer.key] for row in self._rows(layer_name)]
        if key not in keys:
            raise UnknownFeatureError(key)
        place = keys.index(key)
        values = plain_values(layer, self._rows(layer_name)[place])
        shape = to_wgs84(self.read(layer_name)).geometry.iloc[place]
        return StoredFeature(layer_name, key, place + 1, values, shape, etag_of(values, shape))

    def features(self, layer_name: str) -> list[StoredFeature]:
        """Read every feature of a layer, in WGS 84."""
        layer = LAYERS[layer_name]
        return [self.feature(layer_name, str(row[layer.key])) for row in self._rows(layer_name)]

    def versions(self, layer_name: str, key: str) -> list[Version]:
        """Nothing is edited here."""
        del layer_name, key
        return []

    def changes_since(
        self, seq: int, *, layers: Collection[str] | None = None, limit: int = 1_000
    ) -> list[Version]:
        """Nothing is edited here."""
        del seq, layers, limit
        return []

    def last_seq(self) -> int:
        """Nothing is edited here."""
        return 0

    def as_known_at(self, layer_name: str, at: datetime) -> gpd.GeoDataFrame:
        """All rows were always known."""
        del at
        return self.read(layer_name)

    def _rows(self, name: str) -> list[dict[str, object]]:
        if name not in LAYERS:
            raise UnknownLayerError(name)
        return self.rows.get(name, [])


def drawn_community() -> MemoryProject:
    """
    Draw a straight street with six houses, a site at its west end, an office in the middle.

    ::

        H1   H2   H3   H4 | H5   H6      12 m north of the street, from 100 m on, 300 m apart
        S------------O-----------------  2,000 m, the areas W and E meet at the office

    H1 to H4 are within 1,080 m (15 minutes) of the site; 10 people live in each house.
    """
    houses = [_house(number) for number in range(6)]
    return MemoryProject(
        rows={
            "areas": [
                _area("W", "West side", 0, 1_000),
                _area("E", "East side", 1_000, 2_000),
            ],
            "buildings": houses,
            "streets": [
                {
                    "street_id": "T1",
                    "name": "Long street",
                    "is_walkable": True,
                    "geometry": LineString([place(0, 0), place(2_000, 0)]),
                }
            ],
            "sampling_sites": [
                {"site_id": "S1", "name": "Site", "status": "active", "geometry": place(0, 0)}
            ],
            "checkpoints": [
                {"checkpoint_id": "C1", "name": "East gate", "geometry": place(2_000, 0)}
            ],
            "offices": [{"office_id": "O1", "name": "Office", "geometry": place(1_000, 0)}],
            "needs": [
                {
                    "need_id": "N1",
                    "kind": "medicine",
                    "cadre_id": "secret",
                    "geometry": place(10, 20),
                }
            ],
            "premises": [
                _premises("P1", "catering", "Noodles", 200),
                _premises("P2", "enterprise", HOSTILE, 1_400),
            ],
            "reports": [
                _report("P1", FIRST_DAY, is_open=False, staff_back=0),
                _report("P2", FIRST_DAY, is_open=True, staff_back=5),
                _report("P1", LAST_DAY, is_open=True, staff_back=3),
            ],
        }
    )


def place(east_m: float, north_m: float) -> Point:
    """Give a place by its metres east and north of the site."""
    return Point(WEST_M + east_m, SOUTH_M + north_m)


def place_deg(east_m: float, north_m: float) -> tuple[float, float]:
    """Give the same place as longitude and latitude."""
    frame = to_wgs84(gpd.GeoDataFrame(geometry=[place(east_m, north_m)], crs=METRIC))
    lon_deg, lat_deg, *_ = frame.total_bounds
    return float(lon_deg), float(lat_deg)


def _house(number: int) -> dict[str, object]:
    east_m = 300.0 * number + 100
    return {
        "building_id": f"H{number + 1}",
        "name": HOSTILE if number == 0 else f"House {number + 1}",
        "use": "residential",
        "floors": 6,
        "households": 4,
        "residents": 10,
        "geometry": _square(east_m, 12, 20),
    }


def _square(east_m: float, north_m: float, side_m: float) -> Polygon:
    west, south = WEST_M + east_m, SOUTH_M + north_m
    return box(west, south, west + side_m, south + side_m)


def _area(code: str, name: str, from_m: float, to_m: float) -> dict[str, object]:
    return {
        "code": code,
        "level": "community",
        "name": name,
        "geometry": box(WEST_M + from_m, SOUTH_M - 500, WEST_M + to_m, SOUTH_M + 500),
    }


def _premises(key: str, category: str, name: str, east_m: float) -> dict[str, object]:
    return {
        "premises_id": key,
        "category": category,
        "name": name,
        "employees": 8,
        "geometry": place(east_m, -10),
    }


def _report(key: str, day: date, *, is_open: bool, staff_back: int) -> dict[str, object]:
    return {
        "report_id": f"{key}-{day}",
        "premises_id": key,
        "day_on": pd.Timestamp(day),
        "is_open": is_open,
        "staff_back": staff_back,
    }
