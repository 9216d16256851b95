"""The command `openings`: where a zone's boundary can be passed, and how few posts seal it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import FAILED, ProjectOption, tell
from api.cli.session import check_suffix, open_workspace, write_out
from api.services.openings import MAX_BAND_M, ZoneOpenings, openings_geojson, zone_openings
from api.services.plans import GEOJSON_SUFFIXES
from api.store.edits import UnknownFeatureError
from geo.openings import State

STREETS_TOLD = 10


def openings_command(
    out: Annotated[
        Path, typer.Argument(metavar="OUT.geojson", help="Result; - writes to standard output.")
    ],
    *,
    project: ProjectOption,
    zone: Annotated[str, typer.Option("--zone", metavar="ID", help="Id of the zone.")],
    band: Annotated[
        float | None,
        typer.Option(
            "--band",
            metavar="M",
            min=1,
            max=MAX_BAND_M,
            help="Look for a draft whose line lies within M metres and needs fewer posts.",
        ),
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(
            "--at",
            formats=["%Y-%m-%dT%H:%M"],
            help="By the clock of the place: gates and checkpoints with hours as they are "
            "then. Without it gates with hours count as open.",
        ),
    ] = None,
) -> None:
    """Find the openings in a zone's boundary."""
    check_suffix(out, GEOJSON_SUFFIXES)
    with open_workspace(project, "Looking for openings") as workspace:
        try:
            found = zone_openings(workspace, zone, band_m=band, at=at)
        except UnknownFeatureError as error:
            tell(f"Error: {error}")
            raise typer.Exit(FAILED) from None
        write_out(out, openings_geojson(found))
        tell(_line(found))


def _line(found: ZoneOpenings) -> str:
    told = found.summary
    line = (
        f"{told['openings']} openings: {told['guarded']} guarded, {told['closed']} closed, "
        f"{told['open']} open{_streets(found)}; {told['fewest_posts']} posts seal the zone."
    )
    return f"{line} {_draft(found)}" if found.band_m is not None else line


def _streets(found: ZoneOpenings) -> str:
    openings = found.survey.openings
    names = openings.loc[openings["state"] == State.OPEN, "street"].dropna().unique().tolist()
    told = ", ".join(names[:STREETS_TOLD])
    more = ", …" if len(names) > STREETS_TOLD else ""
    return f" ({told}{more})" if told else ""


def _draft(found: ZoneOpenings) -> str:
    draft = found.draft
    if draft is None:
        return f"No line within {found.band_m:g} m needs fewer."
    return (
        f"With the line moved by up to {draft.moved_m:.0f} m, {draft.survey.posts.count} posts do."
    )
