"""Checkpoints: a tick where people stand watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.layers import CHECKPOINTS
from maps.drawn import DrawnLayer, Legend, present
from maps.places import pins
from maps.style import CHECKPOINT_MARKS

if TYPE_CHECKING:
    import geopandas as gpd

    from maps.words import Words


def checkpoints_layer(checkpoints: gpd.GeoDataFrame, words: Words) -> DrawnLayer:
    """
    Build the layer of checkpoints.

    Parameters
    ----------
    checkpoints
        Metric CRS, columns of `geo.layers.CHECKPOINTS`; may be empty.
    """
    one = words.say("Checkpoint")
    payload = pins(present(checkpoints), CHECKPOINTS, words, one=one, marks=CHECKPOINT_MARKS)
    layer = DrawnLayer("checkpoints", words.say("Checkpoints"), payload)
    return layer.with_legend(Legend(one, "checkpoint"))
