"""
Openings of a zone in a made-up town, the fewest posts that seal it, and a draft with fewer.

The town is that of `benchmarks.sweep`; the zone is its middle, with a line that follows no
street. The answer of the cut is compared with networkx on the same divided ways. Times are CPU
milliseconds of this process, the best of a few runs: `prepared` is done once for everything
that is drawn in these surroundings, `survey` for every line.

Run with `python -m benchmarks.openings`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely

from benchmarks.sweep import CRS, Town, make_town
from geo.openings import Homes, Ways, draft_band, prepare_ways, survey_zone
from geo.openings.division import Division, divide

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
SIZES = (500, 2_000)
RUNS = 5
BAND_M = 30.0
MANY = 1_000_000


def cpu_ms(work: Callable[[], T], runs: int = RUNS) -> tuple[T, float]:
    """Give the result of some work, and the CPU milliseconds of its best run."""
    best_ms = float("inf")
    for _ in range(runs):
        begun = time.process_time()
        result = work()
        best_ms = min(best_ms, 1_000 * (time.process_time() - begun))
    return result, best_ms


def prepare(town: Town) -> Ways:
    """Prepare the ways of a town without gates."""
    entrances = gpd.GeoDataFrame({"entrance_id": [], "building_id": []}, geometry=[], crs=CRS)
    nothing = town.nothing
    return prepare_ways(
        town.streets, nothing, nothing, nothing, homes=Homes(town.buildings, entrances)
    )


def middle_of(town: Town) -> shapely.Polygon:
    """Give a turned square that holds about a quarter of the town."""
    west, south, east, north = town.streets.total_bounds
    side_m = (east - west) / 2
    middle = shapely.Point((west + east) / 2, (south + north) / 2)
    square = middle.buffer(side_m / 2, cap_style="square")
    return shapely.affinity.rotate(square, 20)


def peer_posts(ways: Ways, division: Division) -> int:
    """Count the fewest posts with networkx."""
    peer: nx.DiGraph[object] = nx.DiGraph()
    peer.add_nodes_from(["inside", "outside"])
    for opening in range(len(division)):
        peer.add_edge(("in", opening), ("out", opening), capacity=1)
    pieces, part = division.pieces, division.part
    lived_on = set(ways.building_node.tolist())
    length_m = np.bincount(part, weights=pieces.length_m)
    for piece, nodes in enumerate(zip(pieces.tail.tolist(), pieces.head.tolist(), strict=True)):
        here, has_door = int(part[piece]), not lived_on.isdisjoint(nodes)
        if division.is_inside[piece] and has_door:
            peer.add_edge("inside", here, capacity=MANY)
        if not division.is_inside[piece] and (has_door or length_m[here] > 100):
            peer.add_edge(here, "outside", capacity=MANY)
        for opening in {int(division.opening[node]) for node in nodes} - {-1}:
            peer.add_edge(here, ("in", opening), capacity=MANY)
            peer.add_edge(("out", opening), here, capacity=MANY)
    return int(nx.minimum_cut_value(peer, "inside", "outside"))


def compare(count: int) -> None:
    """Print one line for a town of so many buildings."""
    town = make_town(count)
    ways, prepared_ms = cpu_ms(lambda: prepare(town), 1)
    zone = middle_of(town)
    survey_zone(ways, zone)
    survey, survey_ms = cpu_ms(lambda: survey_zone(ways, zone))
    peer, peer_ms = cpu_ms(lambda: peer_posts(ways, divide(ways, zone)), 1)
    assert survey.posts.count == peer, "unlike cuts"
    draft, draft_ms = cpu_ms(lambda: draft_band(ways, zone, band_m=BAND_M), 2)
    fewer = "none" if draft is None else str(draft.survey.posts.count)
    print(
        f"{count:5} buildings, {len(survey.openings):3} openings, {peer:3} posts: prepared "
        f"{prepared_ms:6.0f} ms, survey {survey_ms:5.0f} ms, cut by networkx {peer_ms:5.0f} ms; "
        f"draft within {BAND_M:g} m: {fewer} posts, {draft_ms:5.0f} ms"
    )


def main() -> None:
    """Measure at every size."""
    for count in SIZES:
        compare(count)


if __name__ == "__main__":
    main()
