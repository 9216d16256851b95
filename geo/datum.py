"""
GCJ-02 and BD-09, the shifted coordinates of Chinese map services, both ways.

GCJ-02 moves WGS 84 by some hundred metres with published, reverse-engineered formulas; BD-09
moves GCJ-02 once more. Both apply inside a bounding box of China only, and the box is asked
with the WGS 84 position. The formulas have no closed inverse: it is found by iteration.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

    DegreesFormula = Callable[
        [NDArray[np.float64], NDArray[np.float64]],
        tuple[NDArray[np.float64], NDArray[np.float64]],
    ]

# West, south, east, north in WGS 84 degrees: the box that all published copies use.
CHINA_BOX_DEG = (72.004, 0.8293, 137.8347, 55.8271)
# No shift is as large as this, so only positions this near the box need be tried.
BOX_MARGIN_DEG = 0.1
# Positions on the edge of the box must come back although the iteration rounds.
BOX_ROUNDING_DEG = 1e-9

KRASOVSKY_SEMI_MAJOR_M = 6378245.0
KRASOVSKY_ECCENTRICITY_SQUARED = 0.00669342162296594323
ORIGIN_LON_DEG = 105.0
ORIGIN_LAT_DEG = 35.0

BD09_LON_DEG = 0.0065
BD09_LAT_DEG = 0.006
BD09_RADIUS_DEG = 0.00002
BD09_ANGLE_RAD = 0.000003
BD09_FREQUENCY = np.pi * 3000.0 / 180.0

# Each round leaves less than a thirtieth of the error before, which begins below 0.02 degrees.
INVERSE_ROUNDS = 9


class Datum(StrEnum):
    """Datum of the coordinates in a file."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def shift(
    lon: ArrayLike, lat: ArrayLike, *, source: Datum, target: Datum
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Move positions from one datum to another.

    The way back undoes the way there to far less than a millimetre for every position
    inside the box of China.

    Parameters
    ----------
    lon, lat
        Degrees in the datum `source`, of one shape; may be empty. NaN stays NaN.
    source, target
        Datum of the given and of the returned positions.

    Returns
    -------
    lon, lat
        Degrees in the datum `target`, shape as given; unchanged outside China.

    Examples
    --------
    >>> lon, lat = shift(116.377817, 39.911954, source=Datum.WGS84, target=Datum.GCJ02)
    >>> f"{lon:.7f} {lat:.7f}"
    '116.3840472 39.9133455'
    """
    xs, ys = (np.array(degrees, dtype=np.float64) for degrees in (lon, lat))
    if source == target:
        return xs, ys
    near = _is_in_china(xs, ys, margin_deg=BOX_MARGIN_DEG)
    margin_deg = 0.0 if source is Datum.WGS84 else BOX_ROUNDING_DEG
    lon_wgs84, lat_wgs84 = _to_wgs84(xs[near], ys[near], source)
    xs[near], ys[near] = _from_wgs84(lon_wgs84, lat_wgs84, target, margin_deg=margin_deg)
    return xs, ys


def shift_frame(frame: gpd.GeoDataFrame, *, source: Datum, target: Datum) -> gpd.GeoDataFrame:
    """
    Move a layer from one datum to another.

    Parameters
    ----------
    frame
        Any geometry in degrees, longitude first; missing shapes stay missing.
    source, target
        Datum of the given and of the returned shapes.

    Returns
    -------
    frame
        A copy; without heights if anything was moved.
    """
    if source == target:
        return frame.copy()

    def moved_degrees(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(shift(degrees[:, 0], degrees[:, 1], source=source, target=target))

    moved = shapely.transform(frame.geometry.to_numpy(), moved_degrees)
    return frame.set_geometry(type(frame.geometry)(moved, index=frame.index, crs=frame.crs))


def _to_wgs84(
    lon: NDArray[np.float64], lat: NDArray[np.float64], source: Datum
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if source is Datum.WGS84:
        return lon, lat
    found_lon, found_lat = _inverse(_FORMULAS[source], lon, lat)
    was_moved = _is_in_china(found_lon, found_lat, margin_deg=BOX_ROUNDING_DEG)
    return np.where(was_moved, found_lon, lon), np.where(was_moved, found_lat, lat)


def _from_wgs84(
    lon: NDArray[np.float64], lat: NDArray[np.float64], target: Datum, *, margin_deg: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if target is Datum.WGS84:
        return lon, lat
    moved_lon, moved_lat = _FORMULAS[target](lon, lat)
    is_moved = _is_in_china(lon, lat, margin_deg=margin_deg)
    return np.where(is_moved, moved_lon, lon), np.where(is_moved, moved_lat, lat)


def _is_in_china(
    lon: NDArray[np.float64], lat: NDArray[np.float64], *, margin_deg: float
) -> NDArray[np.bool_]:
    west, south, east, north = CHINA_BOX_DEG
    return np.asarray(
        (lon >= west - margin_deg)
        & (lon <= east + margin_deg)
        & (lat >= south - margin_deg)
        & (lat <= north + margin_deg)
    )


def _inverse(
    formula: DegreesFormula, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    found_lon, found_lat = lon, lat
    for _ in range(INVERSE_ROUNDS):
        reached_lon, reached_lat = formula(found_lon, found_lat)
        found_lon, found_lat = found_lon + lon - reached_lon, found_lat + lat - reached_lat
    return found_lon, found_lat


def _gcj02(
    lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    east_m, north_m = _gcj02_offset_m(lon - ORIGIN_LON_DEG, lat - ORIGIN_LAT_DEG)
    lat_rad = np.radians(lat)
    flattening = 1 - KRASOVSKY_ECCENTRICITY_SQUARED * np.sin(lat_rad) ** 2
    across_m = KRASOVSKY_SEMI_MAJOR_M / np.sqrt(flattening)
    along_m = across_m * (1 - KRASOVSKY_ECCENTRICITY_SQUARED) / flattening
    return (
        lon + np.degrees(east_m / (across_m * np.cos(lat_rad))),
        lat + np.degrees(north_m / along_m),
    )


def _gcj02_offset_m(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    shared = _waves(x, (20, 6), (20, 2))
    root = np.sqrt(np.abs(x))
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + shared
    east_m = east_m + _waves(x, (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30))
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + shared
    north_m = north_m + _waves(y, (20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30))
    return east_m, north_m


def _waves(degrees: NDArray[np.float64], *waves: tuple[float, float]) -> NDArray[np.float64]:
    total = np.zeros_like(degrees)
    for height_m, frequency in waves:
        total += height_m * np.sin(degrees * np.pi * frequency)
    return total * 2 / 3


def _bd09(
    lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = _gcj02(lon, lat)
    radius = np.hypot(x, y) + BD09_RADIUS_DEG * np.sin(y * BD09_FREQUENCY)
    angle = np.arctan2(y, x) + BD09_ANGLE_RAD * np.cos(x * BD09_FREQUENCY)
    return radius * np.cos(angle) + BD09_LON_DEG, radius * np.sin(angle) + BD09_LAT_DEG


_FORMULAS: dict[Datum, DegreesFormula] = {Datum.GCJ02: _gcj02, Datum.BD09: _bd09}
