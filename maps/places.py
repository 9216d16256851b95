"""Staffed places: points that are drawn as named pins and can be reached by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from maps.drawn import points_of
from maps.facts import facts_of, keys_of, labels_of

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.schema import Layer
    from maps.drawn import Payload
    from maps.style import Mark
    from maps.words import Words


def pins(
    frame: gpd.GeoDataFrame, layer: Layer, words: Words, *, one: str, marks: dict[str, Mark]
) -> Payload:
    """
    Give the payload of a layer of pins.

    Parameters
    ----------
    frame
        Metric CRS; a missing `status` counts as active.
    one
        Translated word for a single one, told where a name is missing.
    marks
        By status.
    """
    return {
        "kind": "pins",
        "one": one,
        "count": len(frame),
        "points": points_of(frame),
        "keys": keys_of(frame, layer),
        "labels": labels_of(frame),
        "classes": statuses(frame),
        "marks": marks,
        "facts": facts_of(frame, layer, words),
    }


def statuses(frame: gpd.GeoDataFrame) -> list[str]:
    """Give `active` or `closed` for each row."""
    given = frame.get("status", pd.Series(index=frame.index, dtype=object))
    return ["closed" if status == "closed" else "active" for status in given.astype(object)]
