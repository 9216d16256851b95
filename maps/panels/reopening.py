"""The reopening tab: the sentence, the figures by category and area, and the trend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from maps.panels.table import Cell, Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.reopening import Figures, ReopeningDay, TrendPoint
    from maps.view import CommunityView
    from maps.words import Words


@dataclass(frozen=True, slots=True)
class ReopeningPanel:
    """
    What the tab shows.

    Parameters
    ----------
    doubts
        What the figures lean on besides reports of the day; may be empty.
    """

    sentence: str
    day: str
    doubts: tuple[str, ...]
    by_category: Table
    by_area: Table | None
    trend: Table


def reopening_panel(view: CommunityView, words: Words) -> ReopeningPanel | None:
    """Give the tab, or nothing where there are no reports."""
    day = view.reopening
    if day is None:
        return None
    categories = [
        (words.choice("premises.category", figures.code), figures) for figures in day.by_category
    ]
    areas = [
        (figures.name if figures.code else words.say("Outside every area"), figures)
        for figures in day.by_area
    ]
    return ReopeningPanel(
        sentence=view.sentence,
        day=words.day(day.day),
        doubts=_doubts(day.total, words),
        by_category=_figures(words.say("By category"), categories, day.total, words),
        by_area=_figures(words.say("By area"), areas, day.total, words) if len(areas) > 1 else None,
        trend=_trend(day, words),
    )


def trend_data(day: ReopeningDay, words: Words) -> dict[str, Any]:
    """Give what the chart draws: days, per cent of premises reopened, and the counts."""
    return {
        "days": [words.day(point.day, "d MMM") for point in day.trend],
        "pct": [_pct(point) for point in day.trend],
        "reopened": [point.reopened for point in day.trend],
        "premises": [point.premises for point in day.trend],
        "title": words.say("Reopened premises, per cent of those on the books"),
        "series": words.say("Reopened"),
    }


def _pct(point: TrendPoint) -> float:
    return round(100 * point.reopened / point.premises, 1) if point.premises else 0.0


def _doubts(total: Figures, words: Words) -> tuple[str, ...]:
    told = (
        (total.carried, words.say("{count} did not report; their last report was carried forward")),
        (total.missing, words.say("{count} have never reported and count as closed")),
    )
    return tuple(text.format(count=words.count(count)) for count, text in told if count)


def _figures(
    caption: str, groups: Iterable[tuple[str, Figures]], total: Figures, words: Words
) -> Table:
    columns = (
        Column(caption),
        Column(words.say("Reopened"), is_number=True),
        Column(words.say("Change"), is_number=True),
        Column(words.say("Staff back"), is_number=True),
        Column(words.say("Change"), is_number=True),
    )
    rows = tuple(_row(name, figures, words) for name, figures in groups)
    return Table(caption, columns, rows, total=_row(words.say("Total"), total, words))


def _row(name: str, figures: Figures, words: Words) -> tuple[Cell, ...]:
    open_share = words.share(figures.reopened, figures.premises)
    return (
        Cell(
            name,
            note=words.say("{share} of {total}").format(
                share=open_share, total=words.count(figures.premises)
            ),
        ),
        Cell(words.count(figures.reopened), figures.reopened),
        Cell(words.change(figures.reopened_change), figures.reopened_change or 0),
        Cell(words.count(figures.staff_back), figures.staff_back),
        Cell(words.change(figures.staff_back_change), figures.staff_back_change or 0),
    )


def _trend(day: ReopeningDay, words: Words) -> Table:
    rows = tuple(
        (
            Cell(words.day(point.day, "d MMM"), point.day.toordinal()),
            Cell(words.count(point.reopened), point.reopened),
            Cell(words.count(point.premises), point.premises),
            Cell(words.share(point.reopened, point.premises), _pct(point)),
            Cell(words.count(point.staff_back), point.staff_back),
        )
        for point in reversed(day.trend)
    )
    columns = (
        Column(words.say("Day")),
        Column(words.say("Reopened"), is_number=True),
        Column(words.say("On the books"), is_number=True),
        Column(words.say("Share"), is_number=True),
        Column(words.say("Staff back"), is_number=True),
    )
    return Table(words.say("Day by day"), columns, rows)
