from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import (
    GeometryCollection,
    LineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
    set_coordinates,
)

from geo.checks import Findings, check_layer, find_faults
from geo.errors import InvalidLayerError
from geo.kinds import is_of_kind, wanted
from geo.layers import AREAS, BUILDINGS, NEEDS, REPORTS, SAMPLING_SITES, STREETS
from geo.schema import Column, Kind, Layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

WGS84 = "EPSG:4326"
BEIJING = Point(116.4, 39.9)


def sites(shapes: Sequence[BaseGeometry | None], **columns: object) -> gpd.GeoDataFrame:
    keys = [f"s{number}" for number in range(len(shapes))]
    values: dict[str, Any] = {"site_id": keys, **columns}
    return gpd.GeoDataFrame(values, geometry=array_of(shapes), crs=WGS84)


def array_of(shapes: Sequence[BaseGeometry | None]) -> NDArray[np.object_]:
    array = np.full(len(shapes), None, dtype=object)
    array[:] = shapes
    return array


def faults_of(frame: pd.DataFrame, layer: Layer = SAMPLING_SITES) -> list[str]:
    places = [f"row {number}" for number in range(2, len(frame) + 2)]
    found = find_faults(frame, layer, source="f.csv", places=places)
    return [str(fault).removeprefix("f.csv, ") for fault in found]


def test_a_good_layer_has_no_fault() -> None:
    frame = sites([BEIJING, Point(116.5, 39.8)], status=["active", None], tables=[3, None])

    assert faults_of(frame) == []
    check_layer(frame, SAMPLING_SITES, source="f")


def test_every_fault_is_told_with_its_row_and_column() -> None:
    frame = sites(
        [BEIJING, None, Point(), LineString([(116, 39), (117, 39)])],
        status=["shut", "active", None, None],
        tables=pd.array([1, -1, None, 4], dtype="Int64"),
    )

    assert faults_of(frame) == [
        "row 2, status: expected one of active, closed, got shut",
        "row 3, tables: expected a whole number of at least 0, got -1",
        "row 3, geometry: expected a Point, got nothing",
        "row 4, geometry: expected a Point, got an empty shape",
        "row 5, geometry: expected a Point, got LineString",
    ]


def test_columns_are_called_as_the_source_calls_them() -> None:
    frame = sites([BEIJING], tables=[-1])

    (fault,) = find_faults(
        frame, SAMPLING_SITES, source="采样点.csv", places=["row 2"], names={"tables": "采样台数"}
    )

    assert (fault.source, fault.place, fault.column) == ("采样点.csv", "row 2", "采样台数")


def test_a_layer_that_breaks_its_contract_is_refused_with_all_faults() -> None:
    frame = sites([None, None])
    frame["site_id"] = pd.array(["west gate", None], dtype="str")

    with pytest.raises(InvalidLayerError) as refused:
        check_layer(frame, SAMPLING_SITES, source="sites")

    assert [fault.place for fault in refused.value.faults] == ["west gate", "row 2", "row 2"]


def test_a_layer_without_keys_is_refused_by_row() -> None:
    with pytest.raises(InvalidLayerError, match="expected a column site_id or 采样点编号"):
        check_layer(sites([BEIJING]).drop(columns="site_id"), SAMPLING_SITES, source="sites")


def test_a_required_column_that_is_absent_is_told_once() -> None:
    frame = gpd.GeoDataFrame({"code": ["1", "2"]}, geometry=[box(0, 0, 1, 1)] * 2, crs=WGS84)
    findings = Findings("f", ["row 2", "row 3"])
    findings.add_everywhere("level", "a column level")

    assert faults_of(frame, AREAS) == [
        ", level: expected a column level or 级别, got no such column"[2:]
    ]
    assert findings.is_faulty.all()


def test_a_missing_or_blank_key_is_told() -> None:
    frame = sites([BEIJING] * 3)
    frame["site_id"] = pd.array(["a", None, "  "], dtype="str")

    assert faults_of(frame) == [
        "row 3, site_id: expected text, got nothing",
        "row 4, site_id: expected text, got nothing",
    ]


