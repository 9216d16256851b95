"""Errors as RFC 9457 problem details, from one table."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.services.reopening import UnknownDayError
from api.services.scope import UnknownAreaError
from api.services.sweeps import TooManyBuildingsError, UnknownSweepError, UnknownTeamError
from api.store.errors import ProjectBusyError
from geo.errors import CrsError, GeoError, InvalidLayerError, StartError, UnknownLayerError
from maps.assets import MissingAssetsError

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

MEDIA_TYPE = "application/problem+json"
METHODS = "GET, HEAD"
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
    """

    slug: str
    title: str
    status: HTTPStatus


INTERNAL = Problem("internal", "Something went wrong on our side", HTTPStatus.INTERNAL_SERVER_ERROR)
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
    ProjectBusyError: Problem("busy", "The project is busy", HTTPStatus.SERVICE_UNAVAILABLE),
}


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error as a problem; what is not in the table is our bug, so a 500."""
    for error in PROBLEMS:
        app.add_exception_handler(error, _answer_known)
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


async def _answer_known(request: Request, error: Exception) -> JSONResponse:
    problem = next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)
    if problem is INTERNAL:
        return await _answer_unknown(request, error)
    return _answer(request, problem, detail=str(error))


async def _answer_invalid_request(request: Request, error: Exception) -> JSONResponse:
    faults = error.errors() if isinstance(error, RequestValidationError) else ()
    errors = [_fault(fault) for fault in faults]
    detail = "; ".join(f"{fault['name']}: {fault['detail']}" for fault in errors)
    return _answer(request, INVALID_REQUEST, detail=detail, errors=errors)


async def _answer_http(request: Request, error: Exception) -> JSONResponse:
    code = error.status_code if isinstance(error, HTTPException) else 500
    status = HTTPStatus(code)
    response = _answer(request, Problem("", status.phrase, status))
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = METHODS
    return response


async def _answer_unknown(request: Request, error: Exception) -> JSONResponse:
    logger.error("Request %s for %s failed", _request_id(request), request.url.path, exc_info=error)
    return _answer(request, INTERNAL)


def _answer(request: Request, problem: Problem, **members: object) -> JSONResponse:
    return problem_response(
        problem, instance=request.url.path, request_id=_request_id(request), **members
    )


def _request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))


def _fault(error: dict[str, Any]) -> dict[str, str]:
    """Tell where and what, never the value itself."""
    place, *names = (str(part) for part in error["loc"])
    told = error["msg"].removeprefix("Value error, ")
    detail = UNKNOWN if error["type"] == "extra_forbidden" else told
    return {"in": place, "name": ".".join(names), "detail": detail}
