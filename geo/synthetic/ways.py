"""Streets, lanes and alleys of the made-up community."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import shapely
from shapely import LineString, Point

from geo.layers import STREETS
from geo.synthetic.ground import MADE_UP, as_layer, numbered, places_of

if TYPE_CHECKING:
    import geopandas as gpd

JUNCTION_REACH_M = 1.0
"""A way that ends this near another one is meant to join it."""
PLAN = """
name         class          has           level  places

大道         primary        wheels,lamps  0      0,14 24,15 192,20 338,22 512,20 676,14 704,12
中路         secondary      wheels,lamps  0      22,184 186,188 340,190 506,186 680,180
站前路       secondary      wheels,lamps  0      20,326 182,330 338,331 502,327 684,318
西路         secondary      wheels,lamps  0      24,15 22,184 20,326 19,396
西路下穿     secondary      wheels,lamps  -1     19,396 21,442
西路         residential    wheels,lamps  0      21,442 24,456 27,522
东路         residential    wheels,lamps  0      676,14 680,180 684,318 686,396
一路         residential    wheels,lamps  0      192,20 186,188 182,330
步行街       pedestrian     lamps         0      338,22 340,190 338,331
二路         residential    wheels,lamps  0      512,20 506,186 502,327
站前广场     pedestrian     lamps         0      338,331 344,359 390,361 436,359 440,328.5
站前广场     pedestrian     lamps         0      390,329.7 390,361

新村中路     service        wheels,lamps  0      107,17.5 107,68 107,110 107,152 107,186
新村一排     footway        lamps         0      46,68 107,68 168,68
新村二排     footway        lamps         0      46,110 107,110 168,110
新村三排     footway        lamps         0      46,152 107,152 168,152
花园路       service        wheels,lamps  0      509.3,92 594,92 678,92
花园内径     footway        lamps         0      594,92 594,156 556,156
花园内径     footway        lamps         0      594,156 634,156
家园路       service        wheels,lamps  0      183.9,264 100,264 21,264
家园内径     footway        lamps         0      100,226 100,264 100,302
家园一排     footway        lamps         0      46,226 100,226 156,226
家园三排     footway        lamps         0      46,302 100,302 156,302
机械厂院内路 service        wheels        0      530,185.4 530,262 530,298
机械厂院一排 footway        -             0      530,262 592,262
机械厂院二排 footway        -             0      530,298 592,298
小学校道     footway        lamps         0      246,188.8 246,258

一巷         living_street  -             0      189,105 248,106 292,104 339,105
二巷         footway        -             0      187.6,145 240,147 292,144 339.4,145
三巷         footway        -             0      292,104 292,144 291,176 291,189.3
四巷         living_street  -             0      339,105 388,104 440,107 509,105
五巷         footway        -             0      339.4,231 384,231 440,234 504.6,231
六巷         footway        -             0      384,231 386,282 384,329.9
七巷         service        wheels        0      682,238 612,238
货场路       service        wheels,lamps  0      120,328.5 120,340

铁北巷       residential    wheels        0      24,456 66,459 110,464 158,458 205,452
铁北巷       residential    wheels        0      205,452 300,444 346,440 395,438 480,443
铁北巷       residential    wheels        0      480,443 560,458 604,467 640,474 692,484
铁北一巷     footway        -             0      158,458 155,480 150,508
铁北二巷     footway        -             0      346,440 351,470 352,504
铁北三巷     footway        -             0      640,474 634,496 636,512
"""
"""One way a line; classes as OpenStreetMap's `highway`, places in metres of the drawing."""


class Way(NamedTuple):
    """One way as drawn; `level` is below 0 in a tunnel."""

    name: str
    kind: str
    is_drivable: bool
    is_lit: bool
    level: int
    line: LineString


def streets() -> gpd.GeoDataFrame:
    """Give the streets in WGS 84; ways that meet share a vertex."""
    ways = drawn_ways()
    rows = pd.DataFrame(
        {
            "street_id": numbered("S", len(ways)),
            "name": [way.name for way in ways],
            "class": [way.kind for way in ways],
            "is_walkable": True,
            "is_drivable": [way.is_drivable for way in ways],
            "is_lit": [way.is_lit for way in ways],
            "level": [way.level for way in ways],
        }
    )
    return as_layer(STREETS, rows, _joined([way.line for way in ways]))


def drawn_ways() -> list[Way]:
    """Read the plan, in metres of the drawing."""
    return [_way(line) for line in PLAN.splitlines()[2:] if line.strip()]


def _way(line: str) -> Way:
    name, kind, equipment, level, *places = line.split()
    return Way(
        name=MADE_UP + name,
        kind=kind,
        is_drivable="wheels" in equipment,
        is_lit="lamps" in equipment,
        level=int(level),
        line=LineString(places_of(places)),
    )


def _joined(lines: list[LineString]) -> list[LineString]:
    """Give lines a shared vertex wherever one ends on another."""
    joined = list(lines)
    for joining, other in permutations(range(len(lines)), 2):
        for end in (0, -1):
            joined[other] = _led_through(joined[other], shapely.get_point(lines[joining], end))
    return joined


def _led_through(line: LineString, end: Point) -> LineString:
    """Lead a line through a point that lies this near to it."""
    vertices = [(x, y) for x, y in line.coords]
    if (end.x, end.y) in vertices or not shapely.dwithin(line, end, JUNCTION_REACH_M):
        return line
    along_m = line.project(end)
    before = [vertex for vertex in vertices if line.project(Point(vertex)) < along_m]
    after = [vertex for vertex in vertices if line.project(Point(vertex)) > along_m]
    return LineString([*before, (end.x, end.y), *after])
