from __future__ import annotations

from datetime import UTC, date, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from api.store.frames import column_names, frame_of, rows_of, table_of
from geo.crs import WGS84
from geo.layers import BUILDINGS, LAYERS, REPORTS, SAMPLING_SITES, ZONES
from geo.schema import Kind, Layer

DTYPES = {
    Kind.TEXT: "str",
    Kind.INTEGER: "Int64",
    Kind.NUMBER: "float64",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "datetime64[us]",
    Kind.DATETIME: "datetime64[us, UTC]",
}
values = {
    Kind.TEXT: st.text(),
    Kind.INTEGER: st.integers(-(2**53), 2**53),
    Kind.NUMBER: st.floats(allow_nan=False, allow_infinity=False),
    Kind.BOOLEAN: st.booleans(),
    Kind.DATE: st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    Kind.DATETIME: st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)).map(  # noqa: DTZ001 - made aware at once
        lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
    ),
}


def _row(layer: Layer) -> st.SearchStrategy[tuple[object, ...]]:
    return st.tuples(*(st.none() | values[column.kind] for column in layer.columns))


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
def test_dtypes_follow_the_declaration_even_without_rows(layer: Layer) -> None:
    nothing = table_of(layer, [])
    blank = table_of(layer, [tuple(None for _ in column_names(layer))])

    expected = {column.name: DTYPES[column.kind] for column in layer.columns}
    assert {name: str(dtype) for name, dtype in nothing.dtypes.items()} == expected
    assert {name: str(dtype) for name, dtype in blank.dtypes.items()} == expected
    assert blank.isna().all(axis=None)


@settings(max_examples=25, deadline=None)
@given(st.data())
@pytest.mark.parametrize("layer", [BUILDINGS, ZONES, REPORTS], ids=lambda layer: layer.name)
def test_a_table_taken_apart_and_put_together_is_the_same(
    layer: Layer, data: st.DataObject
) -> None:
    rows = data.draw(st.lists(_row(layer), max_size=4))
    table = pd.DataFrame(rows, columns=list(layer.column_names), dtype=object)

    names, stored = rows_of(layer, table)
    padded = [(None,) * (len(column_names(layer)) - len(names)) + row for row in stored]
    again = table_of(layer, padded)

    _, stored_again = rows_of(layer, again)
    assert stored_again == stored


def test_values_are_stored_as_geopackage_wants_them() -> None:
    table = pd.DataFrame(
        {
            "report_id": ["r1"],
            "day_on": [date(2020, 3, 25)],
            "is_open": [True],
            "staff_back": [np.float64(7)],
        }
    )

    names, rows = rows_of(REPORTS, table)

    assert dict(zip(names, rows[0], strict=True)) == {
        "report_id": "r1",
        "day_on": "2020-03-25",
        "is_open": 1,
        "staff_back": 7,
    }
    moments = pd.DataFrame({"valid_from_at": pd.to_datetime(["2020-03-25T08:00:00+08:00"])})
    assert rows_of(ZONES, moments)[1] == [("2020-03-25T00:00:00.000Z",)]


def test_a_frame_of_points_keeps_its_points() -> None:
    sites = gpd.GeoDataFrame({"site_id": ["t1"]}, geometry=[Point(114.3, 30.6)], crs=WGS84)

    names, rows = rows_of(SAMPLING_SITES, sites)
    stored = dict(zip(names, rows[0], strict=True))
    again = frame_of(SAMPLING_SITES, [[stored.get(name) for name in column_names(SAMPLING_SITES)]])

    assert again.crs == WGS84
    assert again.geometry.tolist() == [Point(114.3, 30.6)]
    assert again["site_id"].tolist() == ["t1"]
