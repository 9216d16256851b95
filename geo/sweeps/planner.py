"""Door-to-door sweeps: which team knocks where, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from geo.coverage import WALK_SPEED_M_S
from geo.crs import require_metric
from geo.errors import CrsError, StartError
from geo.network import attach, building_places
from geo.sweeps.bounds import makespan_bound
from geo.sweeps.improve import improve_routes
from geo.sweeps.plan import SweepPlan
from geo.sweeps.problem import SweepProblem
from geo.sweeps.routes import Ground, lay_routes
from geo.sweeps.split import split_tour
from geo.sweeps.start import middle_start
from geo.sweeps.tour import giant_tour
from geo.workload import WorkloadRules, service_seconds

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely import Point

    from geo.network import Network, WalkGraph

MOST_TEAMS = 1_000

StartKind = Literal["given", "office", "middle"]


@dataclass(frozen=True, slots=True)
class SweepRules:
    """
    How a sweep is to be planned.

    Parameters
    ----------
    teams
        From 1 to `MOST_TEAMS`.
    start
        Where all teams set out and come back to, in the CRS of the buildings; `None` for the
        door nearest their middle.
    start_kind
        Where `start` comes from; without a start the plan says `middle`.
    seed
        At least 0; the same seed gives the same plan.
    speed_m_s
        Walking speed, in metres a second; positive.
    workload
        What a visit costs.

    Raises
    ------
    ValueError
        If a number is out of its range.
    """

    teams: int
    start: Point | None = None
    start_kind: StartKind = "given"
    seed: int = 1
    speed_m_s: float = WALK_SPEED_M_S
    workload: WorkloadRules = field(default_factory=WorkloadRules)

    def __post_init__(self) -> None:
        if not 1 <= self.teams <= MOST_TEAMS:
            msg = f"Expected 1 to {MOST_TEAMS} teams, got {self.teams}."
            raise ValueError(msg)
        if self.seed < 0:
            msg = f"Expected a seed of at least 0, got {self.seed}."
            raise ValueError(msg)
        if not 0 < self.speed_m_s < float("inf"):
            msg = f"Expected a positive walking speed in metres a second, got {self.speed_m_s}."
            raise ValueError(msg)


def plan_sweep(
    buildings: gpd.GeoDataFrame,
    entrances: gpd.GeoDataFrame,
    network: Network,
    *,
    rules: SweepRules,
) -> SweepPlan:
    """
    Plan closed routes from one start, so that the longest is as short as can be found.

    Every building that a way from the start reaches stands on exactly one route, those without
    households too (at the cost of the approach); the others are listed.

    Parameters
    ----------
    buildings
        Polygons, metric CRS, columns of the layer `buildings`. May be empty.
    entrances
        Points, same CRS, columns of the layer `entrances`. May be empty.
    network
        What to walk on, in the same CRS.
    rules
        Teams, start and times.

    Returns
    -------
    plan
        The same for the same input and seed. Teams without stops have an empty route.

    Raises
    ------
    CrsError
        If layers and network are not in one metric CRS.
    StartError
        If the start is too far from any street, or reaches none of the buildings.
    """
    require_metric(buildings, entrances)
    if network.crs != buildings.crs:
        msg = f"Expected a network in {buildings.crs}, got one in {network.crs}."
        raise CrsError(msg)
    places, is_at_entrance = building_places(buildings, entrances)
    start = middle_start(places, network) if rules.start is None else rules.start
    graph = attach(network, [start, *places], origins=[0])
    is_reached = _reached(graph)
    place = np.flatnonzero(np.concatenate([[True], is_reached]))
    metres = graph.distances_m(place, place)
    work_s = service_seconds(buildings[is_reached], rules.workload)
    ground = Ground(
        graph=graph,
        place=place,
        walk_m=np.minimum(metres, metres.T),  # the two directions may differ by rounding
        service_s=np.concatenate([[0.0], work_s]),
        buildings=buildings[is_reached],
        is_at_entrance=is_at_entrance[is_reached],
        speed_m_s=rules.speed_m_s,
    )
    routes = lay_routes(ground, _orders(ground, rules))
    return SweepPlan(
        routes=routes,
        unreachable=tuple(buildings["building_id"][~is_reached]),
        start=ground.start,
        start_kind="middle" if rules.start is None else rules.start_kind,
        makespan_s=max(route.duration_s for route in routes),
        bound_s=makespan_bound(ground.walk_s, ground.service_s, teams=rules.teams),
        walk_m=sum(route.walk_m for route in routes),
        seed=rules.seed,
    )


def _reached(graph: WalkGraph) -> NDArray[np.bool_]:
    """Whether each building is reached from the start, which is place 0."""
    if not graph.is_attached[0]:
        msg = "Expected a start near a street that can be walked on, got one off the network."
        raise StartError(msg)
    is_reached = np.isfinite(graph.distances_m(np.array([0]))[0, 1:])
    if len(is_reached) and not is_reached.any():
        msg = f"Expected a start that reaches buildings, got none of {len(is_reached)} reached."
        raise StartError(msg)
    return np.asarray(is_reached)


def _orders(ground: Ground, rules: SweepRules) -> list[NDArray[np.int64]]:
    problem = SweepProblem.from_seconds(ground.walk_s, ground.service_s, rules.teams)
    tour = giant_tour(problem.walk_ms, seed=rules.seed)
    return improve_routes(problem, split_tour(problem, tour), seed=rules.seed)
