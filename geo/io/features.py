"""GeoJSON features as RFC 7946 has them, always the same bytes for the same content."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

# Seven decimals of a degree are a centimetre.
DECIMALS = 7


def feature(
    geometry_wgs84: BaseGeometry | None,
    properties: Mapping[str, Any],
    feature_id: str | None = None,
) -> dict[str, Any]:
    """
    Give one GeoJSON feature.

    Parameters
    ----------
    geometry_wgs84
        Degrees, longitude first; rounded to seven decimals, outer rings run left about.
    properties
        Missing values become null, days and times ISO text.
    feature_id
        Key of the feature, if it has one.

    Examples
    --------
    >>> from shapely import Point
    >>> feature(Point(116.123456789, 39.9), {"name": None}, "a")["geometry"]
    {'type': 'Point', 'coordinates': [116.1234568, 39.9]}
    """
    (text,) = geometry_texts(np.array([geometry_wgs84], dtype=object))
    return {
        "type": "Feature",
        **({} if feature_id is None else {"id": feature_id}),
        "geometry": orjson.loads(text),
        "properties": {name: plain_value(value) for name, value in properties.items()},
    }


def geometry_texts(shapes: NDArray[np.object_]) -> list[str]:
    """Give each shape as GeoJSON text, `null` where it is missing or empty."""
    rounded = shapely.transform(shapes, lambda degrees: np.round(degrees, DECIMALS))
    turned = shapely.orient_polygons(rounded)
    is_nothing = shapely.is_missing(turned) | shapely.is_empty(turned)
    texts = np.asarray(shapely.to_geojson(turned), dtype=object)
    texts[is_nothing] = "null"
    return [str(text) for text in texts]


def collection_bytes(
    features: Sequence[Mapping[str, Any]], members: Mapping[str, Any] | None = None
) -> bytes:
    """
    Give a FeatureCollection, one feature a line.

    Parameters
    ----------
    features
        As `feature` makes them.
    members
        Foreign members of the collection, such as `summary`.
    """
    head = {"type": "FeatureCollection"} | {
        name: _plain_tree(value) for name, value in (members or {}).items()
    }
    opened = orjson.dumps(head)[:-1] + b',"features":['
    lines = b",\n".join(orjson.dumps(each) for each in features)
    return opened + b"\n" + lines + b"\n]}\n" if lines else opened + b"]}\n"


def plain_value(value: object) -> object:
    """
    Give a value as JSON has it.

    Examples
    --------
    >>> plain_value(float("nan")), plain_value(date(2020, 3, 25)), plain_value(pd.NA)
    (None, '2020-03-25', None)
    """
    if isinstance(value, np.generic):
        value = value.item()
    is_absent = value is None or value is pd.NA or value is pd.NaT
    if is_absent or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, datetime):
        return datetime_text(value)
    return value.isoformat() if isinstance(value, date) else value


def datetime_text(moment: datetime) -> str:
    """
    Give a time in UTC as text; one without a zone is UTC.

    Examples
    --------
    >>> datetime_text(datetime(2020, 3, 25, 8))
    '2020-03-25T08:00:00Z'
    """
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.replace(tzinfo=None).isoformat() + "Z"


def _plain_tree(value: object) -> object:
    if isinstance(value, dict):
        return {str(name): _plain_tree(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_tree(inner) for inner in value]
    return plain_value(value)
