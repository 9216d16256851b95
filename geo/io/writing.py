"""Layers and feature collections out; a file is replaced whole or not at all."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pyogrio

from geo.crs import WGS84
from geo.datum import Datum, shift_frame
from geo.errors import CrsError, GeoError
from geo.io.cells import cell_rows, csv_bytes, xlsx_bytes
from geo.io.features import collection_bytes, geometry_texts, plain_value
from geo.io.values import to_date
from geo.schema import Geometry, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from geo.schema import Layer

GEOJSON = ".geojson"
GEOPACKAGE = ".gpkg"
# GDAL writes this into a GeoPackage instead of the time of writing.
CLOCK = "OGR_CURRENT_DATE"
NO_TIME = "1980-01-01T00:00:00.000Z"
_GPKG_TYPES = {
    Geometry.POINT: "Point",
    Geometry.LINE: "MultiLineString",
    Geometry.POLYGON: "MultiPolygon",
}


def write_layer(
    frame: pd.DataFrame,
    layer: Layer,
    out: Path | BinaryIO,
    *,
    datum: Datum = Datum.WGS84,
    suffix: str = GEOJSON,
) -> None:
    """
    Write one layer, rows in the order of their keys; the same rows give the same bytes.

    Parameters
    ----------
    frame
        WGS 84; a plain frame for a layer without geometry. May be empty.
    layer
        The declaration; columns that it does not have are left out.
    out
        A path, whose ending says the format, or an open binary stream.
    datum
        Datum of the coordinates in the file.
    suffix
        Format for a stream: `.geojson`, `.csv` or `.xlsx`.

    Raises
    ------
    CrsError
        If the frame is not in WGS 84.
    GeoError
        If the format is unknown, or cannot hold the layer.
    """
    ending = out.suffix.lower() if isinstance(out, Path) else suffix
    rows = _rows(frame, layer, datum)
    if ending == GEOPACKAGE and isinstance(out, Path):
        with replacing(out) as beside:
            _write_geopackage(rows, layer, beside, datum)
        return
    if ending not in _CONTENTS:
        known = ", ".join((*_CONTENTS, GEOPACKAGE))
        msg = f"Expected a file ending in {known}, got {ending or 'none'}."
        raise GeoError(msg)
    write_bytes(_CONTENTS[ending](rows, layer, datum), out)


def write_geojson(
    features: Sequence[Mapping[str, Any]], *, members: Mapping[str, Any], out: Path | BinaryIO
) -> None:
    """
    Write a FeatureCollection.

    Parameters
    ----------
    features
        As `geo.io.features.feature` makes them.
    members
        Foreign members of the collection, such as `summary` or `plan`.
    out
        A path or an open binary stream.
    """
    write_bytes(collection_bytes(features, members), out)


def write_bytes(content: bytes, out: Path | BinaryIO) -> None:
    """Write to a stream, or replace a file by the content in one step."""
    if not isinstance(out, Path):
        out.write(content)
        return
    with replacing(out) as beside:
        beside.write_bytes(content)


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """
    Give a path beside a file, which takes the file's place if nothing goes wrong.

    Parameters
    ----------
    out
        The file to be replaced or made.
    """
    beside = out.with_name(f".{secrets.token_hex(4)}-{out.name}")
    try:
        yield beside
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)


def _rows(frame: pd.DataFrame, layer: Layer, datum: Datum) -> pd.DataFrame:
    rows = frame.sort_values(layer.key, kind="stable") if layer.key in frame else frame
    if layer.geometry is None:
        return rows
    if not isinstance(rows, gpd.GeoDataFrame) or rows.crs != WGS84:
        crs = rows.crs if isinstance(rows, gpd.GeoDataFrame) else None
        msg = f"Expected {layer.name} in WGS 84, got {crs}."
        raise CrsError(msg)
    return shift_frame(rows, source=Datum.WGS84, target=datum)


def _geojson(rows: pd.DataFrame, layer: Layer, datum: Datum) -> bytes:
    names = [name for name in layer.column_names if name in rows]
    columns = [_json_values(rows[name], layer.column(name).kind) for name in names]
    texts = ["null"] * len(rows)
    if layer.geometry is not None:
        texts = geometry_texts(np.asarray(rows["geometry"].to_numpy(), dtype=object))
    ids = [str(key) for key in rows[layer.key].tolist()]
    values = zip(*columns, strict=True) if columns else [()] * len(rows)
    features = [
        {
            "type": "Feature",
            "id": key,
            "geometry": orjson.Fragment(text),
            "properties": dict(zip(names, row, strict=True)),
        }
        for key, text, row in zip(ids, texts, values, strict=True)
    ]
    stated = {} if datum is Datum.WGS84 else {"datum": datum.value}
    return collection_bytes(features, {"name": layer.name, **stated})


def _json_values(values: pd.Series, kind: Kind) -> list[object]:
    given = [plain_value(value) for value in values.tolist()]
    if kind is Kind.DATE:
        return [None if value is None else to_date(value).isoformat() for value in given]
    if kind is Kind.INTEGER:
        return [int(value) if isinstance(value, float) else value for value in given]
    return given


def _write_geopackage(rows: pd.DataFrame, layer: Layer, path: Path, datum: Datum) -> None:
    names = [name for name in layer.column_names if name in rows]
    kept = rows[[*names, *(["geometry"] if layer.geometry else [])]].reset_index(drop=True)
    days = {
        name: pd.Series(_json_values(kept[name], Kind.DATE), dtype="str")
        for name in names
        if layer.column(name).kind is Kind.DATE
    }
    options: dict[str, Any] = {"layer": layer.name, "driver": "GPKG"}
    if layer.geometry is not None:
        is_multi = layer.geometry is not Geometry.POINT
        options |= {"geometry_type": _GPKG_TYPES[layer.geometry], "promote_to_multi": is_multi}
        options |= {"layer_metadata": {"DATUM": datum.value}}
    pyogrio.set_gdal_config_options({CLOCK: NO_TIME})
    try:
        pyogrio.write_dataframe(kept.assign(**days), path, **options)
    finally:
        pyogrio.set_gdal_config_options({CLOCK: None})


_CONTENTS: dict[str, Callable[[pd.DataFrame, Layer, Datum], bytes]] = {
    GEOJSON: _geojson,
    ".json": _geojson,
    ".csv": lambda rows, layer, _datum: csv_bytes(cell_rows(rows, layer)),
    ".xlsx": lambda rows, layer, _datum: xlsx_bytes(cell_rows(rows, layer), layer.name),
}
