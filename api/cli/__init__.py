"""The command line; `prevention-map --help` tells what there is."""

from __future__ import annotations

import typer

from api.cli.analysis import bulletin_command, coverage_command, sweep_command
from api.cli.data import export_command, import_command
from api.cli.openings import openings_command
from api.cli.people import token_app, user_app
from api.cli.serving import demo_command, serve_command

__all__ = ["app"]

app = typer.Typer(
    name="prevention-map",
    help="One map of a community for epidemic prevention at the grass roots.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    # A failure that nobody foresaw shows its plain trace, without the values of variables.
    pretty_exceptions_enable=False,
)

app.command(
    "demo",
    help="Make the demo project if there is none, and serve it. All its data are made up.",
    epilog="Example: prevention-map demo --port 8080",
)(demo_command)
app.command(
    "import",
    help="Bring files into a project, which is made if there is none. A source that is "
    "imported again updates its rows and never doubles them; after a failure the project is "
    "as it was.",
    epilog="Example: prevention-map import data/geojson --project demo.gpkg",
)(import_command)
app.command(
    "export",
    help="Write one layer of a project to a file.",
    epilog="Example: prevention-map export --project demo.gpkg --layer buildings houses.xlsx",
)(export_command)
app.command(
    "coverage",
    help="Find the buildings that no site covers, and write the uncovered zones as GeoJSON.",
    epilog="Example: prevention-map coverage --project demo.gpkg --walk-minutes 10 "
    "uncovered.geojson",
)(coverage_command)
app.command(
    "openings",
    help="Find where a zone's boundary can be passed: guarded, closed or open, with the fewest "
    "posts that seal the zone.",
    epilog="Example: prevention-map openings --project demo.gpkg --zone Z02 --band 30 -",
)(openings_command)
app.command(
    "sweep",
    help="Plan who knocks at which doors in which order, and write the routes.",
    epilog="Example: prevention-map sweep --project demo.gpkg --teams 4 routes.gpx",
)(sweep_command)
app.command(
    "bulletin",
    help="Write the reopening bulletin of a day as plain text.",
    epilog="Example: prevention-map bulletin --project demo.gpkg --day latest --lang en -",
)(bulletin_command)
app.command(
    "serve",
    help="Serve the map of a project to those who may sign in. Without users yet, a one-time "
    "link for the first admin is printed. On any but a loopback address HTTPS is needed.",
    epilog="Example: prevention-map serve --project demo.gpkg --port 8080",
)(serve_command)
app.add_typer(user_app, name="user")
app.add_typer(token_app, name="token")
