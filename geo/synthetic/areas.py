"""Areas of the made-up community, from a province down to its four grids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from shapely import Polygon, box

from geo.layers import AREAS
from geo.synthetic.ground import MADE_UP, as_layer, places_of

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely import Point

COMMUNITY_CODE = "990101001001"
COMMUNITY = "0,0 338,0 704,0 704,180 704,422.7 704,522 0,522 0,421.7 0,184"
"""With every vertex of its grids, so that borders meet exactly."""
MIDDLE_ROAD = "22,184 186,188 340,190 506,186 680,180"
RAILWAY = (
    "40,416.5 100,409.3 160,403.7 220,399.6 280,397 340,396 400,396.5 "
    "460,398.6 520,402.1 580,407.2 640,413.9"
)
GRIDS = (
    ("01", "第一网格", "0,0 338,0 338,22 340,190 186,188 22,184 0,184"),
    ("02", "第二网格", "338,0 704,0 704,180 680,180 506,186 340,190 338,22"),
    (
        "03",
        "第三网格",
        f"0,184 {MIDDLE_ROAD} 704,180 704,422.7 {' '.join(RAILWAY.split()[::-1])} 0,421.7",
    ),
    ("04", "第四网格", f"0,421.7 {RAILWAY} 704,422.7 704,522 0,522"),
)
"""Two on either side of the pedestrian street, one up to the railway, one behind it."""
UPPER_AREAS = (
    ("99", "", "province", "省", 2400.0),
    ("9901", "99", "city", "市", 1200.0),
    ("990101", "9901", "district", "区", 600.0),
    ("990101001", "990101", "street", "街道", 250.0),
)
"""Code (no real one begins with 99), parent, level, name, metres beyond the community."""


def areas() -> gpd.GeoDataFrame:
    """Give the areas in WGS 84."""
    community = _polygon(COMMUNITY)
    rows = [
        *((code, parent, level, name) for code, parent, level, name, _ in UPPER_AREAS),
        (COMMUNITY_CODE, UPPER_AREAS[-1][0], "community", "社区"),
        *((COMMUNITY_CODE + end, COMMUNITY_CODE, "grid", name) for end, name, _ in GRIDS),
    ]
    shapes = [
        *(box(*community.buffer(beyond_m).bounds) for *_, beyond_m in UPPER_AREAS),
        community,
        *(_polygon(places) for *_, places in GRIDS),
    ]
    frame = pd.DataFrame(rows, columns=list(AREAS.column_names))
    frame["parent_code"] = frame["parent_code"].where(frame["parent_code"] != "", None)
    return as_layer(AREAS, frame.assign(name=MADE_UP + frame["name"]), shapes)


def grid_of(place: Point) -> str:
    """Name the grid that holds a place of the drawing."""
    end = next(end for end, _, places in GRIDS if _polygon(places).covers(place))
    return COMMUNITY_CODE + end


def _polygon(places: str) -> Polygon:
    return Polygon(places_of(places.split()))
