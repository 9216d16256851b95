"""Frames as GeoJSON features: WGS 84, longitude first, to the centimetre."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from geo.crs import to_wgs84
from geo.io.features import geometry_texts, plain_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

MEDIA_TYPE = "application/geo+json"


def features_of(
    frame: gpd.GeoDataFrame, columns: Sequence[str], *, key: str | None = None
) -> list[dict[str, Any]]:
    """
    Give one GeoJSON feature a row.

    Parameters
    ----------
    frame
        Any known CRS.
    columns
        Become the properties; those the frame lacks are left out.
    key
        Column that becomes the `id`.

    Returns
    -------
    features
        In the order of the rows, for `geo.io.features.collection_bytes`; missing values are
        null.
    """
    names = [column for column in columns if column in frame]
    values = [[plain_value(value) for value in frame[name].tolist()] for name in names]
    shapes = geometry_texts(np.asarray(to_wgs84(frame).geometry.to_numpy(), dtype=object))
    ids = frame[key].tolist() if key else [None] * len(frame)
    rows = zip(*values, strict=True) if names else [()] * len(frame)
    return [
        {
            "type": "Feature",
            **({} if name is None else {"id": name}),
            "geometry": orjson.Fragment(shape),
            "properties": dict(zip(names, row, strict=True)),
        }
        for name, shape, row in zip(ids, shapes, rows, strict=True)
    ]
