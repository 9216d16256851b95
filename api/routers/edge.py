"""What stands before every route: the host check, request ids, HEAD, and headers."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders

from api.dependencies import compressed_tag
from api.problems import SECURITY_HEADERS, Problem, problem_response
from api.settings import LOOPBACK_NAMES

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api.settings import Settings

HOST = re.compile(r"[A-Za-z0-9._-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
"""A name or an address, and perhaps a port; with anything else, paths could be forged."""
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
WRONG_HOST = Problem("wrong-host", "Not served under this name", HTTPStatus.MISDIRECTED_REQUEST)
ANY_HOST = frozenset({"*"})


def served_hosts(settings: Settings) -> frozenset[str]:
    """
    Give the host names under which the service answers, lower case; `*` for any.

    On a loopback address only its own names are served, so that a page from elsewhere
    cannot reach the service by pointing its own name at this machine.
    """
    if settings.allowed_hosts:
        return frozenset(host.lower() for host in settings.allowed_hosts)
    return LOOPBACK_NAMES | {settings.host.lower()} if settings.is_loopback else ANY_HOST


class Edge:
    """
    The outermost part of the service.

    Checks the host, names the request, answers HEAD as GET without a body, and sets the
    security headers that an answer has not set itself.

    Parameters
    ----------
    app
        What answers.
    hosts
        As `served_hosts` gives them.
    """

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or refuse it, and send the answer on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _request_id(headers.get("x-request-id", ""))
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, request_id=request_id, is_head=scope["method"] == "HEAD")
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        app = self._app if self._is_served(headers.get("host", "")) else _refuse
        await app(scope, receive, answer.send)

    def _is_served(self, host: str) -> bool:
        if not HOST.fullmatch(host):
            return False
        return self._hosts == ANY_HOST or _host_name(host) in self._hosts


class _Answer:
    """One answer on its way out."""

    def __init__(self, send: Send, *, request_id: str, is_head: bool) -> None:
        self._send = send
        self._request_id = request_id
        self._is_head = is_head

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self._request_id
            if headers.get("content-encoding") == "gzip" and "etag" in headers:
                headers["ETag"] = compressed_tag(headers["etag"])
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        elif self._is_head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    detail = "The service answers under its own name only."
    response = problem_response(WRONG_HOST, instance=scope["path"], detail=detail)
    await response(scope, receive, send)


def _host_name(host: str) -> str:
    """
    Take the port off a Host header.

    Examples
    --------
    >>> _host_name("LOCALHOST:8000"), _host_name("[::1]:8000"), _host_name("127.0.0.1")
    ('localhost', '::1', '127.0.0.1')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _request_id(asked: str) -> str:
    return asked if REQUEST_ID.fullmatch(asked) else uuid4().hex
