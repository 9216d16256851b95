from __future__ import annotations

import json
import sqlite3
import warnings
from typing import TYPE_CHECKING
from zipfile import ZipFile, ZipInfo

import geopandas as gpd
import pyogrio
import pytest
import shapely
from shapely import MultiPoint, Point

from geo.datum import Datum, shift
from geo.errors import ReadError
from geo.io.limits import MAX_FILE_BYTES, MAX_GEOJSON_BYTES, MAX_SHAPEFILE_BYTES
from geo.io.zipped import MAX_MEMBERS, NEEDED, SHP_MAGIC, check_unpacked_size
from tests.support.files import (
    feature_of,
    only_layer,
    point,
    polygon,
    read,
    told,
    write_features,
)

if TYPE_CHECKING:
    from pathlib import Path

OPEN = {"state": "open"}
JUNK = bytes(range(1, 256)) * 12
BOW = ((116.0, 39.0), (116.1, 39.1), (116.1, 39.0), (116.0, 39.1), (116.0, 39.0))


def gates() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"gate_id": ["w", "e"], "name": ["西门", "东门"], "state": ["open", "closed"]},
        geometry=[Point(448_000, 4_420_000), Point(448_010, 4_420_000)],
        crs="EPSG:32650",
    )


def shapefile_zip(
    folder: Path, *, encoding: str = "UTF-8", without: tuple[str, ...] = (), inside: str = ""
) -> Path:
    apart = folder / "apart"
    apart.mkdir()
    pyogrio.write_dataframe(gates(), apart / "gates.shp", encoding=encoding)
    with ZipFile(folder / "x.zip", "w") as archive:
        for part in sorted(apart.iterdir()):
            if part.suffix not in without:
                archive.write(part, f"{inside}{part.name}")
    return folder / "x.zip"


def test_features_come_with_their_ids_or_are_counted(tmp_path: Path) -> None:
    by_number = write_features(
        tmp_path / "gates.geojson",
        feature_of(point(116, 39), OPEN, id=7),
        feature_of(point(116, 40), OPEN, id=9),
    )
    assert only_layer(read(by_number))["gate_id"].tolist() == ["7", "9"]

    by_text = write_features(
        tmp_path / "gates.geojson",
        feature_of(point(116, 39), OPEN, id="w"),
        feature_of(point(116, 40), OPEN),
    )
    assert only_layer(read(by_text))["gate_id"].tolist() == ["w", "gates-2"]

    counted = write_features(tmp_path / "offices.geojson", feature_of(point(116, 39), {}))
    assert only_layer(read(counted))["office_id"].tolist() == ["offices-1"]


def test_every_bad_feature_is_told_and_the_good_ones_stay(tmp_path: Path) -> None:
    path = write_features(
        tmp_path / "gates.geojson",
        feature_of(point(116, 39), {"gate_id": "1", "state": "open"}),
        feature_of(point(39.9, 116.3), {"gate_id": "2", "state": "open"}),
        feature_of(point(116, 39, 50), {"gate_id": "3", "state": "ajar"}),
        feature_of(None, {"gate_id": "4", "state": "open"}),
        feature_of({"type": "MultiPoint", "coordinates": [[116, 39]]}, {"gate_id": "5", **OPEN}),
        feature_of(point(445_000, 4_400_000), {"gate_id": "6", "state": "open"}),
    )

    imported = read(path)

    assert only_layer(imported)["gate_id"].tolist() == ["1", "5"]
    assert imported.seen == {"gates": 6}
    assert [fault.place for fault in imported.faults] == [f"feature {n}" for n in (2, 3, 4, 6)]
    assert "latitude first?" in told(imported)[0]
    assert "metres?" in told(imported)[3]


def test_heights_are_dropped_and_collections_of_one_unwrapped(tmp_path: Path) -> None:
    collection = {"type": "GeometryCollection", "geometries": [point(116, 39, 5)]}
    path = write_features(tmp_path / "offices.geojson", feature_of(collection, {}))

    (shape,) = only_layer(read(path)).geometry

    assert shape.wkt == "POINT (116 39)"


def test_a_self_crossing_polygon_is_repaired_and_noted(tmp_path: Path) -> None:
    path = write_features(
        tmp_path / "zones.geojson",
        feature_of(polygon(*BOW), {"level": "control"}),
        feature_of(polygon(*BOW[:3]), {"level": "control"}),
        feature_of(polygon(*BOW[:2]), {"level": "control"}),
    )

    imported = read(path)

    assert only_layer(imported).geometry.is_valid.tolist() == [True, True]
    areas = shapely.area(only_layer(imported).geometry.to_numpy())
    assert areas.tolist() == pytest.approx([0.005, 0.005])
    assert [(note.feature_id, note.treatment.value, note.why) for note in imported.notes] == [
        ("feature 1", "repaired", "Self-intersection[116.05 39.05]"),
        ("feature 2", "repaired", "ring closed"),
    ]
    assert [fault.place for fault in imported.faults] == ["feature 3"]


