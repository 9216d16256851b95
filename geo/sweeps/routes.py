"""Orders of stops turned into what a team walks: lines, arrivals, metres and seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.sweeps.plan import Door, Stop, TeamRoute

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.network import WalkGraph


@dataclass(frozen=True, slots=True)
class Ground:
    """
    What routes are laid on. Node 0 is the start, node i the building of row i - 1.

    Parameters
    ----------
    graph
        The network with the start and the buildings attached.
    place
        Position in `graph` of each node.
    walk_m
        Metres between nodes; shape (nodes, nodes), symmetric.
    service_s
        Seconds of work at each node; 0 at the start.
    buildings
        The reachable buildings; columns of the layer.
    is_at_entrance
        Whether the door of each of them is mapped.
    speed_m_s
        Walking speed, metres a second.
    """

    graph: WalkGraph
    place: NDArray[np.int64]
    walk_m: NDArray[np.float64]
    service_s: NDArray[np.float64]
    buildings: gpd.GeoDataFrame
    is_at_entrance: NDArray[np.bool_]
    speed_m_s: float

    @property
    def walk_s(self) -> NDArray[np.float64]:
        """Seconds between nodes."""
        return self.walk_m / self.speed_m_s

    @property
    def start(self) -> shapely.Point:
        """Where all teams set out."""
        point: shapely.Point = self.graph.door_points[self.place[0]]
        return point


def lay_routes(ground: Ground, orders: Sequence[NDArray[np.int64]]) -> tuple[TeamRoute, ...]:
    """
    Lay every team's order of stops along the streets.

    Parameters
    ----------
    orders
        For each team the nodes of its stops, the start left out; may be empty.

    Returns
    -------
    routes
        One a team, numbered from 1. Times come from metres as measured, not from the whole
        milliseconds that the orders were found with.
    """
    rings = [np.concatenate([[0], order, [0]]).astype(np.int64) for order in orders]
    lines, visits = _lines(ground, rings), _visits(ground)
    return tuple(
        _route(ground, team, ring, [visits[node - 1] for node in ring[1:-1].tolist()], line)
        for team, (ring, line) in enumerate(zip(rings, lines, strict=True), start=1)
    )


def _route(
    ground: Ground,
    team: int,
    ring: NDArray[np.int64],
    visits: Sequence[Stop],
    line: shapely.LineString,
) -> TeamRoute:
    legs_m = ground.walk_m[ring[:-1], ring[1:]]
    work_s = ground.service_s[ring[:-1]]
    arrive_s = np.cumsum(legs_m / ground.speed_m_s + work_s).tolist()
    return TeamRoute(
        team=team,
        line=line,
        stops=tuple(
            replace(visit, arrive_s=at_s) for visit, at_s in zip(visits, arrive_s, strict=False)
        ),
        walk_m=float(legs_m.sum()),
        work_s=float(work_s.sum()),
        duration_s=arrive_s[-1],
    )


def _visits(ground: Ground) -> list[Stop]:
    """Give a stop for each building, not yet timed."""
    buildings = ground.buildings
    columns = zip(
        buildings["building_id"],
        _labels(buildings),
        ground.graph.door_points[ground.place[1:]],
        _doors(ground),
        ground.service_s[1:].tolist(),
        _households(buildings),
        strict=True,
    )
    return [
        Stop(key, label, point, door, 0.0, service_s, households)
        for key, label, point, door, service_s, households in columns
    ]


def _doors(ground: Ground) -> list[Door]:
    """Tell of each building how the point where one knocks is known."""
    is_at_barrier = ground.graph.is_at_barrier[ground.place[1:]]
    return [
        "barrier" if barred else "entrance" if known else "outline"
        for barred, known in zip(is_at_barrier, ground.is_at_entrance, strict=True)
    ]


def _lines(ground: Ground, rings: Sequence[NDArray[np.int64]]) -> list[shapely.LineString]:
    """One line a ring; who has no stop stays at the start."""
    pairs = [pair for ring in rings for pair in pairwise(ring.tolist()) if any(pair)]
    legs = iter(ground.graph.paths(ground.place[np.array(pairs, dtype=np.int64).reshape(-1, 2)]))
    stay = shapely.LineString([ground.start, ground.start])
    return [
        _joined([next(legs) if any(pair) else stay for pair in pairwise(ring.tolist())])
        for ring in rings
    ]


def _joined(legs: Sequence[shapely.LineString]) -> shapely.LineString:
    xy = shapely.get_coordinates(legs)
    moves = np.concatenate([[True], (np.diff(xy, axis=0) != 0).any(axis=1)])
    return shapely.LineString(xy[moves] if moves.sum() > 1 else xy[:2])


def _labels(buildings: gpd.GeoDataFrame) -> list[str]:
    """Name of each building, else its number, else its key."""
    named = pd.DataFrame(buildings).reindex(columns=["name", "number", "building_id"])
    texts = named.astype(object).where(named.notna() & (named != ""))
    return [str(label) for label in texts.bfill(axis=1)["name"]]


def _households(buildings: gpd.GeoDataFrame) -> list[int]:
    known = pd.DataFrame(buildings).reindex(columns=["households"])["households"]
    counts: list[int] = pd.to_numeric(known).astype("Int64").fillna(0).tolist()
    return counts
