from __future__ import annotations

import gzip
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geo.errors import ReadError
from geo.io.limits import MAX_COLUMNS, MAX_CSV_BYTES, MAX_WORKBOOK_BYTES, MIB
from geo.io.positions import POSITION_WORDS
from geo.io.tables import open_csv
from geo.layers import CHECKPOINTS
from tests.support.files import only_layer, read, rewrite_zip, told, write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from geo.io.imported import Imported

HEADINGS = ("gate_id", "lon", "lat", "state")
GATE = ("w", 116, 39, "open")
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = b"".join(
    b'<!ENTITY %c "%s">' % (97 + depth, b"&%c;" % (96 + depth) * 10 if depth else b"ha" * 10)
    for depth in range(9)
)


def csv(folder: Path, name: str, *lines: str, encoding: str = "utf-8") -> Path:
    (folder / name).write_bytes("\n".join(lines).encode(encoding))
    return folder / name


def read_csv(folder: Path, *lines: str, **options: object) -> Imported:
    return read(csv(folder, "gates.csv", *lines), **options)


def buildings() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "building_id": ["b1", "b2", "b3", "b4"],
            "name": ["东风楼", "红旗楼", "建设楼", "建设楼"],
            "number": ["1", "2", "3", "12"],
        },
        geometry=[box(116 + n / 100, 39, 116.002 + n / 100, 39.002) for n in range(4)],
        crs=4326,
    )


def test_a_table_in_chinese_is_read_row_by_row(tmp_path: Path) -> None:
    path = csv(
        tmp_path,
        "采样点.csv",
        "采样点编号,名称,经度,纬度,采样台数",
        "1,西门,116.3,39.9,２",
        "2,东门,116.3,39.9,x",
        "3,北门,,,4",
    )

    imported = read(path)

    rows = only_layer(imported)
    assert rows[["site_id", "name", "tables"]].to_numpy().tolist() == [["1", "西门", 2]]
    assert rows.geometry.to_wkt().tolist() == ["POINT (116.3 39.9)"]
    assert imported.seen == {"sampling_sites": 3}
    assert [(fault.place, fault.column, fault.found) for fault in imported.faults] == [
        ("row 3", "采样台数", "x"),
        ("row 4", "geometry", "nothing"),
    ]
    assert "a whole number of at least 0" in told(imported)[0]
    assert POSITION_WORDS in told(imported)[1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_is_found_out(tmp_path: Path, encoding: str) -> None:
    path = csv(tmp_path, "卡点.csv", "卡点,经度,纬度", "西门,116,39", encoding=encoding)

    imported = read(path)

    assert only_layer(imported)["name"].tolist() == ["西门"]
    assert (imported.warnings == ("卡点.csv: read as GB18030",)) is (encoding == "gb18030")


def test_bytes_in_no_known_encoding_are_told_by_line(tmp_path: Path) -> None:
    path = tmp_path / "gates.csv"
    path.write_bytes(b"gate_id,lon,lat,state\nw,116,39,open\ne,116,39,\xff\xff\n")

    with pytest.raises(ReadError, match=r"gates\.csv, line 3: expected text in UTF-8 or GB18030"):
        read(path)


def test_gzipped_tables_are_read_and_bombs_are_not(tmp_path: Path) -> None:
    packed = tmp_path / "gates.csv.gz"
    packed.write_bytes(gzip.compress(b"gate_id,lon,lat,state\nw,116,39,open\n"))
    assert only_layer(read(packed))["gate_id"].tolist() == ["w"]

    with gzip.open(packed, "wb", compresslevel=1) as bomb:
        for _ in range(MAX_CSV_BYTES // MIB + 1):
            bomb.write(bytes(MIB))
    with pytest.raises(ReadError, match="expected at most 268,435,456 bytes of CSV"):
        read(packed)

    packed.write_bytes(b"\x1f\x8b" + bytes(50))
    with pytest.raises(ReadError, match="expected a gzip file"):
        read(packed)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_out(tmp_path: Path, delimiter: str) -> None:
    lines = [delimiter.join(str(cell) for cell in row) for row in (HEADINGS, GATE)]

    assert len(only_layer(read_csv(tmp_path, *lines))) == 1


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("gate_id,lon,lat,state",), "expected rows or features, got none"),
        (("", "  ", ""), "expected rows or features, got none"),
        (("gate_id,state", "1,open"), "expected columns lon and lat, or a building, got gate_id"),
        (("gate_id,lon,lat,state,State", "1,1,2,open,open"), "row 1, column 5: .* in row 1, col"),
        (("gate_id,lon,lat,state,", "1,1,2,open,x"), "row 1, column 5: expected a heading"),
        (("gate_id,lon,lat,state", '1,"116,39,open'), "line 2: expected CSV"),
        (("gate_id,lon,lat,state", "1,,,open"), "a file without geometry"),
        (("a\x00b", "c"), "binary file"),
        (("a," * (MAX_COLUMNS + 1), "c"), "row 1: expected at most 1000 columns"),
    ],
)
def test_tables_that_cannot_be_understood_are_refused(
    tmp_path: Path, lines: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ReadError, match=message) as refused:
        read_csv(tmp_path, *lines)

    assert str(refused.value).startswith("gates.csv")


