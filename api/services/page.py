"""What the page of a community shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.services.coverage import CoverageQuery, coverage_ground, measure_coverage
from api.services.focus import Focus, focused
from api.services.layers import without_hidden
from api.services.reach import seen_rows
from api.services.reopening import day_figures, premises_states
from api.services.rights import OPERATOR
from api.services.scope import WHOLE, Scope, box_around, community_name, touching
from api.services.sweeps import MAX_BUILDINGS, SweepQuery, make_plan
from geo.coverage import CoverageRules
from geo.errors import StartError
from geo.layers import AREA_LEVELS, LAYERS
from maps.bulletin import reopening_sentence
from maps.text import catalogue
from maps.view import CommunityView

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import geopandas as gpd
    import pandas as pd

    from api.services.reach import Areas
    from api.services.rights import Person
    from api.services.scope import Ground
    from api.services.workspace import Workspace
    from geo.coverage import Coverage
    from geo.reopening import ReopeningDay
    from geo.sweeps.plan import SweepPlan
    from maps.text import Language
    from maps.view import SiteLayer, Tab

PLAIN_LAYERS = ("areas", "zones", "blocks", "offices")
UNASKED_BUILDINGS = 400
ASK_FOR_TEAMS = "Many buildings are shown: say how many teams set out, and the routes are planned."
MANY_BUILDINGS = "Too many buildings for one plan; choose an area."
NO_START = "No building can be reached from the start; choose another start or area."
SYNTHETIC_MARK = "synthetic"


@dataclass(frozen=True, slots=True)
class SweepWish:
    """
    The sweep a page is to show.

    Parameters
    ----------
    teams
        0 for none.
    is_asked
        Whether somebody asked for it; otherwise it is drawn only where it is quickly made, of
        at most `UNASKED_BUILDINGS`.
    """

    teams: int = 0
    seed: int = 1
    start: tuple[float, float] | None = None
    is_asked: bool = True


@dataclass(frozen=True, slots=True)
class PageQuery:
    """
    What a page is asked to show.

    Parameters
    ----------
    scope
        Which part of the project; bound to the person's areas by `api.services.bounds.seen_by`.
    day
        Of the reopening figures; the last with reports where `None`.
    sweep
        Which sweep is drawn.
    focus
        How much one page may draw.
    title
        Of the page; the project's name where empty.
    address
        Parameters of the address, for links to the same page in other words.
    person
        Who looks at it.
    csrf_token
        What the page shows with every change; empty where nobody is signed in.
    """

    language: Language
    scope: Scope = WHOLE
    day: date | None = None
    site_layer: SiteLayer = "sampling_sites"
    rules: CoverageRules = field(default_factory=CoverageRules)
    sweep: SweepWish = field(default_factory=SweepWish)
    focus: Focus = field(default_factory=Focus)
    title: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    person: Person = OPERATOR
    csrf_token: str = field(default="", repr=False)


def community_view(workspace: Workspace, query: PageQuery) -> CommunityView:
    """
    Put together what the page of a community shows.

    A part the project has no data for stays empty; the page says what is needed for it.

    Raises
    ------
    UnknownAreaError
        If no area has the code asked for.
    UnknownDayError
        If a day is asked for of which there are no figures.
    """
    project = workspace.project
    scope, note = focused(workspace, query.scope, focus=query.focus, language=query.language)
    asked = CoverageQuery(scope, query.site_layer, query.rules)
    ground = coverage_ground(workspace, asked)
    coverage = measure_coverage(workspace, asked) if project.count(query.site_layer) else None
    sweep, hints = _sweep(workspace, query, scope, len(ground.buildings))
    figures = _figures(workspace, query)
    premises, states = _premises(workspace, ground, figures, query.scope.reach)
    areas = seen_rows(workspace, query.scope.reach, "areas", project.read("areas"))
    attributions = project.attributions()
    return CommunityView(
        title=query.title or community_name(workspace),
        area_name=_area_name(areas, query.scope.area),
        area_code=query.scope.area or "",
        language=query.language,
        metric_crs=project.metric_crs,
        layers=_layers(workspace, ground, coverage, query) | {"premises": premises},
        day=figures.day if figures else None,
        is_synthetic=any(SYNTHETIC_MARK in text.lower() for text in attributions),
        scope_note=note,
        coverage=coverage,
        site_layer=query.site_layer,
        sweep=sweep,
        reopening=figures,
        sentence=reopening_sentence(figures, language=query.language) if figures else "",
        premises_states=states,
        areas=_area_choices(areas),
        attributions=attributions,
        query=query.address,
        hints=hints,
        is_served=True,
        can_edit=query.person.may_edit and bool(query.csrf_token),
        person_name=query.person.name,
        person_role=query.person.role.value,
        csrf_token=query.csrf_token,
    )


def _sweep(
    workspace: Workspace, query: PageQuery, scope: Scope, count: int
) -> tuple[SweepPlan | None, dict[Tab, str]]:
    """Plan the sweep, or tell why there is none."""
    wish, say = query.sweep, catalogue(query.language, "service").gettext
    if not wish.teams:
        return None, {}
    if count > (MAX_BUILDINGS if wish.is_asked else UNASKED_BUILDINGS):
        return None, {"sweep": say(MANY_BUILDINGS if wish.is_asked else ASK_FOR_TEAMS)}
    asked = SweepQuery(scope, wish.teams, wish.seed, wish.start, query.rules.speed_m_s)
    try:
        return make_plan(workspace, asked), {}
    except StartError:
        return None, {"sweep": say(NO_START)}


def _figures(workspace: Workspace, query: PageQuery) -> ReopeningDay | None:
    if query.day is None and not workspace.project.count("reports"):
        return None
    return day_figures(workspace, query.day, reach=query.scope.reach)


def _premises(
    workspace: Workspace, ground: Ground, figures: ReopeningDay | None, reach: Areas
) -> tuple[gpd.GeoDataFrame, pd.Series[str] | None]:
    """Give the premises within the extent, and their states on the same index."""
    premises = workspace.project.read("premises")
    states = premises_states(workspace, figures.day) if figures else None
    marked = premises.assign(state=states)
    shown = seen_rows(workspace, reach, "premises", touching(marked, ground.extent))
    return shown.drop(columns="state"), shown["state"] if figures else None


def _layers(
    workspace: Workspace, ground: Ground, coverage: Coverage | None, query: PageQuery
) -> dict[str, gpd.GeoDataFrame]:
    project, reach = workspace.project, query.scope.reach
    inner = box_around(ground.extent, project.metric_crs, margin_m=0)
    near = {"streets": ground.streets, "barriers": ground.barriers, "gates": ground.gates}
    own = {"entrances": ground.entrances} | {
        layer: project.read(layer, bbox=inner) for layer in PLAIN_LAYERS
    }
    seen = {layer: seen_rows(workspace, reach, layer, frame) for layer, frame in own.items()}
    layers = {layer: touching(frame, ground.extent) for layer, frame in (near | seen).items()}
    sites = {
        layer: _sites(workspace, ground, layer, coverage, reach)
        for layer in ("sampling_sites", "checkpoints")
    }
    drawn = layers | sites | {"buildings": ground.buildings}
    return {
        name: without_hidden(LAYERS[name], frame, query.person) for name, frame in drawn.items()
    }


def _sites(
    workspace: Workspace, ground: Ground, layer: str, coverage: Coverage | None, reach: Areas
) -> gpd.GeoDataFrame:
    """Give the sites within the extent, and those outside it that cover something inside."""
    project = workspace.project
    around = box_around(ground.extent, project.metric_crs, margin_m=ground.margin_m)
    sites = seen_rows(workspace, reach, layer, project.read(layer, bbox=around))
    if ground.extent is None:
        return sites
    is_shown = sites.intersects(ground.extent)
    if coverage is not None:
        is_shown |= sites[LAYERS[layer].key].isin(coverage.buildings["site_id"].dropna())
    return sites[is_shown].reset_index(drop=True)


def _area_name(areas: gpd.GeoDataFrame, code: str | None) -> str:
    named = areas.loc[areas["code"] == code, "name"].dropna()
    return str(named.iloc[0]) if len(named) else code or ""


def _area_choices(areas: gpd.GeoDataFrame) -> tuple[tuple[str, str], ...]:
    """Give code and name of all areas, the largest level first; before them the whole project."""
    level = areas["level"].map({name: rank for rank, name in enumerate(AREA_LEVELS)})
    ordered = areas.assign(rank=level).sort_values(["rank", "code"], kind="stable")
    names = ordered["name"].where(ordered["name"].notna(), ordered["code"])
    choices = zip(ordered["code"].astype(str), names.astype(str), strict=True)
    return (("", ""), *choices)
