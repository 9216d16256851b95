"""Streets, lanes and alleys of the made-up community, and the walls and gates across them."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import shapely
from shapely import LineString, Point

from geo.layers import BARRIERS, GATES, STREETS
from geo.synthetic.ground import as_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

Places = tuple[tuple[float, float], ...]

JUNCTION_REACH_M = 1.0
"""A way that ends this near another one is meant to join it."""
TRACK_M = (
    (-6.0, 422.5), (40.0, 416.5), (100.0, 409.3), (160.0, 403.7), (220.0, 399.6), (280.0, 397.0),
    (340.0, 396.0), (400.0, 396.5), (460.0, 398.6), (520.0, 402.1), (580.0, 407.2),
    (640.0, 413.9), (706.0, 423.0),
)  # fmt: skip
FENCE_OFFSET_M = 9.0


class Way(NamedTuple):
    """
    One way as drawn.

    Parameters
    ----------
    kind
        In the words of OpenStreetMap's `highway`.
    places
        Metres of the drawing.
    level
        Below 0 in a tunnel.
    """

    name: str
    kind: str
    places: Places
    is_drivable: bool = False
    is_lit: bool = True
    level: int = 0


class Wall(NamedTuple):
    """One barrier as drawn."""

    name: str
    kind: str
    places: Places


class Gate(NamedTuple):
    """One gate as drawn: on the barrier and on the way through it."""

    name: str
    place: tuple[float, float]
    state: str
    hours: str = ""


WAYS = (
    Way("示例大道", "primary", ((0, 14), (24, 15), (192, 20), (338, 22), (512, 20), (676, 14), (704, 12)), is_drivable=True),
    Way("示例中路", "secondary", ((22, 184), (186, 188), (340, 190), (506, 186), (680, 180)), is_drivable=True),
    Way("示例站前路", "secondary", ((20, 326), (182, 330), (338, 331), (502, 327), (684, 318)), is_drivable=True),
    Way("示例西路", "secondary", ((24, 15), (22, 184), (20, 326), (19, 396)), is_drivable=True),
    Way("示例西路下穿", "secondary", ((19, 396), (21, 442)), is_drivable=True, level=-1),
    Way("示例西路", "residential", ((21, 442), (24, 456), (27, 522)), is_drivable=True),
    Way("示例东路", "residential", ((676, 14), (680, 180), (684, 318), (686, 396)), is_drivable=True),
    Way("示例一路", "residential", ((192, 20), (186, 188), (182, 330)), is_drivable=True),
    Way("示例步行街", "pedestrian", ((338, 22), (340, 190), (338, 331))),
    Way("示例二路", "residential", ((512, 20), (506, 186), (502, 327)), is_drivable=True),
    # Forecourt of the station.
    Way("示例站前广场", "pedestrian", ((338, 331), (344, 359), (390, 361), (436, 359), (440, 328.5))),
    Way("示例站前广场", "pedestrian", ((390, 329.7), (390, 361))),
    # The first compound: one spine, three rows.
    Way("示例新村中路", "service", ((107, 17.5), (107, 34), (107, 68), (107, 110), (107, 152), (107, 176), (107, 186)), is_drivable=True),
    Way("示例新村一排", "footway", ((46, 68), (107, 68), (168, 68))),
    Way("示例新村二排", "footway", ((46, 110), (107, 110), (168, 110))),
    Way("示例新村三排", "footway", ((46, 152), (107, 152), (168, 152))),
    # The second compound, with towers.
    Way("示例花园路", "service", ((509.3, 92), (521.7, 92), (594, 92), (665.7, 92), (678, 92)), is_drivable=True),
    Way("示例花园北径", "footway", ((594, 92), (594, 156), (556, 156))),
    Way("示例花园北径", "footway", ((594, 156), (632, 156))),
    # The third compound, with an inner garden.
    Way("示例家园路", "service", ((183.9, 264), (171.1, 264), (100, 264), (33, 264), (21, 264)), is_drivable=True),
    Way("示例家园内径", "footway", ((100, 226), (100, 264), (100, 302))),
    Way("示例家园一排", "footway", ((46, 226), (100, 226), (154, 226))),
    Way("示例家园三排", "footway", ((46, 302), (100, 302), (154, 302))),
    # The old factory's yard: its only gate is closed.
    Way("示例机械厂院内路", "service", ((530, 185.4), (530, 236), (530, 262), (530, 298)), is_drivable=True),
    Way("示例机械厂院一排", "footway", ((530, 262), (592, 262))),
    Way("示例机械厂院二排", "footway", ((530, 298), (592, 298))),
    # School.
    Way("示例小学校道", "footway", ((246, 188.8), (246, 201.2), (246, 262))),
    # Alleys of the old quarter.
    Way("示例一巷", "living_street", ((189, 105), (248, 106), (292, 104), (339, 105)), is_lit=False),
    Way("示例二巷", "footway", ((187.6, 145), (240, 147), (292, 144), (339.4, 145)), is_lit=False),
    Way("示例三巷", "footway", ((292, 104), (292, 144), (291, 176), (291, 189.3)), is_lit=False),
    Way("示例四巷", "living_street", ((339, 105), (388, 104), (440, 107), (509, 105)), is_lit=False),
    Way("示例五巷", "footway", ((339.4, 231), (384, 231), (440, 234), (504.6, 231)), is_lit=False),
    Way("示例六巷", "footway", ((384, 231), (386, 282), (384, 329.9)), is_lit=False),
    Way("示例七巷", "service", ((682, 238), (612, 238)), is_drivable=True, is_lit=False),
    Way("示例货场路", "service", ((120, 328.5), (120, 340)), is_drivable=True),
    # Behind the railway: one lane, dead ends.
    Way("示例铁北巷", "residential", ((24, 456), (66, 459), (110, 464), (158, 458), (205, 452), (300, 444), (346, 440), (395, 438), (480, 443), (560, 458), (604, 467), (640, 474), (692, 484)), is_drivable=True, is_lit=False),
    Way("示例铁北一巷", "footway", ((158, 458), (155, 480), (150, 508)), is_lit=False),
    Way("示例铁北二巷", "footway", ((346, 440), (351, 470), (352, 504)), is_lit=False),
    Way("示例铁北三巷", "footway", ((640, 474), (634, 496), (636, 512)), is_lit=False),
)  # fmt: skip
WALLS = (
    Wall("示例新村围墙", "wall", ((38, 34), (107, 34), (177, 35), (174, 176), (107, 176), (36, 175), (38, 34))),
    Wall("示例花园围墙", "fence", ((524, 34), (664, 30), (665.7, 92), (668, 168), (519, 170), (521.7, 92), (524, 34))),
    Wall("示例家园围墙", "wall", ((35, 199), (173, 202), (171.1, 264), (170, 317), (32, 313), (33, 264), (35, 199))),
    Wall("示例机械厂家属院围墙", "wall", ((519, 237), (530, 236), (601, 234), (599, 310), (517, 312), (519, 237))),
    Wall("示例小学栏杆", "railing", ((198, 200), (246, 201.2), (294, 202), (293, 319), (195, 317), (198, 200))),
    Wall("示例铁路", "other", TRACK_M),
)  # fmt: skip
GATES_DRAWN = (
    Gate("示例新村南门", (107, 34), "open"),
    Gate("示例新村北门", (107, 176), "closed"),
    Gate("示例花园西门", (521.7, 92), "open"),
    Gate("示例花园东门", (665.7, 92), "closed"),
    Gate("示例家园东门", (171.1, 264), "open"),
    Gate("示例家园西门", (33, 264), "hours", "Mo-Su 06:00-22:00"),
    Gate("示例机械厂家属院南门", (530, 236), "closed"),
    Gate("示例小学南门", (246, 201.2), "hours", "Mo-Fr 07:30-17:30"),
)  # fmt: skip


def streets() -> gpd.GeoDataFrame:
    """Give the streets in WGS 84; ways that meet share a vertex."""
    rows = pd.DataFrame(
        {
            "street_id": numbered("S", len(WAYS)),
            "name": [way.name for way in WAYS],
            "class": [way.kind for way in WAYS],
            "is_walkable": True,
            "is_drivable": [way.is_drivable for way in WAYS],
            "is_lit": [way.is_lit for way in WAYS],
            "level": [way.level for way in WAYS],
        }
    )
    return as_layer(STREETS, rows, street_lines())


def street_lines() -> list[LineString]:
    """Give the streets as drawn, with a shared vertex wherever one ends on another."""
    lines = [LineString(way.places) for way in WAYS]
    for joining, other in permutations(range(len(lines)), 2):
        for end in (0, -1):
            lines[other] = _joined(lines[other], shapely.get_point(lines[joining], end))
    return lines


def barriers() -> gpd.GeoDataFrame:
    """Give walls and fences in WGS 84, the railway between its fences too."""
    drawn = [LineString(wall.places) for wall in WALLS]
    fences = [
        shapely.offset_curve(LineString(TRACK_M), side * FENCE_OFFSET_M).simplify(0.2)
        for side in (1, -1)
    ]
    rows = pd.DataFrame(
        {
            "barrier_id": numbered("W", len(drawn) + len(fences)),
            "kind": [wall.kind for wall in WALLS] + ["fence"] * len(fences),
            "name": [wall.name for wall in WALLS] + ["示例铁路护栏"] * len(fences),
        }
    )
    return as_layer(BARRIERS, rows, [*drawn, *fences])


def gates() -> gpd.GeoDataFrame:
    """Give the gates in WGS 84."""
    rows = pd.DataFrame(
        {
            "gate_id": numbered("G", len(GATES_DRAWN)),
            "name": [gate.name for gate in GATES_DRAWN],
            "kind": "gate",
            "state": [gate.state for gate in GATES_DRAWN],
            "opening_hours": [gate.hours or None for gate in GATES_DRAWN],
        }
    )
    return as_layer(GATES, rows, [Point(gate.place) for gate in GATES_DRAWN])


def numbered(letter: str, count: int, *, digits: int = 2) -> list[str]:
    """
    Number things from 1.

    Examples
    --------
    >>> numbered("S", 2)
    ['S01', 'S02']
    """
    return [f"{letter}{number:0{digits}d}" for number in range(1, count + 1)]


def _joined(line: LineString, end: Point) -> LineString:
    """Lead a line through a point that lies this near to it."""
    if not shapely.dwithin(line, end, JUNCTION_REACH_M):
        return line
    vertices: Sequence[tuple[float, float]] = [(x, y) for x, y in line.coords]
    if any(Point(vertex).equals(end) for vertex in vertices):
        return line
    along_m = line.project(end)
    before = [vertex for vertex in vertices if line.project(Point(vertex)) < along_m]
    after = [vertex for vertex in vertices if line.project(Point(vertex)) > along_m]
    return LineString([*before, (end.x, end.y), *after])
