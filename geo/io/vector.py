"""
GeoJSON, GeoPackage and zipped Shapefile in, through GDAL.

GDAL guesses a format by content, and some of its formats fetch or run what a file names. So
each file must begin as its ending says, and is opened as that and nothing else.
"""

from __future__ import annotations

import json
import re
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyogrio
import pyproj

from geo.errors import ReadError
from geo.io.columns import ID_NAMES, find_column
from geo.io.limits import KIB, MAX_GEOJSON_BYTES
from geo.io.naming import source_name
from geo.io.raw import Container, RawLayer
from geo.io.values import is_nothing, to_text

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray

GDAL_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.CRSError,
    UnicodeError,
)
GPKG_MAGIC = b"SQLite format 3\x00"
GPKG_IDS = (b"GPKG", b"GP10", b"GP11")
GPKG_ID_AT = 68
BOM = b"\xef\xbb\xbf"
WARNINGS_TOLD = 5
# An open ring is closed and noted with its feature.
TOLD_OTHERWISE = "Non closed ring"
_ATTRIBUTION = re.compile(rb'"attribution"\s*:\s*("(?:[^"\\]|\\.){0,500}")')
_CRS_NAME = re.compile(rb'"crs"\s*:\s*\{[^}]*"name"\s*:\s*"([^"]*)"')


def open_geojson(path: Path) -> Container:
    """
    Open a GeoJSON file; coordinates are WGS 84 unless it declares otherwise.

    Raises
    ------
    ReadError
        If the file is too large or does not begin as JSON.
    """
    if path.stat().st_size > MAX_GEOJSON_BYTES:
        msg = (
            f"{path.name}: expected at most {MAX_GEOJSON_BYTES:,} bytes of GeoJSON,"
            f" got {path.stat().st_size:,}; convert it to GeoPackage."
        )
        raise ReadError(msg)
    head = _head(path)
    if not head.removeprefix(BOM).lstrip().startswith(b"{"):
        msg = f"{path.name}: expected GeoJSON, got a file that does not begin with a brace."
        raise ReadError(msg)
    _check_crs(path.name, head)
    name = source_name(path)

    def read(_inner: str, _layer: object) -> RawLayer:
        meta, fids, wkb, fields = gdal_read(f"GeoJSON:{path.resolve()}", path.name)
        numbers = _given_ids(fids)
        values = _frame(meta, fields, len(fids))
        return RawLayer(
            label=path.name,
            rows=values,
            places=_places(values, numbers or [str(number + 1) for number in range(len(fids))]),
            row_ids=[str(number + 1) for number in range(len(fids))],
            feature_ids=numbers,
            wkb=wkb,
            crs=meta["crs"],
            warnings=meta["warnings"],
        )

    return Container((name,), read, _attribution(head))


def _attribution(head: bytes) -> str:
    """Read the member `attribution` before the features; empty where there is none."""
    found = _ATTRIBUTION.search(head.partition(b'"features"')[0])
    try:
        return str(json.loads(found[1])) if found else ""
    except ValueError:
        return ""


def open_geopackage(path: Path) -> Container:
    """
    Open a GeoPackage.

    Raises
    ------
    ReadError
        If the file is none, or cannot be opened.
    """
    head = _head(path)
    if not head.startswith(GPKG_MAGIC) or head[GPKG_ID_AT : GPKG_ID_AT + 4] not in GPKG_IDS:
        msg = f"{path.name}: expected a GeoPackage, got another kind of file."
        raise ReadError(msg)
    try:
        names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
        held = [name for name in names if pyogrio.read_info(path, layer=name)["features"]]
    except GDAL_ERRORS as error:
        raise ReadError(told(path.name, error)) from error

    def read(inner: str, _layer: object) -> RawLayer:
        meta, fids, wkb, fields = gdal_read(path, path.name, layer=inner)
        numbers = [str(fid) for fid in fids.tolist()]
        values = _frame(meta, fields, len(fids))
        return RawLayer(
            label=path.name if len(names) == 1 else f"{path.name} ({inner})",
            rows=values,
            places=_places(values, numbers),
            row_ids=numbers,
            wkb=None if meta["geometry_type"] is None else wkb,
            crs=meta["crs"],
            warnings=meta["warnings"],
        )

    return Container(tuple(held), read)


