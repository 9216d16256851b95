from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
import shapely
from shapely import LineString, Point, Polygon, box

from geo.openings import fewest_posts, find_openings
from geo.openings.posts import AWAY_M
from geo.openings.sides import Band, part_sides
from tests.support.zones import ZONE, homes_of, line, posts_at, ways_of

if TYPE_CHECKING:
    from collections.abc import Hashable

HOUSE = box(45, 20, 55, 30)
WORLD = line((-200, 300), (300, 300))
STEP_M = 30.0
SIDE = 8
MANY = 1_000_000

Node = tuple[int, int]
Edge = tuple[Node, Node]


def test_every_alley_out_needs_a_post() -> None:
    alleys = [line((x, 25), (x, 300)) for x in (20, 50, 80)]
    ways = ways_of(line((0.5, 25), (20, 25), (50, 25), (80, 25)), WORLD, *alleys)

    posts = fewest_posts(ways, ZONE)

    assert (posts.count, posts.staffed_ids) == (3, ())
    assert set(posts.opening_ids) == set(find_openings(ways, ZONE)["opening_id"])


def test_those_who_stand_there_already_are_told() -> None:
    ways = ways_of(
        *(line((x, 25), (x, 300)) for x in (20, 80)),
        line((20, 25), (80, 25)),
        posts=posts_at((20, 104)),
    )

    posts = fewest_posts(ways, ZONE)

    assert (posts.count, posts.staffed_ids) == (2, ("s0:1",))


def test_of_equal_cuts_the_one_that_is_staffed_is_taken() -> None:
    # A courtyard in the zone: one may seal the way into it, or the way out of it.
    ring = Polygon(ZONE.exterior, [box(40, 40, 60, 60).exterior])
    out = line((50, 10), (50, 50), (50, 300))

    for y, expected in ((38, "s0:1"), (62, "s0:2"), (112, "s0:3")):
        ways = ways_of(out, posts=posts_at((52, y)), homes=homes_of(HOUSE))
        assert fewest_posts(ways, ring).staffed_ids == (expected,)


def test_a_dead_end_outside_needs_no_post_but_a_house_on_it_does() -> None:
    out, dead_end = line((50, 20), (50, 25), (50, 300)), line((50, 25), (100.5, 25), (140, 25))
    far_house = box(130, 28, 138, 36)

    assert fewest_posts(ways_of(out, dead_end, homes=homes_of(HOUSE)), ZONE).count == 1
    assert fewest_posts(ways_of(out, dead_end, homes=homes_of(HOUSE, far_house)), ZONE).count == 2


def test_what_nobody_lives_on_needs_no_post() -> None:
    out, path = line((50, 10), (50, 300)), line((80, 50), (80, 300))

    assert fewest_posts(ways_of(out, path, homes=homes_of(HOUSE)), ZONE).count == 1
    assert fewest_posts(ways_of(out, path), ZONE).count == 2


def test_what_leaves_and_comes_back_needs_no_post() -> None:
    bulge = line((50, 25), (90, 25), (110, 25), (110, 45), (90, 45))
    ways = ways_of(line((50, 10), (50, 25), (50, 300)), bulge, homes=homes_of(HOUSE))

    assert len(find_openings(ways, ZONE)) == 3
    assert fewest_posts(ways, ZONE).count == 1


def test_closed_openings_need_no_post() -> None:
    alleys = [line((x, 10), (x, 300)) for x in (20, 80)]
    gate = {"g": (Point(20, 100), "closed")}

    assert fewest_posts(ways_of(*alleys, line((20, 50), (80, 50)), gates=gate), ZONE).count == 1


def test_houses_whose_door_is_on_a_street_outside_are_told() -> None:
    street = line((-50, 104), (150, 104))
    ways = ways_of(line((50, 10), (50, 300)), street, homes=homes_of(HOUSE, box(10, 88, 20, 98)))

    assert fewest_posts(ways, ZONE).doors_outside == ("h1",)


@dataclass(frozen=True)
class Town:
    """A grid of streets of which some are missing."""

    edges: list[Edge]

    @cached_property
    def lines(self) -> list[LineString]:
        """One a street."""
        return [LineString(np.multiply(edge, STEP_M)) for edge in self.edges]

    def nodes_in(self, shape: Polygon) -> set[Node]:
        """Junctions within a shape."""
        nodes = sorted({node for edge in self.edges for node in edge})
        within = shapely.contains_xy(shape, np.multiply(nodes, STEP_M))
        return {node for node, is_in in zip(nodes, within, strict=True) if is_in}


def town_of(seed: int, share: float) -> Town:
    rng = np.random.default_rng(seed)
    every = [
        ((x, y), (x + dx, y + dy))
        for x in range(SIDE)
        for y in range(SIDE)
        for dx, dy in ((0, 1), (1, 0))
        if x + dx < SIDE and y + dy < SIDE
    ]
    return Town([edge for edge in every if rng.random() < share])


