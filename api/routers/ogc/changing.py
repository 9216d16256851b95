"""Features created, replaced, updated and deleted (Part 4)."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from api.dependencies import EditorDep
from api.routers.ogc.answers import CONTENT_CRS
from api.routers.ogc.links import ROOT
from api.routers.ogc.preferences import (
    Preferences,
    parse_content_crs,
    parse_if_match,
    parse_preferences,
    parse_reason,
)
from api.routers.ogc.reading import CollectionPath, ItemPath, feature_answer
from api.routers.ogc.visit import Visit, VisitDep
from api.services.collections import writing
from api.services.collections.errors import BodyError, ContentError, WrongMediaTypeError
from api.services.collections.offers import Offer
from api.services.collections.reference import CRS84
from api.services.collections.writing import Writer
from api.services.zone_errors import ZoneFaultsError
from api.store.edits import StoredFeature
from geo.errors import InvalidLayerError

GEOJSON_TYPES = ("application/geo+json", "application/json")
PATCH_TYPES = ("application/merge-patch+json",)
PREFERENCE_APPLIED = "Preference-Applied"
REFUSALS = (BodyError, ContentError, InvalidLayerError, ZoneFaultsError)
READING = ("GET", "HEAD", "OPTIONS")
NOTHING = b""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PreferringRoute(APIRoute):
    """Says even when it refuses a body that it was read strictly, as was preferred."""

    def get_route_handler(self) -> Handler:
        """Give what answers a request."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except REFUSALS as error:
                refuse = request.app.exception_handlers[type(error)]
                response: Response = await refuse(request, error)
                applied = parse_preferences(request.headers.get("prefer", "")).applied
                if applied:
                    response.headers[PREFERENCE_APPLIED] = applied
                return response

        return answer


async def _body(request: Request) -> bytes:
    return await request.body()


BodyDep = Annotated[bytes, Depends(_body)]


async def _edits(editor: EditorDep) -> None:
    """Let nobody in who may not change features."""


EDITING = [Depends(_edits)]

router = APIRouter(prefix=ROOT, route_class=PreferringRoute)


@dataclass(frozen=True, slots=True)
class Change:
    """
    One change that is asked for.

    Parameters
    ----------
    visit
        Who asks.
    offer
        The collection.
    preferences
        How they would have it done.
    """

    visit: Visit
    offer: Offer
    preferences: Preferences

    @property
    def writer(self) -> Writer:
        """Whoever makes the change."""
        project: Any = self.visit.reader.workspace.project  # one that is served can be edited
        return Writer(self.visit.reader, project, self.offer)

    @property
    def request(self) -> writing.Request:
        """What is said beside the body."""
        headers = self.visit.request.headers
        return writing.Request(
            at=datetime.now(UTC),
            reference=parse_content_crs(headers.get(CONTENT_CRS), self.offer.ground),
            expected=parse_if_match(headers.get("if-match")),
            is_lenient=self.preferences.handling == "lenient",
            reason=parse_reason(headers.get("reason", "")),
            request_id=str(self.visit.request.state.request_id),
        )

    def require_type(self, *known: str) -> None:
        """Refuse a body of another kind than these."""
        header = self.visit.request.headers.get("content-type")
        if header is None:
            msg = f"Expected the header Content-Type: {known[0]}."
            raise BodyError(msg)
        if header.partition(";")[0].strip().lower() not in known:
            msg = f"Expected a body of type {' or '.join(known)}."
            raise WrongMediaTypeError(msg)

    def answer(self, feature: StoredFeature, status: HTTPStatus) -> Response:
        """Tell what was stored, as much of it as was preferred."""
        if self.preferences.returned == "representation":
            response = feature_answer(self.visit, self.offer, feature, CRS84)
            response.status_code = HTTPStatus.OK if status is HTTPStatus.NO_CONTENT else status
        else:
            response = Response(status_code=status, headers={"ETag": feature.etag})
        if status is HTTPStatus.CREATED:
            response.headers["Location"] = self.visit.addresses.item(self.offer.name, feature.key)
        return self.told(response)

    def told(self, response: Response) -> Response:
        """Say which preferences were followed."""
        if self.preferences.applied:
            response.headers[PREFERENCE_APPLIED] = self.preferences.applied
        return response


def _change(collection: str, visit: Visit) -> Change:
    visit.take_none()
    preferences = parse_preferences(visit.request.headers.get("prefer", ""))
    return Change(visit, visit.reader.offer(collection), preferences)


@router.post("/collections/{collection}/items", dependencies=EDITING)
def post_item(collection: CollectionPath, visit: VisitDep, body: BodyDep) -> Response:
    """Create a feature."""
    change = _change(collection, visit)
    writer = change.writer
    change.require_type(*GEOJSON_TYPES)
    return change.answer(writer.create(body, change.request), HTTPStatus.CREATED)


@router.put("/collections/{collection}/items/{item:path}", dependencies=EDITING)
def put_item(
    collection: CollectionPath, item: ItemPath, visit: VisitDep, body: BodyDep
) -> Response:
    """Replace a feature."""
    change = _change(collection, visit)
    writer = change.writer
    change.require_type(*GEOJSON_TYPES)
    return change.answer(writer.replace(item, body, change.request), HTTPStatus.NO_CONTENT)


@router.patch("/collections/{collection}/items/{item:path}", dependencies=EDITING)
def patch_item(
    collection: CollectionPath, item: ItemPath, visit: VisitDep, body: BodyDep
) -> Response:
    """Update parts of a feature."""
    change = _change(collection, visit)
    writer = change.writer
    change.require_type(*PATCH_TYPES)
    return change.answer(writer.update(item, body, change.request), HTTPStatus.NO_CONTENT)


@router.delete("/collections/{collection}/items/{item:path}", dependencies=EDITING)
def delete_item(collection: CollectionPath, item: ItemPath, visit: VisitDep) -> Response:
    """Delete a feature."""
    change = _change(collection, visit)
    change.writer.delete(item, change.request)
    return change.told(Response(status_code=HTTPStatus.NO_CONTENT))


@router.options("/collections/{collection}/items")
def options_items(collection: CollectionPath, visit: VisitDep) -> Response:
    """Say what the person may do with the collection."""
    offer = visit.reader.offer(collection)
    if not offer.is_writable:
        return _allowing(READING)
    return _allowing((*READING, "POST"), {"Accept-Post": ", ".join(GEOJSON_TYPES)})


@router.options("/collections/{collection}/items/{item:path}")
def options_item(collection: CollectionPath, item: ItemPath, visit: VisitDep) -> Response:
    """Say what the person may do with a feature."""
    offer = visit.reader.offer(collection)
    visit.reader.item(offer, item)
    if not offer.is_writable:
        return _allowing(READING)
    methods = (*READING, "PUT", "PATCH", "DELETE")
    return _allowing(methods, {"Accept-Patch": ", ".join(PATCH_TYPES)})


def _allowing(methods: tuple[str, ...], headers: dict[str, str] | None = None) -> Response:
    allow = {"Allow": ", ".join(methods), "Cache-Control": "no-store"}
    return Response(NOTHING, headers=allow | (headers or {}))
