"""Commands that compute from a project: coverage, sweep, bulletin."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import BboxOption, Position, ProjectOption, parse_position, tell
from api.cli.session import check_suffix, open_workspace, read_settings, scope_of, write_out
from api.services.coverage import (
    CoverageQuery,
    buildings_geojson,
    measure_coverage,
    zones_geojson,
)
from api.services.plans import GEOJSON_SUFFIXES, PLAN_SUFFIXES, plan_file
from api.services.reopening import make_bulletin
from api.services.sweeps import MAX_SEED, MAX_TEAMS, SweepQuery, make_plan, start_place
from geo.coverage import Coverage, CoverageRules
from geo.sweeps.plan import SweepPlan
from maps.text import Language
from maps.view import SiteLayer

MINUTE_S = 60
BUILDINGS_TOLD = 10
STARTS = {
    "given": "the place given",
    "office": "the project's office",
    "middle": "a street near the middle of the buildings",
}

AreaOption = Annotated[
    str | None,
    typer.Option("--area", metavar="CODE", help="Only the buildings of the area of this code."),
]


def _out(metavar: str) -> object:
    return typer.Argument(metavar=metavar, help="Result; - writes to standard output.")


def coverage_command(
    out: Annotated[Path, _out("OUT.geojson")],
    *,
    project: ProjectOption,
    area: AreaOption = None,
    bbox: BboxOption = None,
    sites: Annotated[
        SiteLayer, typer.Option("--sites", help="What covers the buildings.")
    ] = "sampling_sites",
    walk_minutes: Annotated[
        float | None,
        typer.Option(
            "--walk-minutes",
            min=0.1,
            max=180,
            help="Longest walk, in minutes; 15 unless PREVENTION_WALK_MINUTES is set.",
        ),
    ] = None,
    straight_line: Annotated[
        bool, typer.Option("--straight-line", help="Measure as the crow flies, not along streets.")
    ] = False,
    buildings: Annotated[
        Path | None,
        typer.Option(
            "--buildings",
            metavar="B.geojson",
            help="Write every building too: covered or not, its site, the walk, the reason.",
        ),
    ] = None,
) -> None:
    """Find the buildings that no site covers."""
    check_suffix(out, GEOJSON_SUFFIXES)
    settings = read_settings()
    rules = CoverageRules(
        walk_minutes=settings.walk_minutes if walk_minutes is None else walk_minutes,
        speed_m_s=settings.walk_speed_m_s,
        is_straight_line=straight_line,
    )
    query = CoverageQuery(scope_of(area, bbox), sites, rules)
    with open_workspace(project, "Measuring coverage") as workspace:
        if buildings is not None:
            check_suffix(buildings, GEOJSON_SUFFIXES)
            write_out(buildings, buildings_geojson(workspace, query))
        write_out(out, zones_geojson(workspace, query))
        tell(_coverage_line(measure_coverage(workspace, query)))


def sweep_command(
    out: Annotated[Path, _out("OUT.(geojson|gpx|kml)")],
    *,
    project: ProjectOption,
    teams: Annotated[
        int, typer.Option("--teams", min=1, max=MAX_TEAMS, help="How many teams set out.")
    ],
    area: AreaOption = None,
    bbox: BboxOption = None,
    start: Annotated[
        Position | None,
        typer.Option(
            "--start",
            metavar="LON,LAT",
            parser=parse_position,
            help="Where all teams set out, in WGS 84 degrees; the project's office if not "
            "given, else a street near the middle of the buildings.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, max=MAX_SEED, help="Same seed, same plan.")
    ] = 1,
) -> None:
    """Plan who knocks at which doors in which order."""
    suffix = check_suffix(out, PLAN_SUFFIXES)
    query = SweepQuery(
        scope=scope_of(area, bbox),
        teams=teams,
        seed=seed,
        start=start,
        speed_m_s=read_settings().walk_speed_m_s,
    )
    with open_workspace(project, "Planning the sweep") as workspace:
        write_out(out, plan_file(workspace, query, suffix))
        plan = make_plan(workspace, query)
        if start is None:
            tell(_start_line(plan, workspace.project.metric_crs))
        tell(_plan_line(plan))


def bulletin_command(
    out: Annotated[Path, _out("OUT.txt")],
    *,
    project: ProjectOption,
    day: Annotated[
        str, typer.Option("--day", metavar="YYYY-MM-DD|latest", help="Of which day.")
    ] = "latest",
    lang: Annotated[
        Language | None,
        typer.Option("--lang", help="Language; zh unless PREVENTION_LANGUAGE is set."),
    ] = None,
) -> None:
    """Write the reopening bulletin of a day."""
    asked = _parse_day(day)
    language = lang or read_settings().language
    with open_workspace(project, "Writing the bulletin") as workspace:
        write_out(out, make_bulletin(workspace, asked, language).encode())


def _parse_day(text: str) -> date | None:
    if text == "latest":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        msg = f"expected a day such as 2020-03-25, or latest; got {text!r}"
        raise typer.BadParameter(msg, param_hint="--day") from None


def _coverage_line(coverage: Coverage) -> str:
    counts = coverage.summary
    measure = "as the crow flies" if coverage.rules.is_straight_line else "along streets"
    return (
        f"{counts.buildings} buildings: {counts.covered} covered, {counts.uncovered} not "
        f"({counts.unreachable} without a path) within {coverage.rules.walk_minutes:g} min "
        f"{measure}; {counts.residents} residents: {counts.residents_covered} covered, "
        f"{counts.residents_uncovered} not; {len(coverage.zones)} uncovered zones."
    )


def _plan_line(plan: SweepPlan) -> str:
    stops = sum(len(route.stops) for route in plan.routes)
    return (
        f"{len(plan.routes)} teams, {stops} stops: longest {plan.makespan_s / MINUTE_S:.1f} min, "
        f"bound {plan.bound_s / MINUTE_S:.1f} min, gap {plan.gap:.1%}, "
        f"walk {plan.walk_m:.0f} m; {_unreachable(plan)}."
    )


def _unreachable(plan: SweepPlan) -> str:
    told = ", ".join(plan.unreachable[:BUILDINGS_TOLD])
    more = ", …" if len(plan.unreachable) > BUILDINGS_TOLD else ""
    return f"{len(plan.unreachable)} buildings unreachable" + (f" ({told}{more})" if told else "")


def _start_line(plan: SweepPlan, metric_crs: str) -> str:
    lon_deg, lat_deg = start_place(plan, metric_crs)
    return f"The sweep begins at {STARTS[plan.start_kind]}, {lon_deg:.6f},{lat_deg:.6f}."
