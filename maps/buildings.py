"""The buildings of our own basemap; their popups carry the counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.layers import BUILDINGS
from maps.drawn import DrawnLayer, Legend, geometry_fragments, present
from maps.facts import facts_of, keys_of, labels_of
from maps.style import BUILDING_STYLES

if TYPE_CHECKING:
    import geopandas as gpd

    from maps.words import Words


def buildings_layer(buildings: gpd.GeoDataFrame, words: Words) -> DrawnLayer:
    """
    Build the layer of buildings.

    Parameters
    ----------
    buildings
        Metric CRS, columns of `geo.layers.BUILDINGS`; may be empty.
    """
    drawn = present(buildings)
    payload = {
        "kind": "shapes",
        "one": words.say("Building"),
        "geometries": geometry_fragments(drawn),
        "keys": keys_of(drawn, BUILDINGS),
        "labels": labels_of(drawn),
        "also": _addresses(drawn),
        "classes": ["building"] * len(drawn),
        "styles": BUILDING_STYLES,
        "facts": facts_of(drawn, BUILDINGS, words),
    }
    layer = DrawnLayer("buildings", words.say("Buildings"), payload)
    return layer.with_legend(Legend(words.say("Building"), "building", is_listed=False))


def _addresses(buildings: gpd.GeoDataFrame) -> list[str | None]:
    """Give street and house number, by which a building is searched for too."""
    parts = [
        buildings[name].astype(object).where(buildings[name].notna(), "").astype(str)
        for name in ("street_name", "number")
        if name in buildings
    ]
    return [" ".join(filter(None, words)) or None for words in zip(*parts, strict=True)]
