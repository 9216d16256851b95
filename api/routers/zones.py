"""Control zones over HTTP: read and changed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from api.dependencies import REVALIDATED, VARIES, Desk, DeskDep, EditorDep, matching_tag
from api.routers.bodies import GeoJson, problems
from api.routers.parameters import Parameters, no_parameters
from api.routers.preconditions import IfMatch, expected_tag, shown_tag
from api.routers.zone_answers import (
    ConflictsOut,
    ControlZoneOut,
    ControlZonesOut,
    FaultsOut,
    SavedOut,
)
from api.routers.zone_bodies import (
    MAX_ID,
    ChangesIn,
    Moment,
    Reason,
    ReasonedZoneIn,
    Writable,
)
from api.routers.zone_requests import creation, replacement, zone_changes
from api.services.rights import Person
from api.services.workspace import ProjectEditor
from api.services.zone_changes import SavedZones, ZoneChange, change_zones
from api.services.zone_features import zone_feature
from api.services.zones import ZonesQuery, period, read_zone, zones_geojson
from api.store.edits import Act, EditKind, StoredFeature, UnknownFeatureError

router = APIRouter(prefix="/api/zones", tags=["zones"])

ZonePath = Annotated[
    Writable, Path(min_length=1, max_length=MAX_ID, description="Id of a zone.", examples=["z1"])
]
NOT_MODIFIED = 304
CREATED = 201
NO_CONTENT = 204


class ZonesParameters(Parameters):
    """Which zones."""

    at: Annotated[
        Moment | None,
        Field(
            description="Those in force at this moment; all that are stored where absent.",
            examples=["2020-03-25T08:00:00Z"],
        ),
    ] = None
    known_at: Annotated[
        Moment | None,
        Field(
            description="As they were known at this moment; as stored now where absent.",
            examples=["2020-03-25T08:00:00Z"],
        ),
    ] = None

    @property
    def query(self) -> ZonesQuery:
        """What is asked."""
        return ZonesQuery(at=self.at, known_at=self.known_at)


class ReasonParameters(Parameters):
    """Why something is deleted."""

    reason: Reason


def change_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Declare the errors of an endpoint that changes zones, for the OpenAPI document."""
    told = problems(403, 404, 409, 412, 413, 422, 428, 503, *statuses)
    for status, model in ((412, ConflictsOut), (422, FaultsOut)):
        told[status] = {**told[status], "model": model}
    return told


@dataclass(frozen=True, slots=True)
class ChangeDesk:
    """
    What an endpoint that changes zones works with.

    Parameters
    ----------
    desk
        Of somebody who may change them.
    project
        The same project, to be changed.
    """

    desk: Desk
    project: ProjectEditor

    def act(self, reason: str) -> Act:
        """Give who changes something in this request, when and why."""
        request_id = str(getattr(self.desk.request.state, "request_id", ""))
        return Act(self.desk.person.name, reason, datetime.now(UTC), request_id)

    def change(self, changes: list[ZoneChange], reason: str) -> SavedZones:
        """Make changes, all of them or none."""
        desk = self.desk
        return change_zones(desk.workspace, self.project, desk.person, changes, self.act(reason))

    def expected(self, zone_id: str, if_match: str | None) -> str | None:
        """Give the entity tag that a change of a zone is of; `None` where none is named."""
        try:
            current = read_zone(self.desk.workspace, self.desk.person, zone_id).etag
        except UnknownFeatureError:
            current = None
        return expected_tag(if_match, current)


async def _change_desk(request: Request, desk: DeskDep, _editor: EditorDep) -> ChangeDesk:
    return ChangeDesk(desk, request.app.state.workspace.project)


ChangeDeskDep = Annotated[ChangeDesk, Depends(_change_desk)]
"""A desk for somebody who may change zones."""


def zone_answer(zone: StoredFeature, person: Person, *, status: int = 200) -> Response:
    """Answer with a zone and its entity tag."""
    tag = shown_tag(zone.etag, person)
    headers = {"ETag": tag, "Cache-Control": REVALIDATED, "Vary": VARIES}
    if status == CREATED:
        headers["Location"] = f"/api/zones/{quote(zone.key, safe='')}"
    return GeoJson(orjson.dumps(zone_feature(zone, person)), status, headers)


