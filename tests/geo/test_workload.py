from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geo.workload import WorkloadRules, service_seconds

RULES = WorkloadRules(
    approach_s=10,
    answered_s=100,
    unanswered_s=20,
    answered_share=0.5,
    floor_by_stairs_s=7,
    floor_by_lift_s=3,
)


def test_a_building_costs_its_approach_its_doors_and_its_stairs() -> None:
    buildings = pd.DataFrame(
        {
            "households": [8, 8, 8, 8],
            "floors": [4, 4, 4, 1],
            "staircases": [1, 2, 1, 1],
            "has_lift": [False, False, True, False],
        },
        index=list("abcd"),
    )

    service_s = service_seconds(buildings, RULES)

    assert service_s.to_dict() == {
        "a": 10 + 8 * 60 + 3 * 7,
        "b": 10 + 8 * 60 + 2 * 3 * 7,
        "c": 10 + 8 * 60 + 3 * 3,
        "d": 10 + 8 * 60,
    }


def test_without_households_only_the_approach_is_paid() -> None:
    buildings = pd.DataFrame({"households": [0, None], "floors": [30, 30]})

    assert service_seconds(buildings, RULES).tolist() == [10, 10]


def test_an_unknown_lift_is_taken_from_seven_floors_on() -> None:
    buildings = pd.DataFrame(
        {
            "households": pd.array([1, 1, 1], dtype="Int64"),
            "floors": pd.array([6, 7, None], dtype="Int64"),
            "has_lift": pd.array([None, None, None], dtype="boolean"),
        }
    )

    assert service_seconds(buildings, RULES).tolist() == [70 + 5 * 7, 70 + 6 * 3, 70]


def test_a_layer_without_any_of_the_columns_costs_the_approach() -> None:
    buildings = gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)], index=["x"], crs="EPSG:32650")

    service_s = service_seconds(buildings, RULES)

    pd.testing.assert_series_equal(service_s, pd.Series([10.0], index=["x"], name="service_s"))


def test_no_buildings_take_no_time() -> None:
    service_s = service_seconds(pd.DataFrame({"households": []}), RULES)

    assert service_s.empty
    assert service_s.dtype == np.float64


def test_a_door_takes_two_minutes_unless_set() -> None:
    assert WorkloadRules().door_s == 120


@settings(deadline=None)
@given(
    households=st.lists(st.integers(0, 500), min_size=1, max_size=5),
    more=st.integers(1, 100),
)
def test_more_households_never_take_less(households: list[int], more: int) -> None:
    few = pd.DataFrame({"households": households, "floors": 5})
    many = few.assign(households=few["households"] + more)

    rules = WorkloadRules()

    assert (service_seconds(many, rules) >= service_seconds(few, rules) + more * rules.door_s).all()


def test_arguments_are_left_as_they_were() -> None:
    buildings = pd.DataFrame({"households": [None, 3.0]})
    before = buildings.copy()

    service_seconds(buildings, RULES)

    pd.testing.assert_frame_equal(buildings, before)


@pytest.mark.parametrize(
    "figures",
    [{"approach_s": -1}, {"answered_share": 1.5}, {"answered_s": float("nan")}],
    ids=["negative", "a share over 1", "not a number"],
)
def test_figures_out_of_range_are_refused(figures: dict[str, float]) -> None:
    (name,) = figures

    with pytest.raises(ValueError, match=name):
        WorkloadRules(**figures)  # type: ignore[arg-type]  # one of several float fields


def test_endless_times_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        WorkloadRules(approach_s=float("inf"))
