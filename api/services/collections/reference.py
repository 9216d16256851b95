"""Coordinate reference systems by their addresses: in which a client may ask and write."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geo.crs import WGS84, to_metric, to_wgs84
from geo.io.features import DECIMALS

if TYPE_CHECKING:
    from numpy.typing import NDArray

CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CRS84H_URI = "http://www.opengis.net/def/crs/OGC/0/CRS84h"
EPSG_URI = "http://www.opengis.net/def/crs/EPSG/0/"
WEB_MERCATOR = "EPSG:3857"
METRE_DECIMALS = 3
NORTHINGS_FIRST = frozenset({"north", "south"})


@dataclass(frozen=True, slots=True)
class Reference:
    """
    A coordinate reference system as it goes over the wire.

    Parameters
    ----------
    uri
        Its address.
    code
        Its name for `geo.crs`.
    is_swapped
        Whether its first axis runs north.
    is_degrees
        Whether its axes are degrees.
    """

    uri: str
    code: str
    is_swapped: bool
    is_degrees: bool

    @property
    def decimals(self) -> int:
        """How many decimals are sent: a centimetre, or a millimetre where the unit is one."""
        return DECIMALS if self.is_degrees else METRE_DECIMALS


CRS84 = Reference(CRS84_URI, WGS84, is_swapped=False, is_degrees=True)


@cache
def references(metric_crs: str) -> dict[str, Reference]:
    """
    Give the systems a project's features may be had in, the default first.

    Parameters
    ----------
    metric_crs
        Of the project; left out where no authority has named it.

    Examples
    --------
    >>> [uri.rpartition("/")[2] for uri in references("EPSG:32650")]
    ['CRS84', '4326', '32650', '3857']
    """
    codes = dict.fromkeys((WGS84, metric_crs, WEB_MERCATOR))
    named = [_reference(code) for code in codes if code.startswith("EPSG:")]
    return {CRS84_URI: CRS84} | {reference.uri: reference for reference in named}


def outward(shapes: NDArray[np.object_], reference: Reference) -> NDArray[np.object_]:
    """
    Give shapes as a system has them.

    Parameters
    ----------
    shapes
        WGS 84, longitude first.

    Returns
    -------
    shapes
        In the order of the system's axes, rounded to its decimals.
    """
    placed = shapes
    if not reference.is_degrees:
        placed = _shapes(to_metric(gpd.GeoDataFrame(geometry=shapes, crs=WGS84), reference.code))
    if reference.is_swapped:
        placed = swapped(placed)
    return np.asarray(shapely.transform(placed, lambda at: np.round(at, reference.decimals)))


def inward(shapes: NDArray[np.object_], reference: Reference) -> NDArray[np.object_]:
    """
    Give shapes in WGS 84, longitude first.

    Parameters
    ----------
    shapes
        As the system has them.
    """
    placed = swapped(shapes) if reference.is_swapped else shapes
    if reference.is_degrees:
        return placed
    return _shapes(to_wgs84(gpd.GeoDataFrame(geometry=placed, crs=reference.code)))


def swapped(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Exchange the axes of shapes."""
    return np.asarray(shapely.transform(shapes, lambda at: at[:, ::-1]))


def _reference(code: str) -> Reference:
    crs = pyproj.CRS.from_user_input(code)
    return Reference(
        uri=EPSG_URI + code.removeprefix("EPSG:"),
        code=code,
        is_swapped=crs.axis_info[0].direction.lower() in NORTHINGS_FIRST,
        is_degrees=crs.is_geographic,
    )


def _shapes(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    return np.asarray(frame.geometry.to_numpy(), dtype=object)
