"""Sweep plans, each named by what it was asked for."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import geopandas as gpd
import numpy as np
import shapely
from shapely import Point

from api.services.scope import (
    GROUND_LAYERS,
    WHOLE,
    Scope,
    box_around,
    check_area,
    may_lead_farther,
    parse_box,
    parse_place,
    read_ground,
)
from geo.coverage import WALK_SPEED_M_S
from geo.crs import WGS84, to_metric, to_wgs84
from geo.errors import GeoError, StartError
from geo.sweeps.planner import SweepRules, plan_sweep

if TYPE_CHECKING:
    from api.services.scope import Ground
    from api.services.workspace import Workspace
    from geo.sweeps.plan import SweepPlan, TeamRoute

PLAN_LAYERS = (*GROUND_LAYERS, "offices")
MAX_TEAMS = 500
MAX_BUILDINGS = 5_000
"""Of one plan: it weighs the way between any two of them."""
MAX_SEED = 2**31 - 1
ID_PARTS = ("teams", "seed", "area", "bbox", "start")
SEPARATOR = "~"


class TooManyBuildingsError(GeoError):
    """One plan cannot hold so many buildings."""


class UnknownSweepError(LookupError):
    """No plan can have that name."""


class UnknownTeamError(LookupError):
    """The plan has no team of that number."""


@dataclass(frozen=True, slots=True)
class SweepQuery:
    """
    What is asked of a plan; everything it depends on besides the project.

    Parameters
    ----------
    teams
        How many set out, 1 to `MAX_TEAMS`.
    seed
        Of the search; 0 to `MAX_SEED`.
    start
        Longitude and latitude of the start, WGS 84 degrees; the project's office where
        `None`, else a street near the middle of the buildings.
    speed_m_s
        Walking speed, in metres a second; a setting, and no part of the plan's name.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    scope: Scope = WHOLE
    teams: int = 1
    seed: int = 1
    start: tuple[float, float] | None = None
    speed_m_s: float = WALK_SPEED_M_S

    def __post_init__(self) -> None:
        """Refuse numbers out of range."""
        if not 1 <= self.teams <= MAX_TEAMS:
            msg = f"Expected 1 to {MAX_TEAMS} teams, got {self.teams}."
            raise ValueError(msg)
        if not 0 <= self.seed <= MAX_SEED:
            msg = f"Expected a seed from 0 to {MAX_SEED}, got {self.seed}."
            raise ValueError(msg)

    @property
    def sweep_id(self) -> str:
        """
        Name the plan so that the name alone is enough to make it again.

        Examples
        --------
        >>> SweepQuery(teams=3, scope=Scope(area="4302"), start=(113.1, 27.8)).sweep_id
        'teams-3~seed-1~area-4302~start-113.1,27.8'
        """
        values = {
            "teams": str(self.teams),
            "seed": str(self.seed),
            "area": _quoted(self.scope.area),
            "bbox": _joined(self.scope.bbox),
            "start": _joined(self.start),
        }
        return SEPARATOR.join(f"{part}-{values[part]}" for part in ID_PARTS if values[part])


def parse_sweep_id(text: str) -> SweepQuery:
    """
    Read the name of a plan.

    Raises
    ------
    UnknownSweepError
        If it is not a name that `SweepQuery.sweep_id` gives.

    Examples
    --------
    >>> parse_sweep_id("teams-3~seed-1").teams
    3
    """
    try:
        query = _query_named(dict(part.split("-", 1) for part in text.split(SEPARATOR)))
    except (ValueError, KeyError):
        query = None
    if query is None or query.sweep_id != text:
        msg = f"Expected the id of a sweep, such as teams-3~seed-1, got {text!r}."
        raise UnknownSweepError(msg)
    return query


def make_plan(workspace: Workspace, query: SweepQuery) -> SweepPlan:
    """
    Plan a sweep; kept until the project changes, and the same bytes each time.

    Raises
    ------
    UnknownAreaError
        If no area has the code asked for.
    TooManyBuildingsError
        If the scope holds more than `MAX_BUILDINGS`.
    StartError
        If the start is off the network.
    """
    asked = _settled(workspace, query)
    return workspace.once("sweep", asked, lambda: _plan(workspace, asked), of=PLAN_LAYERS)


def team_route(plan: SweepPlan, team: int) -> TeamRoute:
    """
    Give the route of a team, counted from 1.

    Raises
    ------
    UnknownTeamError
        If the plan has no such team.
    """
    for route in plan.routes:
        if route.team == team:
            return route
    msg = f"Expected a team from 1 to {len(plan.routes)}, got {team}."
    raise UnknownTeamError(msg)


