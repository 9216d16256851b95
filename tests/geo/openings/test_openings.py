from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box
from shapely.affinity import translate

from geo.errors import CrsError
from geo.openings import (
    OpeningRules,
    checkpoints_at,
    fewest_posts,
    find_openings,
    gates_at,
    prepare_ways,
)
from tests.geo.openings.test_hours import WEDNESDAY_NIGHT, WEDNESDAY_NOON
from tests.support.layers import barriers_of, gates_of, layer, streets_of
from tests.support.zones import ZONE, homes_of, line, no_points, posts_at, ways_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from tests.support.zones import Obstacles

OUT = line((50, 50), (50, 300))
"""From the middle of the zone northwards."""


def states(
    *lines: LineString, zone: BaseGeometry = ZONE, **obstacles: Unpack[Obstacles]
) -> list[str]:
    """Give the states of the openings of a zone in ways with what stands in their way."""
    return [str(state) for state in find_openings(ways_of(*lines, **obstacles), zone)["state"]]


def test_a_way_from_inside_to_outside_is_one_opening() -> None:
    openings = find_openings(ways_of(OUT), ZONE)

    (opening,) = openings.to_dict("records")
    assert opening["geometry"].equals_exact(Point(50, 100), 0.1)
    told = [opening[name] for name in ("opening_id", "street_id", "state")]
    assert told == ["s0:1", "s0", "open"]
    assert (opening["is_walkable"], opening["is_drivable"]) == (True, False)
    assert {opening[name] for name in ("street", "gate_id", "checkpoint_id")} == {None}


@pytest.mark.parametrize(
    ("ways", "count"),
    [
        ([line((50, 50), (60, 100), (70, 50))], 0),  # touches from inside
        ([line((50, 200), (60, 100), (70, 200))], 0),  # touches from outside
        ([line((0, 120), (100, 120))], 0),  # passes by
        ([line((20, 20), (80, 80))], 0),  # stays inside
        ([line((-50, 50), (150, 50))], 2),  # passes through
        ([line((50, 50), (50, 100), (50, 300))], 1),  # has a vertex on the line
        ([line((50, 50), (50, 100)), line((50, 100), (50, 300))], 1),  # two ways meet on it
        ([line((20, 50), (20, 100), (80, 100), (80, 200))], 1),  # runs along, then leaves
        ([line((20, 50), (20, 100), (80, 100), (80, 50))], 0),  # runs along, then goes back
        ([line((20, 200), (20, 100), (80, 100), (80, 200))], 0),
        ([line((20, 100), (80, 100))], 0),  # runs along only
        ([line((50, 50), (100, 100), (150, 150))], 1),  # leaves by a corner
        ([line((10, 90), (30, 110), (50, 90), (70, 110))], 3),  # weaves
    ],
)
def test_an_opening_is_where_a_way_gets_from_inside_to_outside(
    ways: list[LineString], count: int
) -> None:
    assert len(states(*ways)) == count


def test_a_junction_on_the_line_is_one_opening_however_many_streets_meet() -> None:
    at = (50.0, 100.0)
    ends = [(30, 60), (50, 60), (70, 60), (30, 160), (50, 160), (70, 160)]

    assert states(*(line(at, end) for end in ends)) == ["open"]


def test_alleys_into_a_street_on_the_line_are_an_opening_each() -> None:
    street = line((-50, 100), (20, 100), (50, 100), (80, 100), (150, 100))
    alleys = [line((x, 50), (x, 100)) for x in (20, 50, 80)]

    found = find_openings(ways_of(street, *alleys, line((50, 100), (50, 150))), ZONE)

    assert sorted(found["street_id"]) == ["s1", "s2", "s3"]


def test_a_street_on_the_line_is_shut_where_that_takes_fewest_posts() -> None:
    street = line((-50, 100), (20, 100), (50, 100), (80, 100))
    alleys = [line((x, 50), (x, 100)) for x in (50, 80)]

    openings = find_openings(ways_of(street, *alleys, line((20, 100), (20, 150))), ZONE)

    assert len(openings) == 1
    assert openings.distance(line((20, 100), (50, 100))).max() == 0


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(*[st.floats(-0.01, 0.01)] * 2), min_size=9, max_size=9))
def test_a_line_drawn_along_a_street_may_be_a_centimetre_off(
    jitter: list[tuple[float, float]],
) -> None:
    street = [(float(x), 100.0) for x in range(0, 81, 10)]
    off = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(street, jitter, strict=True)]
    zone = Polygon([*off, (100, 100), (100, 0), (0, 0)])
    ways = ways_of(line(*street, (80, 200)), line((40, 50), (40, 100)))

    assert find_openings(ways, zone)["street_id"].tolist() == ["s1"]


def test_every_ring_counts() -> None:
    ring = Polygon(ZONE.exterior, [box(40, 40, 60, 60).exterior])
    through = line((-20, 50), (120, 50))

    assert len(states(through, zone=ring)) == 4
    assert len(states(through, zone=MultiPolygon([ring, box(45, 45, 55, 55)]))) == 6
    assert states(through, zone=Polygon()) == []


