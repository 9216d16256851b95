"""Notes when sessions and tokens were last used, aside from the requests that use them."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

from api.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

NOTED_EVERY = timedelta(minutes=1)
KEPT = 10_000

_logger = logging.getLogger(__name__)


class Touches:
    """
    Notes each use at most once a minute; reading never waits for it.

    While somebody else writes, a note waits in a thread of its own; one that cannot be
    written is left out.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="touches")
        self._noted: dict[str, datetime] = {}
        self._lock = Lock()

    def note(
        self,
        key: str,
        last_used_at: datetime | None,
        now: datetime,
        write: Callable[[str, datetime], None],
    ) -> None:
        """
        Note that something was used.

        Parameters
        ----------
        key
            What was used; first argument of `write`.
        last_used_at
            As stored.
        """
        with self._lock:
            latest = max(filter(None, (last_used_at, self._noted.get(key))), default=None)
            if latest is not None and now - latest < NOTED_EVERY:
                return
            if len(self._noted) >= KEPT:
                self._noted.clear()
            self._noted[key] = now
        self._pool.submit(_write, key, now, write)

    def close(self) -> None:
        """Write what waits, and stop."""
        self._pool.shutdown(wait=True)


def _write(key: str, now: datetime, write: Callable[[str, datetime], None]) -> None:
    try:
        write(key, now)
    except StoreError as error:
        _logger.warning("The last use of a session or a token was not noted: %s", error)
