"""An answer that goes on for as long as somebody listens, and what belongs to it."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING

import orjson
from fastapi.responses import StreamingResponse

from api.auth.guard import SAFE_METHODS
from api.services.events import Elsewhere
from api.services.news import News

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from types import FrameType

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api.services.events import Happening, Hub, Listener

MEDIA_TYPE = "text/event-stream"
RETRY_MS = 1_000
STALLED_S = 30.0
"""A client that takes nothing for so long has gone without a word."""
FAILED_FROM = 400
STOPPING = (signal.SIGINT, signal.SIGTERM)
HEADERS = {
    "Cache-Control": "no-store",
    # Some proxies keep an answer back until it is complete, unless they are told.
    "X-Accel-Buffering": "no",
}


class EventStream(StreamingResponse):
    """
    Tells one listener of changes, as server-sent events.

    Parameters
    ----------
    hub
        What notices changes.
    listener
        Who listens; they take their seat when the answer begins.
    """

    media_type = MEDIA_TYPE

    def __init__(self, hub: Hub, listener: Listener) -> None:
        super().__init__(_texts(hub, listener), headers=HEADERS)
        self._hub = hub
        self._listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, while there is a seat."""
        with self._hub.seat(self._listener.person):
            await super().__call__(scope, receive, send)

    async def stream_response(self, send: Send) -> None:
        """Send what happens, to a client that takes it."""

        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(STALLED_S):
                await send(message)

        await super().stream_response(send_in_time)


class WakeOnChange:
    """
    Lets listeners know at once when a request has changed something.

    Parameters
    ----------
    app
        What answers.
    hub
        What notices changes.
    """

    def __init__(self, app: ASGIApp, *, hub: Hub) -> None:
        self._app = app
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, and look at its answer."""
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self._app(scope, receive, send)
            return

        async def send_and_wake(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < FAILED_FROM:
                self._hub.wake()
            await send(message)

        await self._app(scope, receive, send_and_wake)


@contextmanager
def ending_when_told(hub: Hub) -> Iterator[None]:
    """
    End all streams as soon as the process is told to stop.

    A server that is told to stop waits for open answers, and streams never end by themselves.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in STOPPING}

    def stop(number: int, frame: FrameType | None) -> None:
        hub.close()
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    ours = [number for number, handler in before.items() if callable(handler)]
    for number in ours:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])


async def _texts(hub: Hub, listener: Listener) -> AsyncIterator[bytes]:
    yield f"retry: {RETRY_MS}\nid: {listener.seq}\n\n".encode()
    async with aclosing(hub.happenings(listener)) as happenings:
        async for happening in happenings:
            yield _text(happening)


def _text(happening: Happening) -> bytes:
    if isinstance(happening, News):
        data = orjson.dumps(happening.members()).decode()
        return f"id: {happening.seq}\nevent: change\ndata: {data}\n\n".encode()
    if isinstance(happening, Elsewhere):
        data = orjson.dumps({"state": happening.state}).decode()
        return f"event: state\ndata: {data}\n\n".encode()
    return b":\n\n"
