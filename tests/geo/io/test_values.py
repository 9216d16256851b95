from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.io.limits import MAX_TEXT_LENGTH
from geo.io.values import clean_text, is_nothing, to_datetime, to_number, to_text, typed
from geo.schema import Kind

DAY = date(2020, 3, 25)


def values_of(cells: list[object], kind: Kind) -> tuple[list[object], list[int]]:
    values, is_bad = typed(pd.Series(cells, dtype=object), kind)
    given = [
        None if missing else value for value, missing in zip(values, values.isna(), strict=True)
    ]
    return given, [number for number, bad in enumerate(is_bad) if bad]


def test_whole_numbers_are_taken_however_they_are_written() -> None:
    cells: list[object] = ["12", " 12 ", "12.0", "１２", 12, 12.0, "-3", None, ""]

    assert values_of(cells, Kind.INTEGER) == ([12, 12, 12, 12, 12, 12, -3, None, None], [])


@pytest.mark.parametrize(
    "cell", ["12 户", "1,200", "x", "1e3", "12.5", 12.5, True, 10**30, float("inf"), "nan"]
)
def test_what_is_no_whole_number_is_told(cell: object) -> None:
    assert values_of([cell], Kind.INTEGER) == ([None], [0])


def test_numbers_must_be_finite() -> None:
    cells: list[object] = ["3.5", ".5", "1e3", "1e999", "inf", "NaN", True, [1]]

    assert values_of(cells, Kind.NUMBER) == (
        [3.5, 0.5, 1000.0, None, None, None, None, None],
        [3, 4, 5, 6, 7],
    )


def test_yes_and_no_are_understood_in_both_languages() -> None:
    yes: list[object] = ["是", "有", "Yes", "TRUE", "1", 1, 1.0, True]
    no: list[object] = ["否", "无", "no", "False", "0", 0, 0.0, False]

    assert values_of(yes, Kind.BOOLEAN) == ([True] * 8, [])
    assert values_of(no, Kind.BOOLEAN) == ([False] * 8, [])
    assert values_of(["maybe", 2, None], Kind.BOOLEAN) == ([None] * 3, [0, 1])


def test_days_are_taken_from_text_serials_and_dates() -> None:
    cells: list[object] = [
        "2020-03-25",
        "2020/3/25",
        "2020.3.25",
        "2020年3月25日",
        "20200325",
        20200325,
        43915,
        43915.0,
        "43915",
        DAY,
        datetime(2020, 3, 25, 8, tzinfo=UTC),
        "2020-03-25 8:00",
        "2020-03-25T23:30:00+08:00",
    ]

    assert values_of(cells, Kind.DATE) == ([pd.Timestamp("2020-03-25")] * len(cells), [])


@pytest.mark.parametrize("cell", ["2020-13-01", "2020-02-30", "25.3.", "soon", 3, "99999999", [1]])
def test_what_is_no_day_is_told(cell: object) -> None:
    assert values_of([cell], Kind.DATE) == ([None], [0])


def test_times_are_brought_to_utc_and_without_a_zone_are_utc() -> None:
    assert to_datetime("2020-03-25 08:00:00+08:00") == datetime(2020, 3, 25, tzinfo=UTC)
    assert to_datetime("2020-03-25 8:00") == datetime(2020, 3, 25, 8, tzinfo=UTC)
    assert to_datetime(43915.5) == datetime(2020, 3, 25, 12, tzinfo=UTC)
    assert to_datetime(DAY) == datetime(2020, 3, 25, tzinfo=UTC)
    assert values_of(["2020-03-25 25:00"], Kind.DATETIME) == ([None], [0])


def test_text_is_made_of_any_plain_value() -> None:
    cells: list[object] = [
        12,
        12.0,
        2.5,
        True,
        DAY,
        datetime(2020, 3, 25, tzinfo=UTC),
        "a\x00b",
        1e300,
    ]

    assert values_of(cells, Kind.TEXT) == (
        ["12", "12", "2.5", "true", "2020-03-25", "2020-03-25", "ab", "1e+300"],
        [],
    )


def test_text_that_is_too_long_or_no_text_is_told() -> None:
    assert values_of(["x" * (MAX_TEXT_LENGTH + 1), [1], b"x"], Kind.TEXT) == ([None] * 3, [0, 1, 2])
    assert to_text(datetime(2020, 3, 25, 8, tzinfo=UTC)) == "2020-03-25T08:00:00+00:00"


def test_missing_values_of_every_kind_are_nothing() -> None:
    assert all(is_nothing(value) for value in (None, float("nan"), pd.NA, pd.NaT, "", " \t"))
    assert not any(is_nothing(value) for value in (0, False, "x", [1]))


@pytest.mark.parametrize("kind", list(Kind))
def test_a_column_of_nothing_stays_one_and_keeps_its_index(kind: Kind) -> None:
    values, is_bad = typed(pd.Series([None, None], index=[7, 5], name="x", dtype=object), kind)

    assert values.isna().all()
    assert values.index.tolist() == [7, 5]
    assert values.name == "x"
    assert not is_bad.any()


@given(number=st.integers(-(2**53), 2**53))
def test_every_whole_number_comes_back_from_its_text(number: int) -> None:
    assert values_of([str(number), float(number)], Kind.INTEGER) == ([number, number], [])


@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_comes_back_from_its_text(number: float) -> None:
    assert to_number(repr(number)) == number


@given(day=st.dates(date(1955, 1, 1), date(2170, 1, 1)))
def test_every_day_comes_back_from_its_text_and_serial(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days

    assert values_of([day.isoformat(), serial, f"{day:%Y%m%d}"], Kind.DATE)[0] == (
        [pd.Timestamp(day)] * 3
    )


@given(text=st.text())
def test_clean_text_can_stand_in_xml(text: str) -> None:
    cleaned = clean_text(text)

    assert all(character >= " " or character in "\n\r\t" for character in cleaned)
    assert clean_text(cleaned) == cleaned
    cleaned.encode()
