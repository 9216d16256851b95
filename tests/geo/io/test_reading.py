from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest

from geo.checks import check_layer
from geo.errors import ReadError
from geo.io.demo import demo_folder
from geo.io.reading import sources_in
from geo.layers import LAYERS
from tests.support.files import only_layer, read
from tests.support.real_data import real_data

if TYPE_CHECKING:
    from pathlib import Path


def test_every_file_of_the_demo_is_read_without_a_fault() -> None:
    for path in sources_in(demo_folder()):
        imported = read(path)

        ((name, rows),) = imported.layers.items()
        assert imported.faults == ()
        assert imported.source == name
        assert imported.seen[name] == len(rows)
        check_layer(rows, LAYERS[name], source=name)
        if isinstance(rows, gpd.GeoDataFrame):
            assert rows.crs == "EPSG:4326"


def test_real_sampling_sites_keep_the_rows_that_have_a_position() -> None:
    imported = read(real_data("sampling-sites/sites.csv.gz"))

    assert imported.seen == {"sampling_sites": 629}
    assert len(only_layer(imported)) == 553
    assert len(imported.faults) == 76
    assert {fault.column for fault in imported.faults} == {"geometry"}
    assert "testovaci_kapacita" in imported.warnings[0]


def test_real_premises_without_a_category_are_told_once() -> None:
    imported = read(real_data("premises/melbourne-cafes-2021.csv.gz"), layer="premises")

    assert imported.seen == {"premises": 3157}
    assert len(only_layer(imported)) == 0
    assert [fault.column for fault in imported.faults] == ["category"]


def test_real_districts_are_polygons_once_they_have_a_level() -> None:
    imported = read(real_data("admin-codes/shenzhen-districts.geojson"), layer="areas")

    assert imported.seen == {"areas": 10}
    assert [fault.column for fault in imported.faults] == ["level"]


def test_openstreetmap_goes_its_own_way() -> None:
    imported = read(real_data("beijing-bupt/bupt.osm.pbf"))

    assert imported.source == "osm"
    assert "OpenStreetMap" in imported.attribution


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="got none"):
        read(tmp_path / "gates.geojson")
    with pytest.raises(ReadError, match="got a folder"):
        read(tmp_path)


def test_a_geojson_file_names_its_source_and_licence(tmp_path: Path) -> None:
    named, silent = tmp_path / "offices.geojson", tmp_path / "areas.geojson"
    shape = '{"type":"Feature","id":"o","properties":{"attribution":"no"},"geometry":'
    body = f'"features":[{shape}{{"type":"Point","coordinates":[114.3,30.6]}}}}]}}'
    named.write_text(f'{{"type":"FeatureCollection","attribution":"© 甲 \\"A\\"",{body}')
    silent.write_text(f'{{"type":"FeatureCollection",{body}')

    assert read(named, layer="offices").attribution == '© 甲 "A"'
    assert read(silent, layer="offices").attribution == ""
