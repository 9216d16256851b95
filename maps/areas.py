"""The areas: outlines only, the one that is shown a little stronger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.layers import AREAS
from maps.drawn import DrawnLayer, Legend, geometry_fragments, present
from maps.facts import keys_of, labels_of
from maps.style import AREA_STYLES

if TYPE_CHECKING:
    import geopandas as gpd

    from maps.words import Words


def areas_layer(areas: gpd.GeoDataFrame, words: Words, *, shown_code: str) -> DrawnLayer:
    """
    Build the layer of areas.

    Parameters
    ----------
    areas
        Metric CRS, columns of `geo.layers.AREAS`; may be empty.
    shown_code
        Code of the area that the page is about; may be empty.
    """
    drawn = present(areas)
    payload = {
        "kind": "outline",
        "geometries": geometry_fragments(drawn),
        "keys": keys_of(drawn, AREAS),
        "labels": labels_of(drawn),
        "classes": ["shown" if code == shown_code else "area" for code in drawn["code"]],
        "styles": AREA_STYLES,
    }
    layer = DrawnLayer("areas", words.say("Areas"), payload)
    return layer.with_legend(Legend(words.say("Boundary"), "area", is_listed=False))
