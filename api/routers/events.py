"""Changes as they happen, over HTTP."""

import asyncio
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response
from pydantic import Field

from api.auth.guard import Guard
from api.dependencies import PersonDep, WorkspaceDep
from api.routers.bodies import problems
from api.routers.parameters import Parameters
from api.routers.streams import MEDIA_TYPE, EventStream
from api.services.events import Hub, Listener
from api.services.people import TooManyAttemptsError
from api.services.rights import Person

router = APIRouter(prefix="/api/events", tags=["events"])

LATEST_SEQ = 2**62
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A stream that goes on: `event: change` with what was changed, "
        "`event: state` when something else changed the project, and comments in between.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
    }
}


class EventsParameters(Parameters):
    """From where on."""

    since: Annotated[
        int | None,
        Field(
            ge=0,
            le=LATEST_SEQ,
            description="The last change that is known, as `/api/zones` gives it in `seq`; "
            "tells of none before now where absent.",
            examples=[17],
        ),
    ] = None


LastEventId = Annotated[
    int | None,
    Header(
        alias="Last-Event-ID",
        ge=0,
        le=LATEST_SEQ,
        description="The last change that is known; goes before `since`.",
        examples=[17],
    ),
]


@router.get(
    "",
    operation_id="listen",
    summary="Changes as they happen",
    response_class=Response,
    responses=problems(503) | EVENTS,
)
async def get_events(
    request: Request,
    person: PersonDep,
    workspace: WorkspaceDep,
    parameters: Annotated[EventsParameters, Query()],
    last_event_id: LastEventId = None,
) -> Response:
    """Tell of every change the person may see, from the last one they know of."""
    hub: Hub = request.app.state.hub
    known = parameters.since if last_event_id is None else last_event_id
    seq = await asyncio.to_thread(workspace.project.last_seq) if known is None else known
    is_back = last_event_id is not None
    return EventStream(hub, Listener(person, seq, is_back, partial(_person_now, request)))


def _person_now(request: Request) -> Person | None:
    """Give who sends a request by now; `None` once their sign-in is no longer good."""
    guard: Guard = request.app.state.guard
    if "authorization" not in request.headers:
        # A page that is only left open does not keep its sign-in from growing old.
        admission = guard.signed_in(request)
        return None if admission is None else admission.person
    try:
        return guard.admit(request).person
    except (PermissionError, TooManyAttemptsError):
        return None
