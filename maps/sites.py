"""Sampling sites: a plus, with the name beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.layers import SAMPLING_SITES
from maps.drawn import DrawnLayer, Legend, present
from maps.places import pins
from maps.style import SITE_MARKS

if TYPE_CHECKING:
    import geopandas as gpd

    from maps.words import Words


def sites_layer(sites: gpd.GeoDataFrame, words: Words) -> DrawnLayer:
    """
    Build the layer of sampling sites.

    Parameters
    ----------
    sites
        Metric CRS, columns of `geo.layers.SAMPLING_SITES`; may be empty.
    """
    one = words.say("Sampling site")
    payload = pins(present(sites), SAMPLING_SITES, words, one=one, marks=SITE_MARKS)
    payload["named"] = True
    layer = DrawnLayer("sampling_sites", words.say("Sampling sites"), payload)
    return layer.with_legend(Legend(one, "site"))
