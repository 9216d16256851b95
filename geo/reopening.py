"""Daily reopening figures by category and area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


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
        Communities in the order of their codes; premises outside every area under code ``""``.
    trend
        Every day with reports up to `day`, oldest first.
    """

    day: date
    total: Figures
    by_category: tuple[Figures, ...]
    by_area: tuple[Figures, ...]
    trend: tuple[TrendPoint, ...]
