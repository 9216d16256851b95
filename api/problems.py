"""Errors as RFC 9457 problem details, from one table."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.services.collections import errors as collections
from api.services.events import NoRoomToListenError, TooManyListenersError
from api.services.languages import reader_language
from api.services.people import (
    ForgedRequestError,
    InvalidUserError,
    NotSignedInError,
    SignInBusyError,
    TooManyAttemptsError,
)
from api.services.reopening import UnknownDayError
from api.services.rights import ForbiddenError
from api.services.scope import UnknownAreaError
from api.services.sweeps import TooManyBuildingsError, UnknownSweepError, UnknownTeamError
from api.services.zone_errors import (
    CannotDrawError,
    ConditionMissingError,
    OutsideReachError,
    StaleZonesError,
    ZoneFaultsError,
)
from api.services.zone_history import UnknownVersionError
from api.services.zone_shapes import UnknownBuildingsError
from api.store.accounts import UnknownTokenError, UnknownUserError, UserExistsError
from api.store.edits import FeatureExistsError, UnknownFeatureError
from api.store.errors import ProjectBusyError
from geo.errors import CrsError, GeoError, InvalidLayerError, StartError, UnknownLayerError
from maps.assets import MissingAssetsError
from maps.text import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI, Request
    from fastapi.responses import Response

    Say = Callable[[str], str]

MEDIA_TYPE = "application/problem+json"
LOGIN_PATH = "/login"
SAFE_METHODS = frozenset({"GET", "HEAD"})
METHODS = ("DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT")
UNKNOWN = "not a parameter of this resource"
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Of every answer that does not set its own."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """
    How one kind of error is told to a client.

    Parameters
    ----------
    slug
        Last part of the problem's type.
    title
        The same for every error of the kind.
    sentence
        What a reader is told, in their language, in place of the error's own words.
    """

    slug: str
    title: str
    status: HTTPStatus
    sentence: str = ""


@runtime_checkable
class ToldError(Protocol):
    """An error that tells itself in the reader's language."""

    def told(self, say: Say) -> str:
        """Tell it to a person."""


@runtime_checkable
class PlacedError(ToldError, Protocol):
    """An error that has more to tell than a sentence."""

    def members(self, say: Say) -> dict[str, Any]:
        """Give further members of the problem document."""