def test_bridges_and_tunnels_are_openings_that_walls_do_not_close() -> None:
    lines = [OUT, translate(OUT, 10), translate(OUT, 20)]
    wall = barriers_of(line((-50, 100), (150, 100)))
    streets = streets_of(lines, level=[0, 1, -1])
    ways = prepare_ways(streets, wall, gates_of(), no_points())

    assert find_openings(ways, ZONE).set_index("street_id")["state"].to_dict() == {
        "s0": "closed",
        "s1": "open",
        "s2": "open",
    }


def test_only_what_can_be_walked_or_driven_counts() -> None:
    streets = streets_of(
        [translate(OUT, x) for x in (0, 10, 20, 30)],
        is_walkable=[True, False, False, None],
        is_drivable=[False, True, False, None],
        name=["东巷", None, None, None],
    )

    found = find_openings(prepare_ways(streets, barriers_of(), gates_of(), no_points()), ZONE)

    told = found.set_index("street_id")[["is_walkable", "is_drivable"]]
    assert told.T.to_dict("list") == {"s0": [True, False], "s1": [False, True], "s3": [True, False]}
    assert found.set_index("street_id")["street"].to_dict() == {
        "s0": "东巷",
        "s1": None,
        "s3": None,
    }


def test_a_wall_on_the_line_closes_it_and_a_gate_in_it_does_not() -> None:
    wall = line((-50, 100), (150, 100))
    here, far = Point(50, 100.5), Point(60, 100)

    assert states(OUT, walls=[wall]) == ["closed"]
    assert states(OUT, walls=[wall], gates={"g": (here, "open")}) == ["open"]
    assert states(OUT, walls=[wall], gates={"g": (far, "open")}) == ["closed"]
    assert states(OUT, walls=[line((50, 100), (150, 100))]) == ["open"]  # ends on the street


@pytest.mark.parametrize("y", [76.0, 99.9, 100.0, 100.1, 125.0])
def test_a_gate_near_the_line_closes_the_opening_whichever_side_it_is_on(y: float) -> None:
    found = find_openings(ways_of(OUT, gates={"g": (Point(50, y), "closed")}), ZONE)

    assert found[["state", "gate_id"]].to_numpy().tolist() == [["closed", "g"]]


@pytest.mark.parametrize("y", [65.0, 135.0])
def test_a_gate_farther_off_than_the_reach_closes_nothing(y: float) -> None:
    gates = {"g": (Point(50, y), "closed")}

    assert states(OUT, gates=gates) == ["open"]
    wide = OpeningRules(closed_reach_m=40)
    assert find_openings(ways_of(OUT, gates=gates), ZONE, rules=wide)["state"].tolist() == [
        "closed"
    ]


def test_an_alley_before_the_gate_leaves_the_opening_open() -> None:
    street, gate = line((50, 50), (50, 90), (50, 300)), {"g": (Point(50, 85), "closed")}

    assert states(street, gates=gate) == ["closed"]
    assert states(street, line((50, 90), (80, 90)), gates=gate) == ["open"]


def test_an_alley_that_is_walled_up_too_does_not() -> None:
    street, gate = line((50, 50), (50, 90), (50, 300)), {"g": (Point(50, 85), "closed")}
    alley, wall = line((50, 90), (60, 90)), line((55, 80), (55, 95))

    assert states(street, alley, gates=gate, walls=[wall]) == ["closed"]


def test_a_door_before_the_gate_leaves_the_opening_open() -> None:
    gate = {"g": (Point(50, 85), "closed")}
    by_the_gate, behind_it = box(52, 88, 62, 96), box(52, 60, 62, 70)
    yard = line((5, 10), (95, 10), (95, 50), (50, 50))

    assert states(OUT, yard, gates=gate, homes=homes_of(behind_it)) == ["closed"]
    assert states(OUT, yard, gates=gate, homes=homes_of(behind_it, by_the_gate)) == ["open"]


def test_a_dead_end_in_the_open_is_not_taken_for_closed() -> None:
    assert states(line((50, 90), (50, 300))) == ["open"]
    assert states(line((50, 90), (50, 300)), walls=[line((40, 90), (60, 90))]) == ["closed"]
    assert states(line((50, 90), (50, 300)), gates={"g": (Point(50, 89), "closed")}) == ["closed"]


def test_two_openings_on_one_short_way_are_both_open() -> None:
    corner = line((-40, 95), (10, 95), (10, 140))

    assert states(corner, gates={"g": (Point(-20, 95), "closed")}) == ["open", "closed"]
    assert states(corner) == ["open", "open"]


def test_a_staffed_checkpoint_in_reach_guards() -> None:
    assert states(OUT, posts=posts_at((52, 114))) == ["guarded"]
    assert states(OUT, posts=posts_at((52, 116))) == ["open"]
    assert states(OUT, posts=posts_at((52, 104), status=["closed"])) == ["open"]
    near = OpeningRules(guard_reach_m=5)
    ways = ways_of(OUT, posts=posts_at((52, 110), (53, 103), (54, 97)))
    assert find_openings(ways, ZONE, rules=near)["checkpoint_id"].tolist() == ["k1"]


