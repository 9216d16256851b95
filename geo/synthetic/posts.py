"""What was set up in the made-up community against the epidemic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from shapely import Point, Polygon

from geo.layers import CHECKPOINTS, NEEDS, OFFICES, SAMPLING_SITES, ZONES
from geo.synthetic.ground import MADE_UP, as_layer, numbered, places_of

if TYPE_CHECKING:
    import geopandas as gpd

OFFICE = Point(416, 171)
SITES = """
name            place    tables  people_per_hour  hours        hours_a_round

采样点一（市场）  262,92   2       40               08:00-13:00  5
采样点二（居委会）  430,178  3       40               08:00-12:00  4
采样点三（大道）  140,28   2       40               08:00-14:00  6
"""
"""Too few for all: somebody finds every site in reach full."""
CHECKPOINT_PLAN = """
name            place    kind              status  hours        staff

新村南门卡点    107,31   gate              active  00:00-24:00  3
家园东门卡点    174,264  gate              active  00:00-24:00  2
花园西门卡点    519,92   gate              active  06:00-24:00  2
站出站口卡点    390,357  station           active  00:00-24:00  4
大道西口卡点    24,15    road              active  07:00-22:00  3
铁北巷口卡点    24,456   village_entrance  active  07:00-22:00  2
花园东门卡点    669,92   gate              closed  06:00-24:00  0
"""
ZONE_PLAN = """
name              level       from        to          reason  places

新村1、2栋封控区  lockdown    2020-03-18  -           有病例  38,34 107,34 177,35 176,77 37,77
新村管控区        control     2020-03-18  -           同院    37,77 176,77 174,176 107,176 36,175
老街防范区        precaution  2020-03-20  -           毗邻    192,20 338,22 340,190 186,188
"""
NEED_PLAN = """
kind      status     due                   building_id  place

medicine  new        2020-03-26T04:00:00Z  B01          70,57
food      assigned   2020-03-26T08:00:00Z  B02          142,55
medicine  assigned   2020-03-26T08:00:00Z  B16          556,285
visit     new        2020-03-27T08:00:00Z  B45          279,130
food      done       2020-03-24T08:00:00Z  B08          556,131
other     cancelled  2020-03-24T08:00:00Z  B58          678,500
"""


def sampling_sites() -> gpd.GeoDataFrame:
    """Give the sampling sites in WGS 84; a round is one day's opening."""
    rows = _table(SITES)
    counts = rows[["tables", "people_per_hour", "hours_a_round"]].astype(int)
    rows = rows.assign(
        site_id=numbered("C", len(rows)),
        name=MADE_UP + rows["name"],
        status="active",
        tables=counts["tables"],
        people_per_hour=counts["people_per_hour"],
        capacity=counts.prod(axis="columns"),
    )
    return as_layer(SAMPLING_SITES, rows, _points(rows))


def checkpoints() -> gpd.GeoDataFrame:
    """Give the checkpoints in WGS 84."""
    rows = _table(CHECKPOINT_PLAN)
    rows = rows.assign(
        checkpoint_id=numbered("K", len(rows)),
        name=MADE_UP + rows["name"],
        staff=rows["staff"].astype(int),
    )
    return as_layer(CHECKPOINTS, rows, _points(rows))


def zones() -> gpd.GeoDataFrame:
    """Give the control zones in WGS 84."""
    drawn = [line.split(maxsplit=5) for line in ZONE_PLAN.splitlines()[2:] if line.strip()]
    columns = ["name", "level", "valid_from_at", "valid_to_at", "reason", "places"]
    rows = pd.DataFrame(drawn, columns=columns)
    rows = rows.assign(
        zone_id=numbered("Z", len(rows)),
        name=MADE_UP + rows["name"],
        valid_from_at=pd.to_datetime(rows["valid_from_at"], utc=True),
        valid_to_at=pd.to_datetime(rows["valid_to_at"].replace("-", None), utc=True),
        version=1,
        reason=MADE_UP + "：" + rows["reason"],
        author=f"{MADE_UP}指挥部",
    )
    return as_layer(ZONES, rows, [Polygon(places_of(text.split())) for text in rows["places"]])


def needs() -> gpd.GeoDataFrame:
    """Give requests of households in WGS 84: of a building, never of a person."""
    rows = _table(NEED_PLAN)
    rows = rows.assign(
        need_id=numbered("N", len(rows)), due_at=pd.to_datetime(rows["due"], utc=True)
    )
    return as_layer(NEEDS, rows, _points(rows))


def offices() -> gpd.GeoDataFrame:
    """Give the community's office, where sweeps set out, in WGS 84."""
    rows = pd.DataFrame({"office_id": numbered("O", 1), "name": [f"{MADE_UP}社区居委会"]})
    return as_layer(OFFICES, rows, [OFFICE])


def _table(plan: str) -> pd.DataFrame:
    head, *lines = [line.split() for line in plan.splitlines() if line.strip()]
    return pd.DataFrame(lines, columns=head)


def _points(rows: pd.DataFrame) -> list[Point]:
    return [Point(place) for place in places_of(rows["place"])]
