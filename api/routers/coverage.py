"""Coverage over HTTP."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.dependencies import Desk, DeskDep
from api.routers.bodies import CoverageOut, CoveredBuildingsOut, GeoJson, problems
from api.routers.parameters import CoverageParameters
from api.services.coverage import CoverageQuery, buildings_geojson, zones_geojson

router = APIRouter(prefix="/api/coverage", tags=["coverage"])


@router.get(
    "",
    operation_id="read_coverage",
    summary="Uncovered zones",
    response_model=CoverageOut,
    response_class=GeoJson,
    responses=problems(404, 422),
)
def get_coverage(desk: DeskDep, parameters: Annotated[CoverageParameters, Query()]) -> Response:
    """Give the zones that no site covers, worst first, and how many people live there."""
    query = _asked(desk, parameters)
    return desk.give(
        query, lambda: zones_geojson(desk.workspace, query), media_type=GeoJson.media_type
    )


@router.get(
    "/buildings",
    operation_id="read_covered_buildings",
    summary="Buildings, covered or not",
    response_model=CoveredBuildingsOut,
    response_class=GeoJson,
    responses=problems(404, 422),
)
def get_covered_buildings(
    desk: DeskDep, parameters: Annotated[CoverageParameters, Query()]
) -> Response:
    """Give every building with its site, the walk to it, and why it is not covered."""
    query = _asked(desk, parameters)
    return desk.give(
        query, lambda: buildings_geojson(desk.workspace, query), media_type=GeoJson.media_type
    )


def _asked(desk: Desk, parameters: CoverageParameters) -> CoverageQuery:
    query = parameters.query(desk.settings)
    return replace(query, scope=desk.seen(query.scope))
