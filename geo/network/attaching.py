"""Places put on the network: segments split where a place meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.network.snapping import CRUMB_M, MAX_SNAP_M, Snaps, snap, snap_to_barriers
from geo.network.walking import SHORTEST_EDGE_M, WalkGraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.network.graph import Network

MILLIMETRE_M = 0.001
STRAY_SNAP_M = 30.0
"""Longest way to a better street, for a place whose nearest leads nowhere."""


def attach(
    network: Network,
    places: Sequence[shapely.Geometry] | NDArray[np.object_],
    *,
    origins: Sequence[int],
    max_snap_m: float = MAX_SNAP_M,
) -> WalkGraph:
    """
    Put places on the network.

    A place goes to the nearest segment that no barrier keeps it from. If that is a crumb of
    network (less than `CRUMB_M` of street), or no origin reaches it, the place goes to a better
    one within `STRAY_SNAP_M`. An origin stays where it is if there is none; any other place
    is then left unattached: nobody is brought to an island, nor over a wall that was not drawn.

    Parameters
    ----------
    network
        What to walk on.
    places
        Points (doors) or polygons (outlines), metric CRS.
    origins
        Positions in `places` of the starts or sites.
    max_snap_m
        Longest way from a place to its street, in metres.

    Returns
    -------
    graph
        Places that meet no street are not attached.
    """
    shapes = np.empty(len(places), dtype=object)
    shapes[:] = list(places)
    is_origin = np.zeros(len(shapes), dtype=bool)
    is_origin[list(origins)] = True
    part = network.component[network.tail]
    is_crumb = (network.component_length_m < CRUMB_M)[part]
    near_m = min(STRAY_SNAP_M, max_snap_m)
    every = snap(network, shapes, np.ones(len(part), dtype=bool), max_snap_m=max_snap_m)
    walled = np.flatnonzero(~every.is_attached)
    every = every.replaced(walled, snap_to_barriers(network, shapes[walled]))
    on_crumb = np.flatnonzero(every.is_attached)
    on_crumb = on_crumb[is_crumb[every.segment[on_crumb]]]
    better = snap(network, shapes[on_crumb], ~is_crumb, max_snap_m=near_m)
    snaps = every.replaced(on_crumb[better.is_attached], better.taken(better.is_attached))
    is_reached = np.isin(part, part[snaps.segment[is_origin & snaps.is_attached]])
    strays = np.flatnonzero(snaps.is_attached)
    strays = strays[~is_reached[snaps.segment[strays]]]
    again = snap(network, shapes[strays], is_reached, max_snap_m=near_m)
    return _insert(network, shapes, snaps.replaced(strays, again))


def _insert(network: Network, places: NDArray[np.object_], snaps: Snaps) -> WalkGraph:
    """Split segments where places meet them."""
    up = np.flatnonzero(snaps.is_attached)
    doors = np.asarray(shapely.point_on_surface(places))
    doors[up] = shapely.get_point(snaps.connector[up], 0)
    connector_m = np.full(len(places), np.nan)
    connector_m[up] = shapely.length(snaps.connector[up])
    segment, length_m = snaps.segment[up], network.length_m
    along = shapely.line_locate_point(
        network.lines[segment], shapely.get_point(snaps.connector[up], -1)
    )
    place_node = np.full(len(places), -1, dtype=np.int64)
    at_tail, at_head = along < MILLIMETRE_M, along > length_m[segment] - MILLIMETRE_M
    place_node[up] = np.where(at_tail, network.tail[segment], network.head[segment])
    inner = ~(at_tail | at_head)
    stops = np.stack([segment[inner], np.rint(along[inner] / MILLIMETRE_M)], axis=1)
    stops, stop = np.unique(stops.astype(np.int64), axis=0, return_inverse=True)
    place_node[up[inner]] = len(network.node_xy) + stop.reshape(-1)
    at_m = stops[:, 1] * MILLIMETRE_M
    tail, head, metres = _split(network, stops[:, 0], at_m)
    start = network.node_xy[network.tail[stops[:, 0]]]
    run = network.node_xy[network.head[stops[:, 0]]] - start
    xy = start + run * (at_m / length_m[stops[:, 0]])[:, None]
    return WalkGraph(
        node_xy=np.vstack([network.node_xy, xy]),
        tail=tail,
        head=head,
        length_m=metres,
        place_node=place_node,
        connector_m=connector_m,
        door_points=doors,
        is_at_barrier=snaps.is_at_barrier,
    )


def _split(
    network: Network, segment: NDArray[np.int64], at_m: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Edges with a new node at each stop; stops ascend by segment, then by metres along it."""
    count = np.bincount(segment, minlength=len(network.tail)) + 1
    owner = np.repeat(np.arange(len(network.tail)), count)
    inner = np.arange(len(segment)) + segment  # each stop ends the edge of that position
    new = len(network.node_xy) + np.arange(len(segment))
    tail, head = network.tail[owner], network.head[owner]
    begin_m, end_m = np.zeros(len(owner)), network.length_m[owner]
    head[inner], end_m[inner] = new, at_m
    tail[inner + 1], begin_m[inner + 1] = new, at_m
    return tail, head, np.maximum(end_m - begin_m, SHORTEST_EDGE_M)
