"""Daily reopening figures of a project, and the bulletin of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from api.services.reach import seen_rows
from api.services.scope import community_name
from geo import reopening
from maps.bulletin import bulletin_text

if TYPE_CHECKING:
    from datetime import date

    from api.services.reach import Areas
    from api.services.workspace import Workspace
    from geo.reopening import ReopeningDay
    from maps.text import Language

REPORTED_LAYERS = ("areas", "premises", "reports")


class UnknownDayError(LookupError):
    """There are no figures of that day."""


def day_figures(
    workspace: Workspace, day: date | None = None, *, reach: Areas = None
) -> ReopeningDay:
    """
    Give the figures of a day; kept until the project changes.

    Parameters
    ----------
    day
        From the first to the last day with a report; the last where `None`.
    reach
        Codes of the areas whose premises count; `None` for all.

    Raises
    ------
    UnknownDayError
        If the project holds no reports, or the day lies before the first or after the last.
    """
    asked = known_day(workspace, day)
    return workspace.once(
        "reopening", (asked, reach), lambda: _figures(workspace, asked, reach), of=REPORTED_LAYERS
    )


def premises_states(workspace: Workspace, day: date) -> pd.Series[str]:
    """
    Give the state of each of the project's premises on a day: what the map colours.

    Returns
    -------
    states
        Index of the layer `premises`; values as `geo.reopening.reopening_states` gives them.
    """
    return workspace.once(
        "premises states", day, lambda: _states(workspace, day), of=REPORTED_LAYERS
    )


def make_bulletin(
    workspace: Workspace, day: date | None, language: Language, *, reach: Areas = None
) -> str:
    """
    Write the bulletin of a day; the same bytes each time.

    Parameters
    ----------
    reach
        As `day_figures` takes it.

    Raises
    ------
    UnknownDayError
        As `day_figures` does.
    """
    figures = day_figures(workspace, day, reach=reach)
    return bulletin_text(figures, language=language, community=community_name(workspace))


def known_day(workspace: Workspace, day: date | None) -> date:
    """
    Give the day that is meant, which is one the project has figures of.

    Raises
    ------
    UnknownDayError
        As `day_figures` does.
    """
    first, last = workspace.once(
        "reported days", None, lambda: _reported_days(workspace), of=("reports",)
    )
    if day is None:
        return last
    if not first <= day <= last:
        msg = f"Expected a day from {first} to {last}, got {day}."
        raise UnknownDayError(msg)
    return day


def _reported_days(workspace: Workspace) -> tuple[date, date]:
    days = pd.to_datetime(workspace.project.read_table("reports")["day_on"])
    if days.empty:
        msg = "Expected reopening reports in the project, got none."
        raise UnknownDayError(msg)
    return days.min().date(), days.max().date()


def _figures(workspace: Workspace, day: date, reach: Areas) -> ReopeningDay:
    project = workspace.project
    premises = seen_rows(workspace, reach, "premises", project.read("premises"))
    return reopening.day_figures(
        premises, project.read_table("reports"), project.read("areas"), day=day
    )


def _states(workspace: Workspace, day: date) -> pd.Series[str]:
    project = workspace.project
    return reopening.reopening_states(
        project.read("premises"), project.read_table("reports"), day=day
    )