def test_not_a_number_is_told_with_its_feature(tmp_path: Path) -> None:
    path = tmp_path / "gates.geojson"
    good = json.dumps(feature_of(point(116, 39), OPEN))
    path.write_text(
        f'{{"type":"FeatureCollection","features":[{good.replace("116", "NaN")},{good}]}}'
    )

    imported = read(path)

    assert len(only_layer(imported)) == 1
    (fault,) = told(imported)
    assert fault.startswith("gates.geojson, feature 1, geometry: expected coordinates that are num")


def test_a_declared_crs_is_converted_and_an_unknown_one_refused(tmp_path: Path) -> None:
    def declaring(name: str) -> Path:
        crs = {"type": "name", "properties": {"name": name}}
        shape = feature_of(point(448_000, 4_420_000), OPEN)
        return write_features(tmp_path / "gates.geojson", shape, crs=crs)

    (shape,) = only_layer(read(declaring("urn:ogc:def:crs:EPSG::32650"))).geometry
    assert (shape.x, shape.y) == pytest.approx((116.391, 39.928), abs=0.001)

    with pytest.raises(ReadError, match="expected a CRS such as EPSG:4326, got 'nonsense'"):
        read(declaring("nonsense"))


def test_positions_in_gcj02_are_brought_back(tmp_path: Path) -> None:
    lon, lat = shift(116.4, 39.9, source=Datum.WGS84, target=Datum.GCJ02)
    path = write_features(
        tmp_path / "gates.geojson", feature_of(point(float(lon), float(lat)), OPEN)
    )

    (shape,) = only_layer(read(path, datum=Datum.GCJ02)).geometry

    assert (shape.x, shape.y) == pytest.approx((116.4, 39.9), abs=1e-9)


def test_a_box_keeps_what_touches_it_and_counts_only_that(tmp_path: Path) -> None:
    path = write_features(
        tmp_path / "gates.geojson",
        feature_of(point(116, 39), OPEN),
        feature_of(point(117, 39), {"state": "ajar"}),
        feature_of(point(118, 39), OPEN),
    )

    imported = read(path, bbox=(115, 38, 116, 40))

    assert len(only_layer(imported)) == 1
    assert imported.seen == {"gates": 1}
    assert imported.faults == ()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gates.geojson", b"", "empty file"),
        ("gates.geojson", JUNK, "does not begin with a brace"),
        ("gates.geojson", b"{" + JUNK, "GDAL can read"),
        ("gates.geojson", b"[1]", "does not begin with a brace"),
        ("gates.geojson", b'{"a":1}', "GDAL can read"),
        ("gates.geojson", b'{"type":"FeatureCollection","features":[]}', "rows or features"),
        ("gates.geojson", b"<OGRVRTDataSource/>", "does not begin with a brace"),
        ("gates.json", b'{"type":"gdal_streamed_alg","command_line":"gdal vector info x"}', "GDAL"),
        ("gates.gpkg", JUNK, "expected a GeoPackage"),
        ("gates.gpkg", b"SQLite format 3\x00" + JUNK, "expected a GeoPackage"),
        ("gates.zip", b"PK", "zip archive"),
        ("gates.docx", b"x", "expected a file ending in"),
    ],
)
def test_broken_files_are_refused_with_their_name(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(ReadError, match=message) as refused:
        read(path)

    assert str(refused.value).startswith(name)


def test_a_file_that_ends_early_is_refused_with_the_place(tmp_path: Path) -> None:
    path = write_features(tmp_path / "gates.geojson", feature_of(point(116, 39), OPEN))
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(ReadError, match="At line 1, character"):
        read(path)


def test_a_map_without_shapes_is_refused(tmp_path: Path) -> None:
    path = write_features(tmp_path / "gates.geojson", feature_of(None, OPEN))

    with pytest.raises(ReadError, match="a file without geometry"):
        read(path)


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = write_features(tmp_path / "gates.geojson", feature_of(point(1, 2), {"name": "西门"}))
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))

    with pytest.raises(ReadError, match=r"gates\.geojson"):
        read(path)


