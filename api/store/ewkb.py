"""
Geometries as PostGIS takes and gives them: extended WKB in hexadecimal digits.

Ours are two-dimensional and in WGS 84.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from api.store.blobs import SRS_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def encode_geometries(geometries: NDArray[np.object_], /) -> list[str | None]:
    """
    Write geometries as digits; missing and empty ones become `None`.

    Parameters
    ----------
    geometries
        In WGS 84 degrees; heights are left out.

    Examples
    --------
    >>> encode_geometries(np.array([shapely.Point(1, 2), None, shapely.Point()], dtype=object))
    ['0101000020E6100000000000000000F03F0000000000000040', None, None]
    """
    digits = shapely.to_wkb(
        shapely.set_srid(geometries, SRS_ID),
        hex=True,
        output_dimension=2,
        byte_order=1,
        include_srid=True,
    )
    is_nothing = shapely.is_missing(geometries) | shapely.is_empty(geometries)
    return [
        None if nothing else text
        for text, nothing in zip(digits.tolist(), is_nothing.tolist(), strict=True)
    ]


def decode_geometries(digits: Sequence[str | None], /) -> NDArray[np.object_]:
    """
    Read digits, ours or another program's; `None` stays missing.

    Examples
    --------
    >>> print(decode_geometries(["0101000020E6100000000000000000F03F0000000000000040"])[0])
    POINT (1 2)
    """
    shapes = shapely.from_wkb(np.array(digits, dtype=object))
    # Compared with shapes from elsewhere, which say no reference system.
    return np.asarray(shapely.set_srid(shapes, 0), dtype=object)