def test_headings_without_rows_below_a_title_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="expected rows below the headings in row 2"):
        read_csv(tmp_path, "西区门岗,", "gate_id,lon,lat,state")


def test_rows_of_a_wrong_length_are_told_and_the_others_stay(tmp_path: Path) -> None:
    imported = read_csv(
        tmp_path,
        "gate_id,lon,lat,state",
        "1,116,39,open",
        "2,116,39,open,extra",
        "",
        "3,116",
        "4,116,39,open",
    )

    assert only_layer(imported)["gate_id"].tolist() == ["1", "4"]
    assert [fault.place for fault in imported.faults] == ["row 3", "row 5", "row 5"]
    assert "expected a heading in row 1, column 5, got only extra" in told(imported)[0]


def test_columns_without_a_meaning_are_told(tmp_path: Path) -> None:
    imported = read_csv(tmp_path, "gate_id,lon,lat,state,mood", "1,116,39,open,good")

    assert imported.warnings == ("gates.csv: columns not taken: mood",)


def test_degrees_that_are_no_numbers_are_told_once(tmp_path: Path) -> None:
    imported = read_csv(tmp_path, "gate_id,lon,lat,state", "1,east,39,open", "2,116,39,open")

    assert told(imported) == ["gates.csv, row 2, lon: expected degrees, got east"]


def test_shapes_are_read_from_wkt(tmp_path: Path) -> None:
    path = csv(
        tmp_path,
        "zones.csv",
        "zone_id,level,wkt",
        '1,control,"POLYGON ((116 39, 116.1 39, 116.1 39.1, 116 39))"',
        "2,control,POLYGON ((1",
        "3,control,",
    )

    imported = read(path)

    assert only_layer(imported)["zone_id"].tolist() == ["1"]
    assert told(imported) == [
        "zones.csv, row 3, wkt: expected a shape as WKT, got POLYGON ((1",
        "zones.csv, row 4, geometry: expected a Polygon, got nothing",
    ]


def test_lines_and_areas_need_wkt(tmp_path: Path) -> None:
    path = csv(tmp_path, "zones.csv", "zone_id,level,lon,lat", "1,control,116,39")

    with pytest.raises(ReadError, match="expected a column wkt, got zone_id, level, lon, lat"):
        read(path)


def test_rows_are_placed_in_the_building_that_they_name(tmp_path: Path) -> None:
    path = csv(
        tmp_path,
        "卡点.csv",
        "卡点,楼栋,lon,lat",
        "西,东风楼,,",
        "东,红棋楼,,",
        "南,建设楼,,",
        "北,12,,",
        "中,没有,116.5,39.5",
        "外,,,",
    )

    imported = read(path, buildings=buildings())

    rows = only_layer(imported)
    assert rows["name"].tolist() == ["西", "北", "中"]
    known = buildings().geometry
    assert known[0].contains(rows.geometry[0])
    assert known[3].contains(rows.geometry[1])
    assert rows.geometry[2].coords[0] == (116.5, 39.5)
    assert told(imported) == [
        (
            "卡点.csv, row 3, 楼栋: expected the id, name or number of a known building;"
            " the nearest are 红旗楼, 建设楼, 东风楼, got 红棋楼"
        ),
        "卡点.csv, row 4, 楼栋: expected one building, not 2 (b3, b4 …), got 建设楼",
        f"卡点.csv, row 7, geometry: expected {POSITION_WORDS}, got nothing",
    ]


