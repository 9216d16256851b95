"""Where one stands to knock at a building."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.crs import require_metric

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

OUTLINE_REACH_M = 0.5
"""An entrance without a building id belongs to the outline it lies on."""


def building_places(
    buildings: gpd.GeoDataFrame, entrances: gpd.GeoDataFrame
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """
    Give each building's door, or its outline where no entrance is known.

    Parameters
    ----------
    buildings
        Polygons, metric CRS, with `building_id`.
    entrances
        Points, same CRS, with `building_id` (may be missing: then the building within
        `OUTLINE_REACH_M` is meant). May be empty. Of several the first by `entrance_id` counts.

    Returns
    -------
    places
        A Point (the door) or the building's polygon; shape (len(buildings),).
    is_at_entrance
        Which of them are doors.
    """
    require_metric(buildings, entrances)
    places = np.array(buildings.geometry.values, dtype=object)
    owner = _owners(buildings, entrances)
    doors = (
        pd.DataFrame({"owner": owner, "door": np.array(entrances.geometry.values, dtype=object)})
        .assign(order=entrances["entrance_id"].to_numpy() if len(entrances) else [])
        .loc[lambda rows: rows["owner"] >= 0]
        .sort_values("order", kind="stable")
        .drop_duplicates("owner")
    )
    is_at_entrance = np.zeros(len(places), dtype=bool)
    is_at_entrance[doors["owner"].to_numpy()] = True
    places[doors["owner"].to_numpy()] = doors["door"].to_numpy()
    return places, is_at_entrance


def _owners(buildings: gpd.GeoDataFrame, entrances: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Position of each entrance's building, -1 where there is none."""
    if not len(entrances) or not len(buildings):
        return np.full(len(entrances), -1, dtype=np.int64)
    position = pd.Series(np.arange(len(buildings)), index=buildings["building_id"].to_numpy())
    named = entrances["building_id"] if "building_id" in entrances else pd.Series(dtype=object)
    owner = (
        named.map(position).reindex(entrances.index).fillna(-1).to_numpy(dtype=np.int64, copy=True)
    )
    lost = np.flatnonzero(owner < 0)
    found, building = shapely.STRtree(buildings.geometry.to_numpy()).query_nearest(
        entrances.geometry.to_numpy()[lost], max_distance=OUTLINE_REACH_M, all_matches=False
    )
    owner[lost[found]] = building
    return owner
