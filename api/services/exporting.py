"""Take one layer out of a project, into a file that other programs read."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from api.store.project import Project
from geo.datum import Datum
from geo.io.writing import write_layer
from geo.layers import find_layer

if TYPE_CHECKING:
    from typing import BinaryIO

    from api.store.medium import Location

EXPORT_SUFFIXES = (".geojson", ".gpkg", ".csv", ".xlsx")
"""Formats in which a layer can be written; the first is that of standard output."""


def export_layer(
    location: Location, layer_name: str, out: Path | BinaryIO, *, datum: Datum = Datum.WGS84
) -> int:
    """
    Write a layer of a project to a file or a stream.

    Parameters
    ----------
    location
        The project: a file, or the URL of a database.
    layer_name
        The layer, or a table.
    out
        A path, whose ending says the format, or a binary stream, which gets GeoJSON. A file
        that is there is replaced, by a whole one only.
    datum
        Datum of the coordinates in the file.

    Returns
    -------
    count
        Rows written.

    Raises
    ------
    UnknownLayerError
        If no layer has that name.
    GeoError
        If the format is unknown or cannot hold the layer.
    StoreError
        If the project cannot be read.
    FileNotFoundError
        If there is no folder to write to.
    """
    layer = find_layer(layer_name)
    if isinstance(out, Path) and not out.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(out.parent))
    with Project.open(location) as project:
        is_table = layer.geometry is None
        rows = project.read_table(layer_name) if is_table else project.read_wgs84(layer_name)
    write_layer(rows, layer, out, datum=datum)
    return len(rows)
