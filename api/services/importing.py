"""Bring map files and tables into a project: all of them, or nothing."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from api.services.filling import Holdings, add_rows, fill_gaps
from api.services.import_report import ImportReport, LayerReport, SourceReport
from api.services.import_warnings import find_warnings
from api.store.frames import frame_of
from api.store.places import place_at
from api.store.project import Project, crs_name
from geo.crs import utm_crs
from geo.datum import Datum
from geo.errors import CrsError, InvalidLayerError, ReadError
from geo.io.imported import ReadOptions, Treatment
from geo.io.naming import known_suffix, layer_titled, source_name
from geo.io.reading import read_source
from geo.layers import AREAS, BUILDINGS, LAYERS, PREMISES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from api.store.medium import Location, Place
    from api.store.writing import LayerChanges
    from geo.io.imported import Imported

    Progress = Callable[[str], None]

TABLE_SUFFIXES = frozenset({".csv", ".csv.gz", ".xlsx"})
"""Formats that may name a building instead of a position, and so come after the others."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """
    How sources are to be taken in.

    Parameters
    ----------
    layer
        The layer that plain files go to; taken from their names where `None`.
    bbox
        West, south, east, north in WGS 84 degrees; what touches it is kept.
    datum
        Datum of the coordinates in the sources.
    keep_good
        Take in the good rows where others have faults, instead of refusing all.
    metric_crs
        The CRS in which a new project measures; the UTM zone of its middle where `None`.
    source
        Name under which the rows are kept; the files' own names where `None`.
    """

    layer: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    datum: Datum = Datum.WGS84
    keep_good: bool = False
    metric_crs: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """One file, read."""

    path: Path
    imported: Imported
    read_s: float


def import_sources(
    paths: Sequence[Path],
    project: Location,
    options: ImportOptions | None = None,
    progress: Progress = lambda _: None,
) -> ImportReport:
    """
    Read sources and bring them into a project, which is made if there is none.

    Parameters
    ----------
    paths
        Files, or folders whose readable files are meant; at least one.
    project
        A file, or the URL of a database. It stays as it was unless all goes well.
    options
        How to read and what to accept.
    progress
        Told what is being done, in words.

    Returns
    -------
    report
        What became of every object.

    Raises
    ------
    ReadError
        If a source cannot be read at all, or none is found.
    InvalidLayerError
        If a row breaks its layer's contract or belongs to another source, unless
        `options.keep_good`.
    CrsError
        If the metric CRS is none, or not that of the project.
    StoreError
        If the project cannot be opened or written.
    """
    options = options or ImportOptions()
    started_s = perf_counter()
    place = place_at(project)
    files = find_files(paths, project)
    metric_crs, held = _current(place, project, options)
    reads = _read_all(files, held.buildings, options, progress)
    imported = [read.imported for read in reads]
    _refuse_faults(imported, options)
    progress("Estimating people and finding where things belong")
    metric_crs = metric_crs or _crs_of(imported)
    filled = fill_gaps(imported, held, metric_crs=metric_crs)
    progress("Writing the project")
    with _for_writing(project, metric_crs) as opened:
        warnings = find_warnings(filled, held, opened)
        changes = _by_source(filled, opened.write(filled, keep_good=options.keep_good))
        revision = opened.revision
    return ImportReport(
        project=place.label,
        metric_crs=metric_crs,
        revision=revision,
        sources=tuple(map(_source_report, reads, filled, changes)),
        completed=_completed(changes[len(reads) :]),
        warnings=warnings,
        whole_s=perf_counter() - started_s,
    )


def find_files(paths: Sequence[Path], project: Location) -> list[Path]:
    """
    Find the files that are meant, in the order in which they are to be read.

    Folders stand for the files in them that have a readable ending, the project itself and
    hidden files left out. Maps come before tables, which may name buildings; within each,
    areas come before buildings, buildings before what stands in them, reports last.

    Raises
    ------
    ReadError
        If a path does not exist, or a folder holds nothing readable.
    """
    place = place_at(project)
    files = [file for path in paths for file in _expanded(path, place)]
    return sorted(files, key=_rank)


def _expanded(path: Path, place: Place) -> list[Path]:
    if not path.is_dir():
        if not path.exists():
            msg = f"{path}: expected a file or folder, there is none."
            raise ReadError(msg)
        return [path]
    files = [
        file
        for file in sorted(path.iterdir())
        if file.is_file()
        and known_suffix(file)
        and not file.name.startswith(".")
        and not place.holds(file)
    ]
    if not files:
        msg = f"{path}: expected a folder with map files or tables, found none in it."
        raise ReadError(msg)
    return files


def _rank(path: Path) -> tuple[bool, int]:
    layer = layer_titled(source_name(path))
    position = -1 if layer is None else list(LAYERS).index(layer.name)
    return known_suffix(path) in TABLE_SUFFIXES, position


def _current(
    place: Place, location: Location, options: ImportOptions
) -> tuple[str | None, Holdings]:
    """Give the metric CRS, where it is settled, and what the project holds."""
    wanted = None if options.metric_crs is None else crs_name(options.metric_crs)
    if not place.exists():
        place.check_free()
        nothing = (frame_of(layer, []) for layer in (AREAS, BUILDINGS, PREMISES))
        return wanted, Holdings(*nothing)
    with Project.open(location) as project:
        if wanted not in {None, project.metric_crs}:
            msg = f"Expected {project.metric_crs}, the CRS of the project, got {wanted}."
            raise CrsError(msg)
        layers = (project.read_wgs84(layer.name) for layer in (AREAS, BUILDINGS, PREMISES))
        return project.metric_crs, Holdings(*layers)


def _read_all(
    files: Sequence[Path],
    buildings: gpd.GeoDataFrame,
    options: ImportOptions,
    progress: Progress,
) -> list[_Read]:
    reads = []
    for file in files:
        progress(f"Reading {file.name}")
        read = _read_one(file, buildings, options)
        buildings = add_rows(buildings, read.imported.layers.get("buildings"), BUILDINGS)
        reads.append(read)
        _logger.info("read %s in %.1f s", file.name, read.read_s)
    return reads


def _read_one(file: Path, buildings: gpd.GeoDataFrame, options: ImportOptions) -> _Read:
    started_s = perf_counter()
    wanted = ReadOptions(options.layer, options.bbox, options.datum, buildings)
    imported = read_source(file, wanted)
    if options.source is not None:
        imported = replace(imported, source=options.source)
    return _Read(file, imported, perf_counter() - started_s)


def _refuse_faults(imported: Sequence[Imported], options: ImportOptions) -> None:
    faults = [fault for one in imported for fault in one.faults]
    if faults and not options.keep_good:
        raise InvalidLayerError(faults)


def _crs_of(imported: Sequence[Imported]) -> str:
    """Name the UTM zone of the middle of all that was read."""
    frames = [rows for one in imported for rows in one.layers.values()]
    boxes = [
        rows.total_bounds for rows in frames if isinstance(rows, gpd.GeoDataFrame) and len(rows)
    ]
    if not boxes:
        msg = "Expected features with a position to found a new project on, got none."
        raise ReadError(msg)
    west, south, _, _ = np.min(boxes, axis=0).tolist()
    _, _, east, north = np.max(boxes, axis=0).tolist()
    return utm_crs((west + east) / 2, (south + north) / 2)


@contextmanager
def _for_writing(location: Location, metric_crs: str) -> Iterator[Project]:
    if place_at(location).exists():
        with Project.open(location) as project:
            yield project
    else:
        with Project.build(location, metric_crs=metric_crs) as project:
            yield project


def _by_source(
    imported: Sequence[Imported], changes: Sequence[LayerChanges]
) -> list[dict[str, LayerChanges]]:
    following = iter(changes)
    return [{name: next(following) for name in one.layers} for one in imported]


def _completed(changes: Sequence[dict[str, LayerChanges]]) -> dict[str, int]:
    return {name: change.updated for one in changes for name, change in one.items()}


def _source_report(read: _Read, filled: Imported, changes: dict[str, LayerChanges]) -> SourceReport:
    names = [name for name in LAYERS if name in filled.seen or name in filled.layers]
    written = tuple(fault for change in changes.values() for fault in change.faults)
    return SourceReport(
        file=read.path.name,
        source=filled.source,
        layers={name: _layer_report(name, filled, changes.get(name)) for name in names},
        notes=filled.notes,
        faults=(*filled.faults, *written),
        warnings=filled.warnings,
        attribution=filled.attribution,
        read_s=read.read_s,
    )


def _layer_report(name: str, filled: Imported, change: LayerChanges | None) -> LayerReport:
    treatments = [note.treatment for note in filled.notes if note.layer == name]
    report = LayerReport(
        seen=filled.seen.get(name, 0),
        skipped=treatments.count(Treatment.SKIPPED),
        repaired=treatments.count(Treatment.REPAIRED),
    )
    if change is None:
        return report
    return replace(
        report,
        kept=change.new + change.updated + change.unchanged,
        new=change.new,
        updated=change.updated,
        unchanged=change.unchanged,
        estimated=_estimated(filled.layers[name]),
    )


def _estimated(rows: pd.DataFrame) -> int:
    flags = [name for name in rows.columns if str(name).endswith("_are_estimated")]
    return int(rows[flags].fillna(value=False).astype(bool).any(axis="columns").sum())
