"""Daily reopening figures by category and area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.errors import GeoError, InvalidLayerError
from geo.faults import Fault
from geo.layers import AREA_LEVELS, PREMISES, PREMISES_CATEGORIES, REPORTS

if TYPE_CHECKING:
    from collections.abc import Sequence

TOTAL = "total"
NO_AREA = ""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Figures:
    """
    Figures of one group of premises on one day.

    Parameters
    ----------
    code
        Category, area code, or `total`.
    name
        For people; the category itself where there is no name. Not trusted.
    premises, reopened
        Premises on the books, and those of them that are open again.
    employees, staff_back
        People employed, and those of them back at work.
    reopened_change, staff_back_change
        Change from the day before; `None` when no report of that or an earlier day exists.
    carried
        Premises without a report on the day, whose last earlier report was carried forward.
    missing
        Premises that have never reported; they count as closed.
    """

    code: str
    name: str
    premises: int
    reopened: int
    employees: int
    staff_back: int
    reopened_change: int | None
    staff_back_change: int | None
    carried: int
    missing: int


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """Figures of all premises on one day."""

    day: date
    premises: int
    reopened: int
    staff_back: int


@dataclass(frozen=True, slots=True)
class ReopeningDay:
    """
    The figures of one day.

    Parameters
    ----------
    by_category
        In the order of `geo.layers.PREMISES_CATEGORIES`; categories without premises are left out.
    by_area
        Communities in the order of their codes; premises outside every area last, under ``""``.
    trend
        Every day with reports up to `day`, oldest first.
    """

    day: date
    total: Figures
    by_category: tuple[Figures, ...]
    by_area: tuple[Figures, ...]
    trend: tuple[TrendPoint, ...]


def day_figures(
    premises: pd.DataFrame, reports: pd.DataFrame, areas: pd.DataFrame, *, day: date
) -> ReopeningDay:
    """
    Give the figures of one day, in all, by category and by community.

    A premises without a report on the day counts with its last earlier one; one that has never
    reported counts as closed, with nobody back. Figures count what was reported, even where it
    cannot be true: see `suspicious_reports`.

    Parameters
    ----------
    premises
        Columns `premises_id`, `category`, and, where known, `employees` (missing counts as
        none) and `area_code`. May be empty.
    reports
        Columns `premises_id`, `day_on` (dates or midnights), `is_open`, `staff_back`, none of
        them missing; at most one a premises and day. Of premises that are not on the books
        nothing is counted. May be empty.
    areas
        Columns `code`, `parent_code`, `level`, `name`. May be empty.

    Raises
    ------
    InvalidLayerError
        If a premises occurs twice, or reported twice for one day, or a value is missing.
    """
    _require_sound(premises, reports)
    dated = _of_known(premises, reports)
    counts = _counts(premises, dated, day)
    has_before = bool((dated["day_on"] < _midnight(day)).any())
    communities = _communities(premises, areas)
    categories = premises["category"].astype(object)
    return ReopeningDay(
        day=day,
        total=_figures(counts.sum(), TOTAL, TOTAL, has_before=has_before),
        by_category=tuple(
            _figures(counted, code, code, has_before=has_before)
            for code, counted in _grouped(counts, categories, PREMISES_CATEGORIES)
        ),
        by_area=tuple(
            _figures(counted, code, name, has_before=has_before)
            for (code, counted), name in _named(_grouped(counts, communities, ()), areas)
        ),
        trend=_trend(len(premises), dated, day),
    )


def reopening_states(premises: pd.DataFrame, reports: pd.DataFrame, *, day: date) -> pd.Series[str]:
    """
    Say of each premises how it stands on a day.

    Parameters
    ----------
    premises, reports
        As for `day_figures`.

    Returns
    -------
    state
        `open` or `closed` as reported on the day, `carried_open` or `carried_closed` by the last
        earlier report, `missing` where there is none; index of `premises`.

    Raises
    ------
    InvalidLayerError
        As for `day_figures`.
    """
    _require_sound(premises, reports)
    now = _standing(premises, _of_known(premises, reports), day)
    said = np.where(now["is_open"], "open", "closed")
    told = np.where(now["is_carried"], np.char.add("carried_", said), said)
    states = np.where(now["is_missing"], "missing", told)
    return pd.Series(states, index=premises.index, name="state", dtype="str")


def latest_day(reports: pd.DataFrame) -> date:
    """
    Give the last day for which anything was reported.

    Raises
    ------
    GeoError
        If there are no reports.

    Examples
    --------
    >>> latest_day(pd.DataFrame({"day_on": [date(2020, 3, 24), date(2020, 3, 25)]}))
    datetime.date(2020, 3, 25)
    """
    if not len(reports):
        msg = "Expected at least one report, got none."
        raise GeoError(msg)
    return pd.Timestamp(pd.to_datetime(reports["day_on"]).max()).date()


def suspicious_reports(premises: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """
    List reports that can hardly be true, for somebody to ask again.

    Parameters
    ----------
    premises, reports
        As for `day_figures`; `reports` with `report_id`.

    Returns
    -------
    suspicious
        Columns `report_id`, `premises_id`, `day_on`, `reason`, one row for each reason:
        `unknown_premises`, `more_than_employed` or `closed_with_staff`; index of `reports`,
        in which a report with two reasons comes twice.
    """
    employees = _employees(premises).set_axis(premises["premises_id"])
    reasons = {
        "unknown_premises": ~reports["premises_id"].isin(premises["premises_id"]),
        "more_than_employed": reports["staff_back"] > reports["premises_id"].map(employees),
        "closed_with_staff": ~reports["is_open"].astype(bool) & (reports["staff_back"] > 0),
    }
    columns = ["report_id", "premises_id", "day_on"]
    return pd.concat(
        [
            reports.loc[applies.to_numpy(dtype=bool, na_value=False), columns].assign(reason=reason)
            for reason, applies in reasons.items()
        ]
    ).sort_index(kind="stable")


def _require_sound(premises: pd.DataFrame, reports: pd.DataFrame) -> None:
    keys = premises["premises_id"]
    faults = [
        Fault(PREMISES.name, str(key), "premises_id", "one premises", "the same one again")
        for key in keys[keys.duplicated()]
    ]
    twice = reports.duplicated(list(REPORTS.unique))
    faults += [
        Fault(REPORTS.name, f"{key} on {day}", "", "one report", "another one")
        for key, day in reports.loc[twice, list(REPORTS.unique)].itertuples(index=False)
    ]
    faults += [
        Fault(REPORTS.name, f"row {row}", column, "a value", "nothing")
        for column in ("premises_id", "day_on", "is_open", "staff_back")
        for row in np.flatnonzero(reports[column].isna())
    ]
    if faults:
        raise InvalidLayerError(faults)


def _of_known(premises: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Keep reports of premises on the books, in plain types, oldest first."""
    plain = pd.DataFrame(
        {
            "premises_id": reports["premises_id"].to_numpy(dtype=object),
            "day_on": pd.to_datetime(reports["day_on"]).to_numpy(dtype="datetime64[s]"),
            "is_open": reports["is_open"].to_numpy(dtype=bool),
            "staff_back": reports["staff_back"].to_numpy(dtype=np.int64),
        }
    )
    is_known = plain["premises_id"].isin(premises["premises_id"])
    return plain[is_known].sort_values("day_on", kind="stable")


