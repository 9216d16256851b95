"""Outlines and doors of the made-up buildings."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pandas as pd
import shapely
from shapely import Point, Polygon
from shapely.affinity import rotate, scale, translate

from geo.layers import BUILDINGS, ENTRANCES
from geo.synthetic.areas import grid_of
from geo.synthetic.ground import as_layer, numbered
from geo.synthetic.houses import HOUSES

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.synthetic.houses import House

OUTLINES = {
    "slab": Polygon([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]),
    "ell": Polygon([(-0.5, -0.5), (0.5, -0.5), (0.5, 0), (-0.1, 0), (-0.1, 0.5), (-0.5, 0.5)]),
    "court": Polygon(
        [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)],
        [[(-0.18, -0.2), (0.18, -0.2), (0.18, 0.16), (-0.18, 0.16)]],
    ),
    "tower": Polygon(
        [
            (-0.5, -0.22), (-0.22, -0.22), (-0.22, -0.5), (0.22, -0.5), (0.22, -0.22), (0.5, -0.22),
            (0.5, 0.22), (0.22, 0.22), (0.22, 0.5), (-0.22, 0.5), (-0.22, 0.22), (-0.5, 0.22),
        ]
    ),
    "notched": Polygon(
        [
            (-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (0.2, 0.5), (0.2, 0.34), (-0.2, 0.34),
            (-0.2, 0.5), (-0.5, 0.5),
        ]
    ),
    "station": Polygon(
        [
            (-0.5, -0.3), (-0.16, -0.3), (-0.16, -0.5), (0.16, -0.5), (0.16, -0.3), (0.5, -0.3),
            (0.5, 0.5), (-0.5, 0.5),
        ]
    ),
}  # fmt: skip
"""Counter-clockwise, one wide and one deep, the front to the south."""
SIDES = {"N": (0.0, 1.0), "E": (1.0, 0.0), "S": (0.0, -1.0), "W": (-1.0, 0.0)}
Shape = TypeVar("Shape", Point, Polygon)


def buildings() -> gpd.GeoDataFrame:
    """Give the buildings in WGS 84, without households and residents."""
    rows = pd.DataFrame(HOUSES)
    missing = rows["staircases"].where(rows["staircases"] > 0).astype("Int64")
    columns = pd.DataFrame(
        {
            "building_id": numbered("B", len(rows)),
            "name": rows["name"],
            "number": _numbers(rows["street_name"]),
            "street_name": rows["street_name"],
            "area_code": [grid_of(Point(house.x_m, house.y_m)) for house in HOUSES],
            "use": rows["use"],
            "floors": rows["floors"].astype("Int64"),
            "staircases": missing,
            "has_property_management": rows["has_management"],
            "has_lift": rows["has_lift"],
            "floors_are_estimated": False,
            "households_are_estimated": False,
            "residents_are_estimated": False,
        }
    )
    return as_layer(BUILDINGS, columns, [outline(house) for house in HOUSES])


def entrances() -> gpd.GeoDataFrame:
    """Give the doors in WGS 84: one a staircase, else one a building with mapped doors."""
    owned = [
        (key, name, door)
        for key, house in zip(numbered("B", len(HOUSES)), HOUSES, strict=True)
        for name, door in doors(house)
    ]
    rows = pd.DataFrame([owner[:2] for owner in owned], columns=["building_id", "name"])
    rows["entrance_id"] = numbered("E", len(rows), digits=3)
    return as_layer(ENTRANCES, rows, [door for _, _, door in owned])


def outline(house: House) -> Polygon:
    """Give a building's outline, in metres of the drawing."""
    shape = scale(OUTLINES[house.outline], house.width_m, house.depth_m, origin=(0, 0))
    return _placed(shape, house)


def doors(house: House) -> list[tuple[str, Point]]:
    """Give names and places of a building's doors, each on its outline."""
    if not house.doors:
        return []
    count = max(house.staircases, 1)
    names = [f"{number}单元" for number in range(1, count + 1)] if house.staircases else ["正门"]
    return [(name, _door(house, (place + 0.5) / count)) for place, name in enumerate(names)]


def _door(house: House, share: float) -> Point:
    """Place a door a share of the way along its side, set back where the side is."""
    across, up = SIDES[house.doors]
    along = share - 0.5
    far = (house.width_m * (across or along), house.depth_m * (up or along))
    ray = shapely.LineString([(far[0] * abs(up), far[1] * abs(across)), far])
    wall = OUTLINES[house.outline].exterior
    scaled = scale(wall, house.width_m, house.depth_m, origin=(0, 0))
    hit = shapely.intersection(ray, scaled)
    door = max(
        shapely.get_coordinates(hit).tolist(), key=lambda xy: abs(xy[0] * across + xy[1] * up)
    )
    return _placed(Point(door), house)


def _placed(shape: Shape, house: House) -> Shape:
    return translate(rotate(shape, house.turn_deg, origin=(0, 0)), house.x_m, house.y_m)


def _numbers(streets: pd.Series) -> pd.Series:
    return (streets.groupby(streets).cumcount() + 1).map("{}号".format)
