"""How often somebody may try to get in."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.services.people import TooManyAttemptsError

if TYPE_CHECKING:
    from limits import RateLimitItem

SIGN_INS_OF_ACCOUNT = RateLimitItemPerMinute(10, 15)
SIGN_INS_FROM_ADDRESS = RateLimitItemPerMinute(60, 15)
TOKENS_FROM_ADDRESS = RateLimitItemPerMinute(30, 5)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One who tries: from where, and in whose name; no name for a device."""

    address: str
    name: str = ""


class Attempts:
    """
    Counts wrong passwords and wrong tokens, in the memory of this process.

    A right password clears its account; what comes from one address is counted wherever it
    was meant for.
    """

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def check(self, attempt: Attempt) -> None:
        """
        Refuse one who has been wrong too often.

        A sign-in counts at once, so that many at the same time are not all heard.

        Raises
        ------
        TooManyAttemptsError
            With the seconds to wait.
        """
        if attempt.name:
            self._require(SIGN_INS_FROM_ADDRESS, "address", attempt.address)
            if not self._limiter.hit(SIGN_INS_OF_ACCOUNT, "account", attempt.name):
                self._refuse(SIGN_INS_OF_ACCOUNT, "account", attempt.name)
        else:
            self._require(TOKENS_FROM_ADDRESS, "token", attempt.address)

    def failed(self, attempt: Attempt) -> None:
        """Count a wrong password or token."""
        if attempt.name:
            self._limiter.hit(SIGN_INS_FROM_ADDRESS, "address", attempt.address)
        else:
            self._limiter.hit(TOKENS_FROM_ADDRESS, "token", attempt.address)

    def succeeded(self, attempt: Attempt) -> None:
        """Forget the wrong passwords of an account."""
        self._limiter.clear(SIGN_INS_OF_ACCOUNT, "account", attempt.name)

    def _require(self, item: RateLimitItem, kind: str, who: str) -> None:
        if not self._limiter.test(item, kind, who):
            self._refuse(item, kind, who)

    def _refuse(self, item: RateLimitItem, kind: str, who: str) -> None:
        until_s = self._limiter.get_window_stats(item, kind, who).reset_time
        raise TooManyAttemptsError(max(1, math.ceil(until_s - time.time())))
