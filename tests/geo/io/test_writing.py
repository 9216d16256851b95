from __future__ import annotations

import csv
import json
from datetime import date
from io import BytesIO, StringIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo.crs import to_metric
from geo.datum import Datum
from geo.errors import CrsError, GeoError
from geo.io.cells import MAX_CELL_CHARACTERS, MAX_SHEET_ROWS, cell_rows, xlsx_bytes
from geo.io.demo import demo_folder
from geo.io.features import collection_bytes, feature, plain_value
from geo.io.reading import SUFFIXES, sources_in
from geo.io.writing import replacing, write_geojson, write_layer
from geo.layers import BUILDINGS, CHECKPOINTS, LAYERS, NEEDS, REPORTS, ZONES
from tests.support.files import only_layer, read

if TYPE_CHECKING:
    from pathlib import Path

ENDINGS = [".geojson", ".gpkg", ".csv", ".xlsx"]
DEMO = {path.name.split(".")[0]: path for path in sources_in(demo_folder())}


def checkpoints(*names: str | None) -> gpd.GeoDataFrame:
    keys = [f"c{number}" for number in range(len(names))]
    return gpd.GeoDataFrame(
        {"checkpoint_id": keys, "name": pd.array(names, dtype="str")},
        geometry=[Point(116.4, 39.9)] * len(names),
        crs=4326,
    )


def written(frame: pd.DataFrame, layer_name: str, suffix: str) -> bytes:
    stream = BytesIO()
    write_layer(frame, LAYERS[layer_name], stream, suffix=suffix)
    return stream.getvalue()


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", sorted(DEMO))
def test_every_layer_of_the_demo_comes_back_as_it_was(
    tmp_path: Path, name: str, ending: str
) -> None:
    layer = LAYERS[name]
    rows = only_layer(read(DEMO[name]))
    out = tmp_path / f"{name}{ending}"

    write_layer(rows, layer, out)
    imported = read(out)

    back, given_rows = only_layer(imported), rows.sort_values(layer.key).reset_index(drop=True)
    columns = [column for column in given_rows if column != "geometry"]
    assert imported.faults == ()
    pd.testing.assert_frame_equal(pd.DataFrame(back[columns]), pd.DataFrame(given_rows[columns]))
    if layer.geometry is not None:
        apart = shapely.hausdorff_distance(
            back["geometry"].to_numpy(), given_rows["geometry"].to_numpy()
        )
        assert np.max(apart) < 1e-6


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_rows_in_any_order_give_the_same_bytes(tmp_path: Path, ending: str) -> None:
    rows = only_layer(read(DEMO["buildings"]))

    for name, frame in (("a", rows), ("b", rows.iloc[::-1])):
        write_layer(frame, BUILDINGS, tmp_path / f"{name}{ending}")

    assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a{ending}", f"b{ending}"]


def test_geojson_has_keys_as_ids_seven_decimals_and_left_turning_rings() -> None:
    clockwise = Polygon([(0, 0), (0, 1), (1.123456789, 1), (1, 0)])
    frame = gpd.GeoDataFrame(
        {"building_id": ["b"], "floors": pd.array([None], dtype="Int64"), "height_m": [np.nan]},
        geometry=[clockwise],
        crs=4326,
    )

    content = json.loads(written(frame, "buildings", ".geojson"))

    (shape,) = content["features"]
    assert shape["id"] == "b"
    assert shape["properties"] == {"building_id": "b", "floors": None, "height_m": None}
    ring = shape["geometry"]["coordinates"][0]
    assert [1.1234568, 1.0] in ring
    assert Polygon(ring).exterior.is_ccw
    assert "datum" not in content


