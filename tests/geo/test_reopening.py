"""Reopening figures: a hand-worked week, and the same counted by loops."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import GeoError, InvalidLayerError
from geo.layers import PREMISES_CATEGORIES
from geo.reopening import (
    Figures,
    ReopeningDay,
    day_figures,
    latest_day,
    reopening_states,
    suspicious_reports,
)

MONDAY, TUESDAY, WEDNESDAY = (date(2020, 3, day) for day in (23, 24, 25))
FEW = settings(max_examples=25, deadline=None)
AREA_CODES = ("99", "c1", "c2", "g1", "g2", "lost", None)

AREAS = pd.DataFrame(
    [
        ("99", None, "province", "Province"),
        ("c2", "99", "community", "Second"),
        ("c1", "99", "community", None),
        ("g1", "c1", "grid", "Grid of the first"),
        ("g2", "c2", "grid", "Grid of the second"),
        ("round", "about", "grid", "One of two that hold each other"),
        ("about", "round", "grid", "The other one"),
    ],
    columns=["code", "parent_code", "level", "name"],
)


def premises_of(*rows: tuple[str, str, int | None, str | None]) -> pd.DataFrame:
    """Give premises with an index that is not 0, 1, 2."""
    frame = pd.DataFrame(rows, columns=["premises_id", "category", "employees", "area_code"])
    frame["employees"] = frame["employees"].astype("Int64")
    return frame.set_index(np.arange(len(rows))[::-1] * 3)


def reports_of(*rows: tuple[str, date, bool, int]) -> pd.DataFrame:
    """Give reports as a store does."""
    frame = pd.DataFrame(rows, columns=["premises_id", "day_on", "is_open", "staff_back"])
    frame["report_id"] = [f"r{number}" for number in range(len(rows))]
    return frame.astype({"is_open": "boolean", "staff_back": "Int64"})


@pytest.fixture
def premises() -> pd.DataFrame:
    """Give a factory, two shops and a bar."""
    return premises_of(
        ("factory", "enterprise", 40, "g1"),
        ("grocer", "retail", 3, "c2"),
        ("cobbler", "retail", None, "lost"),
        ("bar", "catering", 5, "g2"),
    )


@pytest.fixture
def reports() -> pd.DataFrame:
    """Give reports of three days, in no order; the bar never reports."""
    return reports_of(
        ("grocer", TUESDAY, True, 2),
        ("factory", WEDNESDAY, True, 30),
        ("factory", MONDAY, False, 0),
        ("factory", TUESDAY, True, 12),
        ("cobbler", MONDAY, True, 1),
    )


def test_a_day_worked_by_hand(premises: pd.DataFrame, reports: pd.DataFrame) -> None:
    found = day_figures(premises, reports, AREAS, day=WEDNESDAY)

    assert found.day == WEDNESDAY
    assert found.total == Figures("total", "total", 4, 3, 48, 33, 0, 18, carried=2, missing=1)
    assert found.by_category == (
        Figures("enterprise", "enterprise", 1, 1, 40, 30, 0, 18, carried=0, missing=0),
        Figures("catering", "catering", 1, 0, 5, 0, 0, 0, carried=0, missing=1),
        Figures("retail", "retail", 2, 2, 3, 3, 0, 0, carried=2, missing=0),
    )
    assert found.by_area == (
        Figures("c1", "", 1, 1, 40, 30, 0, 18, carried=0, missing=0),
        Figures("c2", "Second", 2, 1, 8, 2, 0, 0, carried=1, missing=1),
        Figures("", "", 1, 1, 0, 1, 0, 0, carried=1, missing=0),
    )
    assert [
        (point.day, point.premises, point.reopened, point.staff_back) for point in found.trend
    ] == [
        (MONDAY, 4, 1, 1),
        (TUESDAY, 4, 3, 15),
        (WEDNESDAY, 4, 3, 33),
    ]


def test_states_tell_reported_from_carried(premises: pd.DataFrame, reports: pd.DataFrame) -> None:
    on_tuesday = reopening_states(premises, reports, day=TUESDAY)
    closed_since = reopening_states(premises, reports_of(("bar", MONDAY, False, 0)), day=WEDNESDAY)

    assert on_tuesday.tolist() == ["open", "open", "carried_open", "missing"]
    assert closed_since.tolist() == ["missing", "missing", "missing", "carried_closed"]
    pd.testing.assert_index_equal(on_tuesday.index, premises.index)


def test_the_first_day_has_nothing_to_compare_with(
    premises: pd.DataFrame, reports: pd.DataFrame
) -> None:
    first = day_figures(premises, reports, AREAS, day=MONDAY)
    second = day_figures(premises, reports, AREAS, day=TUESDAY)

    assert (first.total.reopened_change, first.total.staff_back_change) == (None, None)
    assert (second.total.reopened_change, second.total.staff_back_change) == (2, 14)


def test_a_day_without_reports_is_like_the_day_before_it(
    premises: pd.DataFrame, reports: pd.DataFrame
) -> None:
    later = day_figures(premises, reports, AREAS, day=WEDNESDAY + timedelta(days=3))

    assert (later.total.reopened, later.total.staff_back) == (3, 33)
    assert (later.total.reopened_change, later.total.staff_back_change) == (0, 0)
    assert (later.total.carried, later.total.missing) == (3, 1)
    assert later.trend[-1].day == WEDNESDAY


def test_days_after_the_day_do_not_count(premises: pd.DataFrame, reports: pd.DataFrame) -> None:
    before = reports[reports["day_on"] <= TUESDAY]

    assert day_figures(premises, reports, AREAS, day=TUESDAY) == day_figures(
        premises, before, AREAS, day=TUESDAY
    )
    empty = day_figures(premises, reports, AREAS, day=MONDAY - timedelta(days=1))
    assert (empty.total.missing, empty.total.reopened, empty.trend) == (4, 0, ())


def test_no_premises_give_no_figures(reports: pd.DataFrame) -> None:
    found = day_figures(premises_of(), reports, AREAS, day=WEDNESDAY)

    assert (found.total.premises, found.total.staff_back) == (0, 0)
    assert (found.by_category, found.by_area, found.trend) == ((), (), ())


def test_what_is_reported_is_counted_even_if_it_cannot_be(premises: pd.DataFrame) -> None:
    reports = reports_of(
        ("grocer", MONDAY, True, 400), ("bar", MONDAY, False, 6), ("ghost", MONDAY, True, 1)
    )

    assert day_figures(premises, reports, AREAS, day=MONDAY).total.staff_back == 406
    told = suspicious_reports(premises, reports)
    assert list(zip(told["premises_id"], told["reason"], strict=True)) == [
        ("grocer", "more_than_employed"),
        ("bar", "more_than_employed"),
        ("bar", "closed_with_staff"),
        ("ghost", "unknown_premises"),
    ]
    assert told["report_id"].tolist() == ["r0", "r1", "r1", "r2"]


def test_unknown_numbers_of_employees_are_not_suspicious(premises: pd.DataFrame) -> None:
    reports = reports_of(("cobbler", MONDAY, True, 9))

    assert suspicious_reports(premises, reports).empty
    assert suspicious_reports(premises.drop(columns="employees"), reports).empty


def test_areas_that_hold_each_other_hold_no_community() -> None:
    premises = premises_of(("bar", "catering", 1, "round"))

    (area,) = day_figures(premises, reports_of(), AREAS, day=MONDAY).by_area

    assert area.code == ""


def test_premises_without_area_and_employees_are_counted() -> None:
    premises = premises_of(("bar", "catering", 1, "c1"))[["premises_id", "category"]]
    reports = reports_of(("bar", MONDAY, True, 2))

    found = day_figures(premises, reports, AREAS[:0], day=MONDAY)

    assert (found.total.employees, found.by_area[0].code) == (0, "")


def test_two_reports_for_one_day_are_refused(premises: pd.DataFrame) -> None:
    reports = reports_of(("bar", MONDAY, True, 2), ("bar", MONDAY, True, 3))

    with pytest.raises(InvalidLayerError, match="bar on 2020-03-23: expected one report"):
        day_figures(premises, reports, AREAS, day=MONDAY)


def test_premises_listed_twice_are_refused(premises: pd.DataFrame, reports: pd.DataFrame) -> None:
    with pytest.raises(InvalidLayerError, match="premises, factory"):
        reopening_states(pd.concat([premises, premises[:1]]), reports, day=MONDAY)


def test_reports_with_gaps_are_refused(premises: pd.DataFrame, reports: pd.DataFrame) -> None:
    reports.loc[3, "staff_back"] = pd.NA

    with pytest.raises(InvalidLayerError, match="row 3, staff_back: expected a value, got nothing"):
        day_figures(premises, reports, AREAS, day=MONDAY)


def test_the_latest_day_is_the_last_reported(reports: pd.DataFrame) -> None:
    assert latest_day(reports) == WEDNESDAY
    assert latest_day(reports.assign(day_on=pd.to_datetime(reports["day_on"]))) == WEDNESDAY
    with pytest.raises(GeoError, match="at least one report"):
        latest_day(reports[:0])


class Premises(NamedTuple):
    """One premises for the count by loops."""

    category: str
    employees: int
    area_code: str | None


Drawn = tuple[dict[str, Premises], dict[tuple[str, date], tuple[bool, int]]]


@st.composite
def registers(draw: st.DrawFn) -> Drawn:
    """Draw up to eight premises and what they reported on up to six days."""
    made = st.builds(
        Premises,
        st.sampled_from(PREMISES_CATEGORIES),
        st.integers(0, 9),
        st.sampled_from(AREA_CODES),
    )
    premises = draw(st.dictionaries(st.sampled_from("abcdefgh"), made))
    days = st.integers(0, 5).map(lambda number: MONDAY + timedelta(days=number))
    keys = st.tuples(st.sampled_from("abcdefghxy"), days)
    said = st.tuples(st.booleans(), st.integers(0, 12))
    return premises, draw(st.dictionaries(keys, said, max_size=30))


def frames_of(drawn: Drawn) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give premises and reports as frames."""
    premises, reports = drawn
    return (
        premises_of(*((key, *one) for key, one in premises.items())),
        reports_of(*((*key, *said) for key, said in reports.items())),
    )


