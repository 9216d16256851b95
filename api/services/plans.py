"""Sweep plans as files: GeoJSON, GPX and KML."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from api.services.sweeps import make_plan, team_route
from geo.io.features import collection_bytes
from geo.io.routes import gpx_bytes, kml_bytes, plan_features, plan_members

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.services.sweeps import SweepQuery
    from api.services.workspace import Workspace
    from geo.sweeps.plan import SweepPlan

GPX = ".gpx"
KML = ".kml"
GEOJSON_SUFFIXES = (".geojson", ".json")
PLAN_SUFFIXES = (*GEOJSON_SUFFIXES, GPX, KML)


def plan_geojson(
    workspace: Workspace, query: SweepQuery, links: Iterable[dict[str, str]] = ()
) -> bytes:
    """
    Write a plan as GeoJSON, with its figures as `plan`.

    Parameters
    ----------
    links
        To other resources, where there are any.

    Raises
    ------
    UnknownAreaError
        If no area has the code asked for.
    StartError
        If the start is off the network.
    """
    plan = make_plan(workspace, query)
    members = {"id": query.sweep_id, **plan_members(plan), "links": list(links)}
    return collection_bytes(plan_features(plan, crs=workspace.project.metric_crs), members)


def plan_file(workspace: Workspace, query: SweepQuery, suffix: str) -> bytes:
    """
    Write a whole plan as a file.

    Parameters
    ----------
    suffix
        One of `PLAN_SUFFIXES`.

    Raises
    ------
    UnknownAreaError, StartError
        As `plan_geojson` does.
    """
    plan = make_plan(workspace, query)
    members = plan_members(plan) if suffix in GEOJSON_SUFFIXES else {}
    return _content(plan, workspace.project.metric_crs, suffix, members)


def route_file(workspace: Workspace, query: SweepQuery, team: int, suffix: str) -> bytes:
    """
    Write the route of one team as a file.

    Parameters
    ----------
    team
        From 1.
    suffix
        One of `PLAN_SUFFIXES`.

    Raises
    ------
    UnknownTeamError
        If the plan has no such team.
    UnknownAreaError, StartError
        As `plan_geojson` does.
    """
    plan = make_plan(workspace, query)
    alone = replace(plan, routes=(team_route(plan, team),))
    return _content(alone, workspace.project.metric_crs, suffix, {})


def _content(plan: SweepPlan, metric_crs: str, suffix: str, members: dict[str, object]) -> bytes:
    if suffix == GPX:
        return gpx_bytes(plan, crs=metric_crs)
    if suffix == KML:
        return kml_bytes(plan, crs=metric_crs)
    return collection_bytes(plan_features(plan, crs=metric_crs), members)