def test_another_datum_is_stated_and_comes_back(tmp_path: Path) -> None:
    frame = checkpoints("west")
    for ending in (".geojson", ".gpkg"):
        out = tmp_path / f"checkpoints{ending}"
        write_layer(frame, CHECKPOINTS, out, datum=Datum.GCJ02)

        shifted = only_layer(read(out)).geometry[0]
        back = only_layer(read(out, datum=Datum.GCJ02)).geometry[0]

        assert shifted.distance(Point(116.4, 39.9)) > 0.001
        assert back.distance(Point(116.4, 39.9)) < 1e-6
    assert json.loads((tmp_path / "checkpoints.geojson").read_bytes())["datum"] == "gcj02"
    metadata = pyogrio.read_info(tmp_path / "checkpoints.gpkg")["layer_metadata"]
    assert metadata["DATUM"] == "gcj02"


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("text", ["=1+1", "+49", "-x", "@a", "\t=1", "=HYPERLINK(1)"])
def test_no_text_is_run_as_a_formula(tmp_path: Path, ending: str, text: str) -> None:
    out = tmp_path / f"checkpoints{ending}"
    write_layer(checkpoints(text), CHECKPOINTS, out)

    if ending == ".csv":
        cell = list(csv.reader(StringIO(out.read_text(encoding="utf-8-sig"))))[1][1]
    else:
        cell = str(openpyxl.load_workbook(out).worksheets[0]["B2"].value)

    assert cell.startswith("'")
    assert only_layer(read(out))["name"].tolist() == [text.strip()]


def test_numbers_below_zero_stay_numbers() -> None:
    rows = cell_rows(checkpoints("a").assign(staff=[-3]).set_geometry([Point(-1, -2)]), CHECKPOINTS)

    assert rows == [["checkpoint_id", "name", "staff", "lon", "lat"], ["c0", "a", -3, -1.0, -2.0]]


def test_what_cannot_stand_in_xml_is_taken_out(tmp_path: Path) -> None:
    out = tmp_path / "checkpoints.xlsx"

    write_layer(checkpoints("a\x00\x0bb<&>"), CHECKPOINTS, out)

    assert only_layer(read(out))["name"].tolist() == ["ab<&>"]


def test_a_workbook_has_real_days_and_no_trace_of_now(tmp_path: Path) -> None:
    out = tmp_path / "reports.xlsx"
    reports = pd.DataFrame(
        {
            "report_id": ["r"],
            "premises_id": ["p"],
            "day_on": [date(2020, 3, 25)],
            "is_open": pd.array([None], dtype="boolean"),
            "staff_back": [3],
        }
    )

    write_layer(reports, REPORTS, out)

    row = [cell.value for cell in openpyxl.load_workbook(out).worksheets[0][2]]
    assert str(row[2]) == "2020-03-25 00:00:00"
    assert row[3:] == [None, 3]
    with ZipFile(out) as archive:
        assert {member.date_time[0] for member in archive.infolist()} == {1980}
        assert b"2026" not in archive.read("docProps/core.xml")


def test_what_a_sheet_cannot_hold_is_refused(tmp_path: Path) -> None:
    line = LineString(np.column_stack([np.linspace(0, 1, 3_000), np.linspace(0, 1, 3_000)]))
    zone = gpd.GeoDataFrame(
        {"zone_id": ["z"], "level": ["control"]}, geometry=[line.buffer(0.1)], crs=4326
    )
    long = zone.set_geometry(shapely.segmentize(zone.geometry.to_numpy(), 0.0005))

    with pytest.raises(GeoError, match="fit in a cell"):
        write_layer(long, ZONES, tmp_path / "zones.xlsx")
    assert len(long.geometry[0].wkt) > MAX_CELL_CHARACTERS

    too_many: list[list[str | int | float | bool | date | None]] = [[]] * (MAX_SHEET_ROWS + 1)
    with pytest.raises(GeoError, match="at most 1,048,575 rows"):
        xlsx_bytes(too_many, "x")


