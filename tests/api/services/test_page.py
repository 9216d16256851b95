"""What the page of a community shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from api.services.focus import SHOWN_IN_PART, Focus
from api.services.page import (
    ASK_FOR_TEAMS,
    MANY_BUILDINGS,
    NO_START,
    PageQuery,
    SweepWish,
    community_view,
)
from api.services.reopening import UnknownDayError
from api.services.scope import Scope
from api.services.workspace import Workspace
from geo.coverage import CoverageRules
from maps.text import catalogue
from tests.support.communities import FIRST_DAY, LAST_DAY, drawn_community, place_deg

if TYPE_CHECKING:
    from tests.support.communities import MemoryProject


@pytest.fixture
def project() -> MemoryProject:
    """Draw the community."""
    return drawn_community()


def test_the_whole_community_is_shown_with_all_there_is(project: MemoryProject) -> None:
    view = community_view(Workspace(project), PageQuery("en", sweep=SweepWish(teams=2)))

    assert (view.title, view.area_name, view.scope_note) == ("drawn", "", "")
    assert view.areas == (("", ""), ("E", "East side"), ("W", "West side"))
    assert len(view.layers["buildings"]) == 6
    assert view.coverage is not None
    assert view.coverage.summary.covered == 4
    assert view.sweep is not None
    assert len(view.sweep.routes) == 2
    assert view.day == LAST_DAY
    assert view.premises_states is not None
    assert list(view.premises_states.index) == list(view.layers["premises"].index)
    assert "8 people" in view.sentence
    assert view.attributions == ("Drawn by hand",)
    assert not view.is_synthetic


def test_an_area_shows_what_lies_in_it_and_the_site_that_serves_it(project: MemoryProject) -> None:
    rules = CoverageRules(walk_minutes=30)
    view = community_view(Workspace(project), PageQuery("zh", scope=Scope(area="E"), rules=rules))

    assert (view.area_code, view.area_name) == ("E", "East side")
    assert list(view.layers["buildings"]["building_id"]) == ["H4", "H5", "H6"]
    assert list(view.layers["premises"]["premises_id"]) == ["P2"]
    assert list(view.layers["sampling_sites"]["site_id"]) == ["S1"]
    assert view.premises_states is not None
    assert len(view.premises_states) == 1


def test_an_earlier_day_may_be_asked_for_and_an_unknown_one_not(project: MemoryProject) -> None:
    workspace = Workspace(project)

    assert community_view(workspace, PageQuery("zh", day=FIRST_DAY)).day == FIRST_DAY
    with pytest.raises(UnknownDayError):
        community_view(workspace, PageQuery("zh", day=LAST_DAY.replace(day=30)))


def test_an_empty_project_has_a_page_too(project: MemoryProject) -> None:
    project.rows.clear()

    view = community_view(Workspace(project), PageQuery("zh", sweep=SweepWish(teams=2)))

    assert view.coverage is None
    assert view.sweep is None
    assert view.reopening is None
    assert view.premises_states is None
    assert view.hints["sweep"].startswith("从出发点走不到")


@pytest.mark.parametrize(
    ("is_asked", "count", "is_drawn"), [(False, 400, True), (False, 401, False), (True, 401, True)]
)
def test_a_sweep_nobody_asked_for_is_drawn_only_where_it_is_quickly_made(
    project: MemoryProject, *, is_asked: bool, count: int, is_drawn: bool
) -> None:
    house = project.rows["buildings"][0]
    project.rows["buildings"] = [house | {"building_id": f"B{each}"} for each in range(count)]
    wish = SweepWish(teams=2, is_asked=is_asked)

    view = community_view(Workspace(project), PageQuery("en", sweep=wish))

    assert (view.sweep is not None) == is_drawn
    assert ("sweep" in view.hints) != is_drawn


def test_every_message_of_the_service_is_said_in_chinese() -> None:
    said = catalogue("zh", "service").gettext

    for message in (SHOWN_IN_PART, ASK_FOR_TEAMS, MANY_BUILDINGS, NO_START):
        assert said(message) != message


def test_made_up_data_are_told_as_such(project: MemoryProject) -> None:
    project.sources = ("Synthetic: drawn from a seed.",)

    assert community_view(Workspace(project), PageQuery("zh")).is_synthetic


def test_of_too_many_buildings_a_box_around_the_office_is_shown(project: MemoryProject) -> None:
    focus = Focus(max_buildings=3, box_m=1_000)

    view = community_view(Workspace(project), PageQuery("en", focus=focus))

    # The office stands at 1,000 m: the box reaches from 500 to 1,500 m.
    assert list(view.layers["buildings"]["building_id"]) == ["H3", "H4", "H5"]
    assert view.scope_note.startswith("3 of 6 buildings are shown")


def test_the_note_is_in_the_language_of_the_page(project: MemoryProject) -> None:
    focus = Focus(max_buildings=3, box_m=1_000)

    view = community_view(Workspace(project), PageQuery("zh", focus=focus))

    assert view.scope_note.startswith("共6栋楼，此处显示3栋")


def test_a_box_that_still_holds_too_many_is_made_smaller(project: MemoryProject) -> None:
    focus = Focus(max_buildings=1, box_m=2_000)

    view = community_view(Workspace(project), PageQuery("en", focus=focus))

    assert len(view.layers["buildings"]) == 1


def test_without_an_office_the_densest_place_is_shown(project: MemoryProject) -> None:
    project.rows["offices"] = []
    crowd = [
        house | {"building_id": f"{house['building_id']}-{number}"}
        for house in project.rows["buildings"][4:]
        for number in range(3)
    ]
    project.rows["buildings"] = project.rows["buildings"][:4] + crowd

    view = community_view(
        Workspace(project), PageQuery("en", focus=Focus(max_buildings=7, box_m=400))
    )

    shown = set(view.layers["buildings"]["building_id"])
    assert shown <= {row["building_id"] for row in crowd}
    assert len(shown) >= 3


def test_a_scope_with_few_enough_buildings_is_shown_as_asked(project: MemoryProject) -> None:
    focus = Focus(max_buildings=3, box_m=100)
    asked = Scope(bbox=(*place_deg(0, -50), *place_deg(750, 50)))

    view = community_view(Workspace(project), PageQuery("en", scope=asked, focus=focus))

    assert view.scope_note == ""
    assert list(view.layers["buildings"]["building_id"]) == ["H1", "H2", "H3"]


def test_every_frame_of_a_view_is_in_its_metric_crs(project: MemoryProject) -> None:
    view = community_view(Workspace(project), PageQuery("zh"))

    assert {str(frame.crs) for frame in view.layers.values()} == {view.metric_crs}
    assert np.isfinite(view.layers["buildings"].total_bounds).all()
