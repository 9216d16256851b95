"""
Sources in: one way from a file of any known format to layers that keep their contract.

Read, rename, type, bring to WGS 84, check. Faults are gathered, never thrown one by one: the
rows they name are left out, and the caller decides whether the rest is good enough.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from geo.errors import ReadError
from geo.io.imported import Imported
from geo.io.limits import MAX_FILE_BYTES
from geo.io.naming import choose_layers, known_suffix, source_name
from geo.io.osm import read_osm
from geo.io.parts import read_part
from geo.io.tables import open_csv
from geo.io.vector import open_geojson, open_geopackage
from geo.io.workbooks import open_workbook
from geo.io.zipped import open_zip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.io.imported import ReadOptions
    from geo.io.parts import Part
    from geo.io.raw import Container

OSM_SUFFIXES = (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf")
_OPENERS: dict[str, Callable[[Path], Container]] = {
    ".geojson": open_geojson,
    ".json": open_geojson,
    ".gpkg": open_geopackage,
    ".zip": open_zip,
    ".csv": open_csv,
    ".csv.gz": open_csv,
    ".xlsx": open_workbook,
}
SUFFIXES = (*_OPENERS, *OSM_SUFFIXES)


def read_source(path: Path, options: ReadOptions) -> Imported:
    """
    Read one file.

    A table for buildings that has no shapes gives rows of the buildings it names, keyed by
    `building_id`, with the columns it has and no geometry: changes, not new buildings.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, zipped Shapefile, CSV, XLSX or OpenStreetMap, told by its ending.
    options
        How it is to be read.

    Returns
    -------
    imported
        Layers in WGS 84, and every fault of the rows that were left out.

    Raises
    ------
    ReadError
        If the file cannot be read at all; the message names the file and the place in it.
    """
    suffix = known_suffix(path)
    _check_file(path, suffix)
    if suffix in OSM_SUFFIXES:
        return read_osm(path, options)
    container = _OPENERS[suffix](path)
    if not container.names:
        msg = f"{path.name}: expected rows or features, got none."
        raise ReadError(msg)
    chosen = choose_layers(container.names, path=path, wanted=options.layer)
    source = source_name(path)
    parts = [
        read_part(container.read(inner, layer), layer, source, options) for inner, layer in chosen
    ]
    left = [name for name in container.names if name not in dict(chosen)]
    imported = _imported(source, parts, [f"{path.name}: part not taken: {name}" for name in left])
    return replace(imported, attribution=container.attribution)


def sources_in(folder: Path) -> list[Path]:
    """
    List the files of a folder that can be read, in the order in which they build on each other.

    Maps come first, then tables, which may name buildings of the maps; by name among equals.
    """
    files = [path for path in folder.iterdir() if path.is_file() and known_suffix(path)]
    return sorted(files, key=lambda path: (_is_table(path), path.name))


def _is_table(path: Path) -> bool:
    return known_suffix(path) in (".csv", ".csv.gz", ".xlsx")


def _check_file(path: Path, suffix: str) -> None:
    if not path.is_file():
        msg = f"{path.name}: expected a file, got {'a folder' if path.is_dir() else 'none'}."
        raise ReadError(msg)
    if not suffix:
        msg = f"{path.name}: expected a file ending in {', '.join(SUFFIXES)}."
        raise ReadError(msg)
    size = path.stat().st_size
    if size == 0:
        msg = f"{path.name}: expected content, got an empty file."
        raise ReadError(msg)
    if size > MAX_FILE_BYTES:
        msg = f"{path.name}: expected at most {MAX_FILE_BYTES:,} bytes, got {size:,}."
        raise ReadError(msg)


def _imported(source: str, parts: list[Part], warnings: list[str]) -> Imported:
    return Imported(
        source=source,
        layers={part.layer.name: part.rows for part in parts},
        seen={part.layer.name: part.seen for part in parts},
        notes=tuple(note for part in parts for note in part.notes),
        faults=tuple(fault for part in parts for fault in part.faults),
        warnings=(*warnings, *(warning for part in parts for warning in part.warnings)),
    )
