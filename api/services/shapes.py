"""Shapes as clients send them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

from geo.io.features import DECIMALS
from geo.shapefaults import has_empty_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry


MALFORMED = "malformed"
NOT_FINITE = "not_finite"


class MalformedShapeError(ValueError):
    """
    Something that is sent as a shape is none.

    Parameters
    ----------
    code
        `malformed`, or `not_finite` where a coordinate is no number.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__("Expected a GeoJSON geometry whose coordinates are numbers.")


def parse_shape(geometry: Mapping[str, Any]) -> BaseGeometry:
    """
    Read a GeoJSON geometry, in two dimensions and to the centimetre, as it is told again.

    Parameters
    ----------
    geometry
        With the members `type` and `coordinates`, as JSON has them.

    Returns
    -------
    shape
        WGS 84; need not be valid.

    Raises
    ------
    MalformedShapeError
        If it is no geometry.

    Examples
    --------
    >>> parse_shape({"type": "Point", "coordinates": [114.30000001, 30.6, 12]}).wkt
    'POINT (114.3 30.6)'
    """
    text = _text(geometry)
    if b"null" in text:
        raise MalformedShapeError(NOT_FINITE)
    try:
        shape = shapely.force_2d(shapely.from_geojson(text))
    except shapely.GEOSException:
        raise MalformedShapeError(MALFORMED) from None
    if has_empty_parts(np.array([shape], dtype=object)).any() and not shape.is_empty:
        raise MalformedShapeError(MALFORMED)
    with np.errstate(over="ignore"):  # what lies beyond all numbers is told by who asks where
        return shapely.transform(shape, lambda degrees: np.round(degrees, DECIMALS))


def _text(geometry: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(geometry)
    except orjson.JSONEncodeError:
        raise MalformedShapeError(MALFORMED) from None
