from __future__ import annotations

import geopandas as gpd
import pyproj
import pytest
from shapely import Point

from geo.crs import crs_of, parse_metric_crs, require_metric, to_metric, to_wgs84, utm_crs
from geo.errors import CrsError, InvalidLayerError, UnknownLayerError
from geo.faults import Fault
from geo.layers import BUILDINGS, find_layer


def spot(crs: str | None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[Point(500_000, 3_400_000)], crs=crs)


def test_layers_in_one_metric_crs_are_accepted() -> None:
    require_metric(spot("EPSG:32650"), spot("EPSG:32650"))


@pytest.mark.parametrize("crs", [None, "EPSG:4326", "EPSG:2230"])  # none, degrees, feet
def test_what_is_not_in_metres_is_refused(crs: str | None) -> None:
    with pytest.raises(CrsError, match="projected CRS in metres"):
        require_metric(spot(crs))


def test_two_metric_crs_are_refused() -> None:
    with pytest.raises(CrsError, match="one CRS"):
        require_metric(spot("EPSG:32650"), spot("EPSG:32649"))


@pytest.mark.parametrize("text", ["EPSG:4326", "nonsense"])
def test_a_project_may_not_be_set_to_a_crs_without_metres(text: str) -> None:
    with pytest.raises(CrsError, match="Expected a"):
        parse_metric_crs(text)


def test_gauss_kruger_may_be_set() -> None:
    assert parse_metric_crs("EPSG:4547") == pyproj.CRS("EPSG:4547")


@pytest.mark.parametrize(
    ("lon_deg", "lat_deg", "crs"),
    [
        (179.9, 1, "EPSG:32660"),
        (-179.9, 1, "EPSG:32601"),
        (180, 0, "EPSG:32601"),
        (0, -1, "EPSG:32731"),
    ],
)
def test_the_zone_of_a_place_is_its_utm_zone(lon_deg: float, lat_deg: float, crs: str) -> None:
    assert utm_crs(lon_deg, lat_deg) == crs


def test_there_and_back_is_the_same_place_and_longitude_comes_first() -> None:
    degrees = to_wgs84(spot("EPSG:32650"))
    back = to_metric(degrees, "EPSG:32650")

    assert degrees.total_bounds[0] == pytest.approx(117.0)
    assert back.geometry.iloc[0].distance(Point(500_000, 3_400_000)) < 1e-6


def test_a_layer_of_unknown_crs_is_never_guessed() -> None:
    with pytest.raises(CrsError, match="without"):
        to_wgs84(spot(None))
    with pytest.raises(CrsError, match="without"):
        crs_of(spot(None))


def test_an_unknown_layer_is_told_with_those_there_are() -> None:
    assert find_layer("buildings") is BUILDINGS
    with pytest.raises(UnknownLayerError, match="buildings, entrances"):
        find_layer("castles")


def test_many_faults_are_told_in_part_and_kept_in_full() -> None:
    faults = [Fault("a.csv", f"row {row}", "floors", "a number", "x" * 200) for row in range(25)]

    error = InvalidLayerError(faults)

    assert len(error.faults) == 25
    assert "row 19" in str(error)
    assert "row 20" not in str(error)
    assert str(error).endswith("… and 5 more faults")
    assert str(faults[0]) == f"a.csv, row 0, floors: expected a number, got {'x' * 80}…"