def test_of_rows_with_one_key_only_the_later_are_faulty() -> None:
    frame = sites([BEIJING] * 3).assign(site_id=["a", "b", "a"])

    assert faults_of(frame) == ["row 4, site_id: expected each site_id once, got a again"]


def test_columns_that_are_unique_together_are_told_once() -> None:
    reports = pd.DataFrame(
        {
            "report_id": ["P1@2020-03-25", "P1@2020-03-25", "P2@2020-03-25"],
            "premises_id": ["P1", "P1", "P2"],
            "day_on": pd.to_datetime(["2020-03-25"] * 3),
            "is_open": pd.array([True, False, True], dtype="boolean"),
            "staff_back": [3, 4, 5],
        }
    )

    assert faults_of(reports, REPORTS) == [
        "row 3, premises_id: expected each premises_id and day_on once, got P1 and 2020-03-25 again"
    ]


def test_a_table_needs_no_geometry_and_a_layer_does() -> None:
    (fault,) = faults_of(pd.DataFrame({"site_id": ["a"]}))

    assert fault == "geometry: expected a Point in each row, got no such column"


def test_latitude_first_is_recognised_where_it_leaves_the_world() -> None:
    (fault,) = faults_of(sites([Point(39.9, 116.4)]))

    assert fault == (
        "row 2, geometry: expected longitude from -180 to 180, then latitude from -90 to 90,"
        " got 39.9, 116.4 (latitude first?)"
    )


def test_metres_are_recognised() -> None:
    (fault,) = faults_of(sites([Point(448_000, 4_420_000)]))

    assert fault.endswith("got 448000, 4.42e+06 (metres? name the CRS)")


def test_a_place_just_off_the_world_gets_no_hint() -> None:
    (fault,) = faults_of(sites([Point(190, 95)]))

    assert fault.endswith("got 190, 95")


def test_one_swapped_place_among_others_is_recognised_inside_the_world() -> None:
    geneva = [Point(6.1 + step / 100, 46.2) for step in range(9)]

    (fault,) = faults_of(sites([*geneva, Point(46.2, 6.1)]))

    assert fault.startswith("row 11, geometry: expected a place near the others")


def test_a_country_is_not_taken_for_swapped() -> None:
    spread = [Point(lon, lat) for lon in range(5, 50, 5) for lat in range(5, 50, 5)]

    assert faults_of(sites(spread)) == []


def test_metric_layers_are_not_asked_for_degrees() -> None:
    frame = gpd.GeoDataFrame({"site_id": ["a"]}, geometry=[Point(448_000, 4_420_000)], crs=32650)

    assert faults_of(frame) == []


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_coordinates_that_are_no_numbers_are_told(broken: float) -> None:
    line = set_coordinates(LineString([(116, 39), (117, 40)]), np.array([[116, 39], [117, broken]]))
    frame = gpd.GeoDataFrame({"street_id": ["a"]}, geometry=[line], crs=WGS84)

    (fault,) = faults_of(frame, STREETS)

    assert fault.startswith("row 2, geometry: expected coordinates that are numbers")


def test_a_polygon_that_crosses_itself_is_told_with_the_place() -> None:
    bow = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    frame = gpd.GeoDataFrame({"building_id": ["a"]}, geometry=[bow], crs=WGS84)

    (fault,) = faults_of(frame, BUILDINGS)

    assert fault.endswith(
        "expected a shape that does not cross itself, got Self-intersection[0.5 0.5]"
    )


def test_several_parts_are_allowed_for_polygons_but_not_for_points() -> None:
    parts = MultiPolygon([box(0, 0, 1, 1), box(2, 2, 3, 3)])
    buildings = gpd.GeoDataFrame({"building_id": ["a"]}, geometry=[parts], crs=WGS84)

    assert faults_of(buildings, BUILDINGS) == []
    assert len(faults_of(sites([MultiPoint([(0, 0), (1, 1)]), GeometryCollection([BEIJING])]))) == 2


