"""Areas of the made-up community, and what was set up there against the epidemic."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
from shapely import Point, Polygon, box

from geo.layers import AREAS, CHECKPOINTS, NEEDS, OFFICES, SAMPLING_SITES, ZONES
from geo.synthetic.ground import as_layer
from geo.synthetic.ways import numbered

if TYPE_CHECKING:
    import geopandas as gpd

COMMUNITY_CODE = "990101001001"
COMMUNITY_NAME = "示例社区"
MIDDLE_ROAD = ((22, 184), (186, 188), (340, 190), (506, 186), (680, 180))
GRIDS = {
    "99010100100101": Polygon([(0, 0), (338, 0), (338, 22), (340, 190), (186, 188), (22, 184), (0, 184)]),
    "99010100100102": Polygon([(338, 0), (704, 0), (704, 180), (680, 180), (506, 186), (340, 190), (338, 22)]),
    "99010100100103": Polygon([(0, 184), (22, 184), (186, 188), (340, 190), (506, 186), (680, 180), (704, 180), (704, 422.7), (640, 413.9), (580, 407.2), (520, 402.1), (460, 398.6), (400, 396.5), (340, 396), (280, 397), (220, 399.6), (160, 403.7), (100, 409.3), (40, 416.5), (0, 421.7)]),
    "99010100100104": Polygon([(0, 421.7), (40, 416.5), (100, 409.3), (160, 403.7), (220, 399.6), (280, 397), (340, 396), (400, 396.5), (460, 398.6), (520, 402.1), (580, 407.2), (640, 413.9), (704, 422.7), (704, 522), (0, 522)]),
}  # fmt: skip
"""In metres of the drawing; they share their borders vertex by vertex."""
GRID_NAMES = ("示例第一网格", "示例第二网格", "示例第三网格", "示例第四网格")
UPPER_AREAS = (
    ("99", "", "province", "示例省", 2400.0),
    ("9901", "99", "city", "示例市", 1200.0),
    ("990101", "9901", "district", "示例区", 600.0),
    ("990101001", "990101", "street", "示例街道", 250.0),
)
"""Code, parent, level, name, and by how many metres the area reaches beyond the community."""


class Site(NamedTuple):
    """One sampling site; `hours_a_round` is how long `hours` lasts."""

    name: str
    place: tuple[float, float]
    tables: int
    people_per_hour: int
    hours: str
    hours_a_round: int


class Post(NamedTuple):
    """One checkpoint."""

    name: str
    place: tuple[float, float]
    kind: str
    status: str
    hours: str
    staff: int


SITES = (
    Site("示例采样点一（集贸市场北）", (262, 92), 2, 40, "08:00-13:00", 5),
    Site("示例采样点二（服务中心）", (430, 178), 3, 40, "08:00-12:00", 4),
    Site("示例采样点三（示例东路）", (673, 205), 2, 40, "08:00-14:00", 6),
)
POSTS = (
    Post("示例新村南门卡点", (107, 31), "gate", "active", "00:00-24:00", 3),
    Post("示例家园东门卡点", (174, 264), "gate", "active", "00:00-24:00", 2),
    Post("示例花园西门卡点", (519, 92), "gate", "active", "06:00-24:00", 2),
    Post("示例站出站口卡点", (390, 357), "station", "active", "00:00-24:00", 4),
    Post("示例大道西口卡点", (24, 15), "road", "active", "07:00-22:00", 3),
    Post("示例铁北巷口卡点", (24, 456), "village_entrance", "active", "07:00-22:00", 2),
    Post("示例花园东门卡点", (669, 92), "gate", "closed", "06:00-24:00", 0),
)
ZONES_DRAWN = (
    ("示例新村1、2栋封控区", "lockdown", ((38, 34), (107, 34), (177, 35), (176.1, 77), (37.4, 77), (38, 34)), "2020-03-18T00:00:00Z", "2020-04-01T00:00:00Z", "示例：楼内发现病例"),
    ("示例新村管控区", "control", ((37.4, 77), (176.1, 77), (174, 176), (107, 176), (36, 175), (37.4, 77)), "2020-03-18T00:00:00Z", "2020-04-01T00:00:00Z", "示例：与封控区同院"),
    ("示例老街防范区", "precaution", ((192, 20), (338, 22), (340, 190), (186, 188), (192, 20)), "2020-03-20T00:00:00Z", "2020-04-03T00:00:00Z", "示例：毗邻管控区，人员往来多"),
)  # fmt: skip
NEEDS_DRAWN = (
    ("medicine", "new", "2020-03-26T04:00:00Z", "B01", (70, 57)),
    ("food", "assigned", "2020-03-26T08:00:00Z", "B02", (142, 55)),
    ("medicine", "assigned", "2020-03-26T08:00:00Z", "B16", (556, 287)),
    ("visit", "new", "2020-03-27T08:00:00Z", "B45", (276, 128)),
    ("food", "done", "2020-03-24T08:00:00Z", "B08", (556, 131)),
    ("other", "cancelled", "2020-03-24T08:00:00Z", "B58", (675, 499)),
)


def areas() -> gpd.GeoDataFrame:
    """Give the areas in WGS 84, from the province down to the grids."""
    community = box(0, 0, 704, 522)
    upper = pd.DataFrame(UPPER_AREAS, columns=["code", "parent_code", "level", "name", "beyond_m"])
    shapes = [_beyond(community, beyond_m) for beyond_m in upper["beyond_m"]]
    lower = pd.DataFrame(
        {
            "code": [COMMUNITY_CODE, *GRIDS],
            "parent_code": ["990101001", *[COMMUNITY_CODE] * len(GRIDS)],
            "level": ["community", *["grid"] * len(GRIDS)],
            "name": [COMMUNITY_NAME, *GRID_NAMES],
        }
    )
    rows = pd.concat([upper, lower], ignore_index=True)
    rows["parent_code"] = rows["parent_code"].where(rows["parent_code"] != "", None)
    return as_layer(AREAS, rows, [*shapes, community_outline(), *GRIDS.values()])


def community_outline() -> Polygon:
    """Give the community's outline in metres of the drawing, with every vertex of its grids."""
    return Polygon(
        [(0, 0), (338, 0), (704, 0), (704, 180), (704, 422.7), (704, 522), (0, 522), (0, 421.7), (0, 184)]
    )  # fmt: skip


