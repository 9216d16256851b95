"""Fourteen days of made-up reopening reports that end in given figures."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.layers import REPORTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

LAST_DAY = date(2020, 3, 25)
OPEN_SHARES = (0.12, 0.16, 0.22, 0.29, 0.39, 0.46, 0.54, 0.61, 0.70, 0.78, 0.86, 0.91, 0.96, 1.0)
"""Of those open on the last day, how many were open on each day."""
OPENED_ON_LAST_DAY = {"enterprise": 4, "catering": 6, "retail": 2, "services": 3}
STAFF_SHARE_ON_FIRST_DAY = 0.5
UNREPORTED_ON_LAST_DAY = 9
MOST_UNREPORTED = 14


def reports(premises: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """
    Draw the reports of all days.

    A premises stays silent on a day only if nothing changed since it last reported, or if it
    has not opened yet: so figures that carry the last report forward are the true ones.

    Parameters
    ----------
    premises
        Columns `premises_id`, `category` and `staff_back_last` (people back on the last day, 0
        where still closed).

    Returns
    -------
    reports
        The declared columns, by day, then in the order of `premises`.
    """
    staff = _staff_by_day(premises, rng)
    is_reported = _reported(staff, rng)
    day, row = np.nonzero(is_reported)
    first_day = LAST_DAY - timedelta(days=len(staff) - 1)
    days = [first_day + timedelta(days=int(number)) for number in day]
    keys = premises["premises_id"].to_numpy()[row]
    found = pd.DataFrame(
        {
            "report_id": [f"{key}-{on:%m%d}" for key, on in zip(keys, days, strict=True)],
            "premises_id": keys,
            "day_on": days,
            "is_open": staff[day, row] > 0,
            "staff_back": staff[day, row],
        }
    )
    return found[list(REPORTS.column_names)]


def _staff_by_day(premises: pd.DataFrame, rng: np.random.Generator) -> NDArray[np.int64]:
    """People back, shape (days, premises); 0 where closed."""
    last = premises["staff_back_last"].to_numpy(dtype=np.int64)
    opens_on = _opening_days(premises, rng)
    day = np.arange(len(OPEN_SHARES))[:, None]
    share = (day - opens_on) / np.maximum(len(OPEN_SHARES) - 1 - opens_on, 1)
    grown = STAFF_SHARE_ON_FIRST_DAY + (1 - STAFF_SHARE_ON_FIRST_DAY) * share
    grown[-1] = 1
    staff = np.maximum(1, np.rint(last * grown)).astype(np.int64)
    return np.where((day >= opens_on) & (last > 0), staff, 0)


def _opening_days(premises: pd.DataFrame, rng: np.random.Generator) -> NDArray[np.int64]:
    """Day on which each premises opens, from 0; the number of days for those that do not."""
    opens_on = np.full(len(premises), len(OPEN_SHARES))
    for category, newest in OPENED_ON_LAST_DAY.items():
        is_open = (premises["category"].eq(category) & premises["staff_back_last"].gt(0)).to_numpy()
        members = rng.permutation(np.flatnonzero(is_open))
        earlier = len(members) - newest
        open_by_day = np.rint(np.asarray(OPEN_SHARES[:-1]) / OPEN_SHARES[-2] * earlier)
        counts = np.append(open_by_day, len(members))
        opens_on[members] = np.searchsorted(counts, np.arange(len(members)), side="right")
    return opens_on


def _reported(staff: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which premises report on which day, shape (days, premises)."""
    is_reported = np.ones(staff.shape, dtype=bool)
    known = np.zeros(staff.shape[1], dtype=np.int64)
    has_reported = np.zeros(staff.shape[1], dtype=bool)
    for day, now in enumerate(staff):
        is_last = day == len(staff) - 1
        may_be_silent = np.flatnonzero((now == known) & (has_reported | ~np.bool_(is_last)))
        count = UNREPORTED_ON_LAST_DAY if is_last else int(rng.integers(3, MOST_UNREPORTED))
        is_reported[day, rng.permutation(may_be_silent)[:count]] = False
        known = np.where(is_reported[day], now, known)
        has_reported |= is_reported[day]
    return is_reported