def test_the_building_that_a_row_names_becomes_its_building(tmp_path: Path) -> None:
    path = csv(
        tmp_path,
        "premises.csv",
        "premises_id,category,楼栋编号",
        "p1,catering,红旗楼",
        "p2,retail,b1",
        "p3,retail,Ｂ１",
    )

    rows = only_layer(read(path, buildings=buildings()))

    assert rows["building_id"].tolist() == ["b2", "b1", "b1"]


def test_names_of_buildings_are_of_no_use_before_there_are_any(tmp_path: Path) -> None:
    path = csv(tmp_path, "卡点.csv", "卡点,楼栋", "西,东风楼")

    for known in (None, buildings().iloc[:0]):
        with pytest.raises(ReadError, match="import the buildings first"):
            read(path, buildings=known)


def test_only_the_first_misses_are_compared_with_all_names(tmp_path: Path) -> None:
    lines = [f"c{number},楼{number}" for number in range(100, 130)]
    path = csv(tmp_path, "卡点.csv", "卡点,楼栋", *lines)

    imported = read(path, buildings=buildings())

    assert ["nearest" in text for text in told(imported)] == [True] * 20 + [False] * 10


def test_a_table_of_buildings_without_shapes_changes_known_ones(tmp_path: Path) -> None:
    path = csv(
        tmp_path,
        "楼栋.csv",
        "楼栋,户数,有电梯,层数",
        "东风楼,20,是,6",
        "b2,x,否,7",
        "没有楼,3,否,1",
        "3,5,1,",
        ",5,1,",
        "东风楼,21,是,6",
    )

    imported = read(path, buildings=buildings())

    rows = only_layer(imported)
    assert not isinstance(rows, gpd.GeoDataFrame)
    assert list(rows.columns) == ["building_id", "name", "floors", "households", "has_lift"]
    assert rows["building_id"].tolist() == ["b1", "b3"]
    assert rows["name"].tolist() == ["东风楼", "建设楼"]
    assert rows["households"].tolist() == [20, 5]
    assert [fault.place for fault in imported.faults] == ["row 3", "row 4", "row 6", "row 7"]
    assert "each building_id once" in told(imported)[-1]


def test_a_table_of_buildings_must_name_them(tmp_path: Path) -> None:
    path = csv(tmp_path, "buildings.csv", "floors", "6")

    with pytest.raises(ReadError, match="a building's id, name or number; got neither"):
        read(path, buildings=buildings())


def test_positions_far_from_the_known_buildings_are_told_if_they_are_swapped(
    tmp_path: Path,
) -> None:
    known = buildings().set_geometry(buildings().translate(-110, 7.2))

    imported = read_csv(
        tmp_path, "gate_id,lon,lat,state", "1,46.2,6.1,open", "2,6.1,46.2,open", buildings=known
    )

    assert only_layer(imported)["gate_id"].tolist() == ["2"]
    assert "expected a place near the known buildings" in told(imported)[0]


def test_reports_are_keyed_by_premises_and_day(tmp_path: Path) -> None:
    path = csv(
        tmp_path,
        "reports-2020-03-25.csv",
        "单位编号,日期,已复工,返岗人数",
        "P1,2020/3/25,是,12",
        "P1,2020-03-25,否,1",
        "P2,43915,1,3.0",
        "P3,20200325,maybe,3",
        ",2020-03-25,是,3",
    )

    imported = read(path)

    rows = only_layer(imported)
    assert rows["report_id"].tolist() == ["P1@2020-03-25", "P2@2020-03-25"]
    assert rows["day_on"].tolist() == [pd.Timestamp("2020-03-25")] * 2
    assert rows["is_open"].tolist() == [True, True]
    assert rows["staff_back"].tolist() == [12, 3]
    assert [(fault.place, fault.column) for fault in imported.faults] == [
        ("row 3", "单位编号"),
        ("row 5", "已复工"),
        ("row 6", "单位编号"),
    ]


def test_headings_are_found_below_a_merged_title(tmp_path: Path) -> None:
    rows = [("西区门岗一览", None, None, None), (), HEADINGS, GATE]
    path = write_workbook(tmp_path / "x.xlsx", {"大门": rows}, {"大门": ["A1:D1"]})

    imported = read(path)

    assert only_layer(imported)["gate_id"].tolist() == ["w"]


