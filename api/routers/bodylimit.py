"""No request brings more than the service is willing to read."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from api.problems import Problem, problem_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BYTES_A_MB = 1024 * 1024
TOO_LARGE = Problem("too-large", "Too much at once", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


class BodyTooLargeError(HTTPException):
    """A body turned out larger than the service reads; an error that FastAPI lets through."""

    def __init__(self, max_bytes: int) -> None:
        detail = f"Expected a body of at most {max_bytes} bytes."
        super().__init__(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)


class BodyLimit:
    """
    Refuses bodies over a limit: by the length they announce, and while they come in.

    Parameters
    ----------
    app
        What answers.
    max_mb
        In units of 1,048,576 bytes.
    """

    def __init__(self, app: ASGIApp, *, max_mb: float) -> None:
        self._app = app
        self._max_bytes = int(max_mb * BYTES_A_MB)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif _announced_bytes(scope) > self._max_bytes:
            await self._refuse(scope, receive, send)
        else:
            await self._app(scope, _Counted(receive, self._max_bytes).receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = problem_response(
            TOO_LARGE,
            instance=scope["path"],
            request_id=scope.get("state", {}).get("request_id", ""),
            detail=BodyTooLargeError(self._max_bytes).detail,
        )
        # What still comes in is not read, so that the connection cannot be used again.
        response.headers["Connection"] = "close"
        await response(scope, receive, send)


class _Counted:
    """A body on its way in."""

    def __init__(self, receive: Receive, max_bytes: int) -> None:
        self._receive = receive
        self._max_bytes = max_bytes
        self._bytes = 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if self._bytes > self._max_bytes:
            raise BodyTooLargeError(self._max_bytes)
        return message


def _announced_bytes(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isdecimal() else 0