def test_nobody_watches_through_a_wall_or_a_building_but_through_a_gate() -> None:
    post, wall = posts_at((60, 100)), line((55, 60), (55, 140))

    assert states(OUT, posts=post, walls=[wall]) == ["open"]
    assert states(OUT, posts=post, walls=[wall], gates={"g": (Point(55, 101), "open")}) == [
        "guarded"
    ]
    assert states(OUT, posts=post, homes=homes_of(box(54, 80, 57, 130))) == ["open"]
    assert states(OUT, posts=post, homes=homes_of(box(57, 80, 65, 130))) == ["guarded"]  # its own


def test_a_checkpoint_on_the_ground_does_not_guard_a_bridge() -> None:
    streets = streets_of([OUT, translate(OUT, 4)], level=[0, 1])
    on_the_bridge, below = posts_at((54.5, 101)), posts_at((50, 101))
    nothing = barriers_of(), gates_of()

    found = [
        find_openings(prepare_ways(streets, *nothing, post), ZONE).set_index("street_id")["state"]
        for post in (below, on_the_bridge)
    ]

    assert found[0].to_dict() == {"s0": "guarded", "s1": "open"}
    assert found[1].to_dict() == {"s0": "open", "s1": "guarded"}


def test_a_gate_that_people_stand_at_is_guarded() -> None:
    gate = {"g": (Point(50, 100), "closed")}

    assert states(OUT, gates=gate, posts=posts_at((52, 101))) == ["guarded"]


def test_gates_and_checkpoints_go_by_the_hour() -> None:
    streets, wall = streets_of([OUT]), barriers_of(line((-50, 100), (150, 100)))
    hours = ["06:00-22:00"]
    gates = layer([Point(50, 100)], gate_id=["g"], state=["hours"], opening_hours=hours)
    posts = posts_at((50, 104), hours=["06:00-21:00"])

    def state_at(at: object) -> list[object]:
        moment = WEDNESDAY_NOON if at == "noon" else WEDNESDAY_NIGHT if at == "night" else None
        ways = prepare_ways(streets, wall, gates_at(gates, moment), checkpoints_at(posts, moment))
        (row,) = find_openings(ways, ZONE)[["state", "is_timed", "gate_id"]].to_numpy().tolist()
        return list(row)

    assert state_at("any time") == ["guarded", True, "g"]
    assert state_at("noon") == ["guarded", True, "g"]
    assert state_at("night") == ["closed", True, "g"]


def test_unknown_hours_count_as_staffed_and_are_told() -> None:
    posts = checkpoints_at(posts_at((50, 104), hours=["白天"]), WEDNESDAY_NIGHT)

    (opening,) = find_openings(ways_of(OUT, posts=posts), ZONE).to_dict("records")

    assert (opening["state"], opening["has_unknown_hours"]) == ("guarded", True)


def test_an_opening_keeps_its_id_when_the_line_moves_a_little() -> None:
    ways = ways_of(line((-50, 50), (150, 50)), OUT)

    before, after = (find_openings(ways, zone) for zone in (ZONE, box(3, 0, 90, 80)))

    assert set(before["opening_id"]) == set(after["opening_id"]) == {"s0:1", "s0:2", "s1:1"}


@pytest.mark.parametrize("seed", range(40))
def test_openings_are_the_crossings_of_plain_geometry(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lines = [LineString(each) for each in rng.uniform(0, 100, (12, 4, 2))]
    corner, size = rng.uniform(5, 45, 2), rng.uniform(10, 50, 2)
    zone = box(*corner, *(corner + size))
    crossings = shapely.get_parts(shapely.intersection(lines, zone.boundary))
    crossings = crossings[~shapely.is_empty(crossings)]

    found = find_openings(ways_of(*lines), zone).geometry.to_numpy()

    # Within centimetres of the line, or of each other, the two need not agree.
    along = shapely.get_parts(shapely.intersection(lines, zone.boundary.buffer(0.05)))
    doubtful = shapely.union_all(
        [*along[shapely.length(along) > 0.5], *_crowded(crossings)]
    ).buffer(1)
    sure, told = (points[shapely.disjoint(points, doubtful)] for points in (crossings, found))
    assert len(sure) == len(told)
    for point in sure:
        assert shapely.distance(point, told).min() < 0.5


def _crowded(points: NDArray[np.object_]) -> list[Point]:
    return [
        one for pair in combinations(points, 2) if pair[0].distance(pair[1]) < 1 for one in pair
    ]


def test_nothing_to_walk_on_has_no_openings() -> None:
    ways = ways_of()

    assert find_openings(ways, ZONE).empty
    assert fewest_posts(ways, ZONE).count == 0


def test_degrees_and_reaches_below_zero_are_refused() -> None:
    degrees = streets_of([OUT]).set_crs(4326, allow_override=True)

    with pytest.raises(CrsError, match="metres"):
        prepare_ways(degrees, barriers_of(), gates_of(), no_points())
    with pytest.raises(ValueError, match="above 0"):
        OpeningRules(guard_reach_m=0)
