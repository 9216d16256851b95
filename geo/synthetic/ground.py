"""Where the made-up community lies: drawn in metres, turned, and put on the globe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import to_wgs84, utm_crs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.schema import Layer

CENTRE_LON_DEG = 113.15
CENTRE_LAT_DEG = 27.83
METRIC_CRS = utm_crs(CENTRE_LON_DEG, CENTRE_LAT_DEG)
CENTRE_M = (711_752.5, 3_080_226.2)
"""The same place in `METRIC_CRS`."""
DRAWING_CENTRE_M = (350.0, 260.0)
TURN_DEG = 7.0
"""Counter-clockwise: hardly a town is built square to the meridian."""
DECIMALS = 7


def located(shapes: Sequence[BaseGeometry]) -> gpd.GeoSeries:
    """
    Put drawn shapes on the globe.

    Parameters
    ----------
    shapes
        In metres of the drawing, x east and y north, the community's corner at (0, 0).

    Returns
    -------
    located
        WGS 84, rounded to `DECIMALS`, so that a file holds exactly these coordinates.
    """
    turned = shapely.transform(np.asarray(shapes, dtype=object), _turned)
    frame = gpd.GeoDataFrame(geometry=list(turned), crs=METRIC_CRS)
    degrees = to_wgs84(frame).geometry
    rounded = shapely.transform(degrees.to_numpy(), lambda xy: np.round(xy, DECIMALS))
    return gpd.GeoSeries(list(rounded), crs=degrees.crs)


def as_layer(layer: Layer, rows: pd.DataFrame, shapes: Sequence[BaseGeometry]) -> gpd.GeoDataFrame:
    """
    Make a layer of rows and drawn shapes, in the declared columns.

    Parameters
    ----------
    rows
        Any of the declared columns; the others become missing.
    shapes
        One a row, in metres of the drawing.
    """
    columns = rows.reset_index(drop=True).reindex(columns=list(layer.column_names))
    return gpd.GeoDataFrame(columns, geometry=located(shapes))


def _turned(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    turn = np.deg2rad(TURN_DEG)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.asarray((xy - DRAWING_CENTRE_M) @ rotation + CENTRE_M)
