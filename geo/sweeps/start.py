"""Where a sweep begins when nobody says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.errors import StartError
from geo.network import attach
from geo.network.snapping import MAX_SNAP_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import Network

CANDIDATES = 5
"""Doors nearest the middle that are looked at: the first that needs no gate is taken."""


def middle_start(places: NDArray[np.object_], network: Network) -> shapely.Point:
    """
    Pick the door nearest the middle of all that can be reached from each other.

    Parameters
    ----------
    places
        Doors or outlines, metric CRS.
    network
        What to walk on.

    Returns
    -------
    start
        The door, of the largest group of places that ways join, nearest to their mean; ties
        go to the place that stands first.

    Raises
    ------
    StartError
        If there is no place at a street.
    """
    near, segment = shapely.STRtree(network.lines).query_nearest(
        places, max_distance=MAX_SNAP_M, all_matches=False
    )
    if not len(near):
        msg = f"Expected a building at a street to begin at, got none of {len(places)}."
        raise StartError(msg)
    part = network.component[network.tail[segment]]
    group = places[near[part == np.bincount(part).argmax()]]
    xy = shapely.get_coordinates(shapely.point_on_surface(group))
    by_distance = np.argsort(((xy - xy.mean(axis=0)) ** 2).sum(axis=1), kind="stable")
    chosen = group[by_distance[:CANDIDATES]]
    graph = attach(network, chosen, origins=range(len(chosen)))
    doors = graph.door_points[graph.is_attached & ~graph.is_at_barrier]
    return shapely.Point((doors if len(doors) else graph.door_points)[0])
