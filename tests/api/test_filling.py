"""What an import works out for itself, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, box

from api.services.filling import Holdings, fill_gaps
from api.store.frames import frame_of
from geo.crs import WGS84
from geo.io.imported import Imported
from geo.layers import AREAS, BUILDINGS, PREMISES
from tests.support.projects import METRIC_CRS, small_import

if TYPE_CHECKING:
    from collections.abc import Sequence

NOTHING = Holdings(*(frame_of(layer, []) for layer in (AREAS, BUILDINGS, PREMISES)))
PEOPLE = ("floors", "households", "residents")


def _imported(source: str, **layers: pd.DataFrame) -> Imported:
    return Imported(source, dict(layers), {})


def _frame(boxes: Sequence[object], **columns: Sequence[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=boxes, crs=WGS84)


def _square(west: float, size: float = 0.001) -> object:
    return box(west, 30, west + size, 30 + size)


def _texts(values: pd.Series[Any]) -> list[str | None]:
    return [None if pd.isna(value) else str(value) for value in values]


def _held(*imported: Imported) -> Holdings:
    """Hold what would be held if these had come in before."""
    layers = {}
    for name, layer in (("areas", AREAS), ("buildings", BUILDINGS), ("premises", PREMISES)):
        frames = [one.layers[name] for one in imported if name in one.layers]
        frame = pd.concat(frames, ignore_index=True) if frames else frame_of(layer, [])
        columns = {column: frame.get(column) for column in [*layer.column_names, "geometry"]}
        layers[name] = gpd.GeoDataFrame(columns, index=frame.index, crs=WGS84)
    return Holdings(**layers)


def test_buildings_without_attributes_get_people_and_marks() -> None:
    houses = _frame([_square(114), _square(114.1)], building_id=["a", "b"])

    (filled,) = fill_gaps([_imported("osm", buildings=houses)], NOTHING, metric_crs=METRIC_CRS)

    people = filled.layers["buildings"]
    assert (people[list(PEOPLE)] > 0).all(axis=None)
    assert people[[f"{name}_are_estimated" for name in PEOPLE]].all(axis=None)
    assert list(houses.columns) == ["building_id", "geometry"]


def test_what_a_source_says_is_left_alone() -> None:
    one = small_import()

    (filled,) = fill_gaps([one], NOTHING, metric_crs=METRIC_CRS)

    before, after = one.layers["buildings"].iloc[:5], filled.layers["buildings"].iloc[:5]
    for name in (*PEOPLE, "area_code"):
        assert after[name].tolist() == before[name].tolist()
    assert not after["floors_are_estimated"].any()
    assert filled.layers["premises"]["building_id"].tolist()[:2] == ["b2", "b5"]
    assert pd.isna(filled.layers["premises"]["building_id"].iloc[2])


def test_known_people_stay_when_the_map_comes_again() -> None:
    counted = _frame([_square(114)], building_id=["a"], households=[7], floors=[2])
    (known,) = fill_gaps([_imported("osm", buildings=counted)], NOTHING, metric_crs=METRIC_CRS)
    again = _imported("osm", buildings=_frame([_square(114)], building_id=["a"], floors=[None]))

    (filled,) = fill_gaps([again], _held(known), metric_crs=METRIC_CRS)

    row = filled.layers["buildings"].iloc[0]
    assert (row["floors"], row["households"]) == (2, 7)
    assert not row["households_are_estimated"]
    assert row["residents_are_estimated"]
    assert row["residents"] == known.layers["buildings"]["residents"].iloc[0]


def test_a_table_of_counts_renews_the_estimates_that_rest_on_them() -> None:
    houses = _imported("osm", buildings=_frame([_square(114)], building_id=["a"]))
    table = _imported("survey", buildings=pd.DataFrame({"building_id": ["a"], "households": [10]}))

    _, filled = fill_gaps([houses, table], NOTHING, metric_crs=METRIC_CRS)

    rows = filled.layers["buildings"]
    assert not isinstance(rows, gpd.GeoDataFrame)
    row = rows.iloc[0]
    assert row["households"] == 10
    assert row["residents"] == round(10 * 2.62)
    assert row["residents_are_estimated"]
    assert not row["households_are_estimated"]


def test_a_table_about_an_unknown_building_says_no_more_than_it_did() -> None:
    table = _imported("survey", buildings=pd.DataFrame({"building_id": ["?"], "households": [10]}))

    (filled,) = fill_gaps([table], NOTHING, metric_crs=METRIC_CRS)

    assert filled.layers["buildings"]["building_id"].tolist() == ["?"]


@pytest.fixture
def areas() -> Imported:
    return _imported(
        "areas",
        areas=_frame(
            [_square(114, 1), _square(114, 0.5), _square(114, 0.1), _square(114, 0.2)],
            code=["city", "community", "grid", "larger grid"],
            level=["city", "community", "grid", "grid"],
        ),
    )


def test_things_get_the_code_of_the_finest_area_around_them(areas: Imported) -> None:
    at = [114.05, 114.15, 114.4, 114.8, 120]
    houses = _frame([_square(west) for west in at], building_id=list("abcde"))
    shops = _frame([Point(west, 30.0005) for west in at], premises_id=list("vwxyz"))

    _, buildings, premises = fill_gaps(
        [areas, _imported("osm", buildings=houses), _imported("shops", premises=shops)],
        NOTHING,
        metric_crs=METRIC_CRS,
    )

    expected = ["grid", "larger grid", "community", None, None]
    assert _texts(buildings.layers["buildings"]["area_code"]) == expected
    assert _texts(premises.layers["premises"]["area_code"]) == expected


def test_premises_get_the_smallest_building_they_stand_in(areas: Imported) -> None:
    houses = _frame([_square(114, 0.01), _square(114)], building_id=["mall", "kiosk"])
    shops = _frame(
        [Point(114.0005, 30.0005), Point(114.005, 30.005), Point(115, 30)],
        premises_id=["x", "y", "z"],
    )

    *_, filled = fill_gaps(
        [areas, _imported("osm", buildings=houses), _imported("shops", premises=shops)],
        NOTHING,
        metric_crs=METRIC_CRS,
    )

    assert _texts(filled.layers["premises"]["building_id"]) == ["kiosk", "mall", None]


def test_areas_that_come_later_complete_what_is_there(areas: Imported) -> None:
    houses = _imported("osm", buildings=_frame([_square(114.05)], building_id=["a"]))
    shops = _imported("s", premises=_frame([Point(114.0505, 30.0005)], premises_id=["x"]))
    said = replace(
        shops, layers={"premises": shops.layers["premises"].assign(area_code="as it was")}
    )

    filled = fill_gaps([areas], _held(houses, said), metric_crs=METRIC_CRS)

    assert len(filled) == 2
    links = filled[1].layers
    assert links["buildings"].to_dict("list") == {"building_id": ["a"], "area_code": ["grid"]}
    assert links["premises"].to_dict("list") == {
        "premises_id": ["x"],
        "building_id": ["a"],
        "area_code": ["as it was"],
    }


def test_an_import_that_tells_nothing_new_completes_nothing(areas: Imported) -> None:
    filled = fill_gaps([areas], _held(areas), metric_crs=METRIC_CRS)
    assert len(filled) == 1
