"""Walls and fences, and the gates in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.layers import BARRIERS, GATES
from maps.drawn import DrawnLayer, Legend, geometry_fragments, points_of, present
from maps.facts import facts_of, keys_of, labels_of
from maps.style import BARRIER_STYLES, GATE_MARKS

if TYPE_CHECKING:
    import geopandas as gpd

    from maps.words import Words


def barriers_layer(barriers: gpd.GeoDataFrame, words: Words) -> DrawnLayer:
    """
    Build the layer of barriers: dark thin lines.

    Parameters
    ----------
    barriers
        Metric CRS, columns of `geo.layers.BARRIERS`; may be empty.
    """
    drawn = present(barriers)
    payload = {
        "kind": "outline",
        "geometries": geometry_fragments(drawn),
        "keys": keys_of(drawn, BARRIERS),
        "classes": ["barrier"] * len(drawn),
        "styles": BARRIER_STYLES,
    }
    layer = DrawnLayer("barriers", words.say("Walls and fences"), payload)
    return layer.with_legend(Legend(words.say("Wall or fence"), "barrier"))


def gates_layer(gates: gpd.GeoDataFrame, words: Words) -> DrawnLayer:
    """
    Build the layer of gates: small squares whose filling tells open from closed.

    Parameters
    ----------
    gates
        Metric CRS, columns of `geo.layers.GATES`; may be empty.
    """
    drawn = present(gates)
    payload = {
        "kind": "marks",
        "one": words.say("Gate"),
        "points": points_of(drawn),
        "count": len(drawn),
        "keys": keys_of(drawn, GATES),
        "labels": labels_of(drawn),
        "classes": [str(state) for state in drawn["state"]],
        "marks": GATE_MARKS,
        "facts": facts_of(drawn, GATES, words),
    }
    layer = DrawnLayer("gates", words.say("Gates"), payload)
    return layer.with_legend(
        *(
            Legend(title, f"gate_{state}")
            for state, title in (
                ("closed", words.say("Closed gate")),
                ("open", words.say("Open gate")),
                ("hours", words.say("Gate with opening hours")),
            )
            if (drawn["state"] == state).any()
        )
    )