def read_shapefile(path: Path, label: str, encoding: str | None) -> RawLayer:
    """
    Read a Shapefile that lies unpacked.

    Parameters
    ----------
    path
        The `.shp`, its companions beside it.
    label
        What faults call it.
    encoding
        Of its texts, if it does not say so itself.

    Raises
    ------
    ReadError
        If GDAL cannot read it.
    """
    meta, fids, wkb, fields = gdal_read(path, label, encoding=encoding)
    values = _frame(meta, fields, len(fids))
    numbers = [str(number + 1) for number in range(len(fids))]
    return RawLayer(
        label=label,
        rows=values,
        places=_places(values, numbers),
        row_ids=numbers,
        wkb=wkb,
        crs=meta["crs"],
        name_length=10,
        warnings=meta["warnings"],
    )


def gdal_read(
    source: Path | str, label: str, **options: str | None
) -> tuple[dict[str, Any], NDArray[np.int64], NDArray[np.object_], list[NDArray[Any]]]:
    """
    Read one layer; what GDAL warns of stands under `warnings` in the first part.

    Raises
    ------
    ReadError
        If GDAL cannot read it.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            meta, fids, wkb, fields = pyogrio.raw.read(
                source, return_fids=True, datetime_as_string=True, force_2d=True, **options
            )
        except GDAL_ERRORS as error:
            raise ReadError(told(label, error)) from error
    messages = [str(warning.message) for warning in caught]
    said = dict.fromkeys(f"{label}: {text}" for text in messages if TOLD_OTHERWISE not in text)
    meta["warnings"] = tuple(said)[:WARNINGS_TOLD]
    return meta, fids, wkb, fields


def told(label: str, error: Exception) -> str:
    """Tell an error of GDAL in one line, without the folder that a server may not show."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return f"{label}: expected a file that GDAL can read, got {_without_folder(reason)}"


def _without_folder(reason: str) -> str:
    return " ".join(word.rsplit("/", 1)[-1] for word in reason.split(" "))


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4 * KIB)


def _check_crs(label: str, head: bytes) -> None:
    # GDAL takes a CRS that it does not know for WGS 84.
    found = _CRS_NAME.search(head)
    if found is None:
        return
    name = found[1].decode("utf-8", "replace")
    try:
        pyproj.CRS.from_user_input(name)
    except pyproj.exceptions.CRSError:
        msg = f"{label}: expected a CRS such as EPSG:4326, got {name!r}."
        raise ReadError(msg) from None


def _given_ids(fids: NDArray[np.int64]) -> list[str] | None:
    # GDAL counts features from 0 where the file gives no ids.
    is_counted = np.array_equal(fids, np.arange(len(fids)))
    return None if is_counted else [str(fid) for fid in fids.tolist()]


def _frame(meta: dict[str, Any], fields: list[NDArray[Any]], count: int) -> pd.DataFrame:
    names = [str(name) for name in meta["fields"]]
    return pd.DataFrame(dict(zip(names, fields, strict=True)), index=pd.RangeIndex(count))


def _places(values: pd.DataFrame, numbers: list[str]) -> list[str]:
    column = find_column(list(values.columns), ID_NAMES)
    if column is None:
        return [f"feature {number}" for number in numbers]
    return [
        f"feature {number if is_nothing(value) else _id_text(value)}"
        for number, value in zip(numbers, values[column].tolist(), strict=True)
    ]


def _id_text(value: object) -> str:
    try:
        return to_text(value)
    except ValueError:
        return type(value).__name__
