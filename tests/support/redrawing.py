"""
A street of houses under control, drawn to be redrawn.

Metres from the corner of `tests.support.communities`; the areas W and E meet at x = 200::

    y
    80   ┌───── z1 control ─────┐   │ Lane            ┌─ z2 ─┐
    60   │    S0                │   │        S1       │      │
    20   │  H0        H1        │ H2│     H3       H4 │  H5  │
     0  ─┼──────────────────────┼─G0┼─────────────────┼──────┼──  Long street
   -10   └──────────────────────┘   │                 └──────┘
        0  20         80       100  170  200     260    310  350
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
from shapely import LineString, Point, box
from shapely.affinity import translate

from api.services.rights import Person, Role
from api.store.edits import Edit, EditKind
from geo.crs import to_wgs84
from tests.support.communities import METRIC, SOUTH_M, WEST_M, MemoryProject

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

NOW = datetime(2020, 3, 25, 8, tzinfo=UTC)
Z1 = box(0, -10, 100, 80)
Z2 = box(310, -10, 350, 80)
COORDINATOR = Person("li", Role.COORDINATOR, None)
WEST_COORDINATOR = Person("wang", Role.COORDINATOR, frozenset({"W"}))
VIEWER = Person("guest", Role.VIEWER, None)


def there(shape: BaseGeometry) -> BaseGeometry:
    """Put a drawn shape where the project lies, in metres."""
    moved: BaseGeometry = translate(shape, WEST_M, SOUTH_M)
    return moved


def degrees(shape: BaseGeometry) -> BaseGeometry:
    """Give a drawn shape in WGS 84."""
    return to_wgs84(gpd.GeoDataFrame(geometry=[there(shape)], crs=METRIC)).geometry.iloc[0]


def redrawn(key: str, shape: BaseGeometry | None, level: str = "control", **values: object) -> Edit:
    """Give an edit that makes a zone so."""
    geometry = None if shape is None else degrees(shape)
    return Edit(EditKind.REPLACE, "zones", key, {"level": level, **values}, geometry)


def drawn_anew(key: str, shape: BaseGeometry, level: str = "control", **values: object) -> Edit:
    """Give an edit that creates a zone."""
    return Edit(EditKind.CREATE, "zones", key, {"level": level, **values}, degrees(shape))


def deleted(key: str) -> Edit:
    """Give an edit that deletes a zone."""
    return Edit(EditKind.DELETE, "zones", key)


def street_under_control() -> MemoryProject:
    """Draw the street."""
    rows: dict[str, list[dict[str, Any]]] = {
        "areas": [
            _area("W", box(-200, -200, 200, 300)),
            _area("E", box(200, -200, 700, 300)),
        ],
        "buildings": [_house(number) for number in range(6)],
        "streets": [
            _street("T1", "Long street", LineString([(-150, 0), (600, 0)])),
            _street("T2", "Lane", LineString([(170, -150), (170, 150)])),
        ],
        "gates": [{"gate_id": "G0", "name": "Gate", "state": "open", "geometry": Point(110, 0)}],
        "sampling_sites": [
            {"site_id": f"S{number}", "name": None, "geometry": Point(50 + 200 * number, 60)}
            for number in range(2)
        ],
        "offices": [{"office_id": "O", "name": "Office", "geometry": Point(60, 5)}],
        "blocks": [
            {"block_id": "B1", "cadre_id": "zhao", "geometry": box(0, 0, 180, 90)},
            {"block_id": "B2", "name": "East", "geometry": box(180, 0, 500, 90)},
        ],
        "zones": [
            {"zone_id": "z1", "level": "control", "geometry": Z1},
            {"zone_id": "z2", "level": "precaution", "geometry": Z2},
        ],
    }
    for layer in rows.values():
        for row in layer:
            row["geometry"] = there(row["geometry"])
    return MemoryProject(rows=rows)


def _area(code: str, shape: BaseGeometry) -> dict[str, Any]:
    return {"code": code, "level": "community", "name": code, "geometry": shape}


def _street(key: str, name: str, line: LineString) -> dict[str, Any]:
    return {"street_id": key, "name": name, "is_walkable": True, "geometry": line}


def _house(number: int) -> dict[str, Any]:
    west = 20 + 60 * number
    return {
        "building_id": f"H{number}",
        "name": None if number == 2 else f"House {number}",
        "number": str(number),
        "use": "residential",
        "floors": 2,
        "households": 4 + number,
        "residents": None if number == 5 else 10 + number,
        "geometry": box(west, 20, west + 20, 40),
    }
