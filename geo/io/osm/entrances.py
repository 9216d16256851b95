"""
Entrances: nodes tagged `entrance` (except `no`), or `building=entrance` as was usual once.

An entrance belongs to the building whose outline has a vertex at the very position of the
node; where two outlines share it, to the first in the file, ways before relations.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import shapely

from geo.io.osm.rows import rows_of
from geo.io.osm.tags import name_of, says
from geo.layers import BUILDINGS, ENTRANCES

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.io.osm.elements import Elements, Tags
    from geo.io.osm.rows import LayerRows


def read_entrances(nodes: Elements, buildings: gpd.GeoDataFrame) -> LayerRows:
    """
    Give the layer `entrances`.

    Parameters
    ----------
    nodes
        Points.
    buildings
        The layer as read, WGS 84; may be empty.
    """
    rows = rows_of(
        ENTRANCES,
        nodes.where(_is_entrance),
        {"name": lambda tags: name_of(tags) or tags.get("ref")},
    )
    owners = _owners(rows.frame, buildings)
    if owners.isna().all():
        return rows
    return replace(rows, frame=rows.frame.assign(building_id=owners))


def _is_entrance(tags: Tags) -> bool:
    return says(tags, "entrance") or tags.get("building") == "entrance"


def _owners(entrances: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> pd.Series[str]:
    positions, places = shapely.get_coordinates(buildings.geometry.to_numpy(), return_index=True)
    vertices = pd.DataFrame(positions, columns=["lon", "lat"]).assign(
        building_id=buildings[BUILDINGS.key].to_numpy()[places]
    )
    doors = pd.DataFrame(
        shapely.get_coordinates(entrances.geometry.to_numpy()), columns=["lon", "lat"]
    )
    found = doors.merge(vertices.drop_duplicates(["lon", "lat"]), how="left", on=["lon", "lat"])
    return found["building_id"].set_axis(entrances.index).astype("str")