INTERNAL = Problem("internal", "Something went wrong on our side", HTTPStatus.INTERNAL_SERVER_ERROR)
INVALID_BODY = Problem("invalid-body", "Body not understood", HTTPStatus.UNPROCESSABLE_ENTITY)
TOO_LARGE = Problem(
    "too-large",
    "Too much at once",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "This is more than the service reads at once.",
)
INVALID_REQUEST = Problem("invalid-request", "Request not understood", HTTPStatus.BAD_REQUEST)
PROBLEMS: dict[type[Exception], Problem] = {
    UnknownLayerError: Problem("unknown-layer", "No such layer", HTTPStatus.NOT_FOUND),
    UnknownAreaError: Problem("unknown-area", "No such area", HTTPStatus.NOT_FOUND),
    UnknownSweepError: Problem("unknown-sweep", "No such sweep", HTTPStatus.NOT_FOUND),
    UnknownTeamError: Problem("unknown-team", "No such team", HTTPStatus.NOT_FOUND),
    UnknownDayError: Problem("unknown-day", "No such day", HTTPStatus.NOT_FOUND),
    InvalidLayerError: Problem(
        "invalid-layer", "Layer breaks its contract", HTTPStatus.UNPROCESSABLE_ENTITY
    ),
    StartError: Problem("unusable-start", "Nothing to walk on", HTTPStatus.UNPROCESSABLE_ENTITY),
    TooManyBuildingsError: Problem(
        "too-many-buildings", "Too many buildings for one plan", HTTPStatus.UNPROCESSABLE_ENTITY
    ),
    GeoError: Problem("invalid-data", "Data break their contract", HTTPStatus.UNPROCESSABLE_ENTITY),
    # The store hands out metric frames, so a wrong CRS that gets this far is our bug.
    CrsError: INTERNAL,
    MissingAssetsError: Problem(
        "missing-assets", "Scripts and styles are not installed", HTTPStatus.SERVICE_UNAVAILABLE
    ),
    NotSignedInError: Problem(
        "not-signed-in",
        "Nobody is signed in",
        HTTPStatus.UNAUTHORIZED,
        "Sign in, or send a token that is still good.",
    ),
    ForbiddenError: Problem(
        "forbidden", "Not allowed", HTTPStatus.FORBIDDEN, "Your role or your areas do not allow it."
    ),
    ForgedRequestError: Problem(
        "forged-request",
        "Not asked for by our own page",
        HTTPStatus.FORBIDDEN,
        "The page has become too old for this; load it again and repeat.",
    ),
    TooManyAttemptsError: Problem(
        "too-many-attempts", "Too many attempts", HTTPStatus.TOO_MANY_REQUESTS
    ),
    SignInBusyError: Problem(
        "sign-in-busy",
        "Many people are signing in",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Many people are signing in at this moment; try again.",
    ),
    UnknownUserError: Problem("unknown-user", "No such user", HTTPStatus.NOT_FOUND),
    UnknownTokenError: Problem("unknown-token", "No such token", HTTPStatus.NOT_FOUND),
    UserExistsError: Problem("user-exists", "The name is taken", HTTPStatus.CONFLICT),
    InvalidUserError: Problem(
        "invalid-user", "No user can be like that", HTTPStatus.UNPROCESSABLE_ENTITY
    ),
    UnknownFeatureError: Problem(
        "unknown-feature", "No such feature", HTTPStatus.NOT_FOUND, "It is not there, or no longer."
    ),
    UnknownVersionError: Problem("unknown-version", "No such version", HTTPStatus.NOT_FOUND),
    UnknownBuildingsError: Problem("unknown-buildings", "No such buildings", HTTPStatus.NOT_FOUND),
    FeatureExistsError: Problem(
        "feature-exists",
        "The id is taken",
        HTTPStatus.CONFLICT,
        "Something of that id is there already.",
    ),
    ConditionMissingError: Problem(
        "condition-missing", "Which version is meant?", HTTPStatus.PRECONDITION_REQUIRED
    ),
    StaleZonesError: Problem(
        "changed-meanwhile", "Changed by somebody else", HTTPStatus.PRECONDITION_FAILED
    ),
    ZoneFaultsError: Problem("zone-faults", "Not a sound zone", HTTPStatus.UNPROCESSABLE_ENTITY),
    CannotDrawError: Problem(
        "cannot-draw", "Cannot be drawn like that", HTTPStatus.UNPROCESSABLE_ENTITY
    ),
    OutsideReachError: Problem("outside-reach", "Outside your areas", HTTPStatus.FORBIDDEN),
    TooManyListenersError: Problem(
        "too-many-listeners",
        "Listening in too many places",
        HTTPStatus.TOO_MANY_REQUESTS,
        "This account listens in too many windows; close some.",
    ),
    NoRoomToListenError: Problem(
        "no-room-to-listen",
        "As many listen as there is room for",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "As many listen as there is room for; try again later.",
    ),
    collections.UnknownCollectionError: Problem(
        "unknown-collection", "No such collection", HTTPStatus.NOT_FOUND
    ),
    collections.UnknownItemError: Problem(
        "unknown-feature", "No such feature", HTTPStatus.NOT_FOUND, "It is not there, or no longer."
    ),
    collections.ParameterError: INVALID_REQUEST,
    collections.BodyError: INVALID_REQUEST,
    collections.WrongMediaTypeError: Problem(
        "wrong-media-type", "A body of another kind", HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    ),
    collections.NoSuchFormError: Problem(
        "no-such-form", "Not to be had in that form", HTTPStatus.NOT_ACCEPTABLE
    ),
    collections.ConditionMissingError: Problem(
        "condition-missing", "Which version is meant?", HTTPStatus.PRECONDITION_REQUIRED
    ),
    collections.StaleItemError: Problem(
        "changed-meanwhile", "Changed by somebody else", HTTPStatus.PRECONDITION_FAILED
    ),
    collections.ContentError: Problem(
        "invalid-content", "Cannot be stored like that", HTTPStatus.UNPROCESSABLE_ENTITY
    ),
    collections.OutsideReachError: Problem(
        "outside-reach", "Outside your areas", HTTPStatus.FORBIDDEN
    ),
    ProjectBusyError: Problem("busy", "The project is busy", HTTPStatus.SERVICE_UNAVAILABLE),
}


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error as a problem; what is not in the table is our bug, so a 500."""
    for error in PROBLEMS:
        app.add_exception_handler(error, _answer_known)
    app.add_exception_handler(NotSignedInError, _answer_nobody)
    app.add_exception_handler(RequestValidationError, _answer_invalid_request)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_unknown)


def problem_response(
    problem: Problem, *, instance: str, request_id: str = "", **members: object
) -> JSONResponse:
    """
    Write a problem document.

    Parameters
    ----------
    instance
        Path of the request.
    request_id
        Under which the log tells of the request.
    members
        `detail` and what else the client may know.
    """
    body = {
        "type": f"/problems/{problem.slug}" if problem.slug else "about:blank",
        "title": problem.title,
        "status": int(problem.status),
        "instance": instance,
        **members,
    }
    headers = SECURITY_HEADERS | {"Cache-Control": "no-store"}
    if request_id:
        headers["X-Request-Id"] = request_id
    return JSONResponse(body, problem.status, headers=headers, media_type=MEDIA_TYPE)


def say_to(request: Request) -> Say:
    """Give the translations for whoever sent a request."""
    language = reader_language(
        request.headers.get("accept-language", ""),
        asked=request.query_params.get("lang", ""),
        default=request.app.state.settings.language,
    )
    return catalogue(language, "service").gettext


async def _answer_known(request: Request, error: Exception) -> JSONResponse:
    problem = next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)
    if problem is INTERNAL:
        return await _answer_unknown(request, error)
    say = say_to(request)
    members = error.members(say) if isinstance(error, PlacedError) else {}
    response = _answer(request, problem, detail=_detail(error, problem, say), **members)
    wait_s = getattr(error, "wait_s", None)
    if wait_s is not None:
        response.headers["Retry-After"] = str(wait_s)
    return response


def _detail(error: Exception, problem: Problem, say: Say) -> str:
    if isinstance(error, ToldError):
        return error.told(say)
    return say(problem.sentence) if problem.sentence else str(error)


async def _answer_nobody(request: Request, error: Exception) -> Response:
    """Send people to sign in, and tell programs how to."""
    if request.method in SAFE_METHODS and "text/html" in request.headers.get("accept", ""):
        query = f"?{request.url.query}" if request.url.query else ""
        after = quote(request.url.path + query, safe="/")
        headers = SECURITY_HEADERS | {"Cache-Control": "no-store"}
        address = f"{LOGIN_PATH}?next={after}"
        return RedirectResponse(address, HTTPStatus.SEE_OTHER, headers=headers)
    response = await _answer_known(request, error)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


async def _answer_invalid_request(request: Request, error: Exception) -> JSONResponse:
    faults = error.errors() if isinstance(error, RequestValidationError) else ()
    errors = [_fault(fault) for fault in faults]
    detail = "; ".join(f"{fault['name']}: {fault['detail']}" for fault in errors)
    is_content = all(_is_content(fault) for fault in faults)
    problem = INVALID_BODY if is_content else INVALID_REQUEST
    return _answer(request, problem, detail=detail, errors=errors)


def _is_content(fault: dict[str, Any]) -> bool:
    """Whether a body could be read, and breaks its contract."""
    return bool(fault["loc"][0] == "body" and fault["type"] != "json_invalid")


async def _answer_http(request: Request, error: Exception) -> JSONResponse:
    code = error.status_code if isinstance(error, HTTPException) else 500
    status = HTTPStatus(code)
    if status is TOO_LARGE.status:
        return _answer(request, TOO_LARGE, detail=say_to(request)(TOO_LARGE.sentence))
    response = _answer(request, Problem("", status.phrase, status))
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = ", ".join(sorted(_allowed(request)))
    return response


def _allowed(request: Request) -> set[str]:
    """Give the methods that some route answers at this path; HEAD goes wherever GET does."""
    methods = {method for method in METHODS if _is_answered(request, method)}
    return methods | {"HEAD"} if "GET" in methods else methods


def _is_answered(request: Request, method: str) -> bool:
    scope = dict(request.scope) | {"method": method}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)


async def _answer_unknown(request: Request, error: Exception) -> JSONResponse:
    logger.error("Request %s for %s failed", _request_id(request), request.url.path, exc_info=error)
    return _answer(request, INTERNAL)


def _answer(request: Request, problem: Problem, **members: object) -> JSONResponse:
    translated = replace(problem, title=say_to(request)(problem.title))
    return problem_response(
        translated, instance=request.url.path, request_id=_request_id(request), **members
    )


def _request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))


def _fault(error: dict[str, Any]) -> dict[str, str]:
    """Tell where and what, never the value itself."""
    place, *names = (str(part) for part in error["loc"])
    told = error["msg"].removeprefix("Value error, ")
    detail = UNKNOWN if error["type"] == "extra_forbidden" else told
    return {"in": place, "name": ".".join(names), "detail": detail}
