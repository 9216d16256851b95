"""Plans are named by what was asked, and begin where one would look for them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.services.plans import plan_file, plan_geojson, route_file
from api.services.scope import Scope
from api.services.sweeps import (
    MAX_SEED,
    MAX_TEAMS,
    SweepQuery,
    UnknownSweepError,
    UnknownTeamError,
    make_plan,
    parse_sweep_id,
    start_place,
    team_route,
)
from api.services.workspace import Workspace
from geo.errors import StartError
from tests.support.communities import METRIC, drawn_community, place, place_deg

codes = st.text(min_size=1, max_size=12)
degrees = st.integers(-89, 89).map(float)
boxes = st.tuples(degrees, degrees).map(lambda low: (low[0], low[1], low[0] + 0.5, low[1] + 0.25))
scopes = st.one_of(
    st.just(Scope()), codes.map(lambda code: Scope(area=code)), boxes.map(lambda b: Scope(bbox=b))
)
queries = st.builds(
    SweepQuery,
    scope=scopes,
    teams=st.integers(1, MAX_TEAMS),
    seed=st.integers(0, MAX_SEED),
    start=st.none() | st.tuples(degrees, degrees),
)


@pytest.fixture
def workspace() -> Workspace:
    """Open the drawn community."""
    return Workspace(drawn_community())


@given(query=queries)
def test_the_name_of_a_plan_is_enough_to_ask_for_it_again(query: SweepQuery) -> None:
    assert parse_sweep_id(query.sweep_id) == query
    assert "/" not in query.sweep_id


@given(one=queries, other=queries)
def test_different_questions_have_different_names(one: SweepQuery, other: SweepQuery) -> None:
    assert (one == other) == (one.sweep_id == other.sweep_id)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "teams-2",
        "seed-1~teams-2",
        "teams-2~seed-1~",
        "teams-2~seed-1~colour-red",
        "teams-two~seed-1",
        "teams-0~seed-1",
        "teams-2~seed--1",
        "teams-2~seed-1~bbox-1,2,3",
        "teams-2~seed-1~area-a~bbox-1,2,3,4",
        "teams-2~seed-1~start-1",
        "teams-2~seed-1~start-1.0,2",
    ],
)
def test_a_name_no_plan_can_have_is_refused(text: str) -> None:
    with pytest.raises(UnknownSweepError):
        parse_sweep_id(text)


@pytest.mark.parametrize(("teams", "seed"), [(0, 1), (MAX_TEAMS + 1, 1), (1, -1)])
def test_numbers_out_of_range_are_refused(teams: int, seed: int) -> None:
    with pytest.raises(ValueError, match="Expected"):
        SweepQuery(teams=teams, seed=seed)


def test_a_sweep_begins_at_the_office_nearest_to_the_buildings(workspace: Workspace) -> None:
    plan = make_plan(workspace, SweepQuery(teams=2))

    assert plan.start_kind == "office"
    assert start_place(plan, METRIC) == pytest.approx(place_deg(1_000, 0), abs=1e-6)


def test_without_an_office_it_begins_near_the_middle() -> None:
    project = drawn_community()
    project.rows["offices"] = []

    plan = make_plan(Workspace(project), SweepQuery(teams=2))

    # The houses' middles lie 860 m east on average; the nearest of them stands from 700 to 720 m.
    assert plan.start_kind == "middle"
    assert plan.start.distance(place(710, 0)) < 25


def test_an_office_far_from_any_street_is_passed_over() -> None:
    project = drawn_community()
    office = project.rows["offices"][0]
    project.rows["offices"] = [office | {"geometry": place(500, 900)}]

    assert make_plan(Workspace(project), SweepQuery(teams=1)).start_kind == "middle"


def test_a_start_that_is_given_is_taken_or_refused_but_never_moved(workspace: Workspace) -> None:
    near, far = place_deg(50, 5), place_deg(50, 1_000)

    plan = make_plan(workspace, SweepQuery(teams=1, start=near))

    assert plan.start_kind == "given"
    assert start_place(plan, METRIC) == pytest.approx(near, abs=1e-4)
    with pytest.raises(StartError):
        make_plan(workspace, SweepQuery(teams=1, start=far))


def test_a_plan_of_an_area_visits_its_buildings_alone(workspace: Workspace) -> None:
    plan = make_plan(workspace, SweepQuery(teams=2, scope=Scope(area="E")))

    visited = sorted(stop.building_id for route in plan.routes for stop in route.stops)
    assert visited == ["H4", "H5", "H6"]


def test_a_team_is_found_by_its_number(workspace: Workspace) -> None:
    plan = make_plan(workspace, SweepQuery(teams=2))

    assert team_route(plan, 2).team == 2
    for team in (0, 3):
        with pytest.raises(UnknownTeamError, match="from 1 to 2"):
            team_route(plan, team)


def test_the_files_of_the_teams_together_hold_the_whole_plan(workspace: Workspace) -> None:
    query = SweepQuery(teams=3)

    whole = json.loads(plan_geojson(workspace, query))
    alone = [json.loads(route_file(workspace, query, team, ".geojson")) for team in (1, 2, 3)]

    assert [each for one in alone for each in one["features"]] == whole["features"]
    assert whole["id"] == query.sweep_id


@pytest.mark.parametrize(("suffix", "mark"), [(".gpx", b"<gpx"), (".kml", b"<kml")])
def test_a_route_comes_in_other_formats(workspace: Workspace, suffix: str, mark: bytes) -> None:
    assert mark in plan_file(workspace, SweepQuery(teams=2), suffix)
    assert mark in route_file(workspace, SweepQuery(teams=2), 1, suffix)
