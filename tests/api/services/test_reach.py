"""What lies in somebody's reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from api.services.bounds import seen_by
from api.services.reach import area_codes, reach_codes, reach_of, seen_rows
from api.services.rights import Person, Role
from api.services.scope import WHOLE, Scope, UnknownAreaError, box_around, extent_of
from api.services.workspace import Workspace
from api.store.project import Project
from tests.support.communities import MemoryProject
from tests.support.projects import CORNER_M
from tests.support.sides import EAST, TOWN, WEST, two_sides

if TYPE_CHECKING:
    from collections.abc import Iterator

CODES = [f"a{number}" for number in range(8)]


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Open the project of both sides."""
    path = two_sides(tmp_path_factory.mktemp("reach") / "sides.gpkg")
    with Project.open(path) as project:
        yield Workspace(project)


def cadre(*areas: str) -> Person:
    return Person("li", Role.CADRE, frozenset(areas))


def test_an_area_brings_all_below_it_and_nothing_beside_it(sides: Workspace) -> None:
    assert reach_codes(sides, cadre(WEST)) == frozenset({WEST, f"{WEST}-1"})
    assert reach_codes(sides, cadre(f"{WEST}-1")) == frozenset({f"{WEST}-1"})
    assert reach_codes(sides, cadre(TOWN)) == area_codes(sides)
    assert reach_codes(sides, cadre("gone")) == frozenset()
    assert reach_codes(sides, Person("li", Role.CADRE, None)) is None


def test_the_ground_is_that_of_the_areas(sides: Workspace) -> None:
    west_m, south_m = CORNER_M
    reach = reach_of(sides, cadre(WEST))

    assert reach is not None
    square = box(west_m, south_m, west_m + 400, south_m + 400)
    assert reach.symmetric_difference(square).area < 1
    assert reach_of(sides, cadre("gone")) is not None
    assert shapely.is_empty(reach_of(sides, cadre("gone")))
    assert reach_of(sides, Person("li", Role.CADRE, None)) is None


@pytest.mark.parametrize(
    ("layer", "ids"),
    [
        # The grid is the south of the community: the houses stand north of it.
        ("buildings", {"south"}),
        ("entrances", set()),
        ("zones", set()),
        ("blocks", set()),
        ("sampling_sites", {"site"}),
        ("premises", set()),
    ],
)
def test_a_grid_sees_what_lies_in_the_grid(sides: Workspace, layer: str, ids: set[str]) -> None:
    rows = sides.project.read(layer)
    seen = seen_rows(sides, frozenset({f"{WEST}-1"}), layer, rows)

    assert {str(key).removeprefix(f"{WEST}-") for key in seen.iloc[:, 0]} == ids
    assert seen.index.tolist() == list(range(len(seen)))


@pytest.mark.parametrize(("beyond_m", "is_seen"), [(0.001, False), (0.005, False), (0.5, True)])
def test_a_zone_that_only_touches_the_border_is_not_seen(
    sides: Workspace,
    beyond_m: float,
    is_seen: bool,  # noqa: FBT001 (a case of the table)
) -> None:
    reach = reach_of(sides, cadre(EAST))
    assert reach is not None
    west_m, south_m, *_ = reach.bounds
    zone = box(west_m - 100, south_m + 200, west_m + beyond_m, south_m + 300)
    zones = sides.project.read("zones").head(1).set_geometry([zone])

    assert zones.intersects(reach).all()
    assert len(seen_rows(sides, frozenset({EAST}), "zones", zones)) == is_seen


def test_whoever_has_one_area_means_it_by_the_whole(sides: Workspace) -> None:
    one, two, none = cadre(WEST), cadre(WEST, EAST), cadre("gone")

    assert seen_by(sides, WHOLE, one) == Scope(area=WEST, reach=frozenset({WEST}))
    assert seen_by(sides, WHOLE, two) == Scope(reach=frozenset({WEST, EAST}))
    assert seen_by(sides, WHOLE, none).area is None
    assert seen_by(sides, Scope(area="x"), one).area == "x"


def test_a_box_elsewhere_is_empty_and_so_is_what_is_read_in_it(sides: Workspace) -> None:
    far = Scope(bbox=(10.0, 10.0, 11.0, 11.0), reach=frozenset({WEST}))

    extent = extent_of(sides, far)

    assert extent is not None
    assert extent.is_empty
    nowhere = box_around(extent, sides.project.metric_crs, margin_m=400)
    assert all(sides.project.read(layer, bbox=nowhere).empty for layer in ("streets", "buildings"))


def test_areas_elsewhere_are_unknown_and_not_named(sides: Workspace) -> None:
    with pytest.raises(UnknownAreaError) as told:
        extent_of(sides, Scope(area=EAST, reach=frozenset({WEST})))

    assert WEST in str(told.value)
    assert f"{EAST}-1" not in str(told.value)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([None, *CODES]), min_size=8, max_size=8),
    st.sets(st.sampled_from(CODES)),
)
def test_reach_is_what_one_comes_to_by_going_down_whatever_the_tree(
    parents: list[str | None], areas: set[str]
) -> None:
    rows: list[dict[str, object]] = [
        {"code": code, "parent_code": parent, "level": "grid", "geometry": Point(0, 0).buffer(1)}
        for code, parent in zip(CODES, parents, strict=True)
    ]
    workspace = Workspace(MemoryProject(rows={"areas": rows}))
    parent_of = dict(zip(CODES, parents, strict=True))

    def is_below(code: str | None) -> bool:
        for _ in CODES:
            if code in areas:
                return True
            code = parent_of.get(code) if code else None
        return False

    assert reach_codes(workspace, cadre(*areas)) == frozenset(filter(is_below, CODES))
