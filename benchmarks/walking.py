"""
Walking matrices and coverage, beside networkx on the same graph.

The town is that of `benchmarks.sweep`. For the matrix, networkx walks from a few of the
sources and its time is scaled to all; for coverage it makes one multi-source pass, as ours
does. Both answers are compared. Times are CPU seconds of this process after a small run that
loads the compiled parts.

Run with `python -m benchmarks.walking`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely

from benchmarks.sweep import CRS, make_town
from geo.coverage import CoverageRules, WalkInput, cover
from geo.network import WalkGraph, attach, build_network, building_places

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

T = TypeVar("T")
SIZES = (200, 1_000, 2_000)
SITES = 20
PEER_SOURCES = 20


def cpu_s(work: Callable[[], T]) -> tuple[T, float]:
    """Give the result of some work, and the CPU seconds it took."""
    begun = time.process_time()
    result = work()
    return result, time.process_time() - begun


def peer_graph(graph: WalkGraph) -> nx.Graph[int]:
    """Rebuild the graph for networkx."""
    peer: nx.Graph[int] = nx.Graph()
    longest_first = np.argsort(-graph.length_m)
    for edge in longest_first.tolist():
        tail, head = int(graph.tail[edge]), int(graph.head[edge])
        peer.add_edge(tail, head, weight=float(graph.length_m[edge]))
    return peer


def peer_rows(
    graph: WalkGraph, peer: nx.Graph[int], rows: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Measure walks from some places to all with networkx."""
    metres = np.full((len(rows), len(graph.place_node)), np.inf)
    for at, row in enumerate(rows):
        found = nx.single_source_dijkstra_path_length(peer, int(graph.place_node[row]))
        metres[at] = [found.get(int(node), np.inf) for node in graph.place_node]
        metres[at] += graph.connector_m[row] + graph.connector_m
        metres[at, row] = 0
    return metres


def compare(count: int) -> None:
    """Print one line each for the matrix and for coverage."""
    town = make_town(count)
    network = build_network(town.streets, town.nothing, town.nothing)
    entrances = gpd.GeoDataFrame({"entrance_id": [], "building_id": []}, geometry=[], crs=CRS)
    doors, _ = building_places(town.buildings, entrances)
    graph = attach(network, doors, origins=[0])
    peer = peer_graph(graph)
    ours, ours_s = cpu_s(graph.distances_m)
    rows = np.linspace(0, count - 1, PEER_SOURCES).astype(int)
    theirs, part_s = cpu_s(lambda: peer_rows(graph, peer, rows))
    assert np.allclose(ours[rows], theirs, atol=1e-6), "unlike distances"
    theirs_s = part_s * count / PEER_SOURCES
    print(
        f"matrix   {count:5} × {count:<5} ours {ours_s:7.3f} s   networkx {theirs_s:8.2f} s "
        f"(scaled from {PEER_SOURCES} sources)   ratio {theirs_s / ours_s:6.1f}"
    )
    sites = np.linspace(0, count - 1, SITES).astype(int)
    (_, nearest), near_s = cpu_s(lambda: graph.nearest(sites))
    starts = {int(graph.place_node[site]) for site in sites}
    found, peer_s = cpu_s(lambda: nx.multi_source_dijkstra_path_length(peer, starts))
    reached = np.array([found.get(int(node), np.inf) for node in graph.place_node])
    assert (reached <= nearest + 1e-6).all(), "unlike walks"
    print(
        f"nearest  {count:5} of {SITES} sites ours {near_s:7.3f} s   networkx {peer_s:8.3f} s "
        f"{'':27} ratio {peer_s / near_s:6.1f}"
    )
    points = gpd.GeoDataFrame(
        {"site_id": [str(site) for site in sites]},
        geometry=shapely.point_on_surface(town.buildings.geometry.to_numpy()[sites]),
        crs=CRS,
    )
    people = town.buildings.assign(residents=town.buildings["households"] * 3)
    answer, cover_s = cpu_s(
        lambda: cover(
            people,
            points,
            network=WalkInput(network, entrances),
            rules=CoverageRules(walk_minutes=3),
        )
    )
    print(
        f"coverage {count:5} buildings, {SITES} sites, 3 min: {answer.summary.covered} covered, "
        f"{len(answer.zones)} zones, whole answer {cover_s:.2f} s"
    )


def main() -> None:
    """Compare at every size."""
    warm = make_town(30)
    attach(
        build_network(warm.streets, warm.nothing, warm.nothing),
        warm.buildings.geometry.to_numpy(),
        origins=[0],
    ).distances_m()
    for count in SIZES:
        compare(count)


if __name__ == "__main__":
    main()
