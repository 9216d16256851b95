from __future__ import annotations

from itertools import permutations

import geopandas as gpd
import pytest
from shapely import LineString, box

from geo.crs import to_metric
from geo.datum import Datum, shift_frame
from geo.errors import CrsError
from geo.io.imported import ReadOptions
from geo.io.osm import read_osm
from geo.mismatch import datum_mismatch
from tests.support.real_data import real_data

UTM = "EPSG:32650"
STEP_DEG = 0.001
PAIRS = list(permutations(Datum, 2))


def town(side: int) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Give buildings in the meshes of a grid of streets, WGS 84."""
    west, south, length = 116.35, 39.95, side * STEP_DEG
    streets = [
        LineString([(west + step, south), (west + step, south + length)])
        for step in (number * STEP_DEG for number in range(side + 1))
    ] + [
        LineString([(west, south + step), (west + length, south + step)])
        for step in (number * STEP_DEG for number in range(side + 1))
    ]
    buildings = [
        box(x + 0.0002, y + 0.0003, x + 0.0008, y + 0.0007)
        for x in (west + column * STEP_DEG for column in range(side))
        for y in (south + row * STEP_DEG for row in range(side))
    ]
    return gpd.GeoDataFrame(geometry=buildings, crs=4326), gpd.GeoDataFrame(
        geometry=streets, crs=4326
    )


def in_datums(
    layers: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame], *datums: Datum
) -> list[gpd.GeoDataFrame]:
    return [
        to_metric(shift_frame(layer, source=Datum.WGS84, target=datum), UTM)
        for layer, datum in zip(layers, datums, strict=True)
    ]


def test_layers_of_one_datum_give_no_warning() -> None:
    for datum in Datum:
        assert datum_mismatch(*in_datums(town(12), datum, datum)) is None


@pytest.mark.parametrize(("of_buildings", "of_streets"), PAIRS)
def test_a_community_in_two_datums_is_told_with_both(
    of_buildings: Datum, of_streets: Datum
) -> None:
    warning = datum_mismatch(*in_datums(town(6), of_buildings, of_streets))

    assert warning is not None
    assert f"Buildings seem to be in {of_buildings} and streets in {of_streets}" in warning


@pytest.mark.parametrize(("of_buildings", "of_streets"), PAIRS)
def test_a_real_campus_in_two_datums_is_told_with_both(
    of_buildings: Datum, of_streets: Datum
) -> None:
    layers = read_osm(real_data("beijing-bupt/bupt.osm.pbf"), ReadOptions()).layers
    buildings, streets = layers["buildings"], layers["streets"]
    assert isinstance(buildings, gpd.GeoDataFrame)
    assert isinstance(streets, gpd.GeoDataFrame)

    assert datum_mismatch(*in_datums((buildings, streets), Datum.WGS84, Datum.WGS84)) is None
    warning = datum_mismatch(*in_datums((buildings, streets), of_buildings, of_streets))

    assert warning is not None
    assert f"in {of_buildings} and streets in {of_streets}" in warning


def test_bridges_and_tunnels_say_nothing() -> None:
    buildings, streets = in_datums(town(6), Datum.GCJ02, Datum.WGS84)

    assert datum_mismatch(buildings, streets.assign(level=1)) is None
    assert datum_mismatch(buildings, streets.assign(level=None)) is not None


def test_empty_layers_give_no_warning() -> None:
    buildings, streets = in_datums(town(3), Datum.WGS84, Datum.WGS84)

    assert datum_mismatch(buildings.iloc[:0], streets) is None
    assert datum_mismatch(buildings, streets.iloc[:0]) is None


def test_streets_that_truly_cross_buildings_are_no_mismatch() -> None:
    buildings, streets = in_datums(town(8), Datum.WGS84, Datum.WGS84)
    crossed = gpd.GeoDataFrame(geometry=buildings.buffer(40), crs=UTM)

    assert datum_mismatch(crossed, streets) is None


def test_degrees_are_refused() -> None:
    with pytest.raises(CrsError, match="metres"):
        datum_mismatch(*town(2))
