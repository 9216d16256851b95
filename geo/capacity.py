"""How many people a sampling site can take, and who goes where while it lasts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numba
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNLIMITED = np.iinfo(np.int64).max
HOURS_A_DAY = 24
MINUTES_AN_HOUR = 60
SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—~至到]\s*(\d{1,2}):(\d{2})")


def site_capacity(sites: pd.DataFrame) -> pd.Series[int]:
    """
    People each site can take in a round.

    The column `capacity` where it is known; else tables × people an hour and table × opening
    hours where all three are; else no limit.

    Parameters
    ----------
    sites
        Columns `capacity`, `tables`, `people_per_hour`, `hours`; each may be absent.

    Returns
    -------
    capacity
        People, `UNLIMITED` where nothing is known; index of `sites`.

    Examples
    --------
    >>> sites = pd.DataFrame({"tables": [2, 1], "people_per_hour": [100, 90],
    ...     "hours": ["08:00-11:30", None]})
    >>> site_capacity(sites).eq(UNLIMITED).tolist(), int(site_capacity(sites)[0])
    ([False, True], 700)
    """
    stated = _numbers(sites, "capacity")
    hours = sites["hours"].map(opening_h) if "hours" in sites else _unknown(sites)
    worked = _numbers(sites, "tables") * _numbers(sites, "people_per_hour") * hours
    known = stated.fillna(worked)
    return known.fillna(-1).astype(np.int64).where(known.notna(), UNLIMITED).rename("capacity")


def opening_h(text: object) -> float:
    """
    Hours a day that opening hours written out add up to; NaN where they cannot be read.

    Examples
    --------
    >>> opening_h("08:00-12:00, 14:00-17:30"), opening_h("24/7"), opening_h("Mo-Fr 22:00-02:00")
    (7.5, 24.0, 4.0)
    >>> opening_h("mornings"), opening_h(None)
    (nan, nan)
    """
    if not isinstance(text, str):
        return np.nan
    if text.strip() == "24/7":
        return float(HOURS_A_DAY)
    minutes = [_span_minutes(*(int(part) for part in span)) for span in SPAN.findall(text)]
    return sum(minutes) / MINUTES_AN_HOUR if minutes else np.nan


def _span_minutes(from_h: int, from_min: int, to_h: int, to_min: int) -> int:
    """Length of a span of the clock; one that ends before it begins runs past midnight."""
    run = (to_h - from_h) * MINUTES_AN_HOUR + to_min - from_min
    return run if run > 0 else run + HOURS_A_DAY * MINUTES_AN_HOUR


def _numbers(sites: pd.DataFrame, name: str) -> pd.Series[float]:
    return sites[name].astype("Float64").astype(float) if name in sites else _unknown(sites)


def _unknown(sites: pd.DataFrame) -> pd.Series[float]:
    return pd.Series(np.nan, index=sites.index)


def assign_nearest(
    pairs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
    people: NDArray[np.int64],
    capacity: pd.Series[int],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """
    Send whole buildings to sites within reach, the shortest walk first, while capacity lasts.

    A greedy answer: a later building may find the sites within its reach full although another
    assignment would hold it. Ties go to the building, then to the site, that comes first.

    Parameters
    ----------
    pairs
        Site, building and metres of every walk within reach; shape (pairs,) each.
    people
        To be taken from each building.
    capacity
        Of each site, in people.

    Returns
    -------
    site
        Position of the assigned site for each building; -1 for none.
    walk_m
        Metres to it; NaN for none.
    """
    site, building, metres = pairs
    order = np.lexsort((site, building, metres))
    left = np.asarray(capacity.to_numpy(), dtype=np.int64).copy()
    return _fill(site[order], building[order], metres[order], people, left)


@numba.njit(cache=True)
def _fill(
    site: NDArray[np.int64],
    building: NDArray[np.int64],
    metres: NDArray[np.float64],
    people: NDArray[np.int64],
    left: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    assigned = np.full(len(people), -1, dtype=np.int64)
    walk_m = np.full(len(people), np.nan)
    for pair in range(len(site)):
        one, house = site[pair], building[pair]
        if assigned[house] < 0 and people[house] <= left[one]:
            assigned[house] = one
            walk_m[house] = metres[pair]
            left[one] -= people[house]
    return assigned, walk_m
