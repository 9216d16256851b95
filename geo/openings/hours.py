"""
Whether a gate is open, or a checkpoint staffed, at a moment.

Hours are read as OpenStreetMap writes them, as far as gates and posts need it: days, times of
the day, `off`, rules set apart by semicolons, of which the last one for a day holds. What is
written otherwise (holidays, months, sunrise) is not guessed at.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd

Week = tuple[tuple[tuple[int, int], ...], ...]
"""Of each day from Monday, spans in minutes from its midnight; one may end on the next day."""

DAY_NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAY_MIN = 24 * 60
HOUR_MIN = 60
SPANS: dict[str, tuple[tuple[int, int], ...]] = {"24/7": ((0, DAY_MIN),), "off": (), "closed": ()}
WEEKS_KEPT = 512

_DAY = f"(?:{'|'.join(DAY_NAMES)})"
_DAYS = rf"{_DAY}(?:-{_DAY})?(?:\s*,\s*{_DAY}(?:-{_DAY})?)*"
_TIME = r"\d{1,2}:\d{2}"
_TIMES = rf"{_TIME}\s*-\s*{_TIME}(?:\s*,\s*{_TIME}\s*-\s*{_TIME})*"
_RULE = re.compile(rf"(?:(?P<days>{_DAYS})\s*)?(?P<times>{_TIMES}|24/7|off|closed)?")


def is_within_hours(hours: object, at: datetime) -> bool | None:
    """
    Tell whether a moment lies within opening hours; `None` where they cannot be read.

    Parameters
    ----------
    hours
        Such as `Mo-Fr 07:30-17:30; Sa off`. Missing values cannot be read.
    at
        Its own clock is the one that counts: hand it in with the zone of the place.

    Examples
    --------
    >>> from datetime import datetime
    >>> sunday = datetime(2020, 3, 22, 23, 30)
    >>> [is_within_hours(hours, sunday) for hours in ("Mo-Sa 06:00-24:00", "22:00-05:00", "PH")]
    [False, True, None]
    """
    week = _week(hours.strip()) if isinstance(hours, str) else None
    if week is None:
        return None
    minute, today = at.hour * HOUR_MIN + at.minute, at.weekday()
    began_today = any(begin <= minute < end for begin, end in week[today])
    return began_today or any(minute + DAY_MIN < end for _, end in week[today - 1])


def gates_at(gates: gpd.GeoDataFrame, at: datetime | None) -> gpd.GeoDataFrame:
    """
    Give the gates as they stand at a moment.

    Parameters
    ----------
    gates
        Columns `state` and `opening_hours`; may be empty.
    at
        With the clock of the place; `None` leaves the states as they are.

    Returns
    -------
    gates
        With a column `is_timed` (open at some hours only). Of those, the ones whose hours can
        be read are `open` or `closed`; the others stay `hours`, which counts as open.
    """
    is_timed = gates["state"].eq("hours").astype(bool) if "state" in gates else False
    known = gates.assign(is_timed=is_timed)
    if at is None or "opening_hours" not in gates:
        return known
    is_open = {hours: is_within_hours(hours, at) for hours in gates["opening_hours"].dropna()}
    states = {hours: "open" if known else "closed" for hours, known in is_open.items()}
    readable = [hours for hours, known in is_open.items() if known is not None]
    changes = known["is_timed"] & known["opening_hours"].isin(readable)
    told = known["opening_hours"].map(states)
    return known.assign(state=known["state"].where(~changes, told))


def checkpoints_at(checkpoints: gpd.GeoDataFrame, at: datetime | None) -> gpd.GeoDataFrame:
    """
    Give the checkpoints as they are staffed at a moment.

    Parameters
    ----------
    checkpoints
        Columns `status` and `hours`, both may be missing; may be empty.
    at
        With the clock of the place; `None` takes every active one as staffed.

    Returns
    -------
    checkpoints
        With columns `is_staffed`, and `has_unknown_hours`: hours that are given and cannot be
        read. Such a checkpoint counts as staffed.
    """
    nothing = pd.Series(None, index=checkpoints.index, dtype=object)
    status, hours = (checkpoints.get(name, nothing) for name in ("status", "hours"))
    within = [None if at is None else is_within_hours(each, at) for each in hours]
    is_shut = np.array([inside is False for inside in within], dtype=bool)
    is_unread = np.array([inside is None for inside in within], dtype=bool)
    is_active = np.array([each != "closed" for each in status], dtype=bool)
    return checkpoints.assign(
        is_staffed=is_active & ~is_shut,
        has_unknown_hours=hours.notna().to_numpy() & is_unread & (at is not None),
    )


@lru_cache(maxsize=WEEKS_KEPT)
def _week(hours: str) -> Week | None:
    days: dict[int, tuple[tuple[int, int], ...]] = {}
    for text in hours.split(";"):
        rule = _RULE.fullmatch(text.strip())
        spans = _spans(rule["times"]) if rule else None
        if rule is None or spans is None:
            return None
        days |= dict.fromkeys(_days(rule["days"]), spans)
    return tuple(days.get(day, ()) for day in range(len(DAY_NAMES)))


def _days(text: str | None) -> list[int]:
    if text is None:
        return list(range(len(DAY_NAMES)))
    days: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        begin, end = DAY_NAMES.index(first), DAY_NAMES.index(last or first)
        days += [(begin + step) % 7 for step in range((end - begin) % 7 + 1)]
    return days


def _spans(text: str | None) -> tuple[tuple[int, int], ...] | None:
    """Spans of a day; `None` where a time is none, or nothing is said."""
    if text is None or text in SPANS:
        return SPANS.get(text or "")
    pairs = [[_minute(time) for time in part.split("-")] for part in text.split(",")]
    if any(minute > 2 * DAY_MIN for pair in pairs for minute in pair):
        return None
    return tuple((begin, end if end > begin else end + DAY_MIN) for begin, end in pairs)


def _minute(text: str) -> int:
    hour, minute = text.strip().split(":")
    return int(hour) * HOUR_MIN + int(minute)
