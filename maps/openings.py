"""Openings in a zone's boundary: pins whose shape and colour tell who can pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.openings import State
from maps.drawn import DrawnLayer, Legend, points_of
from maps.style import OPENING_MARKS

if TYPE_CHECKING:
    import geopandas as gpd

    from maps.words import Words


def state_text(state: object, words: Words) -> str:
    """Say how an opening is."""
    said = {
        State.OPEN: words.say("Open"),
        State.GUARDED: words.say("Guarded"),
        State.CLOSED: words.say("Closed"),
    }
    return said[State(str(state))]


def openings_layer(openings: gpd.GeoDataFrame, words: Words) -> DrawnLayer:
    """
    Build the layer of openings, each named after its street.

    Parameters
    ----------
    openings
        As `geo.openings.find_openings` gives them, metric CRS; may be empty.
    """
    states = [State(str(state)).value for state in openings["state"]]
    unnamed = words.say("way without a name")
    payload = {
        "kind": "pins",
        "one": words.say("Opening"),
        "count": len(openings),
        "points": points_of(openings),
        "keys": [str(key) for key in openings["opening_id"]],
        "labels": [str(street or unnamed) for street in openings["street"]],
        "classes": states,
        "marks": OPENING_MARKS,
        "facts": _facts(openings, states, words),
    }
    layer = DrawnLayer("openings", words.say("Openings"), payload)
    shown = [state for state in (State.OPEN, State.GUARDED, State.CLOSED) if state.value in states]
    return layer.with_legend(
        *(Legend(state_text(state, words), f"pin-{state.value}") for state in shown)
    )


def _facts(openings: gpd.GeoDataFrame, states: list[str], words: Words) -> dict[str, object]:
    told = [state_text(state, words) for state in states]
    posts, gates = (openings[name].astype(object) for name in ("checkpoint_id", "gate_id"))
    rows = [list(row) for row in zip(told, posts, gates, strict=True)]
    return {
        "fields": [words.say("State"), words.say("Checkpoint"), words.say("Gate")],
        "rows": rows,
    }
