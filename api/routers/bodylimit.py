"""No request brings more than the service is willing to read."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BYTES_A_MB = 1024 * 1024


class BodyLimit:
    """
    Refuses bodies over a limit: by the length they announce, and while they come in.

    Whoever asks for a body that is too large is given an error in its place, which is
    answered as every other.

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
        """Let one request in."""
        if scope["type"] == "http":
            receive = _Body(receive, _announced_bytes(scope), self._max_bytes).receive
        await self._app(scope, receive, send)


class _Body:
    """A body on its way in."""

    def __init__(self, receive: Receive, announced_bytes: int, max_bytes: int) -> None:
        self._receive = receive
        self._bytes = announced_bytes
        self._received_bytes = 0
        self._max_bytes = max_bytes

    async def receive(self) -> Message:
        self._refuse_too_much()
        message = await self._receive()
        self._received_bytes += len(message.get("body", b""))
        self._bytes = max(self._bytes, self._received_bytes)
        self._refuse_too_much()
        return message

    def _refuse_too_much(self) -> None:
        if self._bytes > self._max_bytes:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _announced_bytes(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isdecimal() else 0
