"""Premises by the state of their reopening; those that share a building become one counted dot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geo.layers import PREMISES
from maps.drawn import DrawnLayer, Legend, points_of, present
from maps.facts import keys_of, labels_of
from maps.style import PREMISES_MARKS

if TYPE_CHECKING:
    import geopandas as gpd

    from maps.words import Words

STATES = ("open", "closed", "carried", "carried_open", "carried_closed", "missing", "unknown")
STATE_TITLES = {
    "open": "Reopened",
    "closed": "Not reopened",
    "carried": "Report carried forward",
    "carried_open": "Reopened, by an earlier report",
    "carried_closed": "Not reopened, by an earlier report",
    "missing": "Never reported",
    "unknown": "No reports",
}


def premises_layer(
    premises: gpd.GeoDataFrame, states: pd.Series[str] | None, words: Words
) -> DrawnLayer:
    """
    Build the layer of premises.

    Parameters
    ----------
    premises
        Metric CRS, columns of `geo.layers.PREMISES`; may be empty.
    states
        Index of `premises`, see `CommunityView.premises_states`; `None` draws them plain.
    """
    drawn = present(premises)
    state_of = states_of(drawn, states)
    payload = {
        "kind": "premises",
        "one": words.say("Premises"),
        "count": len(drawn),
        "points": points_of(drawn),
        "keys": keys_of(drawn, PREMISES),
        "labels": labels_of(drawn),
        "classes": state_of,
        "categories": [
            words.choice("premises.category", str(category)) for category in drawn["category"]
        ],
        "places": _buildings(drawn),
        "groups": shared_buildings(drawn),
        "marks": PREMISES_MARKS,
        "states": {state: words.say(STATE_TITLES[state]) for state in STATES},
    }
    layer = DrawnLayer("premises", words.say("Premises"), payload, show=False)
    shown = [state for state in STATES if state in state_of]
    return layer.with_legend(
        *(Legend(words.say(STATE_TITLES[state]), f"premises_{state}") for state in shown)
    )


def states_of(premises: gpd.GeoDataFrame, states: pd.Series[str] | None) -> list[str]:
    """Give the state of each of the premises; `unknown` where there is none."""
    if states is None:
        return ["unknown"] * len(premises)
    known = states.reindex(premises.index)
    return [str(state) if state in STATES else "unknown" for state in known]


def shared_buildings(premises: gpd.GeoDataFrame) -> list[list[int]]:
    """
    Give the positions of premises that are drawn together, several of one building at a time.

    Premises without a building are drawn together where they stand on one spot (1 m).
    """
    spots = premises.geometry.map(lambda point: f"{point.x:.0f} {point.y:.0f}")
    if "building_id" in premises:
        spots = premises["building_id"].astype(object).where(premises["building_id"].notna(), spots)
    positions = pd.Series(range(len(premises)), dtype=int)
    together = positions.groupby(spots.to_numpy(), sort=False).agg(list)
    return [group for group in together if len(group) > 1]


def _buildings(premises: gpd.GeoDataFrame) -> list[str | None]:
    """Give the building each of the premises is in, where it is known."""
    if "building_id" not in premises:
        return [None] * len(premises)
    known = premises["building_id"].notna()
    return [
        str(key) if is_known else None
        for key, is_known in zip(premises["building_id"], known, strict=True)
    ]
