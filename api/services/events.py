"""
Changes as they happen, told to whoever listens.

Nothing is kept for a listener but the number of the last change it was told of, so that one
who is slow, or was away, catches up from the history: nobody holds up another, and nothing is
lost when the service starts anew. While somebody listens, the project is looked at every
half a second, because others change it too: the command line, another server, QGIS.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from api.services.news import News, news_for

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator, Sequence

    from api.services.rights import Person
    from api.services.workspace import Workspace
    from api.store.edits import Version

LOOK_EVERY_S = 0.5
HEARTBEAT_S = 15.0
KEPT_CHANGES = 1_000
READ_AT_ONCE = 500


class TooManyListenersError(RuntimeError):
    """Somebody listens in too many places at once."""


class NoRoomToListenError(RuntimeError):
    """As many listen as the service has room for."""


@dataclass(frozen=True, slots=True)
class ListenLimits:
    """
    How many may listen at a time.

    Parameters
    ----------
    each
        With one account.
    total
        In all.
    """

    each: int = 20
    total: int = 500


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something changed the project in another way than by edits: an import, QGIS."""

    state: str


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Nothing happened for a while."""


Happening = News | Elsewhere | Heartbeat


@dataclass(frozen=True, slots=True)
class Seen:
    """
    The project when it was last looked at.

    Parameters
    ----------
    seq
        Of the last change by an edit.
    state
        Differs after any change.
    revision
        Raised by every import.
    elsewhere
        How often something changed it in another way since the watch began.
    """

    seq: int = 0
    state: str = ""
    revision: int = 0
    elsewhere: int = 0


@dataclass(eq=False, slots=True)
class Listener:
    """
    Somebody who is told of changes.

    Parameters
    ----------
    person
        Decides what they are told.
    seq
        The last change they know of.
    is_back
        Whether they listened before, and may have missed a change made in another way.
    check
        Gives who they are by now; `None` once their sign-in has ended.
    """

    person: Person
    seq: int
    is_back: bool
    check: Callable[[], Person | None]
    told_elsewhere: int = 0
    checked_at_s: float = 0.0
    is_news: asyncio.Event = field(default_factory=asyncio.Event)


class Hub:
    """
    Notices changes of the project and tells listeners; one for each process.

    Parameters
    ----------
    workspace
        The project that is watched.
    limits
        How many may listen.
    heartbeat_s
        How long to be silent at most, in seconds; as often it is checked that a listener
        is still signed in.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        limits: ListenLimits | None = None,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self._workspace = workspace
        self._limits = limits or ListenLimits()
        self._heartbeat_s = heartbeat_s
        self._seats: Counter[str] = Counter()
        self._listeners: set[Listener] = set()
        self._recent: deque[Version] = deque(maxlen=KEPT_CHANGES)
        self._seen = Seen()
        self._watch: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_ready = asyncio.Event()
        self._is_change = asyncio.Event()
        self._is_closed = False

    def wake(self) -> None:
        """Look for changes now; from any thread."""
        self._call(self._is_change.set)

    def close(self) -> None:
        """End every stream, and begin no other; from any thread or signal handler."""
        self._is_closed = True
        self._call(self._tell_all)

    @contextmanager
    def seat(self, person: Person) -> Iterator[None]:
        """
        Take a place among those who listen, while the context lasts.

        Raises
        ------
        TooManyListenersError
            If the person listens in too many places.
        NoRoomToListenError
            If there is no place left, or the service is about to end.
        """
        if self._is_closed or self._seats.total() >= self._limits.total:
            msg = "Expected to listen, but as many do as there is room for."
            raise NoRoomToListenError(msg)
        if self._seats[person.name] >= self._limits.each:
            msg = f"Expected one account to listen in at most {self._limits.each} places."
            raise TooManyListenersError(msg)
        self._seats[person.name] += 1
        try:
            yield
        finally:
            self._seats[person.name] -= 1

    async def happenings(self, listener: Listener) -> AsyncGenerator[Happening, None]:
        """
        Tell a listener of everything from their last change on, until they leave.

        It ends when the service does, when the listener's sign-in has ended, and when their
        rights have become others; whoever comes back is told what they missed.
        """
        try:
            await self._begin(listener)
            while not self._is_over(listener):
                listener.is_news.clear()
                for happening in await self._catch_up(listener):
                    yield happening
                if await self._is_due(listener):
                    if await asyncio.to_thread(listener.check) != listener.person:
                        return
                    yield Heartbeat()
        finally:
            self._listeners.discard(listener)

    async def _begin(self, listener: Listener) -> None:
        self._listeners.add(listener)
        if self._watch is None or self._watch.done():
            self._loop = asyncio.get_running_loop()
            self._is_ready = asyncio.Event()
            self._watch = self._loop.create_task(self._watch_project())
        await self._is_ready.wait()
        listener.told_elsewhere = self._seen.elsewhere - int(listener.is_back)
        listener.checked_at_s = asyncio.get_running_loop().time()

    def _is_over(self, listener: Listener) -> bool:
        return self._is_closed or listener not in self._listeners

    async def _is_due(self, listener: Listener) -> bool:
        """Wait for news; tell whether it is time for a heartbeat, news or not."""
        loop = asyncio.get_running_loop()
        due_s = listener.checked_at_s + self._heartbeat_s
        if listener.seq >= self._seen.seq:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due_s):
                    await listener.is_news.wait()
        if loop.time() < due_s:
            return False
        listener.checked_at_s = loop.time()
        return True

    async def _catch_up(self, listener: Listener) -> list[Happening]:
        """Give what happened since the listener was last told of anything."""
        seen, told = self._seen, list[Happening]()
        if listener.told_elsewhere != seen.elsewhere or listener.seq > seen.seq:
            listener.told_elsewhere = seen.elsewhere
            listener.seq = min(listener.seq, seen.seq)
            told.append(Elsewhere(seen.state))
        if listener.seq < seen.seq:
            versions = await self._versions_after(listener.seq)
            listener.seq = versions[-1].seq if versions else seen.seq
            told += await asyncio.to_thread(news_for, self._workspace, listener.person, versions)
        return told

    async def _versions_after(self, seq: int) -> Sequence[Version]:
        """Give the next changes after one, from memory where they are recent."""
        recent = list(self._recent)
        if recent and recent[0].seq <= seq + 1:
            return [version for version in recent if version.seq > seq]
        return await asyncio.to_thread(self._read_after, seq)

    def _read_after(self, seq: int) -> Sequence[Version]:
        return self._workspace.project.changes_since(seq, limit=READ_AT_ONCE)

    async def _watch_project(self) -> None:
        """Look at the project again and again, as long as somebody listens."""
        try:
            self._recent.clear()
            self._is_change = asyncio.Event()
            self._seen = await asyncio.to_thread(self._position)
            self._is_ready.set()
            while self._listeners and not self._is_closed:
                await self._wait_for_change()
                await self._look()
        finally:
            # After a failure everybody comes back by themselves, and the watch begins anew.
            self._listeners.clear()
            self._is_ready.set()
            self._tell_all()

    async def _wait_for_change(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY_S):
                await self._is_change.wait()
        self._is_change.clear()

    async def _look(self) -> None:
        """Tell the listeners where something has changed since the last look."""
        before = self._seen
        seen = await asyncio.to_thread(self._position)
        if (seen.seq, seen.state) == (before.seq, before.state):
            return
        await self._remember(before.seq, seen.seq)
        # Edits change the state too; an import may come with them.
        is_elsewhere = seen.seq == before.seq or seen.revision != before.revision
        self._seen = replace(seen, elsewhere=before.elsewhere + int(is_elsewhere))
        self._tell_all()

    async def _remember(self, before: int, seq: int) -> None:
        """Keep the changes between two looks, or none if there are too many of them."""
        if seq - before > READ_AT_ONCE:
            self._recent.clear()
            return
        versions = await asyncio.to_thread(self._read_after, before)
        self._recent.extend(version for version in versions if version.seq <= seq)

    def _position(self) -> Seen:
        """Look at the project; all that is seen is of one moment."""
        project = self._workspace.project
        while True:
            seen = Seen(project.last_seq(), project.state, project.revision)
            if project.last_seq() == seen.seq:
                return seen

    def _tell_all(self) -> None:
        self._is_change.set()
        for listener in self._listeners:
            listener.is_news.set()

    def _call(self, act: Callable[[], object]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(act)
