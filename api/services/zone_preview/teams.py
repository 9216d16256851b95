"""Which teams of the sweep would find other zones on their way."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, cast

from api.services.page import UNASKED_BUILDINGS
from api.services.scope import WHOLE, Scope, read_ground
from api.services.sweeps import PLAN_LAYERS, SweepQuery, make_plan
from api.services.zone_preview.effects import TouchedTeam
from geo.errors import StartError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.services.rights import Person
    from api.services.workspace import Workspace
    from geo.sweeps.plan import SweepPlan


def touched_teams(
    workspace: Workspace, person: Person, building_ids: Sequence[str], plan: tuple[int, float]
) -> tuple[TouchedTeam, ...]:
    """
    Count by team the stops at some buildings.

    The sweep is the one a page draws unasked, of the person's area or the whole project. It
    is planned for this only where that is quick, of at most `UNASKED_BUILDINGS`; of a larger
    one teams are told if it was planned already.

    Parameters
    ----------
    plan
        Number of teams, and walking speed in metres a second; no teams, no plan.

    Returns
    -------
    teams
        In their order; those with no such stop are left out.
    """
    found = _plan(workspace, person, plan) if building_ids else None
    if found is None:
        return ()
    stops = ((stop.building_id, route.team) for route in found.routes for stop in route.stops)
    wanted = set(building_ids)
    counts = Counter(team for building, team in stops if building in wanted)
    return tuple(TouchedTeam(team, counts[team]) for team in sorted(counts))


def _plan(workspace: Workspace, person: Person, plan: tuple[int, float]) -> SweepPlan | None:
    teams, speed_m_s = plan
    scope = _scope(person)
    if teams == 0 or scope is None:
        return None
    query = SweepQuery(scope, teams, speed_m_s=speed_m_s)
    if len(read_ground(workspace, scope).buildings) > UNASKED_BUILDINGS:
        return cast("SweepPlan | None", workspace.kept("sweep", query, of=PLAN_LAYERS))
    try:
        return make_plan(workspace, query)
    except StartError:
        return None


def _scope(person: Person) -> Scope | None:
    """Give what the person's page shows; `None` for whoever works in several areas."""
    if person.areas is None:
        return WHOLE
    return Scope(area=min(person.areas)) if len(person.areas) == 1 else None
