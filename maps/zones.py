"""Control zones: a thick line whose pattern tells the level, and an almost clear fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.layers import ZONE_LEVELS, ZONES
from maps.drawn import DrawnLayer, Legend, geometry_fragments, present
from maps.facts import facts_of, keys_of, labels_of
from maps.style import ZONE_STYLES

if TYPE_CHECKING:
    import geopandas as gpd

    from maps.words import Words


def zones_layer(zones: gpd.GeoDataFrame, words: Words) -> DrawnLayer:
    """
    Build the layer of control zones.

    Parameters
    ----------
    zones
        Metric CRS, columns of `geo.layers.ZONES`; may be empty.
    """
    drawn = present(zones)
    payload = {
        "kind": "shapes",
        "one": words.say("Control zone"),
        "geometries": geometry_fragments(drawn),
        "keys": keys_of(drawn, ZONES),
        "labels": labels_of(drawn),
        "classes": [str(level) for level in drawn["level"]],
        "styles": ZONE_STYLES,
        "facts": facts_of(drawn, ZONES, words),
    }
    layer = DrawnLayer("zones", words.say("Control zones"), payload)
    levels = [level for level in ZONE_LEVELS if (drawn["level"] == level).any()]
    return layer.with_legend(
        *(Legend(words.choice("zones.level", level), f"zone_{level}") for level in levels)
    )
