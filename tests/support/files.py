"""Small source files, written as people and programs write them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from openpyxl import Workbook

from geo.io.imported import ReadOptions
from geo.io.reading import read_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from geo.io.imported import Imported


def point(*coordinates: float) -> dict[str, Any]:
    """Give a GeoJSON point."""
    return {"type": "Point", "coordinates": list(coordinates)}


def polygon(*corners: tuple[float, float]) -> dict[str, Any]:
    """Give a GeoJSON polygon with the corners as they come; the ring is not closed for you."""
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in corners]]}


def feature_of(
    geometry: Mapping[str, Any] | None, properties: Mapping[str, Any], **members: object
) -> dict[str, Any]:
    """Give a GeoJSON feature."""
    return {"type": "Feature", "geometry": geometry, "properties": properties, **members}


def write_features(path: Path, *features: Mapping[str, Any], **members: object) -> Path:
    """Write a FeatureCollection."""
    collection = {"type": "FeatureCollection", **members, "features": list(features)}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    return path


def write_workbook(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[object]]],
    merged: Mapping[str, Sequence[str]] | None = None,
) -> Path:
    """Write an XLSX file with sheets of rows, and ranges of cells merged."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        for cells in (merged or {}).get(title, ()):
            sheet.merge_cells(cells)
    workbook.save(path)
    return path


def rewrite_zip(path: Path, changes: Mapping[str, bytes]) -> Path:
    """Put other content into members of an archive."""
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with ZipFile(path, "w") as archive:
        for name, content in (members | dict(changes)).items():
            archive.writestr(name, content)
    return path


def read(path: Path, **options: Any) -> Imported:  # noqa: ANN401 - as ReadOptions has them
    """Read a source with the options that are given."""
    return read_source(path, ReadOptions(**options))


def only_layer(imported: Imported) -> gpd.GeoDataFrame | pd.DataFrame:
    """Give the one layer of a source."""
    (rows,) = imported.layers.values()
    return rows


def told(imported: Imported) -> list[str]:
    """Give the faults as a person reads them."""
    return [str(fault) for fault in imported.faults]
