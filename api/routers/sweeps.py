"""Sweeps over HTTP."""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response

from api.dependencies import Desk, DeskDep
from api.routers.bodies import GeoJson, RouteOut, SweepOut, problems
from api.routers.parameters import SweepParameters, SweepPath, TeamPath, no_parameters
from api.services.plans import plan_geojson, route_file
from api.services.sweeps import SweepQuery, parse_sweep_id

router = APIRouter(prefix="/api/sweeps", tags=["sweeps"])


class RouteForm(StrEnum):
    """The file formats of a route."""

    GEOJSON = "geojson"
    GPX = "gpx"
    KML = "kml"


MEDIA_TYPES = {
    RouteForm.GEOJSON: str(GeoJson.media_type),
    RouteForm.GPX: "application/gpx+xml",
    RouteForm.KML: "application/vnd.google-earth.kml+xml",
}
FormPath = Annotated[RouteForm, Path(description="File format.", examples=["gpx"])]


@router.get(
    "",
    operation_id="plan_sweep",
    summary="Plan a sweep",
    response_model=SweepOut,
    response_class=GeoJson,
    responses=problems(404, 422),
)
def get_sweep_plan(
    desk: DeskDep,
    parameters: Annotated[SweepParameters, Query()],
) -> Response:
    """Plan who knocks where, in which order; the plan's id is enough to fetch it again."""
    query = parameters.query(desk.settings)
    return _plan_file(desk, replace(query, scope=desk.seen(query.scope)))


@router.get(
    "/{sweep_id}",
    operation_id="read_sweep",
    dependencies=[Depends(no_parameters)],
    summary="A plan",
    response_model=SweepOut,
    response_class=GeoJson,
    responses=problems(404, 422),
)
def get_sweep(
    sweep_id: SweepPath,
    desk: DeskDep,
) -> Response:
    """Give a plan by its id."""
    return _plan_file(desk, _named(sweep_id, desk))


@router.get(
    "/{sweep_id}/routes/{team}.{form}",
    operation_id="read_route_file",
    dependencies=[Depends(no_parameters)],
    summary="The route of a team as a file",
    response_class=Response,
    responses=problems(404, 422)
    | {200: {"content": {media_type: {} for media_type in MEDIA_TYPES.values()}}},
)
def get_route_file(
    sweep_id: SweepPath,
    team: TeamPath,
    form: FormPath,
    desk: DeskDep,
) -> Response:
    """Give the route of one team as GeoJSON, GPX or KML, to be opened in a map app."""
    query = _named(sweep_id, desk)
    answer = desk.give(
        query,
        lambda: route_file(desk.workspace, query, team, f".{form.value}"),
        media_type=MEDIA_TYPES[form],
    )
    answer.headers["Content-Disposition"] = f'inline; filename="team-{team}.{form.value}"'
    return answer


@router.get(
    "/{sweep_id}/routes/{team}",
    operation_id="read_route",
    dependencies=[Depends(no_parameters)],
    summary="The route of a team",
    response_model=RouteOut,
    response_class=GeoJson,
    responses=problems(404, 422),
)
def get_route(
    sweep_id: SweepPath,
    team: TeamPath,
    desk: DeskDep,
) -> Response:
    """Give the route of one team as GeoJSON: its line, and its stops in order."""
    query = _named(sweep_id, desk)
    return desk.give(
        query,
        lambda: route_file(desk.workspace, query, team, ".geojson"),
        media_type=GeoJson.media_type,
    )


def _plan_file(desk: Desk, query: SweepQuery) -> Response:
    links = _links(query)
    return desk.give(
        query, lambda: plan_geojson(desk.workspace, query, links), media_type=GeoJson.media_type
    )


def _links(query: SweepQuery) -> list[dict[str, str]]:
    """Link the plan by its name, and the route of each team."""
    path = f"/api/sweeps/{quote(query.sweep_id, safe='~,')}"
    routes = [("item", f"{path}/routes/{team}") for team in range(1, query.teams + 1)]
    return [
        {"rel": rel, "href": href, "type": str(GeoJson.media_type)}
        for rel, href in [("self", path), *routes]
    ]


def _named(sweep_id: str, desk: Desk) -> SweepQuery:
    query = parse_sweep_id(sweep_id)
    return replace(query, scope=desk.seen(query.scope), speed_m_s=desk.settings.walk_speed_m_s)
