"""
Sweeps of a made-up town, beside nearest neighbour with equally many buildings for each team.

The town has a street every 90 m and an alley through every second block; its buildings,
households and floors are drawn from a seed. Both plans walk the same network and knock at
the same doors. Times are CPU seconds of this process, after one small plan that loads the
compiled parts: `network` builds the streets, `plan` snaps, measures, orders and draws.

Run with `python -m benchmarks.sweep`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geo.network import Network, attach, build_network, building_places
from geo.sweeps.bounds import makespan_bound
from geo.sweeps.planner import SweepRules, plan_sweep
from geo.workload import service_seconds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.sweeps.plan import SweepPlan

CRS = "EPSG:32650"
BLOCK_M = 90.0
BUILDINGS_A_BLOCK = 5
CASES = ((200, 5), (500, 10), (1_000, 20))


@dataclass(frozen=True, slots=True)
class Town:
    """Layers of a made-up town."""

    streets: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    nothing: gpd.GeoDataFrame
    start: shapely.Point


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a plan comes to; seconds, and metres of all teams."""

    makespan_s: float
    walk_m: float
    cpu_s: float


def make_town(count: int, seed: int = 1) -> Town:
    """Draw a town of so many buildings."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(count / BUILDINGS_A_BLOCK)))
    lines = np.arange(side + 1) * BLOCK_M
    alleys = lines[:-1:2] + BLOCK_M / 2
    ends = [((x, lines[0]), (x, lines[-1])) for x in np.sort(np.concatenate([lines, alleys]))]
    ends += [((lines[0], y), (lines[-1], y)) for y in lines]
    pieces = shapely.get_parts(shapely.node(shapely.multilinestrings(ends)))
    middle = rng.random((count, 2)) * lines[-1]
    half = rng.uniform(5, 12, (count, 2))
    floors = rng.integers(1, 19, count)
    return Town(
        streets=gpd.GeoDataFrame(geometry=pieces, crs=CRS),
        buildings=gpd.GeoDataFrame(
            {
                "building_id": [f"b{number}" for number in range(count)],
                "floors": floors,
                "households": floors * rng.integers(0, 4, count),
            },
            geometry=shapely.box(*(middle - half).T, *(middle + half).T),
            crs=CRS,
        ),
        nothing=gpd.GeoDataFrame({"state": []}, geometry=[], crs=CRS),
        start=shapely.Point(0.3 * lines[-1], 0.3 * lines[-1]),
    )


def plan(town: Town, network: Network, teams: int) -> tuple[SweepPlan, Outcome]:
    """Plan with the project's solver."""
    began = time.process_time()
    rules = SweepRules(teams=teams, start=town.start)
    made = plan_sweep(town.buildings, town.nothing, network, rules=rules)
    return made, Outcome(made.makespan_s, made.walk_m, time.process_time() - began)


def plan_plainly(town: Town, network: Network, rules: SweepRules) -> tuple[Outcome, float]:
    """Go to the nearest building next and give each team as many; and the bound, for a check."""
    began = time.process_time()
    places, _ = building_places(town.buildings, town.nothing)
    metres = attach(network, [town.start, *places], origins=[0]).distances_m()
    service_s = np.concatenate([[0.0], service_seconds(town.buildings, rules.workload)])
    order = follow_nearest(metres)
    outcomes = [
        measure(metres, service_s, np.concatenate([[0], stops, [0]]), rules.speed_m_s)
        for stops in np.array_split(order[1:], rules.teams)
    ]
    cpu_s = time.process_time() - began
    walk_s = np.minimum(metres, metres.T) / rules.speed_m_s
    plain = Outcome(
        max(duration for duration, _ in outcomes), sum(metres for _, metres in outcomes), cpu_s
    )
    return plain, makespan_bound(walk_s, service_s, teams=rules.teams)


def follow_nearest(metres: NDArray[np.float64]) -> NDArray[np.int64]:
    """Order all nodes, each time going on to the nearest not yet seen."""
    order = np.zeros(len(metres), dtype=np.int64)
    left = np.ones(len(metres), dtype=bool)
    left[0] = False
    for at in range(1, len(metres)):
        order[at] = np.where(left, metres[order[at - 1]], np.inf).argmin()
        left[order[at]] = False
    return order


def measure(
    metres: NDArray[np.float64],
    service_s: NDArray[np.float64],
    ring: NDArray[np.int64],
    speed_m_s: float,
) -> tuple[float, float]:
    """Seconds and metres of one round."""
    walk_m = float(metres[ring[:-1], ring[1:]].sum())
    return walk_m / speed_m_s + float(service_s[ring].sum()), walk_m


def main() -> None:
    """Print a table; shares are told against the nearest-neighbour plan of the same run."""
    small = make_town(30)
    plan(small, build_network(small.streets, small.nothing, small.nothing), 3)
    print(
        "buildings teams | makespan h: plain  ours  bound  gap | walk km: plain  ours  ratio |",
        end="",
    )
    print(" CPU s: network  plan  plain")
    for count, teams in CASES:
        town = make_town(count)
        began = time.process_time()
        network = build_network(town.streets, town.nothing, town.nothing)
        network_s = time.process_time() - began
        made, ours = plan(town, network, teams)
        plain, bound_s = plan_plainly(town, network, SweepRules(teams=teams, start=town.start))
        assert not made.unreachable
        assert abs(made.bound_s - bound_s) < 1e-6 * bound_s
        print(
            f"{count:9d} {teams:5d} | {plain.makespan_s / 3600:17.2f} {ours.makespan_s / 3600:5.2f}"
            f" {bound_s / 3600:6.2f} {made.gap:5.1%} | {plain.walk_m / 1000:14.1f}"
            f" {ours.walk_m / 1000:5.1f} {ours.walk_m / plain.walk_m:6.2f} |"
            f" {network_s:14.2f} {ours.cpu_s:5.2f} {plain.cpu_s:6.2f}"
        )


if __name__ == "__main__":
    main()