def counted(drawn: Drawn, day: date, keys: list[str]) -> tuple[int, int, int, int]:
    """Count reopened, staff back, carried and missing of some premises, one by one."""
    reopened = staff_back = carried = missing = 0
    for key in keys:
        days = [on for one, on in drawn[1] if one == key and on <= day]
        if not days:
            missing += 1
            continue
        is_open, staff = drawn[1][key, max(days)]
        reopened += is_open
        staff_back += staff
        carried += max(days) < day
    return reopened, staff_back, carried, missing


def told(figures: Figures) -> tuple[int, int, int, int]:
    """Give of figures what `counted` counts."""
    return figures.reopened, figures.staff_back, figures.carried, figures.missing


def community_of(area_code: str | None) -> str:
    """Name the community by hand."""
    return {"c1": "c1", "g1": "c1", "c2": "c2", "g2": "c2"}.get(area_code or "", "")


@FEW
@given(registers(), st.integers(0, 7))
def test_every_group_equals_a_count_by_loops(drawn: Drawn, number: int) -> None:
    day = MONDAY + timedelta(days=number)
    found = day_figures(*frames_of(drawn), AREAS, day=day)
    by_category, by_area = defaultdict(list), defaultdict(list)
    for key, one in drawn[0].items():
        by_category[one.category].append(key)
        by_area[community_of(one.area_code)].append(key)

    assert told(found.total) == counted(drawn, day, list(drawn[0]))
    assert {f.code: told(f) for f in found.by_category} == {
        code: counted(drawn, day, keys) for code, keys in by_category.items()
    }
    assert {f.code: told(f) for f in found.by_area} == {
        code: counted(drawn, day, keys) for code, keys in by_area.items()
    }
    assert [f.code for f in found.by_category] == [
        c for c in PREMISES_CATEGORIES if c in by_category
    ]