def _standing(premises: pd.DataFrame, dated: pd.DataFrame, day: date) -> pd.DataFrame:
    """Say how each premises stands on a day; index of `premises`."""
    last = (
        dated[dated["day_on"] <= _midnight(day)]
        .drop_duplicates("premises_id", keep="last")
        .set_index("premises_id")
        .reindex(premises["premises_id"].to_numpy(dtype=object))
    )
    is_missing = last["day_on"].isna().to_numpy()
    return pd.DataFrame(
        {
            "is_open": last["is_open"].eq(other=True).to_numpy(dtype=bool),
            "staff_back": last["staff_back"].to_numpy(dtype=np.int64, na_value=0),
            "is_carried": ~is_missing & last["day_on"].ne(_midnight(day)).to_numpy(),
            "is_missing": is_missing,
        },
        index=premises.index,
    )


def _midnight(day: date) -> pd.Timestamp:
    return pd.Timestamp(day.year, day.month, day.day)


def _employees(premises: pd.DataFrame) -> pd.Series[int]:
    """People employed, missing where nobody said; index of `premises`."""
    told = premises.get("employees", pd.Series(pd.NA, index=premises.index))
    return told.astype("Int64")


def _counts(premises: pd.DataFrame, dated: pd.DataFrame, day: date) -> pd.DataFrame:
    """Give of each premises what figures add up."""
    now = _standing(premises, dated, day)
    before = _standing(premises, dated, day - ONE_DAY)
    changed = now[["is_open", "staff_back"]].astype(np.int64) - before[["is_open", "staff_back"]]
    employees = _employees(premises).to_numpy(dtype=np.int64, na_value=0)
    return now.astype(np.int64).assign(
        premises=1,
        employees=employees,
        reopened_change=changed["is_open"],
        staff_back_change=changed["staff_back"],
    )


