"""The coverage tab: how many people a site reaches, and which zones are left over."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from geo.layers import find_layer
from maps.coverage import reason_text
from maps.facts import keys_of, labels_of
from maps.panels.table import Cell, Column, Figure, Table

if TYPE_CHECKING:
    from geo.coverage import Coverage, CoverageRules
    from maps.view import CommunityView
    from maps.words import Words

WORST_SHOWN = 12
ZONES_SHOWN = 100
NO_WALK_SORT = 1e12


@dataclass(frozen=True, slots=True)
class CoveragePanel:
    """
    What the tab shows.

    Parameters
    ----------
    headline, headline_note
        Share of residents that are covered, and of what.
    covered_share
        Same, 0–1, for the bar.
    """

    headline: str
    headline_note: str
    covered_share: float
    rule: str
    is_straight_line: bool
    figures: tuple[Figure, ...]
    zones: Table
    worst: Table


def coverage_panel(view: CommunityView, words: Words) -> CoveragePanel | None:
    """Give the tab, or nothing where no coverage was asked for."""
    if view.coverage is None:
        return None
    summary = view.coverage.summary
    by_people = summary.residents > 0
    part, whole = (
        (summary.residents_covered, summary.residents)
        if by_people
        else (summary.covered, summary.buildings)
    )
    return CoveragePanel(
        headline=words.share(part, whole),
        headline_note=(
            words.say("of residents are covered")
            if by_people
            else words.say("of buildings are covered")
        ),
        covered_share=part / whole if whole else 0.0,
        rule=_rule(view.coverage.rules, view, words),
        is_straight_line=view.coverage.rules.is_straight_line,
        figures=_figures(view.coverage, words),
        zones=_zones(view.coverage, words),
        worst=_worst(view, view.coverage, words),
    )


def _rule(rules: CoverageRules, view: CommunityView, words: Words) -> str:
    place = (
        words.say("from a sampling site")
        if view.site_layer == "sampling_sites"
        else words.say("from a checkpoint")
    )
    way = (
        words.say("in a straight line")
        if rules.is_straight_line
        else words.say("along streets and through open gates")
    )
    return words.say("At most {minutes} minutes ({metres}) {way} {place}").format(
        minutes=f"{rules.walk_minutes:g}", metres=words.metres(rules.reach_m), way=way, place=place
    )


def _figures(coverage: Coverage, words: Words) -> tuple[Figure, ...]:
    summary = coverage.summary
    figures = (
        (words.say("Residents not covered"), summary.residents_uncovered, summary.residents),
        (words.say("Buildings not covered"), summary.uncovered, summary.buildings),
        (words.say("Buildings without any path"), summary.unreachable, summary.buildings),
    )
    return tuple(
        Figure(title, words.count(part), words.say("of {total}").format(total=words.count(whole)))
        for title, part, whole in figures
    )


def _zones(coverage: Coverage, words: Words) -> Table:
    shown = coverage.zones.iloc[:ZONES_SHOWN]
    labels = [
        words.say("Uncovered zone {number}").format(number=number)
        for number in range(1, len(shown) + 1)
    ]
    rows = tuple(
        (
            Cell(label, position, "uncovered", str(key), reason_text(reason, words)),
            _count(buildings, words),
            _count(residents, words),
            _walk(walk_m, words),
        )
        for position, (label, key, reason, buildings, residents, walk_m) in enumerate(
            zip(
                labels,
                shown["zone_id"],
                shown["reason"],
                shown["buildings"],
                shown["residents"],
                shown["worst_walk_m"],
                strict=True,
            )
        )
    )
    columns = (
        Column(words.say("Zone")),
        Column(words.say("Buildings"), is_number=True),
        Column(words.say("People"), is_number=True),
        Column(words.say("Longest walk"), is_number=True),
    )
    return Table(words.say("Uncovered zones"), columns, rows, len(coverage.zones) - len(shown))


def _worst(view: CommunityView, coverage: Coverage, words: Words) -> Table:
    buildings = view.layers["buildings"]
    answers = coverage.buildings
    left_out = answers[~answers["is_covered"].astype(bool)]
    ranked = left_out.assign(rank_m=left_out["walk_m"].fillna(float("inf"))).sort_values(
        "rank_m", ascending=False, kind="stable"
    )
    shown = ranked.iloc[:WORST_SHOWN]
    labels = pd.Series(labels_of(buildings), index=buildings.index)
    keys = pd.Series(keys_of(buildings, find_layer("buildings")), index=buildings.index)
    rows = tuple(
        (
            Cell(labels[row] or keys[row], None, "buildings", keys[row]),
            Cell(reason_text(reason, words)),
            _walk(walk_m, words),
        )
        for row, reason, walk_m in zip(shown.index, shown["reason"], shown["walk_m"], strict=True)
    )
    columns = (
        Column(words.say("Building")),
        Column(words.say("Reason")),
        Column(words.say("Walk"), is_number=True),
    )
    caption = words.say("Buildings with the longest walk")
    return Table(caption, columns, rows, len(ranked) - len(shown))


def _count(value: float, words: Words) -> Cell:
    return Cell(words.count(value), float(value))


def _walk(walk_m: float, words: Words) -> Cell:
    return Cell(words.metres(walk_m), NO_WALK_SORT if math.isnan(walk_m) else float(walk_m))
