"""The sweep tab: what each team does, how long it takes, and how good the plan is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.layers import BUILDINGS
from maps.facts import keys_of, labels_of
from maps.panels.table import Cell, Column, Figure, Table

if TYPE_CHECKING:
    from geo.sweeps.plan import SweepPlan, TeamRoute
    from maps.view import CommunityView
    from maps.words import Words

UNREACHABLE_SHOWN = 40


@dataclass(frozen=True, slots=True)
class SweepPanel:
    """
    What the tab shows.

    Parameters
    ----------
    stops
        Team, its translated name and how many stops it has; the stops themselves travel with the
        layer of routes.
    """

    makespan: str
    figures: tuple[Figure, ...]
    start: str
    teams: Table
    stops: tuple[tuple[int, str, int], ...]
    unreachable: tuple[Cell, ...]
    unreachable_more: int


def sweep_panel(view: CommunityView, words: Words) -> SweepPanel | None:
    """Give the tab, or nothing where there is no plan."""
    plan = view.sweep
    if plan is None:
        return None
    cut_off = _unreachable(view, plan)
    return SweepPanel(
        makespan=words.duration(plan.makespan_s),
        figures=_figures(plan, words),
        start=_start(plan, words),
        teams=_teams(plan, words),
        stops=tuple((route.team, _name(route, words), len(route.stops)) for route in plan.routes),
        unreachable=cut_off[:UNREACHABLE_SHOWN],
        unreachable_more=max(0, len(cut_off) - UNREACHABLE_SHOWN),
    )


def _figures(plan: SweepPlan, words: Words) -> tuple[Figure, ...]:
    stops = sum(len(route.stops) for route in plan.routes)
    return (
        Figure(words.say("Teams"), words.count(len(plan.routes))),
        Figure(words.say("Buildings visited"), words.count(stops)),
        Figure(words.say("Walked by all teams"), words.metres(plan.walk_m)),
        Figure(
            words.say("Proven lower bound"),
            words.duration(plan.bound_s),
            words.say("at most {share} longer than the best").format(share=f"{plan.gap:.1%}"),
        ),
    )


def _start(plan: SweepPlan, words: Words) -> str:
    return {
        "given": words.say("All teams set out from the start that was asked for."),
        "office": words.say("All teams set out from the office."),
        "middle": words.say("No office is known: all teams set out near the middle."),
    }[plan.start_kind]


def _teams(plan: SweepPlan, words: Words) -> Table:
    rows = tuple(
        (
            Cell(_name(route, words), route.team, "routes", str(route.team), team=route.team),
            _count(len(route.stops), words),
            _count(sum(stop.households for stop in route.stops), words),
            Cell(words.metres(route.walk_m), route.walk_m),
            Cell(words.duration(route.duration_s), route.duration_s),
        )
        for route in plan.routes
    )
    columns = (
        Column(words.say("Team")),
        Column(words.say("Stops"), is_number=True),
        Column(words.say("Households"), is_number=True),
        Column(words.say("Walk"), is_number=True),
        Column(words.say("Time"), is_number=True),
    )
    return Table(words.say("Teams"), columns, rows)


def _unreachable(view: CommunityView, plan: SweepPlan) -> tuple[Cell, ...]:
    buildings = view.layers["buildings"]
    labels = dict(zip(keys_of(buildings, BUILDINGS), labels_of(buildings), strict=True))
    return tuple(
        Cell(labels.get(key, "") or key, None, "buildings", key) for key in plan.unreachable
    )


def _name(route: TeamRoute, words: Words) -> str:
    return words.say("Team {number}").format(number=route.team)


def _count(value: int, words: Words) -> Cell:
    return Cell(words.count(value), value)