def _grouped(
    counts: pd.DataFrame, codes: pd.Series[str], order: Sequence[str]
) -> list[tuple[str, pd.Series[int]]]:
    """Add up groups: in the given order, then any others by code, premises without one last."""
    summed = counts.groupby(codes.to_numpy(dtype=object)).sum()
    known = dict.fromkeys([*order, *sorted(set(summed.index) - {NO_AREA}), NO_AREA])
    return [(code, summed.loc[code]) for code in known if code in summed.index]


def _named(
    groups: list[tuple[str, pd.Series[int]]], areas: pd.DataFrame
) -> list[tuple[tuple[str, pd.Series[int]], str]]:
    told = areas[areas["name"].notna()]
    names = dict(zip(told["code"], told["name"], strict=True))
    return [(group, names.get(group[0], "")) for group in groups]


def _figures(counted: pd.Series[int], code: str, name: str, *, has_before: bool) -> Figures:
    return Figures(
        code=code,
        name=name,
        premises=int(counted["premises"]),
        reopened=int(counted["is_open"]),
        employees=int(counted["employees"]),
        staff_back=int(counted["staff_back"]),
        reopened_change=int(counted["reopened_change"]) if has_before else None,
        staff_back_change=int(counted["staff_back_change"]) if has_before else None,
        carried=int(counted["is_carried"]),
        missing=int(counted["is_missing"]),
    )


def _communities(premises: pd.DataFrame, areas: pd.DataFrame) -> pd.Series[str]:
    """Name the community that each premises lies in, up the chain of parents."""
    told = premises.get("area_code", pd.Series(None, index=premises.index))
    of_area = _community_of_area(areas)
    return pd.Series(
        [of_area.get(code, NO_AREA) for code in told], index=premises.index, dtype=object
    )


def _community_of_area(areas: pd.DataFrame) -> dict[str, str]:
    """Name the community of every area that lies in one; areas that hold each other do not."""
    parent = dict(zip(areas["code"], areas["parent_code"], strict=True))
    found = {code: code for code in areas.loc[areas["level"] == "community", "code"]}
    for _ in AREA_LEVELS:
        below = {code: found[above] for code, above in parent.items() if above in found}
        found = below | found
    return found


def _trend(premises: int, dated: pd.DataFrame, day: date) -> tuple[TrendPoint, ...]:
    """
    Count every day with reports.

    Each report changes the counts by what it says less what the same premises said before, so
    the running sum of all changes carries earlier reports forward.
    """
    past = dated[dated["day_on"] <= _midnight(day)]
    said = past[["is_open", "staff_back"]].astype(np.int64)
    changes = said - said.groupby(past["premises_id"]).shift(fill_value=0)
    counts = changes.groupby(past["day_on"]).sum().cumsum()
    return tuple(
        TrendPoint(when.date(), premises, int(reopened), int(staff_back))
        for when, reopened, staff_back in zip(
            pd.DatetimeIndex(counts.index), counts["is_open"], counts["staff_back"], strict=True
        )
    )
