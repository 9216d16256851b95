"""Estimates of floors, households and residents."""

from __future__ import annotations

import math
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geo.errors import CrsError
from geo.layers import BUILDING_USES, BUILDINGS
from geo.population import estimate_people

UTM = "EPSG:32650"
COUNTS = ["floors", "households", "residents"]
SETTINGS = settings(max_examples=40, deadline=None)
MARKS = [f"{name}_are_estimated" for name in COUNTS]


def buildings_of(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Make buildings 10 m deep, so that a length of 60 m has a footprint of 600 m²."""
    names = [name for name in rows[0] if name != "length_m"]
    return gpd.GeoDataFrame(
        {name: [row[name] for row in rows] for name in names},
        geometry=[box(0, 0, row["length_m"], 10) for row in rows],
        index=pd.Index([f"b{place}" for place in range(len(rows), 0, -1)]),
        crs=UTM,
    )


def counts_of(**row: object) -> list[int]:
    """Estimate one building."""
    people = estimate_people(buildings_of([{"length_m": 60.0, **row}]))
    return [int(people[name].iloc[0]) for name in COUNTS]


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        # 600 m² × 6 floors / 95.68 m² = 37.6; × 2.62 = 99.6
        ({"use": "residential"}, [6, 38, 100]),
        # 18.4 m / 3 m = 6.1; the same
        ({"use": "residential", "height_m": 18.4}, [6, 38, 100]),
        # 600 × 10 / 95.68 = 62.7; × 2.62 = 165.06
        ({"use": "residential", "floors": 10, "height_m": 18.4}, [10, 63, 165]),
        # 120 m² is a house of 2 floors: 240 / 95.68 = 2.5; 3 × 2.62 = 7.9
        ({"use": "residential", "length_m": 12.0}, [2, 3, 8]),
        # 20 m²: 40 / 95.68 = 0.4, but somebody lives there
        ({"use": "residential", "length_m": 2.0}, [2, 1, 3]),
        # 600 × 6 / 40 = 90 rooms of 4
        ({"use": "dormitory"}, [6, 90, 360]),
        # 600 × 3 × 0.5 / 95.68 = 9.4; × 2.62 = 23.6
        ({"use": "mixed"}, [3, 9, 24]),
        # 600 × 3 × 0.6 / 95.68 = 11.3; × 2.62 = 28.8
        ({"use": None}, [3, 11, 29]),
        # 19 m² of unknown use is a shed
        ({"use": None, "length_m": 1.9}, [2, 0, 0]),
        ({"use": "education"}, [3, 0, 0]),
        ({"use": "office", "height_m": 100.0}, [33, 0, 0]),
        ({"use": "other", "height_m": 1.0}, [1, 0, 0]),
        ({"use": "public", "height_m": 1000.0}, [200, 0, 0]),
        # 51 people / 2.62 = 19.5
        ({"use": "residential", "residents": 51}, [6, 20, 51]),
        ({"use": "residential", "residents": 0}, [6, 0, 0]),
        # 48 × 2.62 = 125.8
        ({"use": "residential", "households": 48}, [6, 48, 126]),
        ({"use": "commercial", "households": 2}, [3, 2, 5]),
        ({"use": "residential", "households": 48, "residents": 7}, [6, 48, 7]),
    ],
)
def test_a_worked_building(row: dict[str, object], counts: list[int]) -> None:
    assert counts_of(**row) == counts


def test_each_value_is_marked_as_what_it_is() -> None:
    rows = [
        {
            "length_m": 60.0,
            "use": "residential",
            "floors": 5,
            "households": None,
            "residents": None,
        },
        {"length_m": 60.0, "use": "residential", "floors": None, "households": 9, "residents": 20},
    ]

    people = estimate_people(buildings_of(rows))

    assert people[MARKS].to_numpy().tolist() == [[False, True, True], [True, False, False]]
    assert people["households"].tolist() == [31, 9]
    assert people["residents"].tolist() == [81, 20]


def test_a_guess_of_yesterday_is_made_anew_from_what_is_known_today() -> None:
    guessed = {"households": 38, "households_are_estimated": True}

    assert counts_of(use="residential", floors=10, floors_are_estimated=False, **guessed)[1] == 63


def test_a_layer_without_any_of_the_columns_will_do() -> None:
    bare = gpd.GeoDataFrame(geometry=[box(0, 0, 60, 10)], crs=UTM)

    assert estimate_people(bare)[COUNTS].to_numpy().tolist() == [[3, 11, 29]]


def test_no_buildings_have_no_people() -> None:
    people = estimate_people(gpd.GeoDataFrame(geometry=[], crs=UTM))

    assert len(people) == 0
    assert people.dtypes.astype(str).tolist() == ["Int64"] * 3 + ["boolean"] * 3


def test_degrees_are_refused() -> None:
    degrees = gpd.GeoDataFrame(geometry=[box(116, 39, 116.1, 39.1)], crs="EPSG:4326")

    with pytest.raises(CrsError, match="metres"):
        estimate_people(degrees)


maybe_count = st.none() | st.integers(0, 500)
building_rows = st.fixed_dictionaries(
    {
        "length_m": st.floats(0.1, 500),
        "use": st.none() | st.sampled_from(BUILDING_USES),
        "height_m": st.none() | st.floats(0, 1000),
        "floors": st.none() | st.integers(1, 200),
        "households": maybe_count,
        "residents": maybe_count,
        "households_are_estimated": st.none() | st.booleans(),
    }
)
layers = st.lists(building_rows, min_size=1, max_size=6).map(buildings_of)


@SETTINGS
@given(layers)
def test_known_values_are_never_touched_and_the_rest_is_marked(
    buildings: gpd.GeoDataFrame,
) -> None:
    people = estimate_people(buildings)

    for name in COUNTS:
        is_guess = buildings.get(f"{name}_are_estimated", pd.Series(index=buildings.index))
        is_known = buildings[name].notna() & (is_guess.astype("boolean").fillna(value=False) == 0)
        known = people.loc[is_known, name].astype(int).tolist()
        assert known == buildings.loc[is_known, name].astype(int).tolist()
        assert (people[f"{name}_are_estimated"] == ~is_known).all()


@SETTINGS
@given(layers)
def test_the_result_is_whole_and_within_the_bounds_of_the_layer(
    buildings: gpd.GeoDataFrame,
) -> None:
    people = estimate_people(buildings)

    pd.testing.assert_index_equal(people.index, buildings.index)
    assert people.notna().all(axis=None)
    for name in COUNTS:
        column = BUILDINGS.column(name)
        numbers = people[name].to_numpy(dtype=float)
        assert (numbers >= (column.minimum or 0)).all()
        assert (numbers <= (column.maximum or math.inf)).all()


@SETTINGS
@given(layers)
def test_estimating_again_changes_nothing(buildings: gpd.GeoDataFrame) -> None:
    once = estimate_people(buildings)

    again = estimate_people(buildings.assign(**{name: once[name] for name in [*COUNTS, *MARKS]}))

    pd.testing.assert_frame_equal(again, once)


@SETTINGS
@given(layers)
def test_a_building_is_estimated_by_itself(buildings: gpd.GeoDataFrame) -> None:
    together = estimate_people(buildings)

    alone = pd.concat([estimate_people(buildings.iloc[[at]]) for at in range(len(buildings))])

    pd.testing.assert_frame_equal(alone, together)


@SETTINGS
@given(st.floats(20, 400), st.integers(1, 60), st.sampled_from(["residential", "mixed", None]))
def test_more_floors_never_house_fewer(length_m: float, floors: int, use: str | None) -> None:
    lower = counts_of(length_m=length_m, floors=floors, use=use)
    higher = counts_of(length_m=length_m, floors=floors + 1, use=use)

    assert higher[1] >= lower[1]
    assert higher[2] >= lower[2]
