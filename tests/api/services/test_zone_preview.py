from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from api.services.scope import WHOLE
from api.services.sweeps import SweepQuery, make_plan
from api.services.workspace import Workspace
from api.services.zone_preview import Preview, PreviewRules, preview, preview_document
from tests.support.redrawing import (
    COORDINATOR,
    NOW,
    VIEWER,
    WEST_COORDINATOR,
    Z1,
    Z2,
    deleted,
    drawn_anew,
    redrawn,
    street_under_control,
    there,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.services.rights import Person
    from api.services.zone_preview import Change, Named
    from api.store.edits import Edit

RULES = PreviewRules(NOW, teams=2)
WIDER = box(0, -10, 165, 80)
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return Workspace(street_under_control())


def told(workspace: Workspace, *edits: Edit, person: Person = COORDINATOR) -> Preview:
    return preview(workspace, person, edits, RULES)


def keys(named: Iterable[Named]) -> list[str]:
    return [one.key for one in named]


def figures(change: Change) -> tuple[int, int, list[str], list[str]]:
    return change.now, change.change, keys(change.entering), keys(change.leaving)


def test_a_wider_zone_tells_what_comes_in(workspace: Workspace) -> None:
    found = told(workspace, redrawn("z1", WIDER))

    assert figures(found.buildings) == (2, 1, ["H2"], [])
    assert (found.households.now, found.households.change) == (9, 6)
    assert (found.people.now, found.people.change) == (21, 12)
    assert figures(found.sites) == (1, 0, [], [])
    assert figures(found.gates) == (0, 1, ["G0"], [])
    assert found.levels == {"lockdown": (0, 0, 0), "control": (1, 6, 12), "precaution": (0, 0, 0)}
    assert [(moved.building.key, moved.before, moved.after) for moved in found.moved] == [
        ("H2", None, "control")
    ]
    assert [(block.key, block.name, block.cadre) for block in found.blocks] == [
        ("B1", None, "zhao")
    ]
    assert found.faults == ()
    assert found.at == NOW


def test_a_narrower_zone_tells_what_goes_out(workspace: Workspace) -> None:
    found = told(workspace, redrawn("z1", box(0, -10, 60, 80)))

    assert figures(found.buildings) == (2, -1, [], ["H1"])
    assert (found.people.now, found.people.change) == (21, -11)


def test_a_building_without_a_name_is_told_by_its_number(workspace: Workspace) -> None:
    (entering,) = told(workspace, redrawn("z1", WIDER)).buildings.entering

    assert (entering.key, entering.name) == ("H2", "2")


def test_openings_are_gained_where_more_streets_are_crossed(workspace: Workspace) -> None:
    same = told(workspace, redrawn("z1", WIDER)).openings
    more = told(workspace, redrawn("z1", box(0, -10, 180, 80))).openings

    assert same.openings["street"].tolist() == ["Long street", "Long street"]
    assert (len(same.gained), len(same.lost), same.fewest_posts) == (0, 0, 2)
    assert sorted(more.openings["street"]) == ["Lane", "Lane", "Long street", "Long street"]
    assert more.gained["street"].tolist() == ["Lane", "Lane"]
    assert len(more.lost) == 0
    assert set(more.openings["zone_id"]) == {"z1"}


def test_openings_of_a_deleted_zone_are_lost(workspace: Workspace) -> None:
    found = told(workspace, deleted("z1"))

    assert figures(found.buildings) == (2, -2, [], ["H0", "H1"])
    assert len(found.openings.openings) == 0
    assert len(found.openings.lost) == 2
    assert found.openings.fewest_posts == 0
    assert found.half_inside == ()


def test_the_opening_between_two_zones_is_told_once(workspace: Workspace) -> None:
    halves = [redrawn("z1", box(0, -10, 60, 80)), drawn_anew("z9", box(60, -10, 100, 80))]

    openings = told(workspace, *halves).openings

    assert len(openings.openings) == 3
    assert len(openings.gained) == 1
    assert openings.fewest_posts == 3


def test_a_zone_split_in_two_holds_whom_it_held(workspace: Workspace) -> None:
    halves = [redrawn("z1", box(0, -10, 60, 80)), drawn_anew("z9", box(60, -10, 100, 80))]

    found = told(workspace, *halves)

    assert figures(found.buildings) == (2, 0, [], [])
    assert found.moved == ()
    assert [block.key for block in found.blocks] == ["B1"]


def test_a_stricter_zone_within_moves_its_buildings(workspace: Workspace) -> None:
    found = told(workspace, drawn_anew("z9", box(10, 10, 50, 50), "lockdown"))

    assert figures(found.buildings) == (0, 1, ["H0"], [])
    assert [(one.building.key, one.before, one.after) for one in found.moved] == [
        ("H0", "control", "lockdown")
    ]
    assert found.levels["lockdown"] == (1, 4, 10)
    assert found.levels["control"] == (-1, -4, -10)
    assert found.overlaps["level"].tolist() == ["lockdown"]
    assert found.overlaps["milder"].tolist() == ["control"]
    assert found.overlaps.area.tolist() == pytest.approx([1_600], rel=1e-4)


def test_a_milder_zone_over_a_stricter_one_holds_nobody_there(workspace: Workspace) -> None:
    found = told(workspace, redrawn("z2", box(-20, -10, 370, 80), "precaution"))

    assert figures(found.buildings) == (1, 3, ["H2", "H3", "H4"], [])
    assert found.overlaps["level"].tolist() == ["control"]


def test_numbers_that_are_not_known_are_told(workspace: Workspace) -> None:
    found = told(workspace, redrawn("z2", Z2, "lockdown"))

    assert (found.people.now, found.people.change, found.people.unknown) == (0, 0, 1)
    assert (found.households.now, found.households.unknown) == (9, 0)


def test_houses_that_the_new_border_cuts_are_listed(workspace: Workspace) -> None:
    found = told(workspace, redrawn("z1", box(0, -10, 88, 80)))

    (cut,) = found.half_inside
    assert (cut.building.key, cut.zone_id) == ("H1", "z1")
    assert cut.share == pytest.approx(0.4, abs=1e-3)


def test_a_zone_for_tomorrow_is_compared_as_of_tomorrow(workspace: Workspace) -> None:
    found = told(workspace, drawn_anew("z9", box(190, 0, 230, 60), valid_from_at=TOMORROW))

    assert found.at == TOMORROW
    assert figures(found.buildings) == (0, 1, ["H3"], [])


def test_a_zone_that_ends_when_its_successor_begins_shows_the_exchange(
    workspace: Workspace,
) -> None:
    found = told(
        workspace,
        redrawn("z1", Z1, valid_to_at=TOMORROW),
        drawn_anew("z9", box(60, -10, 165, 80), "lockdown", valid_from_at=TOMORROW),
    )

    assert figures(found.buildings) == (2, 0, ["H2"], ["H0"])
    assert found.levels["control"] == (-2, -9, -21)


def test_a_zone_that_is_over_holds_nobody(workspace: Workspace) -> None:
    found = told(workspace, redrawn("z1", WIDER, valid_to_at=NOW))

    assert figures(found.buildings) == (2, -2, [], ["H0", "H1"])


def test_a_zone_that_was_over_already_is_compared_as_it_last_was(workspace: Workspace) -> None:
    began, ended = NOW - timedelta(days=9), NOW - timedelta(days=2)
    zone = drawn_anew("z9", box(190, 0, 230, 60), valid_from_at=began, valid_to_at=ended)

    found = told(workspace, zone)

    assert found.at == ended - timedelta(milliseconds=1)
    assert figures(found.buildings) == (0, 1, ["H3"], [])


def test_faults_do_not_stop_a_preview(workspace: Workspace) -> None:
    bow = Polygon([(0, 0), (100, 50), (100, 0), (0, 50)])

    found = told(workspace, redrawn("z1", bow), redrawn("z2", box(250, -10, 350, 80), "precaution"))

    assert [(fault.index, fault.code) for fault in found.faults] == [(0, "self_crossing")]
    assert figures(found.buildings) == (1, 1, ["H4"], [])


@pytest.mark.parametrize("shape", [None, Polygon(), box(0, 0, 1, 1).boundary])
def test_a_change_without_a_usable_shape_changes_nothing(
    workspace: Workspace, shape: shapely.LineString | Polygon | None
) -> None:
    found = told(workspace, redrawn("z1", shape))

    assert found.faults
    assert found.buildings.change == 0


def test_nothing_outside_their_areas_is_told_to_anybody(workspace: Workspace) -> None:
    wide = drawn_anew("z9", box(-10, -20, 400, 90), "lockdown")

    found = told(workspace, wide, person=WEST_COORDINATOR)

    assert [fault.code for fault in found.faults] == ["outside_area"]
    assert keys(found.buildings.entering) == ["H0", "H1", "H2"]
    assert keys(found.sites.entering) == ["S0"]
    assert found.overlaps.total_bounds[2] <= there(box(0, 0, 200, 1)).bounds[2] + 1e-6
    assert found.openings.openings.total_bounds[2] <= there(box(0, 0, 220, 1)).bounds[2]
    assert keys(told(workspace, wide).buildings.entering) == [f"H{number}" for number in range(6)]


def test_the_cadre_of_a_block_is_told_to_staff_alone(workspace: Workspace) -> None:
    (block,) = told(workspace, redrawn("z1", WIDER), person=VIEWER).blocks

    assert (block.key, block.cadre) == ("B1", None)


def test_teams_with_a_stop_whose_zone_changes_are_told(workspace: Workspace) -> None:
    found = told(workspace, redrawn("z1", WIDER))
    plan = make_plan(workspace, SweepQuery(WHOLE, 2, speed_m_s=RULES.speed_m_s))

    (team,) = found.teams
    assert team.buildings == 1
    (route,) = [route for route in plan.routes if route.team == team.team]
    assert "H2" in {stop.building_id for stop in route.stops}


def test_without_teams_or_with_several_areas_no_sweep_is_planned(workspace: Workspace) -> None:
    edits = [redrawn("z1", WIDER)]

    assert preview(workspace, COORDINATOR, edits, PreviewRules(NOW)).teams == ()
    assert preview(workspace, WEST_COORDINATOR, edits, RULES).teams != ()


def test_without_streets_there_are_neither_teams_nor_openings() -> None:
    project = street_under_control()
    del project.rows["streets"]

    found = told(Workspace(project), redrawn("z1", WIDER))

    assert found.buildings.change == 1
    assert found.teams == ()
    assert len(found.openings.openings) == 0


def test_a_large_sweep_is_told_only_if_it_was_planned_already() -> None:
    project = street_under_control()
    house = project.rows["buildings"][3]
    sheds = [there(box(x, y, x + 2, y + 2)) for x in range(300, 500, 5) for y in range(42, 92, 5)]
    project.rows["buildings"] += [
        {**house, "building_id": f"X{number}", "geometry": shed}
        for number, shed in enumerate(sheds)
    ]
    workspace, edits, rules = Workspace(project), [redrawn("z1", WIDER)], PreviewRules(NOW, teams=1)

    before = preview(workspace, COORDINATOR, edits, rules).teams
    make_plan(workspace, SweepQuery(WHOLE, 1))
    after = preview(workspace, COORDINATOR, edits, rules).teams

    assert before == ()
    assert [(team.team, team.buildings) for team in after] == [(1, 1)]


def test_the_document_is_plain_json_in_degrees(workspace: Workspace) -> None:
    found = told(workspace, redrawn("z1", box(0, -10, 88, 80)), drawn_anew("z9", Z1, "lockdown"))

    document: dict[str, Any] = json.loads(json.dumps(preview_document(workspace, found, str)))

    assert document["at"] == "2020-03-25T08:00:00Z"
    assert set(document["buildings"]) == {"now", "change", "in", "out", "unknown"}
    assert document["half_inside"][0] == {"id": "H1", "name": "House 1", "zone": "z1", "share": 0.4}
    assert document["openings"]["counts"] == {"guarded": 0, "closed": 0, "open": 3}
    point = document["openings"]["now"]["features"][0]["geometry"]["coordinates"]
    assert 116 < point[0] < 118
    assert document["overlaps"]["type"] == "MultiPolygon"
    assert document["overlaps"]["parts"][0]["level"] == "lockdown"
    assert document["faults"] == []
    assert preview_document(workspace, told(workspace), str)["overlaps"] is None


def test_no_change_changes_nothing(workspace: Workspace) -> None:
    found = told(workspace)

    assert figures(found.buildings) == (0, 0, [], [])
    assert found.openings.fewest_posts == 0
    assert len(found.openings.openings) == 0


RECTANGLES = st.tuples(
    st.floats(-100, 300), st.floats(-60, 10), st.floats(30, 300), st.floats(50, 90)
)


@settings(max_examples=12, deadline=None)
@given(
    rectangle=RECTANGLES,
    level=st.sampled_from(["lockdown", "control", "precaution"]),
)
def test_who_comes_in_and_goes_out_agrees_with_asking_every_house(
    workspace: Workspace, rectangle: tuple[float, float, float, float], level: str
) -> None:
    west, south, wide, high = rectangle
    shape = box(west, south, west + wide, south + high)

    found = told(workspace, redrawn("z1", shape, level))

    was, will = _held_by_z1(Z1, "control"), _held_by_z1(shape, level)
    assert sorted(keys(found.buildings.entering)) == sorted(will - was)
    assert sorted(keys(found.buildings.leaving)) == sorted(was - will)
    assert found.buildings.change == len(will) - len(was)


def _held_by_z1(shape: Polygon, level: str) -> set[str]:
    """Ask every house by itself: z2 holds its own unless z1 is at least as strict."""
    held = set()
    for number in range(6):
        house = box(20 + 60 * number, 20, 40 + 60 * number, 40)
        share = house.intersection(shape).area / house.area
        is_z2 = number == 5
        ours = (["lockdown", "control", "precaution"].index(level), -round(share, 9), "z1")
        if share >= 0.5 - 1e-4 and (not is_z2 or ours < (2, -1, "z2")):
            held.add(f"H{number}")
    return held