@FEW
@given(registers(), st.integers(0, 7))
def test_changes_and_trend_are_those_of_the_days_themselves(drawn: Drawn, number: int) -> None:
    day = MONDAY + timedelta(days=number)
    frames = frames_of(drawn)
    found = day_figures(*frames, AREAS, day=day)
    before = day_figures(*frames, AREAS, day=day - timedelta(days=1))

    if before.trend:
        assert found.total.reopened_change == found.total.reopened - before.total.reopened
        assert found.total.staff_back_change == found.total.staff_back - before.total.staff_back
    else:
        assert found.total.reopened_change is None
    days = sorted({on for key, on in drawn[1] if key in drawn[0] and on <= day})
    assert [point.day for point in found.trend] == days
    for point in found.trend:
        reopened, staff_back, _, _ = counted(drawn, point.day, list(drawn[0]))
        assert (point.reopened, point.staff_back) == (reopened, staff_back)


def totals(figures: tuple[Figures, ...]) -> list[int]:
    """Add up groups."""
    rows = [
        (f.premises, f.reopened, f.employees, f.staff_back, f.carried, f.missing) for f in figures
    ]
    return [sum(column) for column in zip(*rows, strict=True)]


@FEW
@given(registers().filter(lambda drawn: bool(drawn[0])))
def test_categories_and_areas_add_up_to_the_total(drawn: Drawn) -> None:
    found: ReopeningDay = day_figures(*frames_of(drawn), AREAS, day=WEDNESDAY)

    assert totals(found.by_category) == totals((found.total,))
    assert totals(found.by_area) == totals((found.total,))


@FEW
@given(registers())
def test_the_order_of_rows_does_not_matter(drawn: Drawn) -> None:
    premises, reports = frames_of(drawn)
    turned = day_figures(premises[::-1], reports[::-1], AREAS[::-1], day=WEDNESDAY)

    assert turned == day_figures(premises, reports, AREAS, day=WEDNESDAY)
