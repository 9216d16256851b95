"""
GeoPackage geometry blobs: a short header with the envelope, then WKB.

Ours are little endian, two-dimensional, in WGS 84 and always carry the envelope; those that
QGIS or GDAL write into the same file may have another header, and are read too.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

Envelope = tuple[float, float, float, float]
"""West, east, south, north."""

SRS_ID = 4326
FIXED_LENGTH = 8
ENVELOPE_LENGTHS = (0, 32, 48, 48, 64)
LITTLE_ENDIAN_WITH_ENVELOPE = 0b0000_0011
EMPTY_BIT = 0b0001_0000
LITTLE_ENDIAN_BIT = 0b0000_0001
WKB_LITTLE_ENDIAN = 1

_HEADER = struct.Struct("<2sBBi4d")
_HEADER_DTYPE = np.dtype([("fixed", f"S{FIXED_LENGTH}"), ("edges", "<f8", 4)])


def encode_geometries(geometries: NDArray[np.object_], /) -> list[bytes | None]:
    """
    Write geometries as blobs; missing and empty ones become `None`.

    Parameters
    ----------
    geometries
        In WGS 84 degrees; heights are left out.
    """
    bodies = shapely.to_wkb(geometries, output_dimension=2, byte_order=WKB_LITTLE_ENDIAN)
    bounds = shapely.bounds(geometries)
    return [
        None if isnan else _header(*edges) + body
        for body, edges, isnan in zip(
            bodies, bounds.tolist(), np.isnan(bounds[:, 0]).tolist(), strict=True
        )
    ]


def decode_geometries(blobs: Sequence[bytes | None], /) -> NDArray[np.object_]:
    """Read blobs, ours or another program's; `None` stays missing."""
    bodies = [None if blob is None else blob[_body_start(blob) :] for blob in blobs]
    return np.asarray(shapely.from_wkb(np.array(bodies, dtype=object)), dtype=object)


def encode_geometry(geometry: BaseGeometry | None) -> bytes | None:
    """Write one geometry as a blob."""
    return encode_geometries(np.array([geometry], dtype=object))[0]


def decode_geometry(blob: bytes | None) -> BaseGeometry | None:
    """
    Read one blob.

    Examples
    --------
    >>> print(decode_geometry(encode_geometry(shapely.Point(114.3, 30.6))))
    POINT (114.3 30.6)
    """
    geometry: BaseGeometry | None = decode_geometries([blob])[0]
    return geometry


def edges_of(blobs: Sequence[bytes]) -> NDArray[np.float64]:
    """
    Read the envelopes of many blobs.

    Returns
    -------
    edges
        Degrees, shape (len(blobs), 4): west, east, south, north; NaN for an empty geometry.
    """
    if all(blob[3] == LITTLE_ENDIAN_WITH_ENVELOPE for blob in blobs):
        heads = b"".join(blob[: _HEADER.size] for blob in blobs)
        return np.frombuffer(heads, dtype=_HEADER_DTYPE)["edges"].astype(np.float64)
    envelopes = [_envelope(blob) or (np.nan,) * 4 for blob in blobs]
    return np.array(envelopes, dtype=np.float64)


def is_empty(blob: bytes | None) -> int | None:
    """Answer `ST_IsEmpty`, which the triggers of the spatial index ask."""
    return None if blob is None else int(_envelope(blob) is None)


def edge_of(blob: bytes | None, position: int) -> float | None:
    """Answer `ST_MinX`, `ST_MaxX`, `ST_MinY` and `ST_MaxY`, for the positions 0 to 3."""
    envelope = None if blob is None else _envelope(blob)
    return None if envelope is None else envelope[position]


def _header(west: float, south: float, east: float, north: float) -> bytes:
    return _HEADER.pack(b"GP", 0, LITTLE_ENDIAN_WITH_ENVELOPE, SRS_ID, west, east, south, north)


def _body_start(blob: bytes) -> int:
    return FIXED_LENGTH + ENVELOPE_LENGTHS[(blob[3] >> 1) & 7]


def _envelope(blob: bytes) -> Envelope | None:
    flags = blob[3]
    if flags & EMPTY_BIT:
        return None
    if _body_start(blob) == FIXED_LENGTH:
        return _measured_envelope(blob)
    order = "<" if flags & LITTLE_ENDIAN_BIT else ">"
    west, east, south, north = struct.unpack_from(f"{order}4d", blob, FIXED_LENGTH)
    return west, east, south, north


def _measured_envelope(blob: bytes) -> Envelope | None:
    shape = shapely.from_wkb(blob[FIXED_LENGTH:])
    if shape.is_empty:
        return None
    west, south, east, north = shape.bounds
    return west, east, south, north
