"""
One thread that writes, for the many that want to.

Calls queue up; those that wait together are run one after another in one transaction, each
within a savepoint of its own, and are committed together: the disk is waited for once for all
of them. Nobody gets a result before it is on the disk.
"""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import sqlalchemy as sa

from api.store.connection import for_writing
from api.store.errors import BrokenProjectError, ProjectBusyError, ProjectClosedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GROUP_LIMIT = 500
# After one of these the transaction may be gone, and with it what others in it have done.
FATAL = (sa.exc.SQLAlchemyError, BrokenProjectError, ProjectBusyError)

T = TypeVar("T")


class Writer:
    """
    Runs what is to be written, one call at a time, many calls a commit.

    The thread starts with the first call.

    Parameters
    ----------
    engine
        Of the project.
    group_limit
        How many calls share a commit at most.
    """

    def __init__(self, engine: sa.Engine, *, group_limit: int = GROUP_LIMIT) -> None:
        self._engine = for_writing(engine)
        self._group_limit = group_limit
        self._calls: SimpleQueue[_Call[Any] | None] = SimpleQueue()
        self._lock = Lock()
        self._thread: Thread | None = None
        self._is_closed = False

    @property
    def waiting_count(self) -> int:
        """How many calls wait to be run."""
        return self._calls.qsize()

    def call(self, work: Callable[[sa.Connection], T]) -> T:
        """
        Run something in a writing transaction, and wait until it is on the disk.

        Parameters
        ----------
        work
            All it writes is taken back if it raises.

        Returns
        -------
        result
            What the work returned.

        Raises
        ------
        ProjectClosedError
            If the writer is closed.
        StoreError
            If the transaction could not begin or commit; so does everybody whose call was
            in it.
        """
        call = _Call(work)
        with self._lock:
            if self._is_closed:
                msg = "The project is closed; open it again to write."
                raise ProjectClosedError(msg)
            self._start()
            self._calls.put(call)
        return call.handed_back.result()

    def close(self) -> None:
        """Write what was asked for until now, and stop."""
        with self._lock:
            self._is_closed = True
            thread, self._thread = self._thread, None
        if thread is not None:
            self._calls.put(None)
            thread.join()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._serve, name="project-writer", daemon=True)
            self._thread.start()

    def _serve(self) -> None:
        while group := self._next_group():
            self._run(group)

    def _next_group(self) -> list[_Call[Any]]:
        """Wait for a call, and take those that wait behind it; nothing once closed."""
        first = self._calls.get()
        group = [] if first is None else [first]
        with suppress(Empty):
            while 0 < len(group) < self._group_limit:
                following = self._calls.get_nowait()
                if following is None:
                    self._calls.put(None)
                    break
                group.append(following)
        return group

    def _run(self, group: list[_Call[Any]]) -> None:
        transaction = _Outcome[None]()
        with transaction.kept(), self._engine.begin() as connection:
            for call in group:
                call.run(connection)
        for call in group:
            call.hand_back(transaction.error)


class _Outcome(Generic[T]):
    """What came of something that was tried."""

    def __init__(self) -> None:
        self.result: T | None = None
        self.error: BaseException | None = None

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep what is raised, for the thread that has to hear of it."""
        try:
            yield
        except BaseException as error:  # noqa: BLE001 - raised again where it was asked for
            self.error = error


class _Call(Generic[T]):
    """Something to be written, and somebody who waits for it."""

    def __init__(self, work: Callable[[sa.Connection], T]) -> None:
        self.handed_back: Future[T] = Future()
        self._work = work
        self._outcome = _Outcome[T]()

    def run(self, connection: sa.Connection) -> None:
        """Do the work; what goes wrong with it alone concerns nobody else."""
        with self._outcome.kept(), connection.begin_nested():
            self._outcome.result = self._work(connection)
        if isinstance(self._outcome.error, FATAL):
            raise self._outcome.error

    def hand_back(self, failure: BaseException | None) -> None:
        """Tell whoever waits; a failure of the transaction is everybody's."""
        error = failure or self._outcome.error
        if error is None:
            self.handed_back.set_result(self._outcome.result)  # type: ignore[arg-type]  # of type T when nothing was raised
        else:
            self.handed_back.set_exception(error)