def grid_of(place: Point) -> str:
    """Name the grid that holds a place of the drawing."""
    return next(code for code, shape in GRIDS.items() if shape.covers(place))


def sampling_sites() -> gpd.GeoDataFrame:
    """Give the sampling sites in WGS 84; a round is one day's opening."""
    rows = pd.DataFrame(SITES).assign(site_id=numbered("C", len(SITES)), status="active")
    rows["capacity"] = rows["tables"] * rows["people_per_hour"] * rows["hours_a_round"]
    return as_layer(SAMPLING_SITES, rows, [Point(site.place) for site in SITES])


def checkpoints() -> gpd.GeoDataFrame:
    """Give the checkpoints in WGS 84."""
    rows = pd.DataFrame(POSTS).assign(checkpoint_id=numbered("K", len(POSTS)))
    return as_layer(CHECKPOINTS, rows, [Point(post.place) for post in POSTS])


def zones() -> gpd.GeoDataFrame:
    """Give the control zones in WGS 84."""
    columns = ["name", "level", "places", "valid_from_at", "valid_to_at", "reason"]
    rows = pd.DataFrame(ZONES_DRAWN, columns=columns).assign(
        zone_id=numbered("Z", len(ZONES_DRAWN)), version=1, author="示例指挥部"
    )
    for column in ("valid_from_at", "valid_to_at"):
        rows[column] = pd.to_datetime(rows[column], utc=True)
    return as_layer(ZONES, rows, [Polygon(places) for places in rows["places"]])


def needs() -> gpd.GeoDataFrame:
    """Give requests of households in WGS 84; of a building, never of a person."""
    rows = pd.DataFrame(
        NEEDS_DRAWN, columns=["kind", "status", "due_at", "building_id", "place"]
    ).assign(need_id=numbered("N", len(NEEDS_DRAWN)))
    rows["due_at"] = pd.to_datetime(rows["due_at"], utc=True)
    return as_layer(NEEDS, rows, [Point(place) for place in rows["place"]])


def offices() -> gpd.GeoDataFrame:
    """Give the community's office, where sweeps set out, in WGS 84."""
    rows = pd.DataFrame({"office_id": ["O01"], "name": ["示例社区居委会"]})
    return as_layer(OFFICES, rows, [Point(416, 171)])


def _beyond(shape: Polygon, beyond_m: float) -> Polygon:
    west, south, east, north = shape.bounds
    return box(west - beyond_m, south - beyond_m, east + beyond_m, north + beyond_m)
