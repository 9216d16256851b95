"""Openings in the boundaries of zones over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.dependencies import DeskDep
from api.routers.bodies import GeoJson, problems
from api.routers.parameters import Parameters
from api.routers.zone_answers import OpeningsOut
from api.routers.zone_bodies import Moment
from api.routers.zones import ZonePath
from api.services.openings import (
    MAX_BAND_M,
    ZoneOpenings,
    draft_feature,
    draft_posts,
    openings_features,
    openings_members,
    seen_openings,
    zone_openings,
)
from api.services.zones import read_zone
from geo.io.features import collection_bytes

router = APIRouter(prefix="/api/zones", tags=["zones"])


class OpeningsParameters(Parameters):
    """What is asked of a boundary."""

    band_m: Annotated[
        float | None,
        Field(
            gt=0,
            le=MAX_BAND_M,
            allow_inf_nan=False,
            description="Look for a line within so many metres that needs fewer posts.",
            examples=[30],
        ),
    ] = None
    at: Annotated[
        Moment | None,
        Field(
            description="When gates with hours count as open or closed; open where absent.",
            examples=["2020-03-25T08:00:00Z"],
        ),
    ] = None


@router.get(
    "/{zone_id}/openings",
    operation_id="list_openings",
    summary="Openings of a zone",
    response_model=OpeningsOut,
    response_class=GeoJson,
    responses=problems(404, 422),
)
def get_openings(
    zone_id: ZonePath, desk: DeskDep, parameters: Annotated[OpeningsParameters, Query()]
) -> Response:
    """List where ways cross the boundary, who guards them, and how few posts would do."""
    zone = read_zone(desk.workspace, desk.person, zone_id)

    def body() -> bytes:
        band_m, at = parameters.band_m, parameters.at
        found = zone_openings(desk.workspace, zone.key, band_m=band_m, at=at)
        return _collection(seen_openings(desk.workspace, desk.person, found))

    return desk.give(parameters, body, media_type=GeoJson.media_type)


def _collection(found: ZoneOpenings) -> bytes:
    drafted = {"draft": draft_feature(found), "draft_posts": draft_posts(found)}
    return collection_bytes(openings_features(found), openings_members(found) | drafted)
