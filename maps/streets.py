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
DRAWING_ORDER = ("foot", "lane", "road", "main")


def streets_layer(streets: gpd.GeoDataFrame, words: Words) -> DrawnLayer:
    """
    Build the layer of streets: one multi-line a width, and where each name is.

    Parameters
    ----------
    streets
        Metric CRS, columns of `geo.layers.STREETS`; may be empty.
    """
    drawn = to_wgs84(present(streets))
    widths = street_widths(drawn)
    groups = [name for name in DRAWING_ORDER if (widths == name).any()]
    merged = [_merged(drawn.geometry.to_numpy()[widths == name]) for name in groups]
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
        Legend(words.say("Street"), "street"), Legend(words.say("Footway"), "foot")
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
    """Give each name once, with the bounds `[name, west, south, east, north]` of its parts."""
    if "name" not in streets or streets.empty:
        return []
    bounds = streets.geometry.bounds.assign(name=streets["name"].astype(object))
    extents = (
        bounds.dropna(subset="name")
        .groupby("name")
        .agg({"minx": "min", "miny": "min", "maxx": "max", "maxy": "max"})
    )
    return [
        [str(name), *(round(float(deg), DEGREE_DECIMALS) for deg in extent)]
        for name, extent in zip(extents.index, extents.to_numpy(), strict=True)
    ]
