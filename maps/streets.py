"""The streets of our own basemap, merged by width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from geo.crs import to_wgs84
from maps.drawn import DEGREE_DECIMALS, DrawnLayer, Legend, fragments_of, present
from maps.style import STREET_CASINGS, STREET_FILLS

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from maps.words import Words

MAIN_CLASSES = ("motorway", "trunk", "primary", "secondary", "tertiary")
ROAD_CLASSES = ("unclassified", "residential", "living_street", "pedestrian", "road")
FOOT_CLASSES = ("footway", "path", "steps", "cycleway", "track", "corridor", "bridleway", "alley")
QUARTER_DEG = 90
DRAWING_ORDER = ("foot", "lane", "road", "main")


def streets_layer(streets: gpd.GeoDataFrame, words: Words) -> DrawnLayer:
    """
    Build the layer of streets: one multi-line a width, and where each name is.

    Parameters
    ----------
    streets
        Metric CRS, columns of `geo.layers.STREETS`; may be empty.
    """
    drawn = present(streets)
    lines = to_wgs84(drawn).geometry.to_numpy()
    widths = street_widths(drawn)
    groups = [name for name in DRAWING_ORDER if (widths == name).any()]
    merged = [_merged(lines[widths == name]) for name in groups]
    payload = {
        "kind": "streets",
        "count": len(drawn),
        "geometries": fragments_of(np.array(merged, dtype=object)),
        "classes": groups,
        "styles": STREET_FILLS,
        "casings": STREET_CASINGS,
        "names": _names(drawn),
    }
    layer = DrawnLayer("streets", words.say("Streets"), payload)
    return layer.with_legend(
        Legend(words.say("Street"), "street", is_listed=False), Legend(words.say("Footway"), "foot")
    )


def street_widths(streets: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """
    Give the drawn width of each street, a key of `STREET_FILLS`.

    Parameters
    ----------
    streets
        Column `class` in OpenStreetMap's words; `_link` counts as its road; a street that
        is known to be closed to cars is a footway where its class says nothing.
    """
    classes = streets["class"].astype(object).fillna("").astype(str).str.removesuffix("_link")
    if "is_drivable" in streets:
        is_on_foot = ~streets["is_drivable"].astype("boolean").fillna(value=True)
    else:
        is_on_foot = pd.Series(data=False, index=streets.index)
    conditions = [
        classes.isin(MAIN_CLASSES),
        classes.isin(ROAD_CLASSES),
        classes.isin(FOOT_CLASSES) | is_on_foot,
    ]
    return np.select(
        [np.asarray(given, dtype=bool) for given in conditions],
        [np.array(word, dtype=object) for word in ("main", "road", "foot")],
        default=np.array("lane", dtype=object),
    )


def _merged(lines: NDArray[np.object_]) -> shapely.MultiLineString:
    return shapely.MultiLineString(list(shapely.get_parts(lines)))


def _names(streets: gpd.GeoDataFrame) -> list[list[Any]]:
    """
    Give each name once: `[name, west, south, east, north, lon, lat, turn, length]`.

    The label stands in the middle of the longest part, turned with it (degrees clockwise from
    level, at most a quarter either way); the length in metres says how much room it has.
    """
    named = streets[streets["name"].notna()] if "name" in streets else streets.iloc[:0]
    if named.empty:
        return []
    edges = to_wgs84(named).geometry.bounds
    extents = edges.groupby(named["name"].astype(object)).agg(
        {"minx": "min", "miny": "min", "maxx": "max", "maxy": "max"}
    )
    lengths_m = named.geometry.length
    longest = named.loc[lengths_m.groupby(named["name"].astype(object)).idxmax()]
    labels = _labels(longest)
    return [
        [str(name), *(round(float(deg), DEGREE_DECIMALS) for deg in extent), *label]
        for name, extent, label in zip(extents.index, extents.to_numpy(), labels, strict=True)
    ]


def _labels(streets: gpd.GeoDataFrame) -> list[list[float]]:
    lines = streets.geometry
    middles = streets.set_geometry(lines.interpolate(0.5, normalized=True))
    ahead = shapely.get_coordinates(lines.interpolate(0.55, normalized=True).to_numpy())
    behind = shapely.get_coordinates(lines.interpolate(0.45, normalized=True).to_numpy())
    east_m, north_m = (ahead - behind).T
    turns_deg = -np.degrees(np.arctan2(north_m, east_m))
    upright_deg = (turns_deg + QUARTER_DEG) % (2 * QUARTER_DEG) - QUARTER_DEG
    places = shapely.get_coordinates(to_wgs84(middles).geometry.to_numpy()).round(DEGREE_DECIMALS)
    columns = zip(places, upright_deg.round(1), lines.length.round(0), strict=True)
    return [[*map(float, place), float(turn), float(length)] for place, turn, length in columns]
