"""All layers of the made-up community."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.layers import PREMISES
from geo.synthetic import areas, houses, housing, people, posts, reports, trade, walls, ways

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

SEED = 20200325
RESIDENTS = 1565


def make_community(seed: int = SEED) -> dict[str, gpd.GeoDataFrame | pd.DataFrame]:
    """
    Make the community: the same seed gives the same frames.

    Returns
    -------
    layers
        By layer name; WGS 84 with coordinates rounded to seven decimals, the declared columns,
        a RangeIndex; `reports` without geometry. Blocks are missing: a plan makes those.
    """
    rng = np.random.default_rng(seed)
    buildings = _inhabited(housing.buildings(), rng)
    premises = trade.premises(buildings, rng)
    return {
        "areas": areas.areas(),
        "buildings": buildings,
        "entrances": housing.entrances(),
        "streets": ways.streets(),
        "barriers": walls.barriers(),
        "gates": walls.gates(),
        "checkpoints": posts.checkpoints(),
        "sampling_sites": posts.sampling_sites(),
        "zones": posts.zones(),
        "premises": premises[[*PREMISES.column_names, "geometry"]],
        "needs": posts.needs(),
        "offices": posts.offices(),
        "reports": reports.reports(premises, rng),
    }


def _inhabited(buildings: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    flats = np.array([house.flats for house in houses.HOUSES], dtype=np.int64)
    living = people.households(flats, rng)
    return buildings.assign(households=living, residents=people.residents(living, RESIDENTS))
