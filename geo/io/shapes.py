"""Shapes of a source made plain: two-dimensional, WGS 84, single where they can be, mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geo.crs import to_wgs84
from geo.datum import Datum, shift_frame
from geo.errors import ReadError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_MULTI = (
    shapely.GeometryType.MULTIPOINT,
    shapely.GeometryType.MULTILINESTRING,
    shapely.GeometryType.MULTIPOLYGON,
    shapely.GeometryType.GEOMETRYCOLLECTION,
)
_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True, slots=True)
class Shapes:
    """
    Shapes of one layer.

    Parameters
    ----------
    geometry
        One a row, `None` where missing or unreadable.
    why_repaired
        What was mended, by row position.
    """

    geometry: NDArray[np.object_]
    why_repaired: dict[int, str]


def decode(wkb: NDArray[np.object_]) -> Shapes:
    """Read WKB; an open ring is closed, anything worse is missing."""
    geometry = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
    is_given = np.array([shape is not None for shape in wkb], dtype=bool)
    broken = np.flatnonzero(shapely.is_missing(geometry) & is_given)
    fixed = np.asarray(shapely.from_wkb(wkb[broken], on_invalid="fix"), dtype=object)
    geometry[broken] = fixed
    is_fixed = ~shapely.is_missing(fixed)
    return Shapes(geometry, dict.fromkeys(broken[is_fixed].tolist(), "ring closed"))


def plain(shapes: Shapes) -> Shapes:
    """Drop heights, unwrap collections of one, and make self-crossing polygons valid."""
    geometry = np.asarray(shapely.force_2d(shapes.geometry), dtype=object)
    is_wrapped = np.isin(shapely.get_type_id(geometry), _MULTI)
    is_wrapped &= shapely.get_num_geometries(geometry) == 1
    geometry[is_wrapped] = shapely.get_geometry(geometry[is_wrapped], 0)
    crossing = np.flatnonzero(_is_crossing(geometry))
    mended = shapely.make_valid(geometry[crossing], method="structure", keep_collapsed=False)
    is_kept = np.isin(shapely.get_type_id(mended), _POLYGONS) & ~shapely.is_empty(mended)
    reasons = shapely.is_valid_reason(geometry[crossing[is_kept]]).tolist()
    geometry[crossing[is_kept]] = mended[is_kept]
    repaired = dict(zip(crossing[is_kept].tolist(), reasons, strict=True))
    return Shapes(geometry, shapes.why_repaired | repaired)


def placed(
    frame: pd.DataFrame, geometry: NDArray[np.object_], *, crs: str | None, datum: Datum, label: str
) -> gpd.GeoDataFrame:
    """
    Give rows with their shapes in WGS 84.

    Parameters
    ----------
    frame
        Columns without shapes.
    geometry
        One shape a row.
    crs
        What the source declares.
    datum
        Datum of the coordinates.
    label
        What an error calls the source.

    Raises
    ------
    ReadError
        If the source declares no CRS, or one that cannot be converted.
    """
    try:
        declared = None if crs is None else pyproj.CRS.from_user_input(crs)
        if declared is None or not (declared.is_geographic or declared.is_projected):
            msg = f"{label}: expected a declared CRS (a .prj, or the layer's), got none."
            raise ReadError(msg)
        frame_wgs84 = to_wgs84(gpd.GeoDataFrame(frame, geometry=geometry, crs=declared))
    except pyproj.exceptions.ProjError as error:
        msg = f"{label}: expected a CRS that leads to WGS 84, got {crs}."
        raise ReadError(msg) from error
    return shift_frame(frame_wgs84, source=datum, target=Datum.WGS84)


def touches_box(
    geometry: NDArray[np.object_], bbox: tuple[float, float, float, float]
) -> NDArray[np.bool_]:
    """Say of each shape whether it touches the box; those without numbers count as inside."""
    bounds = shapely.bounds(geometry)
    is_known = np.asarray(np.isfinite(bounds).all(axis=1))
    is_inside = ~is_known
    is_inside[is_known] = shapely.intersects(geometry[is_known], shapely.box(*bbox))
    return is_inside


def _is_crossing(geometry: NDArray[np.object_]) -> NDArray[np.bool_]:
    is_polygon = np.isin(shapely.get_type_id(geometry), _POLYGONS)
    numbers, row = shapely.get_coordinates(geometry, return_index=True)
    is_polygon[row[~np.isfinite(numbers).all(axis=1)]] = False
    is_crossing = np.zeros(len(geometry), dtype=bool)
    is_crossing[is_polygon] = ~shapely.is_valid(geometry[is_polygon])
    return is_crossing
