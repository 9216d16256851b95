"""Sweep routes: a line with a white halo for each team, and its stops as numbered rings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd

from maps.drawn import DrawnLayer, Legend, geometry_fragments, points_of
from maps.style import ROUTE_HALO_PX, ROUTE_WIDTH_PX, team_colour

if TYPE_CHECKING:
    from shapely import Point

    from geo.sweeps.plan import Door, Stop, SweepPlan, TeamRoute
    from maps.drawn import Payload
    from maps.words import Words

DOOR_TITLES: dict[Door, str] = {
    "entrance": "mapped entrance",
    "outline": "nearest point of the outline",
    "barrier": "at the fence; its gate is not on the map",
}


def routes_layer(plan: SweepPlan, metric_crs: str, words: Words) -> DrawnLayer:
    """
    Build the layer of routes.

    Parameters
    ----------
    plan
        Lines and points in `metric_crs`.
    """
    lines = gpd.GeoDataFrame(geometry=[route.line for route in plan.routes], crs=metric_crs)
    payload = {
        "kind": "routes",
        "count": len(plan.routes),
        "geometries": geometry_fragments(lines),
        "teams": [_team(route, metric_crs, words) for route in plan.routes],
        "start": _places([plan.start], metric_crs)[0],
        "startLabel": words.say("Start"),
        "width": ROUTE_WIDTH_PX,
        "halo": ROUTE_HALO_PX,
    }
    layer = DrawnLayer("routes", words.say("Sweep routes"), payload, show=False)
    return layer.with_legend(
        Legend(words.say("Route of a team"), "route"), Legend(words.say("Stop, in order"), "stop")
    )


def _team(route: TeamRoute, metric_crs: str, words: Words) -> Payload:
    return {
        "team": route.team,
        "title": words.say("Team {number}").format(number=route.team),
        "colour": team_colour(route.team),
        "points": _places([stop.point for stop in route.stops], metric_crs),
        "stops": [_stop(stop, words) for stop in route.stops],
    }


def _stop(stop: Stop, words: Words) -> list[object]:
    """Give key, name, arrival, time at the building, households and how the door is known."""
    return [
        stop.building_id,
        stop.label,
        words.clock(stop.arrive_s),
        words.duration(stop.service_s),
        words.count(stop.households),
        words.say(DOOR_TITLES[stop.door]),
    ]


def _places(points: list[Point], metric_crs: str) -> list[list[float]]:
    return points_of(gpd.GeoDataFrame(geometry=points, crs=metric_crs)) if points else []
