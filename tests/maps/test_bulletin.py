"""The bulletin: the sentence of the model, plural forms, what is missing, hostile names."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st

import maps.bulletin
from geo.io.demo import demo_folder
from geo.layers import PREMISES_CATEGORIES
from geo.reopening import Figures, ReopeningDay, TrendPoint, day_figures, latest_day
from maps.bulletin import CATEGORIES, bulletin_text, reopening_sentence
from maps.text import LANGUAGES, LOCALE_DIR

DAY = date(2020, 3, 25)
NOBODY = Figures("total", "total", 0, 0, 0, 0, None, None, carried=0, missing=0)
MARKERS = {"gettext": None, "ngettext": (1, 2), "_words": (1, 2, 3)}


def figures(code: str, *, premises: int, reopened: int, staff_back: int) -> Figures:
    """Give figures without changes."""
    return replace(
        NOBODY, code=code, name=code, premises=premises, reopened=reopened, staff_back=staff_back
    )


def day_of(*groups: Figures, by_area: tuple[Figures, ...] = ()) -> ReopeningDay:
    """Give a day of these categories."""
    total = replace(
        NOBODY,
        premises=sum(group.premises for group in groups),
        reopened=sum(group.reopened for group in groups),
        staff_back=sum(group.staff_back for group in groups),
    )
    return ReopeningDay(DAY, total, groups, by_area, ())


@pytest.fixture(scope="module")
def demo_day() -> ReopeningDay:
    """Give the last day of the made-up community."""
    folder = demo_folder()
    premises = gpd.read_file(folder / "premises.geojson")
    areas = gpd.read_file(folder / "areas.geojson")
    reports = pd.read_csv(folder / "reports.csv")
    return day_figures(premises, reports, areas, day=latest_day(reports))


def test_the_demo_reads_like_the_model(demo_day: ReopeningDay) -> None:
    assert reopening_sentence(demo_day, language="zh") == (
        "社区复工人员1894人。其中，复工企业107家、员工1300人，餐饮92家212人，零售131家268人，"
        "服务47家114人。"
    )
    assert reopening_sentence(demo_day, language="en") == (
        "1,894 people are back at work in the community: 1,300 in 107 enterprises, "
        "212 in 92 catering businesses, 268 in 131 shops and 114 in 47 service businesses."
    )


def test_one_of_a_thing_is_not_called_many() -> None:
    day = day_of(figures("retail", premises=1, reopened=1, staff_back=1))

    assert reopening_sentence(day, language="en") == (
        "1 person is back at work in the community: 1 in 1 shop."
    )
    assert reopening_sentence(day, language="zh") == "社区复工人员1人。其中，零售1家1人。"
    busy = day_of(figures("retail", premises=1, reopened=1, staff_back=5))
    assert reopening_sentence(busy, language="en") == (
        "5 people are back at work in the community: 5 in 1 shop."
    )


def test_without_premises_only_the_people_are_told() -> None:
    assert reopening_sentence(day_of(), language="zh") == "社区复工人员0人。"
    assert reopening_sentence(day_of(), language="en") == (
        "0 people are back at work in the community."
    )


def test_the_bulletin_of_the_demo_is_told_in_full(demo_day: ReopeningDay) -> None:
    text = bulletin_text(demo_day, language="zh", community="示例社区")

    assert text.splitlines()[:10] == [
        "示例社区复工日报",
        "2020年3月25日",
        "",
        reopening_sentence(demo_day, language="zh"),
        "",
        "各行业情况及比前一日增减",
        "全部：在册423家，复工377家（89.1%），+15家；返岗1894人，+193人",
        "企业：在册118家，复工107家（90.7%），+4家；返岗1300人，+149人",
        "餐饮：在册104家，复工92家（88.5%），+6家；返岗212人，+17人",
        "零售：在册140家，复工131家（93.6%），+2家；返岗268人，+15人",
    ]
    assert "当日未报9家，沿用其最近一次上报。" in text.splitlines()
    assert text.endswith("3月25日：在册423家，复工377家（89.1%）；返岗1894人\n")


def test_the_same_day_gives_the_same_bytes(demo_day: ReopeningDay) -> None:
    for language in LANGUAGES:
        once = bulletin_text(demo_day, language=language, community="示例社区")
        again = bulletin_text(replace(demo_day), language=language, community="示例社区")
        assert once.encode() == again.encode()
        assert once.endswith("\n")
        assert not once.endswith("\n\n")


def test_missing_and_carried_reports_are_told() -> None:
    day = day_of(figures("retail", premises=9, reopened=1, staff_back=1))
    some = replace(day, total=replace(day.total, carried=1, missing=2))

    assert "All premises reported on this day." in bulletin_text(day, language="en", community="A")
    text = bulletin_text(some, language="en", community="A")
    assert "1 premises did not report on this day; its last report is carried forward.\n" in text
    assert "2 premises have never reported and count as closed.\n" in text


def test_changes_have_a_sign_and_none_is_said_to_be_unknown() -> None:
    group = figures("retail", premises=3, reopened=1, staff_back=2)
    changed = replace(group, reopened_change=-1, staff_back_change=0)

    known = day_of(changed)
    known = replace(known, total=replace(known.total, reopened_change=-1, staff_back_change=0))
    assert "Retail: 1 of 3 open (33.3%), -1; 2 people back, ±0" in bulletin_text(
        known, language="en", community="A"
    )
    unknown = bulletin_text(day_of(group), language="en", community="A")
    assert "none of the day before to compare with" in unknown
    assert "Retail: 1 of 3 open (33.3%); 2 people back" in unknown


def test_several_communities_are_listed_and_one_is_not() -> None:
    group = figures("retail", premises=2, reopened=1, staff_back=1)
    areas = tuple(
        replace(group, code=code, name=name)
        for code, name in (("c1", "First"), ("c2", ""), ("", ""))
    )

    several = bulletin_text(day_of(group, by_area=areas), language="en", community="A")
    one = bulletin_text(day_of(group, by_area=areas[:1]), language="en", community="A")

    heading, *lines = several[several.index("By community") :].splitlines()
    assert heading == "By community"
    assert [line.split(":")[0] for line in lines] == ["First", "c2", "Outside every community"]
    assert "By community" not in one


def test_the_trend_has_the_last_seven_days() -> None:
    days = [DAY + timedelta(days=number) for number in range(10)]
    trend = tuple(TrendPoint(day, 1000, number, 1) for number, day in enumerate(days))

    text = bulletin_text(replace(day_of(), trend=trend), language="en", community="A")

    assert text[text.index("Last days") :].splitlines()[1:] == [
        f"{told}: {number} of 1,000 open ({number / 10:.1f}%); 1 person back"
        for number, told in enumerate(
            ["Mar 28", "Mar 29", "Mar 30", "Mar 31", "Apr 1", "Apr 2", "Apr 3"], start=3
        )
    ]


def test_a_share_of_nothing_is_a_dash() -> None:
    assert "All premises: 0 of 0 open (–)" in bulletin_text(day_of(), language="en", community="A")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40))
def test_a_name_cannot_break_a_line(name: str) -> None:
    group = figures("retail", premises=2, reopened=1, staff_back=1)
    areas = (replace(group, name=name, code="c1"), replace(group, name=name, code="c2"))
    hostile = bulletin_text(day_of(group, by_area=areas), language="zh", community=name)
    harmless = bulletin_text(
        day_of(group, by_area=tuple(replace(area, name="A") for area in areas)),
        language="zh",
        community="A",
    )

    assert len(hostile.splitlines()) == len(harmless.splitlines())
    assert all(sign.isprintable() or sign == "\n" for sign in hostile)


def test_names_are_kept_but_for_what_cannot_be_printed() -> None:
    text = bulletin_text(day_of(), language="en", community="  A\r\n{staff} \u202e<b>\x00 示例")

    assert text.splitlines()[0] == "Reopening bulletin of A {staff} <b> 示例"


def test_every_message_has_chinese_with_the_same_values() -> None:
    with (LOCALE_DIR / "zh" / "bulletin.po").open("rb") as file:
        catalogue = read_po(file, locale="zh")
    source = Path(maps.bulletin.__file__).read_bytes()
    found = extract("python", BytesIO(source), keywords=MARKERS)
    messages = {one for _, message, _, _ in found for one in _each(message)}

    known = {one: message for message in catalogue for one in _each(message.id)}
    assert messages == known.keys() - {""}
    for message in messages:
        told_in_chinese = _each(known[message].string)
        assert told_in_chinese
        for told in told_in_chinese:
            assert told
            assert _fields(told) == _fields(message)


def _each(message: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message or ())


def _fields(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name is not None}


def test_every_category_has_words() -> None:
    assert tuple(CATEGORIES) == PREMISES_CATEGORIES