def json_answer(members: dict[str, Any]) -> Response:
    """Answer with what holds now alone."""
    headers = {"Cache-Control": REVALIDATED, "Vary": VARIES}
    return Response(orjson.dumps(members), headers=headers, media_type="application/json")


@router.get(
    "",
    operation_id="list_zones",
    summary="Control zones",
    response_model=ControlZonesOut,
    response_class=GeoJson,
    responses=problems(),
)
def get_zones(desk: DeskDep, parameters: Annotated[ZonesParameters, Query()]) -> Response:
    """List the control zones, and how many people they hold."""
    now = datetime.now(UTC)
    asked = (parameters.query, period(desk.workspace, now))
    return desk.give(
        asked,
        lambda: zones_geojson(desk.workspace, desk.person, parameters.query, now),
        media_type=GeoJson.media_type,
    )


@router.post(
    "",
    operation_id="create_zone",
    summary="Draw a zone",
    status_code=CREATED,
    response_model=ControlZoneOut,
    response_class=GeoJson,
    responses=change_problems(),
    dependencies=[Depends(no_parameters)],
)
def post_zone(desk: ChangeDeskDep, body: ReasonedZoneIn) -> Response:
    """Store a new zone."""
    saved = desk.change([creation(body)], body.reason)
    return zone_answer(saved.features[0], desk.desk.person, status=CREATED)


@router.post(
    "/changes",
    operation_id="change_zones",
    summary="Change zones together",
    response_model=SavedOut,
    responses=change_problems(),
    dependencies=[Depends(no_parameters)],
)
def post_changes(desk: ChangeDeskDep, body: ChangesIn) -> Response:
    """Make, change and delete zones, all of them or none."""
    saved = desk.change(zone_changes(body.changes), body.reason)
    features = [zone_feature(zone, desk.desk.person) for zone in saved.features]
    return json_answer({"seq": saved.seq, "features": features, "deleted": saved.deleted})


@router.get(
    "/{zone_id}",
    operation_id="read_zone",
    summary="A zone",
    response_model=ControlZoneOut,
    response_class=GeoJson,
    responses=problems(404),
    dependencies=[Depends(no_parameters)],
)
def get_zone(zone_id: ZonePath, desk: DeskDep) -> Response:
    """Give a zone with the entity tag that a change of it has to name."""
    zone = read_zone(desk.workspace, desk.person, zone_id)
    answer = zone_answer(zone, desk.person)
    tag = shown_tag(zone.etag, desk.person)
    held = matching_tag(desk.request.headers.get("if-none-match", ""), tag)
    if held:
        headers = {"ETag": held, "Cache-Control": REVALIDATED, "Vary": VARIES}
        return Response(status_code=NOT_MODIFIED, headers=headers)
    return answer


@router.put(
    "/{zone_id}",
    operation_id="replace_zone",
    summary="Redraw a zone",
    response_model=ControlZoneOut,
    response_class=GeoJson,
    responses=change_problems(),
    dependencies=[Depends(no_parameters)],
)
def put_zone(
    zone_id: ZonePath, desk: ChangeDeskDep, body: ReasonedZoneIn, if_match: IfMatch = None
) -> Response:
    """Store a zone in place of the version that was seen."""
    change = replacement(zone_id, body, desk.expected(zone_id, if_match))
    saved = desk.change([change], body.reason)
    return zone_answer(saved.features[0], desk.desk.person)


@router.delete(
    "/{zone_id}",
    operation_id="delete_zone",
    summary="Delete a zone",
    status_code=NO_CONTENT,
    response_class=Response,
    responses=change_problems(),
)
def delete_zone(
    zone_id: ZonePath,
    desk: ChangeDeskDep,
    parameters: Annotated[ReasonParameters, Query()],
    if_match: IfMatch = None,
) -> Response:
    """Delete the version of a zone that was seen; its history stays."""
    etag = desk.expected(zone_id, if_match)
    desk.change([ZoneChange(EditKind.DELETE, zone_id, {}, etag=etag)], parameters.reason)
    return Response(status_code=NO_CONTENT, headers={"Cache-Control": "no-store"})