@pytest.mark.parametrize(
    ("name", "size", "message"),
    [
        ("gates.geojson", MAX_GEOJSON_BYTES + 1, "bytes of GeoJSON, got 1,073,741,825; convert it"),
        ("gates.gpkg", MAX_FILE_BYTES + 1, "at most 2,147,483,648 bytes, got 2,147,483,649"),
    ],
)
def test_a_too_large_file_is_refused_before_it_is_read(
    tmp_path: Path, name: str, size: int, message: str
) -> None:
    with (tmp_path / name).open("wb") as hollow:
        hollow.truncate(size)

    with pytest.raises(ReadError, match=message):
        read(tmp_path / name)


def test_a_geopackage_gives_every_layer_that_it_names(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    pyogrio.write_dataframe(gates(), path, layer="gates")
    pyogrio.write_dataframe(gates(), path, layer="notes")
    pyogrio.write_dataframe(gates().iloc[:0], path, layer="offices")

    imported = read(path)

    assert only_layer(imported)["gate_id"].tolist() == ["w", "e"]
    assert only_layer(imported).crs.to_epsg() == 4326
    assert imported.warnings == ("x.gpkg: part not taken: notes",)


def test_a_geopackage_without_crs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gates.gpkg"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shapes = shapely.points([[1, 2], [3, 4]])
        pyogrio.write_dataframe(gpd.GeoDataFrame({"state": ["open"] * 2}, geometry=shapes), path)

    with pytest.raises(ReadError, match=r"gates\.gpkg: expected a declared CRS"):
        read(path)


def test_other_databases_and_broken_geopackages_are_refused(tmp_path: Path) -> None:
    plain = tmp_path / "plain.gpkg"
    connection = sqlite3.connect(plain)
    connection.execute("create table gates (gate_id text)")
    connection.commit()
    connection.close()
    with pytest.raises(ReadError, match="expected a GeoPackage"):
        read(plain)

    broken = tmp_path / "gates.gpkg"
    pyogrio.write_dataframe(gates(), broken)
    content = bytearray(broken.read_bytes())
    content[200:60_200] = bytes(range(100)) * 600
    broken.write_bytes(content)
    with pytest.raises(ReadError, match="GDAL can read"):
        read(broken)


@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030"])
def test_a_shapefile_in_chinese_is_read_though_it_does_not_say_how(
    tmp_path: Path, encoding: str
) -> None:
    path = shapefile_zip(tmp_path, encoding=encoding, without=(".cpg",), inside="../x/")

    rows = only_layer(read(path))

    assert rows["name"].tolist() == ["西门", "东门"]
    assert rows.geometry.x.tolist() == pytest.approx([116.391, 116.391], abs=0.001)


@pytest.mark.parametrize(
    ("without", "message"),
    [
        (".prj", "expected a declared CRS"),
        (".shx", "got no .shx"),
        (".shp", "expected a Shapefile"),
    ],
)
def test_an_incomplete_shapefile_is_refused(tmp_path: Path, without: str, message: str) -> None:
    path = shapefile_zip(tmp_path, without=(without,))

    with pytest.raises(ReadError, match=message) as refused:
        read(path)

    assert str(refused.value).startswith("x.zip")


def test_an_archive_is_refused_by_its_directory_before_it_is_unpacked(tmp_path: Path) -> None:
    large = ZipInfo("gates.shp")
    large.file_size = MAX_SHAPEFILE_BYTES + 1
    with pytest.raises(ReadError, match=r"x\.zip: expected at most 1,073,741,824 bytes unpacked"):
        check_unpacked_size("x.zip", [large], MAX_SHAPEFILE_BYTES)

    with ZipFile(tmp_path / "x.zip", "w") as archive:
        for number in range(MAX_MEMBERS + 1):
            archive.writestr(str(number), b"")
    with pytest.raises(ReadError, match="expected at most 10,000 files inside"):
        read(tmp_path / "x.zip")


def test_a_shapefile_of_junk_is_refused(tmp_path: Path) -> None:
    for magic in (b"", SHP_MAGIC):
        with ZipFile(tmp_path / "gates.zip", "w") as archive:
            for suffix in NEEDED:
                archive.writestr(f"gates{suffix}", magic + JUNK)

        with pytest.raises(ReadError, match=r"gates\.zip \(gates\)"):
            read(tmp_path / "gates.zip")


def test_several_points_in_one_feature_are_no_point(tmp_path: Path) -> None:
    frame = gates().set_geometry([MultiPoint([(448_000, 1), (448_001, 1)])] * 2)
    pyogrio.write_dataframe(frame, tmp_path / "gates.gpkg")

    imported = read(tmp_path / "gates.gpkg")

    assert len(only_layer(imported)) == 0
    assert "expected a Point, got MultiPoint" in told(imported)[0]
