from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from geo.coverage import CoverageSummary
from maps.panels.coverage import coverage_panel
from maps.panels.reopening import reopening_panel, trend_data
from maps.panels.sweep import sweep_panel
from maps.panels.zones import zones_panel
from maps.words import Words
from tests.support.pages import empty_view, sample_view

if TYPE_CHECKING:
    from maps.panels.table import Table

EN = Words("en")
ZH = Words("zh")


def _texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def test_coverage_is_told_in_people_with_the_rule_it_was_measured_by() -> None:
    panel = coverage_panel(sample_view(), EN)

    assert panel is not None
    assert panel.headline == "95.2%"
    assert panel.headline_note == "of residents are covered"
    assert panel.rule == (
        "At most 10 minutes (720 m) along streets and through open gates from a sampling site"
    )
    assert [(figure.text, figure.note) for figure in panel.figures] == [
        ("15", "of 315"),
        ("2", "of 6"),
        ("1", "of 6"),
    ]


def test_coverage_is_told_in_buildings_where_nobody_is_known_to_live() -> None:
    view = sample_view()
    assert view.coverage is not None
    nobody = replace(view.coverage, summary=CoverageSummary(6, 3, 3, 0, 0, 0, 0))

    panel = coverage_panel(replace(view, coverage=nobody), EN)

    assert panel is not None
    assert (panel.headline, panel.headline_note) == ("50.0%", "of buildings are covered")


def test_uncovered_zones_and_the_worst_walks_lead_to_the_map() -> None:
    panel = coverage_panel(sample_view(), EN)

    assert panel is not None
    assert _texts(panel.zones) == [
        ["Uncovered zone 1", "1", "15", "1.30 km"],
        ["Uncovered zone 2", "1", "0", "–"],
    ]
    assert [row[0].key for row in panel.zones.rows] == ["u1", "u2"]
    assert _texts(panel.worst) == [["12-6", "No path", "–"], ["House 4", "Too far", "1.30 km"]]
    assert [row[0].key for row in panel.worst.rows] == ["b5", "b4"]


def test_straight_lines_are_called_so() -> None:
    view = sample_view()
    assert view.coverage is not None
    straight = replace(view.coverage, rules=replace(view.coverage.rules, is_straight_line=True))

    panel = coverage_panel(replace(view, coverage=straight, site_layer="checkpoints"), EN)

    assert panel is not None
    assert panel.is_straight_line
    assert "in a straight line from a checkpoint" in panel.rule


def test_zones_checkpoints_and_gates_are_listed_named_gates_first() -> None:
    panel = zones_panel(sample_view(), ZH)

    assert panel.zones is not None
    assert panel.checkpoints is not None
    assert panel.gates is not None
    assert _texts(panel.zones) == [
        ["House Zone", "封控区", "2020-03-18"],
        ["z2", "防范区", "–"],
    ]
    assert _texts(panel.checkpoints) == [["House Post", "值守", "–"]]
    assert _texts(panel.gates) == [
        ["House West Gate", "开放", "–"],
        ["门", "关闭", "–"],
        ["门", "定时", "06:00-22:00"],
    ]


def test_a_plan_is_told_with_its_bound() -> None:
    panel = sweep_panel(sample_view(), EN)

    assert panel is not None
    assert panel.makespan == "33 min"
    assert {figure.title: figure.text for figure in panel.figures} == {
        "Teams": "2",
        "Buildings visited": "3",
        "Walked by all teams": "440 m",
        "Proven lower bound": "32 min",
    }
    assert panel.figures[-1].note == "at most 3.2% longer than the best"
    assert panel.start == "All teams set out from the office."
    assert _texts(panel.teams) == [
        ["Team 1", "2", "24", "170 m", "33 min"],
        ["Team 2", "1", "12", "270 m", "19 min"],
    ]


def test_buildings_nobody_reaches_are_named() -> None:
    panel = sweep_panel(sample_view(), EN)

    assert panel is not None
    assert [(cell.text, cell.key) for cell in panel.unreachable] == [("12-6", "b5")]


def test_reopening_is_told_with_changes_and_doubts() -> None:
    panel = reopening_panel(sample_view(), EN)

    assert panel is not None
    assert _texts(panel.by_category) == [
        ["Enterprise", "1", "0", "16", "+2"],
        ["Catering", "1", "+1", "5", "−5"],
        ["Retail", "0", "–", "0", "–"],
    ]
    assert [cell.text for cell in panel.by_category.total] == ["Total", "2", "+1", "21", "−3"]
    assert panel.doubts == (
        "1 did not report; their last report was carried forward",
        "1 have never reported and count as closed",
    )
    assert panel.by_area is not None
    assert _texts(panel.by_area)[1][0] == "Outside every area"


def test_the_chart_and_its_table_have_the_same_numbers() -> None:
    view = sample_view()
    panel = reopening_panel(view, EN)
    assert view.reopening is not None
    assert panel is not None

    chart = trend_data(view.reopening, EN)

    assert chart["pct"] == [0, 25, 25, 50]
    assert [row[3].text for row in reversed(panel.trend.rows)] == ["0%", "25.0%", "25.0%", "50.0%"]
    assert chart["days"] == [row[0].text for row in reversed(panel.trend.rows)]


@pytest.mark.parametrize("panel", [coverage_panel, sweep_panel, reopening_panel])
def test_without_data_there_is_no_panel(panel: object) -> None:
    assert callable(panel)
    assert panel(empty_view(), EN) is None
    assert zones_panel(empty_view(), EN).is_empty