def start_place(plan: SweepPlan, metric_crs: str) -> tuple[float, float]:
    """
    Give longitude and latitude of a plan's start, WGS 84 degrees.

    Parameters
    ----------
    metric_crs
        CRS of the plan's shapes.
    """
    start = to_wgs84(gpd.GeoDataFrame(geometry=[plan.start], crs=metric_crs))
    lon_deg, lat_deg, *_ = start.total_bounds
    return float(lon_deg), float(lat_deg)


def _settled(workspace: Workspace, query: SweepQuery) -> SweepQuery:
    """Forget who asks where it makes no difference: the plan of an area is everybody's."""
    check_area(workspace, query.scope)
    if query.scope.area is None:
        return query
    return replace(query, scope=replace(query.scope, reach=None))


def _plan(workspace: Workspace, query: SweepQuery) -> SweepPlan:
    ground = read_ground(workspace, query.scope)
    plan_from = partial(_planned, workspace, query.scope)
    if len(ground.buildings) > MAX_BUILDINGS:
        msg = (
            f"Expected at most {MAX_BUILDINGS} buildings in one plan, got "
            f"{len(ground.buildings)}; ask for an area or a box."
        )
        raise TooManyBuildingsError(msg)
    rules = SweepRules(teams=query.teams, seed=query.seed, speed_m_s=query.speed_m_s)
    if query.start is not None:
        start = _metric_place(query.start, workspace.project.metric_crs)
        return plan_from(replace(rules, start=start, start_kind="given"))
    office = _office(workspace, ground)
    if office is not None:
        with suppress(StartError):
            return plan_from(replace(rules, start=office, start_kind="office"))
    return plan_from(rules)


def _planned(workspace: Workspace, scope: Scope, rules: SweepRules) -> SweepPlan:
    """Plan on the streets nearby; on every street of the project where that may reach more."""
    ground, plan = read_ground(workspace, scope), None
    with suppress(StartError):
        plan = _plan_on(ground, rules)
    if plan is not None and not _may_reach_more(ground, plan):
        return plan
    return _plan_on(read_ground(workspace, scope, reach_m=math.inf), rules)


def _plan_on(ground: Ground, rules: SweepRules) -> SweepPlan:
    return plan_sweep(ground.buildings, ground.entrances, ground.network, rules=rules)


def _may_reach_more(ground: Ground, plan: SweepPlan) -> bool:
    """Whether a building that a plan could not reach may be reached on more streets."""
    is_left = ground.buildings["building_id"].isin(plan.unreachable)
    starts = np.array([plan.start], dtype=object)
    return bool(is_left.any()) and may_lead_farther(ground, starts, ground.buildings[is_left])


def _metric_place(place_deg: tuple[float, float], metric_crs: str) -> Point:
    frame = gpd.GeoDataFrame(geometry=[Point(place_deg)], crs=WGS84)
    x, y, *_ = to_metric(frame, metric_crs).total_bounds
    return Point(x, y)


def _office(workspace: Workspace, ground: Ground) -> Point | None:
    """Give the office nearest to the middle of the buildings, of those in and around the scope."""
    project = workspace.project
    around = box_around(ground.extent, project.metric_crs, margin_m=ground.margin_m)
    offices = project.read("offices", bbox=around).geometry
    if not len(offices) or not len(ground.buildings):
        return None
    middles = shapely.get_coordinates(shapely.centroid(ground.buildings.geometry.to_numpy()))
    away_m = offices.distance(Point(middles.mean(axis=0)))
    x, y = shapely.get_coordinates(offices.iloc[int(away_m.argmin())])[0]
    return Point(x, y)


def _query_named(values: dict[str, str]) -> SweepQuery:
    area, bbox, start = values.get("area"), values.get("bbox"), values.get("start")
    scope = Scope(
        area=unquote(area) if area else None,
        bbox=parse_box(bbox) if bbox else None,
    )
    query = SweepQuery(scope=scope, teams=int(values["teams"]), seed=int(values["seed"]))
    return replace(query, start=parse_place(start)) if start else query


def _quoted(text: str | None) -> str:
    return quote(text or "", safe="").replace(SEPARATOR, "%7E")


def _joined(numbers: tuple[float, ...] | None) -> str:
    return ",".join(f"{number:.7f}".rstrip("0").rstrip(".") for number in numbers or ())
