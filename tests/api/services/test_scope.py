"""Which part of a project is asked about."""

from __future__ import annotations

import geopandas as gpd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from api.services.scope import (
    MIN_MARGIN_M,
    WHOLE,
    Scope,
    UnknownAreaError,
    box_around,
    check_box,
    community_name,
    extent_of,
    parse_box,
    parse_place,
    read_ground,
    touching,
    within,
)
from api.services.workspace import Workspace
from geo.crs import to_wgs84
from tests.support.communities import METRIC, SOUTH_M, WEST_M, drawn_community, place_deg

BOX = (6.1, 46.1, 6.2, 46.3)


@pytest.fixture
def workspace() -> Workspace:
    """Open the drawn community."""
    return Workspace(drawn_community())


def ids(frame: gpd.GeoDataFrame, column: str = "building_id") -> list[str]:
    return [str(name) for name in frame[column]]


def test_the_whole_project_is_all_its_buildings(workspace: Workspace) -> None:
    ground = read_ground(workspace, WHOLE)

    assert ids(ground.buildings) == ["H1", "H2", "H3", "H4", "H5", "H6"]
    assert ground.extent is None


def test_an_area_holds_the_buildings_whose_middle_lies_in_it(workspace: Workspace) -> None:
    west = read_ground(workspace, Scope(area="W"))
    east = read_ground(workspace, Scope(area="E"))

    # H4 begins at 1,000 m, on the line between the two, and lies wholly east of it.
    assert ids(west.buildings) == ["H1", "H2", "H3"]
    assert ids(east.buildings) == ["H4", "H5", "H6"]
    assert list(west.buildings.index) == [0, 1, 2]


def test_streets_reach_beyond_the_scope_so_that_walks_may_leave_it(workspace: Workspace) -> None:
    small = Scope(bbox=(*place_deg(390, 0), *place_deg(430, 40)))

    ground = read_ground(workspace, small)

    assert ids(ground.buildings) == ["H2"]
    assert len(ground.network.node_xy) > 0
    assert ground.margin_m == MIN_MARGIN_M
    assert read_ground(workspace, small, reach_m=4_000).margin_m == 4_000


def test_the_extent_of_a_box_has_its_sides(workspace: Workspace) -> None:
    extent = extent_of(workspace, Scope(bbox=(*place_deg(0, 0), *place_deg(1_000, 500))))

    assert extent is not None
    drawn = box(WEST_M, SOUTH_M, WEST_M + 1_000, SOUTH_M + 500)
    assert extent.symmetric_difference(drawn).area < 1_000


def test_an_unknown_area_is_told_with_those_there_are(workspace: Workspace) -> None:
    with pytest.raises(UnknownAreaError, match=r"\(E, W\), got 'X'"):
        extent_of(workspace, Scope(area="X"))


def test_without_areas_the_message_says_so() -> None:
    project = drawn_community()
    project.rows["areas"] = []

    with pytest.raises(UnknownAreaError, match="holds no areas"):
        extent_of(Workspace(project), Scope(area="X"))


def test_a_long_list_of_areas_is_cut() -> None:
    project = drawn_community()
    shape = project.rows["areas"][0]
    project.rows["areas"] = [shape | {"code": f"A{number:02}"} for number in range(12)]

    with pytest.raises(UnknownAreaError, match=r"A09, …\)"):
        extent_of(Workspace(project), Scope(area="X"))


def test_an_area_and_a_box_together_are_refused() -> None:
    with pytest.raises(ValueError, match="got both"):
        Scope(area="W", bbox=BOX)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "a,2,3,4",
        "nan,2,3,4",
        "3,2,1,4",
        "1,4,3,2",
        "1,2,181,4",
        "1,2,3,91",
    ],
)
def test_what_is_no_box_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Expected"):
        parse_box(text)


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "181,0", "0,91", "inf,0", "x,y"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Expected"):
        parse_place(text)


@given(
    lon=st.floats(-180, 180, allow_nan=False),
    lat=st.floats(-90, 90, allow_nan=False),
)
def test_a_place_is_read_to_the_centimetre(lon: float, lat: float) -> None:
    read = parse_place(f"{lon!r},{lat!r}")

    assert read == pytest.approx((lon, lat), abs=1e-7)


def test_a_box_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        check_box((float("nan"), 0, 1, 1))


@given(margin_m=st.floats(0, 5_000))
def test_the_box_around_an_extent_holds_it_and_its_margin(margin_m: float) -> None:
    extent = Point(WEST_M, SOUTH_M).buffer(100)

    found = box_around(extent, METRIC, margin_m=margin_m)

    assert found is not None
    rim = extent.buffer(margin_m)
    degrees = to_wgs84(gpd.GeoDataFrame(geometry=[rim], crs=METRIC))
    assert box(*found).contains(degrees.geometry.iloc[0])


def test_without_an_extent_everything_is_kept() -> None:
    frame = gpd.GeoDataFrame(geometry=[Point(0, 0)], crs=METRIC)

    assert len(within(frame, None)) == len(touching(frame, None)) == 1
    assert box_around(None, METRIC, margin_m=10) is None


def test_a_shape_over_the_edge_touches_and_is_not_within() -> None:
    frame = gpd.GeoDataFrame(geometry=[box(0, 0, 10, 10), box(90, 90, 91, 91)], crs=METRIC)
    extent = box(8, 0, 20, 20)

    assert len(within(frame, extent)) == 0
    assert len(touching(frame, extent)) == 1


def test_one_community_gives_the_name_and_several_do_not() -> None:
    project = drawn_community()
    assert community_name(Workspace(project)) == "drawn"

    project.rows["areas"] = project.rows["areas"][:1]
    assert community_name(Workspace(project)) == "West side"
