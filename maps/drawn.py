"""
Layers of the map: a Folium feature group each, and what the page's script draws into it.

A layer's features travel in columns (one list of geometries, one of keys, and so on), which
is half the size of GeoJSON features and lets one style serve a whole class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import folium
import orjson
import shapely

from geo.crs import to_wgs84

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

DEGREE_DECIMALS = 6
# What could end a script element or begin a comment in it, and what old engines take for line ends.
UNSAFE_IN_SCRIPT = {
    b"<": b"\\u003c",
    b">": b"\\u003e",
    b"&": b"\\u0026",
    "\u2028".encode(): b"\\u2028",
    "\u2029".encode(): b"\\u2029",
}

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Legend:
    """
    One line of the legend.

    Parameters
    ----------
    title
        Translated.
    swatch
        Name of the drawing, a symbol in `maps/templates/symbols.html`.
    is_listed
        Whether the legend shows it; the ground speaks for itself beside its switch.
    """

    title: str
    swatch: str
    is_listed: bool = True


class DrawnLayer(folium.FeatureGroup):
    """
    One layer that can be switched on and off.

    Parameters
    ----------
    key
        Name that scripts know it by; also the end of its JavaScript name.
    title
        Translated, for people.
    payload
        What to draw, see `maps/static/js/types.d.ts`.
    show
        Whether it is visible at the beginning.
    """

    def __init__(self, key: str, title: str, payload: Payload, *, show: bool = True) -> None:
        super().__init__(name=title, show=show)
        self._id = key
        self.key = key
        self.title = title
        self.payload = payload
        self.count = int(payload.get("count", len(payload.get("geometries", ()))))
        self.legend: tuple[Legend, ...] = ()

    def with_legend(self, *lines: Legend) -> DrawnLayer:
        """Give the same layer, explained by those lines."""
        self.legend = lines
        return self

    def data(self) -> Payload:
        """Give the payload with what the switch needs."""
        return self.payload | {"group": self.get_name(), "shown": self.show}


def geometry_fragments(frame: gpd.GeoDataFrame) -> list[orjson.Fragment]:
    """
    Write geometries as GeoJSON, WGS 84, about 0.1 m exact.

    Parameters
    ----------
    frame
        Any known CRS; no missing geometry.
    """
    return fragments_of(to_wgs84(frame).geometry.to_numpy())


def fragments_of(shapes: NDArray[np.object_]) -> list[orjson.Fragment]:
    """Write WGS 84 shapes as GeoJSON geometries."""
    rounded = shapely.transform(shapes, lambda deg: deg.round(DEGREE_DECIMALS))
    return [orjson.Fragment(text) for text in shapely.to_geojson(rounded)]


def points_of(frame: gpd.GeoDataFrame) -> list[list[float]]:
    """Give one place `[lon, lat]` in or on each shape, WGS 84 degrees."""
    places = to_wgs84(frame).geometry.representative_point()
    pairs = shapely.get_coordinates(places.to_numpy()).round(DEGREE_DECIMALS)
    return [[float(lon), float(lat)] for lon, lat in pairs]


def present(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the rows that have a shape to draw."""
    return frame[~(frame.geometry.isna() | frame.geometry.is_empty)]


def script_json(value: Mapping[str, Any] | Sequence[Any]) -> str:
    r"""
    Write JSON that may stand inside a script element, whatever its texts hold.

    Examples
    --------
    >>> script_json(["</script>"])
    '["\\u003c/script\\u003e"]'
    """
    text = orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    for unsafe, safe in UNSAFE_IN_SCRIPT.items():
        text = text.replace(unsafe, safe)
    return text.decode()