def test_a_failed_writing_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "checkpoints.gpkg"
    write_layer(checkpoints("a"), CHECKPOINTS, out)
    before = out.read_bytes()

    def fail_half_way() -> None:
        with replacing(out) as beside:
            beside.write_bytes(b"half")
            beside.write_bytes(bytes(1 // 0))

    with pytest.raises(ZeroDivisionError):
        fail_half_way()

    assert out.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoints.gpkg"]


def test_other_endings_and_other_crs_are_refused(tmp_path: Path) -> None:
    for name in ("x.shp", "x"):
        with pytest.raises(GeoError, match=r"ending in \.geojson, \.json, \.csv, \.xlsx, \.gpkg"):
            write_layer(checkpoints("a"), CHECKPOINTS, tmp_path / name)
    with pytest.raises(CrsError, match="Expected checkpoints in WGS 84, got EPSG:32650"):
        write_layer(to_metric(checkpoints("a"), "EPSG:32650"), CHECKPOINTS, BytesIO())
    with pytest.raises(CrsError, match="got None"):
        write_layer(pd.DataFrame({"checkpoint_id": ["a"]}), CHECKPOINTS, BytesIO())


@pytest.mark.parametrize("suffix", [".geojson", ".csv", ".xlsx"])
def test_an_empty_layer_is_written_to_a_stream(suffix: str) -> None:
    assert written(checkpoints().iloc[:0], "checkpoints", suffix)


def test_a_table_becomes_features_without_geometry() -> None:
    needs = pd.DataFrame({"report_id": ["r"], "day_on": [pd.Timestamp("2020-03-25")]})

    (row,) = json.loads(written(needs, "reports", ".geojson"))["features"]

    assert row["geometry"] is None
    assert row["properties"] == {"report_id": "r", "day_on": "2020-03-25"}


def test_times_are_written_in_utc() -> None:
    due = pd.to_datetime(["2020-03-25T08:00:00+08:00"], utc=True)
    needs = gpd.GeoDataFrame(
        {"need_id": ["n"], "kind": ["food"], "due_at": due}, geometry=[Point(1, 2)], crs=4326
    )

    assert cell_rows(needs, NEEDS)[1][2] == "2020-03-25T00:00:00Z"


def test_a_collection_carries_its_own_members() -> None:
    stream = BytesIO()
    shapes = [feature(box(0, 0, 1, 1), {"n": np.int64(1)}, "a"), feature(None, {})]

    write_geojson(shapes, members={"summary": {"n": np.nan, "ids": ("x",)}}, out=stream)

    content = json.loads(stream.getvalue())
    assert content["summary"] == {"n": None, "ids": ["x"]}
    assert [shape["type"] for shape in content["features"]] == ["Feature", "Feature"]
    assert content["features"][1]["geometry"] is None
    assert json.loads(collection_bytes([])) == {"type": "FeatureCollection", "features": []}


def test_values_become_what_json_has() -> None:
    assert plain_value(np.float64("nan")) is None
    assert plain_value(float("inf")) is None
    assert plain_value(pd.NaT) is None
    assert plain_value(np.bool_(True)) is True  # noqa: FBT003 - the value under test
    assert plain_value(pd.Timestamp("2020-03-25T08:00:00+08:00")) == "2020-03-25T00:00:00Z"


@given(lon=st.floats(-180, 180), lat=st.floats(-90, 90))
def test_coordinates_stay_within_a_centimetre(lon: float, lat: float) -> None:
    written_lon, written_lat = feature(Point(lon, lat), {})["geometry"]["coordinates"]

    assert abs(written_lon - lon) <= 1e-7
    assert abs(written_lat - lat) <= 1e-7


def test_parts_of_a_shape_stay_parts(tmp_path: Path) -> None:
    parts = MultiPolygon([box(0, 0, 1, 1), box(2, 2, 3, 3)])
    frame = gpd.GeoDataFrame({"building_id": ["b"]}, geometry=[parts], crs=4326)

    for ending in ENDINGS:
        out = tmp_path / f"buildings{ending}"
        write_layer(frame, BUILDINGS, out)
        assert only_layer(read(out)).geometry[0].equals(parts)


def test_files_of_a_folder_are_listed_maps_first(tmp_path: Path) -> None:
    for name in ("b.csv", "a.xlsx", "z.geojson", "y.osm.pbf", "notes.txt"):
        (tmp_path / name).write_text("x")
    (tmp_path / "deeper.gpkg").mkdir()

    names = [path.name for path in sources_in(tmp_path)]

    assert names == ["y.osm.pbf", "z.geojson", "a.xlsx", "b.csv"]
    assert ".csv.gz" in SUFFIXES
