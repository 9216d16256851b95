"""Shapes of zones worked on before they are saved, over HTTP; nothing here is stored."""

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import Response

from api.dependencies import Desk, DeskDep
from api.problems import say_to
from api.routers.bodies import problems
from api.routers.parameters import LanguageParameters, no_parameters
from api.routers.zone_answers import MergeOut, PreviewOut, ShapesOut
from api.routers.zone_bodies import (
    BandIn,
    JoinIn,
    MergeIn,
    PreviewIn,
    ShapesIn,
    ShareIn,
    SplitIn,
    TakeIn,
)
from api.routers.zone_requests import zone_changes
from api.routers.zones import json_answer
from api.services.zone_changes import edits_of, require_seen
from api.services.zone_preview import PreviewRules, preview, preview_document
from api.services.zone_shapes import (
    draft_line,
    join_shapes,
    merge_three,
    share_borders,
    split_shape,
    take_buildings,
)
from api.store.edits import Edit
from geo.zones import MAX_VERTICES

router = APIRouter(prefix="/api/zones", tags=["zones"])


@router.post(
    "/preview",
    operation_id="preview_zones",
    summary="What changes would do",
    response_model=PreviewOut,
    responses=problems(404, 413, 422),
)
def post_preview(
    desk: DeskDep, body: PreviewIn, _parameters: Annotated[LanguageParameters, Query()]
) -> Response:
    """Tell who and what would be held, and which openings gained and lost; faults are told too."""
    edits = edits_of(zone_changes(body.changes))
    _refuse_too_much(edits)
    require_seen(desk.workspace, desk.person, edits)
    settings = desk.settings
    rules = PreviewRules(datetime.now(UTC), settings.teams, settings.walk_speed_m_s)
    found = preview(desk.workspace, desk.person, edits, rules)
    return json_answer(preview_document(desk.workspace, found, say_to(desk.request)))


@router.post(
    "/shapes",
    operation_id="work_on_shapes",
    summary="Split, join and fit shapes",
    response_model=ShapesOut,
    responses=problems(403, 404, 413, 422),
    dependencies=[Depends(no_parameters)],
)
def post_shapes(desk: DeskDep, body: ShapesIn) -> Response:
    """Split, join or fit shapes to buildings and to each other."""
    if isinstance(body, BandIn):
        shape = body.geometry.model_dump()
        return json_answer(draft_line(desk.workspace, desk.person, shape, body.band_m))
    return json_answer({"geometries": _worked_on(desk, body)})


@router.post(
    "/merge",
    operation_id="merge_shapes",
    summary="Merge two shapes made from one",
    response_model=MergeOut,
    responses=problems(413, 422),
    dependencies=[Depends(no_parameters)],
)
def post_merge(desk: DeskDep, body: MergeIn) -> Response:
    """Bring two people's changes of one shape together, where they do not touch."""
    shapes = (one.model_dump() for one in (body.base, body.mine, body.theirs))
    return json_answer(merge_three(desk.workspace, *shapes))


def _refuse_too_much(edits: Sequence[Edit]) -> None:
    """Refuse a preview that would keep others waiting: it takes time by the vertex."""
    shapes = [edit.geometry for edit in edits if edit.geometry is not None]
    counts = [int(shapely.get_num_coordinates(shape)) for shape in shapes]
    if sum(count for count in counts if count <= MAX_VERTICES) > MAX_VERTICES:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _worked_on(desk: Desk, body: SplitIn | JoinIn | ShareIn | TakeIn) -> list[Any]:
    workspace = desk.workspace
    match body:
        case SplitIn():
            return split_shape(workspace, body.geometry.model_dump(), body.line.model_dump())
        case JoinIn():
            return join_shapes(workspace, [one.model_dump() for one in body.geometries])
        case ShareIn():
            return share_borders(workspace, [one.model_dump() for one in body.geometries])
        case TakeIn():
            geometry, ids = body.geometry.model_dump(), body.buildings
            return take_buildings(workspace, desk.person, geometry, ids, is_inside=body.inside)
