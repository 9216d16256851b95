"""WGS 84 at the edge, one metric CRS inside, and the guard that keeps them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyproj

from geo.errors import CrsError

if TYPE_CHECKING:
    import geopandas as gpd

WGS84 = "EPSG:4326"
UTM_NORTH_EPSG = 32600
UTM_SOUTH_EPSG = 32700
UTM_ZONE_DEG = 6


def require_metric(*frames: gpd.GeoDataFrame) -> None:
    """
    Refuse frames that are not all in one and the same metric CRS.

    Raises
    ------
    CrsError
        If any CRS is missing, is not projected in metres, or differs from the first.
    """
    first = frames[0].crs
    for frame in frames:
        if frame.crs is None or not is_metric(frame.crs):
            msg = f"Expected a projected CRS in metres, got {frame.crs}."
            raise CrsError(msg)
        if frame.crs != first:
            msg = f"Expected one CRS for all layers, got {first} and {frame.crs}."
            raise CrsError(msg)


def is_metric(crs: pyproj.CRS) -> bool:
    """
    Whether a CRS is projected with both axes in metres.

    Examples
    --------
    >>> is_metric(pyproj.CRS("EPSG:32650")), is_metric(pyproj.CRS("EPSG:4326"))
    (True, False)
    """
    return crs.is_projected and all(axis.unit_name == "metre" for axis in crs.axis_info)


def parse_metric_crs(text: str) -> pyproj.CRS:
    """
    Read a CRS that distances may be measured in.

    Raises
    ------
    CrsError
        If the text names no CRS, or one that is not projected in metres.
    """
    try:
        crs = pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        msg = f"Expected a CRS such as EPSG:32650, got {text!r}."
        raise CrsError(msg) from None
    if not is_metric(crs):
        msg = f"Expected a projected CRS in metres, got {text}."
        raise CrsError(msg)
    return crs


def utm_crs(lon_deg: float, lat_deg: float) -> str:
    """
    Name the UTM zone of a place.

    Parameters
    ----------
    lon_deg, lat_deg
        WGS 84 degrees.

    Examples
    --------
    >>> utm_crs(116.35, 39.96), utm_crs(151.2, -33.9)
    ('EPSG:32650', 'EPSG:32756')
    """
    zone = int((lon_deg + 180) // UTM_ZONE_DEG) % 60 + 1
    return f"EPSG:{(UTM_NORTH_EPSG if lat_deg >= 0 else UTM_SOUTH_EPSG) + zone}"


def to_wgs84(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the frame in WGS 84, longitude first."""
    return _reprojected(frame, WGS84)


def to_metric(frame: gpd.GeoDataFrame, metric_crs: str) -> gpd.GeoDataFrame:
    """Give the frame in the project's metric CRS."""
    return _reprojected(frame, metric_crs)


def crs_of(frame: gpd.GeoDataFrame) -> pyproj.CRS:
    """
    Give the CRS of a layer.

    Raises
    ------
    CrsError
        If the layer has none.
    """
    if frame.crs is None:
        msg = "Expected a layer whose CRS is known, got one without."
        raise CrsError(msg)
    return frame.crs


def _reprojected(frame: gpd.GeoDataFrame, crs: str) -> gpd.GeoDataFrame:
    crs_of(frame)
    return frame.to_crs(crs)