def zone_of(seed: int) -> Polygon:
    """Give a rectangle whose sides lie between the streets."""
    rng = np.random.default_rng(seed + 1_000)
    (west, south), (width, height) = rng.integers(1, 3, 2), rng.integers(2, 5, 2)
    off = rng.uniform(0.2, 0.8, 4)
    corners = west - off[0], south - off[1], west + width + off[2], south + height + off[3]
    return box(*np.multiply(corners, STEP_M))


def peer_of(town: Town, inner: Polygon, outer: Polygon) -> nx.Graph[Hashable]:
    """
    Rebuild for networkx what may be cut between two shapes, or across the boundary of one.

    By junctions and whole streets, not by pieces: a street costs one wherever it is cut.
    """
    peer: nx.Graph[Hashable] = nx.Graph()
    peer.add_nodes_from(["inside", "outside"])
    peer.add_edges_from((("inside", node) for node in town.nodes_in(inner)), capacity=MANY)
    peer.add_edges_from((("outside", node) for node in worlds(town, outer)), capacity=MANY)
    line_of = zip(town.edges, town.lines, strict=True)
    for edge, street in line_of:
        within = street.difference(inner).intersection(outer)
        may_be_cut = street.crosses(inner.boundary) if inner is outer else not within.is_empty
        peer.add_edge(*edge, capacity=1 if may_be_cut else MANY)
    return peer


def worlds(town: Town, outer: Polygon) -> set[Node]:
    """Junctions outside from where more than `AWAY_M` of street outside can be reached."""
    held = town.nodes_in(outer)
    beyond: nx.Graph[Node] = nx.Graph()
    metres: defaultdict[Node, float] = defaultdict(float)
    for (a, b), street in zip(town.edges, town.lines, strict=True):
        ends = [node for node in (a, b) if node not in held]
        beyond.add_nodes_from(ends)
        if len(ends) == 2:
            beyond.add_edge(a, b)
        if ends:
            metres[ends[0]] += street.difference(outer).length
    parts = nx.connected_components(beyond)
    far = (part for part in parts if sum(metres[node] for node in part) > AWAY_M)
    return set(chain.from_iterable(far))


def crossing_edges(town: Town, zone: Polygon) -> list[int]:
    return [i for i, each in enumerate(town.lines) if each.crosses(zone.boundary)]


@pytest.mark.parametrize("seed", range(24))
def test_posts_equal_the_minimum_cut_of_networkx(seed: int) -> None:
    town, zone = town_of(seed, 0.35 + seed % 5 / 10), zone_of(seed)
    peer = peer_of(town, zone, zone)

    posts = fewest_posts(ways_of(*town.lines), zone)

    assert posts.count == nx.minimum_cut_value(peer, "inside", "outside")
    assert len(posts.opening_ids) == posts.count


@pytest.mark.parametrize("seed", range(12))
def test_posts_equal_the_best_of_all_subsets(seed: int) -> None:
    town, zone = town_of(seed, 0.45), zone_of(seed)
    peer, crossing = peer_of(town, zone, zone), crossing_edges(town, zone)
    subsets = chain.from_iterable(combinations(crossing, size) for size in range(len(crossing) + 1))

    def seals(subset: tuple[int, ...]) -> bool:
        left = nx.restricted_view(peer, [], [town.edges[edge] for edge in subset])
        return not nx.has_path(left, "inside", "outside")

    best = next(len(subset) for subset in subsets if seals(subset))
    assert fewest_posts(ways_of(*town.lines), zone).count == best


@pytest.mark.parametrize("seed", range(24))
def test_the_cut_within_a_band_equals_that_of_networkx(seed: int) -> None:
    town, zone = town_of(seed, 0.4 + seed % 4 / 10), zone_of(seed)
    band_m = 11.0 + seed
    core, outer = zone.buffer(-band_m), zone.buffer(band_m)
    expected = nx.minimum_cut_value(peer_of(town, core, outer), "inside", "outside")

    sides = part_sides(ways_of(*town.lines), Band(zone, core, outer, band_m))

    # A street through the core without a junction there is no node of the peer.
    assert grazes(town, core) or int(sides.is_post.sum()) == expected


def grazes(town: Town, core: Polygon) -> bool:
    """Whether a street passes through the core, or leaves it twice, without a junction in it."""
    return any(
        each.intersects(core) and not any(core.contains(Point(end)) for end in each.coords)
        for each in town.lines
    )


def test_the_same_question_has_the_same_answer() -> None:
    lines, zone = town_of(3, 0.6).lines, zone_of(3)

    assert fewest_posts(ways_of(*lines), zone) == fewest_posts(ways_of(*lines), zone)
