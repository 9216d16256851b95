from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon

from geo.datum import CHINA_BOX_DEG, Datum, shift, shift_frame
from tests.support.real_data import real_data

WEST, SOUTH, EAST, NORTH = CHINA_BOX_DEG
MILLIMETRE_M = 0.001
GEOD = pyproj.Geod(ellps="WGS84")

longitudes = st.floats(WEST, EAST)
latitudes = st.floats(SOUTH, NORTH)
shifted = st.sampled_from([Datum.GCJ02, Datum.BD09])
datums = st.sampled_from(list(Datum))


def vectors() -> dict[str, Any]:
    text = real_data("coordinates/gcj02-vectors.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def distances_m(
    first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    return np.asarray(GEOD.inv(*first, *second)[2])


def test_published_pairs_are_met_to_a_ten_millionth_of_a_degree() -> None:
    for pair in vectors()["exact"]["wgs84_to_gcj02"]:
        moved = shift(*pair["wgs84"], source=Datum.WGS84, target=Datum.GCJ02)

        assert np.allclose(moved, pair["gcj02"], rtol=0, atol=1e-7)


def test_a_hand_worked_pair_is_met_without_any_file() -> None:
    lon, lat = shift([121.5272106], [31.1774276], source=Datum.WGS84, target=Datum.GCJ02)

    assert lon[0] == pytest.approx(121.531541859215, abs=1e-9)
    assert lat[0] == pytest.approx(31.17530398364597, abs=1e-9)


@pytest.mark.parametrize(
    ("source", "target", "most_m"),
    [
        (Datum.WGS84, Datum.GCJ02, 0.75),
        (Datum.GCJ02, Datum.WGS84, 0.75),
        (Datum.WGS84, Datum.BD09, 0.75),
        (Datum.BD09, Datum.WGS84, 0.75),
        (Datum.GCJ02, Datum.BD09, 0.05),
        (Datum.BD09, Datum.GCJ02, 0.05),
    ],
)
def test_cities_lie_where_the_map_providers_put_them(
    source: Datum, target: Datum, most_m: float
) -> None:
    points = vectors()["cities"]["points"]
    given_lon, given_lat = np.array([point[source] for point in points]).T
    wanted_lon, wanted_lat = np.array([point[target] for point in points]).T

    moved = shift(given_lon, given_lat, source=source, target=target)

    assert distances_m(moved, (wanted_lon, wanted_lat)).max() < most_m


def test_places_outside_china_stay_where_they_are() -> None:
    for place in vectors()["exact"]["outside_china_unchanged"]:
        for target in (Datum.GCJ02, Datum.BD09):
            moved = shift(*place["wgs84"], source=Datum.WGS84, target=target)

            assert [float(degrees) for degrees in moved] == place["wgs84"]


@given(lon=st.floats(-180, WEST - 0.1), lat=st.floats(-90, 90), source=datums, target=datums)
def test_nothing_west_of_china_is_ever_moved(
    lon: float, lat: float, source: Datum, target: Datum
) -> None:
    moved = shift(lon, lat, source=source, target=target)

    assert [float(degrees) for degrees in moved] == [lon, lat]


@given(lon=longitudes, lat=latitudes, datum=shifted)
def test_the_way_back_undoes_the_way_there(lon: float, lat: float, datum: Datum) -> None:
    there = shift([lon], [lat], source=Datum.WGS84, target=datum)

    back = shift(*there, source=datum, target=Datum.WGS84)

    assert distances_m(back, (np.array([lon]), np.array([lat]))).max() < MILLIMETRE_M


@given(lon=longitudes, lat=latitudes)
def test_a_detour_over_the_third_datum_ends_at_the_same_place(lon: float, lat: float) -> None:
    direct = shift([lon], [lat], source=Datum.WGS84, target=Datum.BD09)

    middle = shift([lon], [lat], source=Datum.WGS84, target=Datum.GCJ02)
    detour = shift(*middle, source=Datum.GCJ02, target=Datum.BD09)

    assert distances_m(direct, detour).max() < MILLIMETRE_M


@given(lon=st.floats(73.6, 135.0), lat=st.floats(18.2, 53.5))
def test_gcj02_moves_by_metres_to_a_kilometre(lon: float, lat: float) -> None:
    moved = shift([lon], [lat], source=Datum.WGS84, target=Datum.GCJ02)

    assert 1 < distances_m(moved, (np.array([lon]), np.array([lat])))[0] < 1_500


@given(
    places=st.lists(st.tuples(longitudes, latitudes), max_size=20),
    source=datums,
    target=datums,
)
def test_many_places_move_as_each_would_alone(
    places: list[tuple[float, float]], source: Datum, target: Datum
) -> None:
    lon, lat = (np.array([place[axis] for place in places]) for axis in (0, 1))

    together = np.column_stack(shift(lon, lat, source=source, target=target))

    alone = [shift(*place, source=source, target=target) for place in places]
    np.testing.assert_allclose(together, np.array(alone).reshape(-1, 2), rtol=0, atol=1e-9)


def test_what_is_no_number_stays_none_and_arguments_stay_untouched() -> None:
    lon, lat = np.array([np.nan, 116.0, np.inf, 116.0]), np.array([39.0, np.nan, 39.0, 39.0])

    moved_lon, moved_lat = shift(lon, lat, source=Datum.WGS84, target=Datum.BD09)

    assert np.isnan(moved_lon[0])
    assert np.isnan(moved_lat[1])
    assert np.isinf(moved_lon[2])
    assert moved_lon[3] != 116.0
    assert lon[3] == 116.0


def test_a_layer_moves_with_its_index_columns_and_crs_and_without_heights() -> None:
    shapes = ["POINT Z (116.4 39.9 50)", "LINESTRING (116.4 39.9, -100 40)", None]
    frame = gpd.GeoDataFrame(
        {"name": ["a", "b", "c"]},
        geometry=shapely.from_wkt(shapes),
        index=[7, 5, 3],
        crs="EPSG:4326",
    )

    moved = shift_frame(frame, source=Datum.WGS84, target=Datum.GCJ02)

    expected = np.array(shift(116.4, 39.9, source=Datum.WGS84, target=Datum.GCJ02))
    coordinates = shapely.get_coordinates(moved.geometry.to_numpy(), include_z=True)
    np.testing.assert_array_equal(coordinates[:, :2], [expected, expected, (-100, 40)])
    assert np.isnan(coordinates[:, 2]).all()
    assert moved.geometry.isna().tolist() == [False, False, True]
    assert moved["name"].to_dict() == {7: "a", 5: "b", 3: "c"}
    assert moved.crs == frame.crs
    assert shapely.get_x(frame.geometry.to_numpy())[0] == 116.4


def test_a_layer_in_the_wanted_datum_is_only_copied() -> None:
    frame = gpd.GeoDataFrame(geometry=[Polygon([(0, 0, 1), (1, 0, 1), (0, 1, 1)])], crs=4326)

    moved = shift_frame(frame, source=Datum.GCJ02, target=Datum.GCJ02)

    assert moved.geometry.to_wkt().tolist() == frame.geometry.to_wkt().tolist()
    assert moved is not frame
