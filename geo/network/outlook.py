"""Whether streets that were not read could join what those that were read do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.network.snapping import MAX_SNAP_M, snap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network.graph import Network


def leads_outside(
    network: Network,
    origins: NDArray[np.object_],
    places: NDArray[np.object_],
    bounds: tuple[float, float, float, float],
) -> bool:
    """
    Tell whether a way to any of the places may lead over streets outside the bounds.

    A connected part of the network that lies wholly within the bounds is complete: no street
    outside meets it. Only parts near a place that no origin is on, and that cross the bounds,
    may be joined to an origin's part out there.

    Parameters
    ----------
    network
        Of every street that meets the bounds.
    origins
        Points; metric CRS.
    places
        Doors or outlines that no origin reaches; same CRS.
    bounds
        West, south, east, north, in metres.
    """
    part = network.component[network.tail]
    every = np.ones(len(part), dtype=bool)
    snaps = snap(network, origins, every, max_snap_m=MAX_SNAP_M)
    home = part[snaps.segment[snaps.is_attached]]
    low, high = np.array(bounds[:2]), np.array(bounds[2:])
    is_outside = ((network.node_xy < low) | (network.node_xy > high)).any(axis=1)
    open_parts = np.setdiff1d(network.component[is_outside], home)
    lines = network.lines[np.isin(part, open_parts)]
    near = shapely.STRtree(lines).query(places, predicate="dwithin", distance=MAX_SNAP_M)
    return bool(near.size)
