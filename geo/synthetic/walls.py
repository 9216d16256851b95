"""Walls, fences and gates of the made-up community, and the railway through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import shapely
from shapely import LineString, Point

from geo.layers import BARRIERS, GATES
from geo.synthetic.ground import MADE_UP, as_layer, numbered, places_of

if TYPE_CHECKING:
    import geopandas as gpd

PLAN = """
name             kind     places

新村围墙         wall     38,34 107,34 177,35 174,176 107,176 36,175 38,34
花园围墙         fence    524,34 664,30 665.7,92 668,168 519,170 521.7,92 524,34
家园围墙         wall     35,199 173,202 171.1,264 170,317 32,313 33,264 35,199
机械厂家属院围墙 wall     519,237 530,236 601,234 599,310 517,312 519,237
小学栏杆         railing  198,200 246,201.2 294,202 293,319 195,317 198,200
"""
GATE_PLAN = """
name                 state   place      hours

新村南门             open    107,34     -
新村北门             closed  107,176    -
花园西门             open    521.7,92   -
花园东门             closed  665.7,92   -
家园东门             open    171.1,264  -
家园西门             hours   33,264     Mo-Su 06:00-22:00
机械厂家属院南门     closed  530,236    -
小学南门             hours   246,201.2  Mo-Fr 07:30-17:30
"""
TRACK = (
    "-6,422.5 40,416.5 100,409.3 160,403.7 220,399.6 280,397 340,396 "
    "400,396.5 460,398.6 520,402.1 580,407.2 640,413.9 706,423"
)
FENCE_OFFSET_M = 9.0
SIDES = (1, -1)
CURVE_TOLERANCE_M = 0.2


def barriers() -> gpd.GeoDataFrame:
    """Give walls and fences in WGS 84, and the track between its fences."""
    walls = [line.split() for line in PLAN.splitlines()[2:] if line.strip()]
    track = LineString(places_of(TRACK.split()))
    fences = [
        shapely.offset_curve(track, side * FENCE_OFFSET_M).simplify(CURVE_TOLERANCE_M)
        for side in SIDES
    ]
    names = [name for name, *_ in walls] + ["铁路", *["铁路护栏" for _ in fences]]
    rows = pd.DataFrame(
        {
            "barrier_id": numbered("W", len(names)),
            "kind": [kind for _, kind, *_ in walls] + ["other", *["fence" for _ in fences]],
            "name": [MADE_UP + name for name in names],
        }
    )
    lines = [LineString(places_of(places)) for _, _, *places in walls]
    return as_layer(BARRIERS, rows, [*lines, track, *fences])


def gates() -> gpd.GeoDataFrame:
    """Give the gates in WGS 84."""
    drawn = [line.split(maxsplit=3) for line in GATE_PLAN.splitlines()[2:] if line.strip()]
    rows = pd.DataFrame(drawn, columns=["name", "state", "place", "opening_hours"])
    rows["gate_id"] = numbered("G", len(rows))
    rows["name"] = MADE_UP + rows["name"]
    rows["kind"] = "gate"
    rows["opening_hours"] = rows["opening_hours"].where(rows["opening_hours"] != "-", None)
    return as_layer(GATES, rows, [Point(place) for place in places_of(rows["place"])])
