"""What lies far outside a scope still counts: sites, ways round, starts."""

from __future__ import annotations

from shapely import LineString, box

from api.services.coverage import CoverageQuery, measure_coverage
from api.services.scope import MIN_MARGIN_M, Scope
from api.services.sweeps import SweepQuery, make_plan
from api.services.workspace import Workspace
from geo.coverage import CoverageRules
from tests.support.communities import MemoryProject, place, place_deg

FAR_M = 3 * MIN_MARGIN_M


def two_banks() -> MemoryProject:
    """
    Draw two houses on the banks of a river whose only bridge is far to the north.

    ::

        +---bridge---+      1,200 m north
        A     ~      B      150 m apart, seen from a scope that holds no more than both
        |     ~      |
    """
    west, east = place(0, 0), place(150, 0)
    houses = {"A": west, "B": east}
    return MemoryProject(
        rows={
            "buildings": [
                {
                    "building_id": name,
                    "households": 2,
                    "residents": 5,
                    "geometry": box(spot.x - 5, spot.y - 20, spot.x + 5, spot.y - 10),
                }
                for name, spot in houses.items()
            ],
            "streets": [
                {
                    "street_id": "round",
                    "is_walkable": True,
                    "geometry": LineString([west, place(0, FAR_M), place(150, FAR_M), east]),
                }
            ],
            "sampling_sites": [{"site_id": "S", "geometry": place(0, FAR_M)}],
        }
    )


BANKS = Scope(bbox=(*place_deg(-20, -30), *place_deg(170, 5)))


def test_a_site_beyond_the_reach_makes_a_building_too_far_and_not_without_a_site() -> None:
    query = CoverageQuery(BANKS, rules=CoverageRules(walk_minutes=1))

    found = measure_coverage(Workspace(two_banks()), query).buildings

    assert found["reason"].tolist() == ["too_far", "too_far"]
    assert found["walk_m"].round().tolist() == [FAR_M + 10, FAR_M + 150 + 10]


def test_without_any_open_site_there_is_none_however_far() -> None:
    project = two_banks()
    project.rows["sampling_sites"] = []
    query = CoverageQuery(BANKS, rules=CoverageRules(walk_minutes=1))

    none = measure_coverage(Workspace(project), query).buildings["reason"]
    project.rows["sampling_sites"] = [{"site_id": "S", "status": "closed", "geometry": place(0, 0)}]
    closed = measure_coverage(Workspace(project), query).buildings["reason"]

    assert none.tolist() == closed.tolist() == ["no_site", "no_site"]


def test_a_way_round_to_a_site_nearby_is_too_far_and_not_no_path() -> None:
    project = two_banks()
    project.rows["sampling_sites"] = [{"site_id": "S", "geometry": place(0, 0)}]
    query = CoverageQuery(BANKS, rules=CoverageRules(walk_minutes=1))

    found = measure_coverage(Workspace(project), query).buildings

    assert found["reason"].tolist() == ["", "too_far"]
    assert found["walk_m"].iloc[1] > 2 * FAR_M


def test_a_way_round_far_outside_is_walked_where_nothing_nearer_leads_there() -> None:
    plan = make_plan(Workspace(two_banks()), SweepQuery(scope=BANKS, teams=1))

    assert plan.unreachable == ()
    assert sorted(stop.building_id for stop in plan.routes[0].stops) == ["A", "B"]
    assert plan.walk_m > 2 * FAR_M


def test_a_start_far_outside_is_a_start() -> None:
    start = place_deg(150, FAR_M)

    plan = make_plan(Workspace(two_banks()), SweepQuery(scope=BANKS, teams=2, start=start))

    assert plan.start_kind == "given"
    assert [len(route.stops) for route in plan.routes] == [1, 1]


def test_what_no_street_reaches_is_left_unreachable() -> None:
    project = two_banks()
    (road,) = project.rows["streets"]
    road["geometry"] = LineString([place(0, 0), place(0, FAR_M)])

    plan = make_plan(Workspace(project), SweepQuery(scope=BANKS, teams=1))

    assert plan.unreachable == ("B",)
