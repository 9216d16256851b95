"""`import` and `export`: files into a project, and out of it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Annotated

import typer
from rich.status import Status
from rich.table import Column, Table
from rich.text import Text

from api.cli.options import (
    BboxOption,
    DatumOption,
    ProjectOption,
    console,
    tell,
    told_errors,
)
from api.cli.session import STDOUT, check_suffix, write_out
from api.services.exporting import EXPORT_SUFFIXES, export_layer
from api.services.import_report import ImportReport, faults_as_json
from api.services.importing import ImportOptions, import_sources
from geo.datum import Datum
from geo.errors import FAULTS_TOLD, InvalidLayerError

QUIET_S = 2.0
"""An import that takes longer says what it is doing."""

COUNTS = ("seen", "new", "updated", "unchanged", "skipped", "repaired", "estimated")

LayerOption = Annotated[
    str | None,
    typer.Option("--layer", help="The layer that the files hold; else told by their names."),
]
ReportOption = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="R.json",
        dir_okay=False,
        help="Write what became of every object to this file.",
    ),
]


def import_command(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SRC...",
            help="Files: GeoJSON, GeoPackage, zipped Shapefile, CSV, XLSX, OpenStreetMap; "
            "a folder stands for all such files in it.",
        ),
    ],
    *,
    project: ProjectOption,
    layer: LayerOption = None,
    bbox: BboxOption = None,
    datum: DatumOption = Datum.WGS84,
    report: ReportOption = None,
    keep_good: Annotated[
        bool,
        typer.Option("--keep-good", help="Take in good rows though others have faults."),
    ] = False,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            metavar="NAME",
            help="Name under which the rows are kept; else osm, or the file's name.",
        ),
    ] = None,
    crs: Annotated[
        str | None,
        typer.Option(
            "--crs",
            metavar="EPSG:CODE",
            help="The CRS in metres of a new project; else the UTM zone of its middle.",
        ),
    ] = None,
) -> None:
    """Bring files into a project, which is made if there is none."""
    options = ImportOptions(
        layer=layer, bbox=bbox, datum=datum, keep_good=keep_good, metric_crs=crs, source=source
    )
    _check_folder(report)
    with told_errors(), _reported_faults(report):
        with _progress() as progress:
            done = import_sources(sources, project, options, progress)
        if report is not None:
            write_out(report, done.as_json().encode())
        _tell_report(done)


def export_command(
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help="A file name ending in .geojson, .gpkg, .csv or .xlsx; - for standard output.",
        ),
    ],
    *,
    project: ProjectOption,
    layer: Annotated[str, typer.Option("--layer", help="The layer to write.")],
    datum: DatumOption = Datum.WGS84,
) -> None:
    """Write one layer of a project to a file."""
    check_suffix(out, EXPORT_SUFFIXES)
    with told_errors():
        target = sys.stdout.buffer if str(out) == STDOUT else out
        count = export_layer(project, layer, target, datum=datum)
        tell(f"{count} {layer} written to {'standard output' if str(out) == STDOUT else out}.")


def _check_folder(report: Path | None) -> None:
    """Refuse early what would fail only after the import."""
    if report is not None and not report.parent.is_dir():
        msg = f"there is no folder {report.parent}"
        raise typer.BadParameter(msg, param_hint="--report")


@contextmanager
def _reported_faults(report: Path | None) -> Iterator[None]:
    try:
        yield
    except InvalidLayerError as error:
        if report is not None:
            write_out(report, faults_as_json(error.faults).encode())
        tell("Nothing was imported; --keep-good takes in the good rows.")
        raise


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Give a way to say what is being done, shown once it takes longer than `QUIET_S`."""
    status = Status("", console=console)
    timer = Timer(QUIET_S, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda doing: status.update(Text(f"{doing} …"))
    finally:
        timer.cancel()
        status.stop()


def _tell_report(report: ImportReport) -> None:
    counts = (Column(count, justify="right", no_wrap=True) for count in COUNTS)
    table = Table(Column("layer", no_wrap=True), *counts, box=None, pad_edge=False)
    for name, layer in report.totals().items():
        table.add_row(name, *(f"{getattr(layer, count):,}" for count in COUNTS))
    console.print(table)
    for name, count in report.completed.items():
        tell(f"{count:,} earlier {name} were told where they belong.")
    for source in report.sources:
        for warning in source.warnings:
            names_file = warning.startswith(source.file)
            tell(f"Warning: {warning}" if names_file else f"Warning: {source.file}: {warning}")
    for warning in report.warnings:
        tell(f"Warning: {warning}")
    _tell_faults([str(fault) for source in report.sources for fault in source.faults])


def _tell_faults(faults: list[str]) -> None:
    if faults:
        tell(f"Left out for {len(faults):,} {'fault' if len(faults) == 1 else 'faults'}:")
        tell("\n".join(faults[:FAULTS_TOLD]))
    if len(faults) > FAULTS_TOLD:
        tell(f"… and {len(faults) - FAULTS_TOLD:,} more; --report lists all of them.")