def test_merged_headings_are_refused_by_cell(tmp_path: Path) -> None:
    rows = [("gate_id", "lon", None, "state"), GATE]
    path = write_workbook(tmp_path / "gates.xlsx", {"Sheet1": rows}, {"Sheet1": ["B1:C1"]})

    with pytest.raises(ReadError, match=r"gates\.xlsx \(Sheet1\), cell C1: expected a heading"):
        read(path)


def test_sheets_that_name_layers_are_read_and_others_told(tmp_path: Path) -> None:
    sheets: dict[str, list[tuple[object, ...]]] = {
        "大门": [HEADINGS, GATE],
        "说明": [("填表说明",), ("每日填报",)],
        "卡点": [("卡点", "lon", "lat"), ("西", 116, 39)],
        "空": [],
    }

    imported = read(write_workbook(tmp_path / "x.xlsx", sheets))

    assert {name: len(rows) for name, rows in imported.layers.items()} == {
        "gates": 1,
        "checkpoints": 1,
    }
    assert imported.warnings == ("x.xlsx: part not taken: 说明",)


def test_dates_and_numbers_of_a_workbook_keep_their_kind(tmp_path: Path) -> None:
    rows = [
        ("premises_id", "day_on", "is_open", "staff_back"),
        (12, pd.Timestamp("2020-03-25").to_pydatetime(), True, 3.0),
    ]

    (row,) = only_layer(read(write_workbook(tmp_path / "reports.xlsx", {"a": rows}))).to_numpy()

    assert row.tolist() == ["12@2020-03-25", "12", pd.Timestamp("2020-03-25"), True, 3]


def test_a_formula_without_a_saved_value_is_nothing(tmp_path: Path) -> None:
    rows = [HEADINGS, GATE, ("e", 116, 39, "=A1")]

    imported = read(write_workbook(tmp_path / "gates.xlsx", {"a": rows}))

    assert told(imported) == [
        "gates.xlsx (a), row 3, state: expected one of open, closed, hours, got nothing"
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04junk", "no such archive"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "an old .xls or one locked by a password"),
    ],
)
def test_other_files_are_no_workbooks(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "gates.xlsx").write_bytes(content)

    with pytest.raises(ReadError, match=message):
        read(tmp_path / "gates.xlsx")


def test_an_archive_without_sheets_is_no_workbook(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "gates.xlsx", "w") as archive:
        archive.writestr("a.txt", "x")

    with pytest.raises(ReadError, match="expected an XLSX workbook, got a broken one"):
        read(tmp_path / "gates.xlsx")


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "gates.xlsx", "w", ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(SHEET, bytes(MAX_WORKBOOK_BYTES + 1))

    with pytest.raises(ReadError, match="expected at most 209,715,200 bytes unpacked"):
        read(tmp_path / "gates.xlsx")


def test_a_cell_in_the_last_corner_costs_nothing(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "gates.xlsx", {"a": [HEADINGS, GATE]})
    with ZipFile(path) as archive:
        sheet = archive.read(SHEET)
    far = b'<row r="999999999999"><c r="ZZZ999999999999"><v>1</v></c></row></sheetData>'

    imported = read(rewrite_zip(path, {SHEET: sheet.replace(b"</sheetData>", far)}))

    assert len(only_layer(imported)) == 1


def test_a_row_of_too_many_columns_is_refused(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "gates.xlsx", {"a": [HEADINGS, [1] * (MAX_COLUMNS + 1)]})

    with pytest.raises(ReadError, match=r"gates\.xlsx \(a\), row 2: expected at most 1000 columns"):
        read(path)


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "gates.xlsx", {"a": [HEADINGS, GATE]})
    bomb = b"<!DOCTYPE x [%s]><worksheet><sheetData>&i;</sheetData></worksheet>"

    with pytest.raises(ReadError, match="expected an XLSX workbook"):
        read(rewrite_zip(path, {SHEET: bomb % LAUGHS}))


@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_any_text_in_quotes_comes_through(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    quoted = text.replace('"', '""')
    path = tmp_path_factory.mktemp("csv") / "卡点.csv"
    path.write_text(f'name,lon,lat\n"{quoted}",116,39\n', encoding="utf-8", newline="")

    raw = open_csv(path).read("卡点", CHECKPOINTS)

    assert raw.rows["name"].tolist() == [text.strip() or None] or text.startswith("'")
