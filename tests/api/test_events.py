"""Changes told as they happen, by a real server to real clients."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from shapely import box

from api.services.events import (
    Elsewhere,
    Heartbeat,
    Hub,
    Listener,
    ListenLimits,
    NoRoomToListenError,
    TooManyListenersError,
)
from api.services.news import News
from api.services.workspace import Workspace
from api.store.edits import Act, Edit, EditKind
from api.store.project import Project
from tests.support.listening import Event, listening
from tests.support.people import ADMIN, token_for
from tests.support.projects import small_import, small_project
from tests.support.running import Running, running
from tests.support.zone_service import EAST, EVERYWHERE, WEST, WHY, house, zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from api.services.events import Happening
    from api.services.rights import Person

AT_ONCE_S = 1.0
STOPS_WITHIN_S = 3.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Make the small community's file."""
    return small_project(tmp_path / "live.gpkg")


@pytest.fixture
def service(path: Path) -> Iterator[Running]:
    """Serve it."""
    with running(path) as service:
        yield service
        service.app.state.hub.close()


def save(service: Running, person: Person, method: str, place: str, body: Any) -> Any:  # noqa: ANN401 - JSON
    """Change something, which must work."""
    headers = {"authorization": f"Bearer {token_for(service.app, person)}"}
    if method != "POST":
        url = f"{service.base}{place.partition('?')[0]}"
        headers["if-match"] = httpx.get(url, headers=headers).headers["etag"]
    answer = httpx.request(method, f"{service.base}{place}", json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def draw(service: Running, key: str, person: Person = EVERYWHERE, x: float = 0) -> None:
    """Draw a zone."""
    save(service, person, "POST", "/api/zones", zone(house(x, 0), key=key) | {"reason": WHY})


def told(event: Event) -> tuple[str, str, int, str]:
    """Give what an event tells of a zone."""
    assert event.kind == "change"
    data = event.data
    assert data["layer"] == "zones"
    assert data["at"].endswith("Z")
    return data["key"], data["kind"], data["number"], event.id


def test_a_saved_zone_arrives_at_once_elsewhere(service: Running) -> None:
    with listening(service.base, token_for(service.app, EVERYWHERE)) as stream:
        draw(service, "new")
        saved = monotonic()
        event = stream.next(within_s=AT_ONCE_S)

    assert monotonic() - saved < AT_ONCE_S
    assert told(event)[:3] == ("new", "create", 1)


def test_the_stream_is_kept_by_nobody_on_its_way(service: Running) -> None:
    with listening(service.base, token_for(service.app, EVERYWHERE)) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        assert stream.headers["x-accel-buffering"] == "no"
        assert "content-encoding" not in stream.headers


def test_a_restart_loses_nothing(path: Path) -> None:
    with running(path) as first:
        token = token_for(first.app, EVERYWHERE)
        with listening(first.base, token) as stream:
            draw(first, "before")
            seen = stream.next().id
            first.app.state.hub.close()
            assert stream.ends()
            draw(first, "unheard")
    with Project.open(path) as project:
        act = Act("operator", "meanwhile", datetime.now(UTC))
        project.edit([Edit(EditKind.DELETE, "zones", "before")], act)

    with running(path) as second:
        draw(second, "after")
        with listening(second.base, token, last_id=seen) as stream:
            events = [stream.next() for _ in range(4)]
        second.app.state.hub.close()

    assert events[0].kind == "state"
    assert [told(event)[:2] for event in events[1:]] == [
        ("unheard", "create"),
        ("before", "delete"),
        ("after", "create"),
    ]
    ids = [int(event.id) for event in events[1:]]
    assert ids == sorted(ids)
    assert ids[0] > int(seen)


def test_one_who_has_just_read_the_zones_goes_on_from_there(service: Running) -> None:
    token = token_for(service.app, EVERYWHERE)
    draw(service, "known")
    zones = httpx.get(f"{service.base}/api/zones", headers={"authorization": f"Bearer {token}"})
    draw(service, "new")

    with listening(service.base, token, since=zones.json()["seq"]) as stream:
        assert told(stream.next())[0] == "new"


def test_nobody_is_told_of_what_happens_elsewhere(service: Running) -> None:
    with (
        listening(service.base, token_for(service.app, WEST)) as west,
        listening(service.base, token_for(service.app, EAST)) as east,
    ):
        draw(service, "east", x=400)
        save(
            service,
            EVERYWHERE,
            "PUT",
            "/api/zones/east",
            zone(house(0, 0)) | {"reason": "moved"},
        )
        save(service, EVERYWHERE, "DELETE", "/api/zones/east?reason=over", None)

        assert [told(east.next())[:3] for _ in range(2)] == [
            ("east", "create", 1),
            ("east", "delete", 2),
        ]
        assert [told(west.next())[:3] for _ in range(2)] == [
            ("east", "replace", 2),
            ("east", "delete", 3),
        ]


def test_changes_by_other_programs_are_noticed(service: Running, path: Path) -> None:
    with (
        Project.open(path) as other,
        listening(service.base, token_for(service.app, EVERYWHERE)) as stream,
    ):
        other.edit([Edit(EditKind.DELETE, "zones", "z1")], Act("op", "over", datetime.now(UTC)))
        assert told(stream.next())[:2] == ("z1", "delete")
        other.write([small_import()])
        events = {event.kind: event for event in (stream.next(), stream.next())}

    assert told(events["change"])[:2] == ("z1", "create")
    assert events["state"].data["state"]
    assert events["state"].id == ""


def test_only_who_is_signed_in_listens(service: Running) -> None:
    assert httpx.get(f"{service.base}/api/events").status_code == httpx.codes.UNAUTHORIZED
    headers = {"authorization": f"Bearer {token_for(service.app)}"}
    for query in ("since=-1", "since=x", "from=1"):
        answer = httpx.get(f"{service.base}/api/events?{query}", headers=headers)
        assert answer.status_code == httpx.codes.BAD_REQUEST


def test_there_are_only_so_many_places_to_listen(service: Running) -> None:
    workspace = service.app.state.workspace
    service.app.state.hub = Hub(workspace, limits=ListenLimits(each=1, total=2))
    first, second, third = (token_for(service.app, person) for person in (EVERYWHERE, WEST, EAST))

    def refused(token: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}"}
        return httpx.get(f"{service.base}/api/events", headers=headers)

    with listening(service.base, first):
        assert refused(first).status_code == httpx.codes.TOO_MANY_REQUESTS
        with listening(service.base, second):
            answer = refused(third)

    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_server_that_is_told_to_stop_does_not_wait_for_listeners(path: Path) -> None:
    with running(path) as service:
        token = token_for(service.app, EVERYWHERE)
    command = [sys.executable, "-m", "api.cli", "serve", "--project", str(path), "--port", "0"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        base = _address(server.stdout.readline)
        with listening(base, token) as stream:
            asked = monotonic()
            server.send_signal(signal.SIGTERM)
            assert stream.ends()
            server.wait(timeout=STOPS_WITHIN_S)
            assert monotonic() - asked < STOPS_WITHIN_S
        complaints = server.stderr.read()
        assert "ASGI" not in complaints
        assert "graceful" not in complaints


def _address(read_line: Callable[[], str]) -> str:
    """Give the address a server tells when it starts, once it answers there."""
    line = read_line()
    while " at http://" not in line:
        assert line, "the server has ended"
        line = read_line()
    base = "http://" + line.partition(" at http://")[2].split("/")[0]
    transport = httpx.HTTPTransport(retries=5)
    with httpx.Client(transport=transport, timeout=30) as client:
        assert client.get(f"{base}/health").status_code == httpx.codes.OK
    return base


def heard(
    hub: Hub, listener: Listener, count: int, *, after: Callable[[], object] | None = None
) -> list[Happening]:
    """Listen to a hub until so much has happened, or it ends."""

    async def listen() -> list[Happening]:
        found: list[Happening] = []
        async with asyncio.timeout(10):
            stream = hub.happenings(listener)
            async for happening in stream:
                found.append(happening)
                if after is not None:
                    await asyncio.to_thread(after)
                if len(found) == count:
                    break
            await stream.aclose()
        return found

    return asyncio.run(listen())


@pytest.fixture
def project(path: Path) -> Iterator[Project]:
    """Open the file."""
    with Project.open(path) as project:
        yield project


def listener_of(person: Person, seq: int = 0, *, is_back: bool = False) -> Listener:
    """Give a listener who stays signed in."""
    return Listener(person, seq, is_back, lambda: person)


def test_all_of_a_long_absence_is_told_in_order(project: Project) -> None:
    count = 620
    edits = [
        Edit(EditKind.CREATE, "zones", f"n{n}", {"level": "control"}, box(114, 30, 114.01, 30.01))
        for n in range(count)
    ]
    project.edit(edits, Act("op", WHY, datetime.now(UTC)))

    news = heard(Hub(Workspace(project)), listener_of(ADMIN), count)

    assert [one.key for one in news if isinstance(one, News)] == [edit.key for edit in edits]


def test_silence_is_broken_by_heartbeats(project: Project) -> None:
    hub = Hub(Workspace(project), heartbeat_s=0.05)

    assert heard(hub, listener_of(ADMIN, project.last_seq()), 2) == [Heartbeat()] * 2


def test_a_sign_in_that_has_ended_ends_the_stream(project: Project) -> None:
    hub = Hub(Workspace(project), heartbeat_s=0.05)
    answers = iter([ADMIN, ADMIN, None])
    listener = Listener(ADMIN, project.last_seq(), is_back=False, check=lambda: next(answers))

    assert heard(hub, listener, 100) == [Heartbeat()] * 2


def test_new_rights_need_a_new_stream(project: Project) -> None:
    hub = Hub(Workspace(project), heartbeat_s=0.05)
    listener = Listener(ADMIN, project.last_seq(), is_back=False, check=lambda: WEST)

    assert heard(hub, listener, 100) == []


def test_one_who_knows_of_more_than_there_is_starts_anew(project: Project) -> None:
    (happening,) = heard(Hub(Workspace(project)), listener_of(ADMIN, 10**9), 1)

    assert happening == Elsewhere(project.state)


def test_a_hub_that_is_closed_ends_every_stream(project: Project) -> None:
    hub = Hub(Workspace(project), heartbeat_s=0.05)

    assert heard(hub, listener_of(ADMIN, project.last_seq()), 100, after=hub.close) == [Heartbeat()]
    with pytest.raises(NoRoomToListenError), hub.seat(ADMIN):
        pass


def test_seats_are_counted_for_each_and_in_all(project: Project) -> None:
    hub = Hub(Workspace(project), limits=ListenLimits(each=1, total=2))

    with hub.seat(WEST):
        with pytest.raises(TooManyListenersError), hub.seat(WEST):
            pass
        with hub.seat(EAST), pytest.raises(NoRoomToListenError), hub.seat(ADMIN):
            pass
    with hub.seat(WEST):
        pass
