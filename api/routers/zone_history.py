"""What became of control zones, over HTTP."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import Response

from api.dependencies import DeskDep
from api.routers.bodies import GeoJson, problems
from api.routers.parameters import no_parameters
from api.routers.preconditions import ConditionsDep
from api.routers.zone_answers import ControlZoneOut, TimelineOut, VersionsOut
from api.routers.zone_bodies import ReasonIn
from api.routers.zones import (
    ChangeDeskDep,
    ZonePath,
    change_problems,
    json_answer,
    zone_answer,
)
from api.services.zone_history import (
    Restoring,
    moment_members,
    restore_zone,
    version_members,
    zone_moments,
    zone_versions,
)
from geo.io.features import datetime_text

router = APIRouter(prefix="/api/zones", tags=["zones"])

NumberPath = Annotated[
    int, Path(ge=1, le=10**9, description="Of the zone's versions, from 1.", examples=[1])
]


@router.get(
    "/timeline",
    operation_id="read_zone_timeline",
    summary="When the map of zones changes",
    response_model=TimelineOut,
    responses=problems(),
    dependencies=[Depends(no_parameters)],
)
def get_timeline(desk: DeskDep) -> Response:
    """Give all moments at which zones were saved, begin or end."""
    moments = zone_moments(desk.workspace, desk.person)
    return json_answer(
        {
            "first": datetime_text(moments[0].at) if moments else None,
            "now": datetime_text(datetime.now(UTC)),
            "moments": [moment_members(moment, desk.person) for moment in moments],
        }
    )


@router.get(
    "/{zone_id}/versions",
    operation_id="list_zone_versions",
    summary="Versions of a zone",
    response_model=VersionsOut,
    responses=problems(404),
    dependencies=[Depends(no_parameters)],
)
def get_versions(zone_id: ZonePath, desk: DeskDep) -> Response:
    """List what a zone was, the newest first; of a deleted one too."""
    versions = zone_versions(desk.workspace, desk.person, zone_id)
    return json_answer({"versions": [version_members(one, desk.person) for one in versions]})


@router.post(
    "/{zone_id}/versions/{number}/restore",
    operation_id="restore_zone",
    summary="Bring a version back",
    response_model=ControlZoneOut,
    response_class=GeoJson,
    responses=change_problems(),
    dependencies=[Depends(no_parameters)],
)
def post_restore(
    zone_id: ZonePath,
    number: NumberPath,
    desk: ChangeDeskDep,
    body: ReasonIn,
    conditions: ConditionsDep,
) -> Response:
    """Store an old version as the newest; of a deleted zone with `If-None-Match: *`."""
    expected = desk.expected(zone_id, conditions.if_match)
    is_gone = expected is None and conditions.is_for_nothing
    wish = Restoring(zone_id, number, expected, is_gone)
    person = desk.desk.person
    act = desk.act(body.reason)
    zone = restore_zone(desk.desk.workspace, desk.project, person, wish, act)
    return zone_answer(zone, person)