def test_values_of_a_wrong_type_are_told() -> None:
    frame = gpd.GeoDataFrame(
        {
            "building_id": ["a", "b", "c"],
            "name": ["x", 3, None],
            "floors": [6, 6.5, "6"],
            "height_m": [3.5, float("inf"), "tall"],
            "has_lift": [True, "yes", None],
        },
        geometry=[box(0, 0, 1, 1)] * 3,
        crs=WGS84,
    ).astype({"height_m": object})

    assert faults_of(frame, BUILDINGS) == [
        "row 3, name: expected text, got 3",
        "row 3, floors: expected a whole number from 1 to 200, got 6.5",
        "row 3, height_m: expected a number from 0 to 1000, got inf",
        "row 3, has_lift: expected yes or no, got yes",
        "row 4, floors: expected a whole number from 1 to 200, got 6",
        "row 4, height_m: expected a number from 0 to 1000, got tall",
    ]


def test_a_whole_column_of_a_wrong_dtype_is_told() -> None:
    frame = sites([BEIJING], tables=[True], status=[1.5], name=[pd.Timestamp("2020-03-25")])

    columns = {fault.split(":")[0] for fault in faults_of(frame)}

    assert columns == {"row 2, tables", "row 2, status", "row 2, name"}


def test_days_and_times_are_taken_from_frames_of_either_make() -> None:
    needs = gpd.GeoDataFrame(
        {"need_id": ["a"], "kind": ["food"], "due_at": pd.to_datetime(["2020-03-25"], utc=True)},
        geometry=[BEIJING],
        crs=WGS84,
    )

    assert faults_of(needs, NEEDS) == []
    assert is_of_kind(pd.Series([date(2020, 3, 25), "x"]), Kind.DATE).tolist() == [True, False]
    assert is_of_kind(pd.Series([date(2020, 3, 25)]), Kind.DATETIME).tolist() == [True]
    assert is_of_kind(pd.Series([1.5, np.inf]), Kind.NUMBER).tolist() == [True, False]


def test_an_upper_bound_without_a_lower_one_is_kept() -> None:
    layer = Layer(
        "marks",
        "Marks",
        None,
        "mark_id",
        (Column("mark_id", Kind.TEXT, "Mark"), Column("depth_m", Kind.NUMBER, "Depth", maximum=0)),
    )
    frame = pd.DataFrame({"mark_id": ["a", "b"], "depth_m": [-3.0, 1.0]})

    assert faults_of(frame, layer) == ["row 3, depth_m: expected a number, got 1.0"]
    assert wanted(layer.column("depth_m")) == "a number"


def test_an_empty_layer_has_no_fault() -> None:
    assert faults_of(sites([])) == []


def test_of_one_cell_the_first_fault_stays() -> None:
    findings = Findings("f", ["row 2"])
    findings.add_at(0, "name", "text", 3)
    findings.add_at(0, "name", "a name", 4)
    findings.silence(0, "kind")
    findings.add_at(0, "kind", "a kind", pd.NaT)

    assert [str(fault) for fault in findings.faults] == ["f, row 2, name: expected text, got 3"]


@given(tables=st.lists(st.one_of(st.none(), st.integers(-5, 5)), max_size=30))
def test_exactly_the_rows_below_the_bound_are_faulty(tables: list[int | None]) -> None:
    frame = sites([BEIJING] * len(tables), tables=pd.array(tables, dtype="Int64"))

    faulty = [fault.split(",")[0] for fault in faults_of(frame)]

    assert faulty == [
        f"row {number}" for number, count in enumerate(tables, 2) if count is not None and count < 0
    ]


def test_a_ring_without_corners_is_told_of() -> None:
    hollow = shapely.from_wkt("POLYGON ((0 0, 1 0, 1 1, 0 0), EMPTY)")
    areas = gpd.GeoDataFrame({"code": ["a"], "level": ["grid"]}, geometry=[hollow], crs=4326)

    faults = find_faults(areas, AREAS, source="f", places=["row 2"])

    assert [str(fault) for fault in faults] == [
        "f, row 2, geometry: expected parts and rings with corners, got an empty part or ring"
    ]
