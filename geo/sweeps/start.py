"""Where a sweep begins when nobody says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse.csgraph import connected_components

from geo.errors import StartError
from geo.network import attach

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import Network


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
    graph = attach(network, places, origins=range(len(places)))
    attached = np.flatnonzero(graph.is_attached)
    if not len(attached):
        msg = f"Expected a building at a street to begin at, got none of {len(places)}."
        raise StartError(msg)
    part = connected_components(graph.graph, directed=False)[1][graph.place_node[attached]]
    doors = graph.door_points[attached[part == np.bincount(part).argmax()]]
    xy = shapely.get_coordinates(doors)
    nearest = int(((xy - xy.mean(axis=0)) ** 2).sum(axis=1).argmin())
    return shapely.Point(xy[nearest])
