"""A small community, drawn by hand, with everything that a page can show."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
from shapely import LineString, Point, box

from geo.coverage import Coverage, CoverageRules, CoverageSummary
from geo.layers import find_layer
from geo.reopening import Figures, ReopeningDay, TrendPoint
from geo.sweeps.plan import Door, Stop, SweepPlan, TeamRoute
from maps.view import CommunityView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from maps.text import Language

UTM = "EPSG:32650"
EAST_M = 445_000.0
NORTH_M = 4_423_000.0
DAY = date(2020, 3, 25)
HOSTILE = '</script><img src=x onerror="window.hacked=1">\'`${window.hacked=2}`{{7*7}}&amp;\u2028'


def frame(layer: str, shapes: Sequence[BaseGeometry], /, **columns: object) -> gpd.GeoDataFrame:
    """Give a layer with all its declared columns, missing ones empty, near Beijing."""
    moved = gpd.GeoSeries(list(shapes), crs=UTM).translate(EAST_M, NORTH_M)
    empty: dict[str, Any] = dict.fromkeys(find_layer(layer).column_names)
    return gpd.GeoDataFrame(empty | columns, geometry=moved, index=range(len(moved)), crs=UTM)


def sample_layers(name: str = "House") -> dict[str, gpd.GeoDataFrame]:
    """Give six buildings in a walled yard between two streets; names begin with `name`."""
    houses = [box(x, y, x + 30, y + 14) for y in (20, 60) for x in (20, 70, 120)]
    return {
        "areas": frame(
            "areas", [box(0, 0, 200, 120)], code=["c1"], level=["community"], name=[f"{name} Park"]
        ),
        "buildings": frame(
            "buildings",
            houses,
            building_id=[f"b{number}" for number in range(6)],
            name=[f"{name} {number}" for number in range(5)] + [None],
            number=[None] * 5 + ["12-6"],
            use=["residential"] * 6,
            floors=pd.array([6, 6, 6, 3, 3, None], dtype="Int64"),
            residents=pd.array([120, 90, 60, 30, 15, 0], dtype="Int64"),
            residents_are_estimated=pd.array([True, False, True, False, None, None], "boolean"),
            has_lift=pd.array([False, True, None, None, None, None], dtype="boolean"),
        ),
        "streets": frame(
            "streets",
            [
                LineString([(-20, 0), (220, 0)]),
                LineString([(0, -10), (0, 130)]),
                LineString([(0, 45), (180, 45)]),
            ],
            street_id=["s1", "s2", "s3"],
            name=[f"{name} Road", f"{name} Road", None],
            **{"class": ["primary", "residential", "footway"]},
        ),
        "barriers": frame(
            "barriers", [LineString([(10, 10), (190, 10)])], barrier_id=["w1"], kind=["wall"]
        ),
        "gates": frame(
            "gates",
            [Point(10, 45), Point(190, 45), Point(100, 10)],
            gate_id=["g1", "g2", "g3"],
            name=[f"{name} West Gate", None, None],
            state=["open", "closed", "hours"],
            opening_hours=[None, None, "06:00-22:00"],
        ),
        "checkpoints": frame(
            "checkpoints",
            [Point(12, 46)],
            checkpoint_id=["k1"],
            name=[f"{name} Post"],
            status=["active"],
        ),
        "sampling_sites": frame(
            "sampling_sites",
            [Point(60, 45), Point(150, 100)],
            site_id=["p1", "p2"],
            name=[f"{name} Site", None],
            status=["active", "closed"],
            tables=pd.array([2, None], dtype="Int64"),
        ),
        "zones": frame(
            "zones",
            [box(15, 15, 110, 40), box(110, 15, 160, 40)],
            zone_id=["z1", "z2"],
            name=[f"{name} Zone", None],
            level=["lockdown", "precaution"],
            valid_from_at=pd.Series(["2020-03-18", None], dtype="datetime64[us, UTC]"),
        ),
        "premises": frame(
            "premises",
            [Point(30, 25), Point(32, 25), Point(34, 25), Point(85, 67)],
            premises_id=["m1", "m2", "m3", "m4"],
            name=[f"{name} Noodles", f"{name} Works", None, f"{name} Pharmacy"],
            category=["catering", "enterprise", "retail", "pharmacy"],
            building_id=["b0", "b0", "b0", None],
        ),
    }


def sample_coverage(layers: dict[str, gpd.GeoDataFrame]) -> Coverage:
    """Say that the last two buildings are too far, and one of them cut off."""
    is_covered = [True] * 4 + [False] * 2
    answers = pd.DataFrame(
        {
            "is_covered": is_covered,
            "site_id": ["p1"] * 5 + [None],
            "walk_m": [20.0, 40.0, 90.0, 100.0, 1_300.0, float("nan")],
            "reason": [""] * 4 + ["too_far", "no_path"],
        },
        index=layers["buildings"].index,
    )
    left_out = layers["buildings"].loc[[4, 5], ["geometry"]].buffer(8)
    zones = gpd.GeoDataFrame(
        {
            "zone_id": ["u1", "u2"],
            "buildings": [1, 1],
            "households": [5, 0],
            "residents": [15, 0],
            "worst_walk_m": [1_300.0, float("nan")],
            "reason": ["too_far", "no_path"],
        },
        geometry=left_out.to_list(),
        crs=UTM,
    )
    summary = CoverageSummary(6, 4, 2, 315, 300, 15, 1)
    return Coverage(answers, zones, summary, CoverageRules(walk_minutes=10))


def sample_plan(name: str = "House") -> SweepPlan:
    """Give two teams with two stops and one, and a building that nobody reaches."""
    start = Point(EAST_M, NORTH_M + 45)
    doors = [Point(EAST_M + x, NORTH_M + 45) for x in (35, 85, 135)]
    kinds: tuple[Door, ...] = ("entrance", "outline", "barrier")
    stops = [
        Stop(f"b{number}", f"{name} {number}", door, kind, 60.0 * number, 900.0, 12)
        for number, (door, kind) in enumerate(zip(doors, kinds, strict=True))
    ]
    routes = (
        TeamRoute(1, LineString([start, doors[1], start]), tuple(stops[:2]), 170.0, 1_800.0, 1_960),
        TeamRoute(2, LineString([start, doors[2], start]), tuple(stops[2:]), 270.0, 900.0, 1_130.0),
    )
    return SweepPlan(routes, ("b5",), start, "office", 1_960.0, 1_900.0, 440.0, 1)


def sample_day(name: str = "House") -> ReopeningDay:
    """Give three categories, two areas and four days."""
    total = Figures("total", "total", 4, 2, 40, 21, 1, -3, 1, 1)
    categories = (
        Figures("enterprise", "enterprise", 1, 1, 20, 16, 0, 2, 0, 0),
        Figures("catering", "catering", 1, 1, 10, 5, 1, -5, 1, 0),
        Figures("retail", "retail", 2, 0, 10, 0, None, None, 0, 1),
    )
    areas = (
        Figures("c1", f"{name} Park", 3, 2, 30, 21, 1, -3, 1, 0),
        Figures("", "", 1, 0, 10, 0, 0, 0, 0, 1),
    )
    trend = tuple(
        TrendPoint(DAY - timedelta(days=3 - number), 4, reopened, 7 * reopened)
        for number, reopened in enumerate((0, 1, 1, 2))
    )
    return ReopeningDay(DAY, total, categories, areas, trend)


def sample_view(language: Language = "en", *, name: str = "House") -> CommunityView:
    """Give a page with everything on it; every text from data begins with `name`."""
    layers = sample_layers(name)
    states = pd.Series(["open", "closed", "carried", "missing"], index=layers["premises"].index)
    return CommunityView(
        title=f"{name} map",
        area_name=f"{name} Park",
        language=language,
        metric_crs=UTM,
        layers=layers,
        area_code="c1",
        day=DAY,
        is_synthetic=True,
        scope_note=f"{name}: only the middle is shown.",
        coverage=sample_coverage(layers),
        sweep=sample_plan(name),
        reopening=sample_day(name),
        sentence=f"{name}: 21 people are back at work.",
        premises_states=states,
        areas=(("", ""), ("c1", f"{name} Park")),
        attributions=(f"{name} © OpenStreetMap contributors, ODbL 1.0",),
        query={"lang": language, "area": "c1", "teams": "2"},
    )


def empty_view(language: Language = "en") -> CommunityView:
    """Give the page of a project that holds nothing yet."""
    return CommunityView(
        title="Empty map", area_name="", language=language, metric_crs=UTM, layers={}
    )
