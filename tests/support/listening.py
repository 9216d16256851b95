"""A client that listens to server-sent events."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATIENCE_S = 10.0


class Event(NamedTuple):
    """One event: its kind, its id as text (empty for none), and its data."""

    kind: str
    id: str
    data: Any


@dataclass
class Listening:
    """
    An open stream of events.

    Parameters
    ----------
    headers
        Of the answer.
    """

    headers: Mapping[str, str]
    heard: Queue[Event | None] = field(default_factory=Queue)
    comments: list[str] = field(default_factory=list)
    last_id: str = ""

    def next(self, *, within_s: float = PATIENCE_S) -> Event:
        """Wait for the next event; fails if there is none in time, or the stream has ended."""
        event = self.heard.get(timeout=within_s)
        assert event is not None, "the stream has ended"
        return event

    def ends(self, *, within_s: float = PATIENCE_S) -> bool:
        """Whether the stream ends in time, whatever comes before."""
        while (event := self.heard.get(timeout=within_s)) is not None:
            assert isinstance(event, Event)
        return True

    def read(self, response: httpx.Response) -> None:
        """Take in the stream until it ends."""
        fields: dict[str, str] = {}
        try:
            for line in response.iter_lines():
                fields = self._take(line, fields)
        except (httpx.StreamError, httpx.TransportError):
            pass
        finally:
            self.heard.put(None)

    def _take(self, line: str, fields: dict[str, str]) -> dict[str, str]:
        name, _, value = line.partition(":")
        if line and not name:
            self.comments.append(value)
        elif line:
            fields[name] = value.removeprefix(" ")
        else:
            self.last_id = fields.get("id", self.last_id)
            if "data" in fields:
                data = json.loads(fields["data"])
                self.heard.put(Event(fields.get("event", "message"), fields.get("id", ""), data))
            return {}
        return fields


@contextmanager
def listening(
    base: str, token: str, *, since: int | None = None, last_id: str = ""
) -> Iterator[Listening]:
    """
    Listen while the context lasts.

    Parameters
    ----------
    base
        Address of the service.
    since
        The last change that is known.
    last_id
        As a browser sends it when it comes back.
    """
    headers = {"authorization": f"Bearer {token}"} | ({"last-event-id": last_id} if last_id else {})
    asked = {} if since is None else {"since": since}
    with (
        httpx.Client(base_url=base, timeout=PATIENCE_S, headers=headers) as client,
        client.stream("GET", "/api/events", params=asked) as response,
    ):
        assert response.status_code == httpx.codes.OK, response.read()
        stream = Listening(response.headers)
        reader = Thread(target=stream.read, args=[response], daemon=True)
        reader.start()
        yield stream
        response.close()
