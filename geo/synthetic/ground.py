"""Where the made-up community lies: drawn in metres, turned, and put on the globe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import to_wgs84, utm_crs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.schema import Layer

MADE_UP = "示例"
"""Every name begins with it: "example"."""
METRIC_CRS = utm_crs(113.15, 27.83)
CENTRE_M = (711_752.5, 3_080_226.2)
"""Of the community, in `METRIC_CRS`."""
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
    degrees = to_wgs84(gpd.GeoDataFrame(geometry=list(turned), crs=METRIC_CRS)).geometry
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


def places_of(texts: Iterable[str]) -> list[tuple[float, float]]:
    """
    Read places of the drawing as the plans write them.

    Examples
    --------
    >>> places_of(["0,14", "24,15.5"])
    [(0.0, 14.0), (24.0, 15.5)]
    """
    pairs = [text.split(",") for text in texts]
    return [(float(x), float(y)) for x, y in pairs]


def numbered(letter: str, count: int, *, digits: int = 2) -> list[str]:
    """
    Make keys that count from 1.

    Examples
    --------
    >>> numbered("S", 2)
    ['S01', 'S02']
    """
    return [f"{letter}{number:0{digits}d}" for number in range(1, count + 1)]


def _turned(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    turn = np.deg2rad(TURN_DEG)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.asarray((xy - DRAWING_CENTRE_M) @ rotation + CENTRE_M)
