from __future__ import annotations

from pathlib import Path

import pytest

from geo.errors import ReadError
from geo.io.columns import match_columns, recognised
from geo.io.naming import choose_layers, known_suffix, layer_titled, source_name
from geo.layers import BUILDINGS, LAYERS, PREMISES, SAMPLING_SITES


@pytest.mark.parametrize(
    ("title", "layer"),
    [
        ("buildings", "buildings"),
        ("Buildings", "buildings"),
        ("Sampling Sites", "sampling_sites"),
        ("sampling-sites", "sampling_sites"),
        ("楼栋", "buildings"),
        ("采样点", "sampling_sites"),
        ("卡点", "checkpoints"),
        ("复工报表", "reports"),
        ("复工日报2020-03-25", "reports"),
        ("reports_20200325", "reports"),
    ],
)
def test_a_title_names_its_layer_in_both_languages(title: str, layer: str) -> None:
    found = layer_titled(title)

    assert found is not None
    assert found.name == layer


def test_every_layer_is_named_by_its_own_name() -> None:
    assert all(layer_titled(name) is layer for name, layer in LAYERS.items())


@pytest.mark.parametrize("title", ["", "2020", "my file", "说明"])
def test_other_titles_name_none(title: str) -> None:
    assert layer_titled(title) is None


def test_endings_are_taken_off_however_they_are_written() -> None:
    assert source_name(Path("x/Sites.CSV.GZ")) == "Sites"
    assert source_name(Path("bupt.osm.pbf")) == "bupt"
    assert source_name(Path("a.b.txt")) == "a.b"
    assert known_suffix(Path("a.txt")) == ""


def test_one_inner_layer_goes_by_the_file_then_by_its_own_name() -> None:
    (by_file,) = choose_layers(["gates"], path=Path("streets.gpkg"), wanted=None)
    (by_itself,) = choose_layers(["gates"], path=Path("x.gpkg"), wanted=None)
    (as_wanted,) = choose_layers(["x"], path=Path("x.gpkg"), wanted="zones")

    assert by_file[1].name == "streets"
    assert by_itself[1].name == "gates"
    assert as_wanted[1].name == "zones"


def test_of_several_inner_layers_all_known_ones_are_taken() -> None:
    chosen = choose_layers(["gates", "说明", "楼栋"], path=Path("x.gpkg"), wanted=None)

    assert [(inner, layer.name) for inner, layer in chosen] == [
        ("gates", "gates"),
        ("楼栋", "buildings"),
    ]


@pytest.mark.parametrize(
    ("inner", "wanted", "message"),
    [
        (["a", "b"], None, "expected a name that says the layer .*, got a, b"),
        (["a"], None, "got a"),
        (["a", "b"], "gates", "expected a part named gates, got a, b"),
        (["a"], "moons", "Expected one of the layers"),
        (["楼栋", "buildings"], None, "got 楼栋, buildings for buildings"),
    ],
)
def test_what_names_no_one_layer_is_refused(
    inner: list[str], wanted: str | None, message: str
) -> None:
    with pytest.raises(ReadError, match=message):
        choose_layers(inner, path=Path("x.gpkg"), wanted=wanted)


def test_columns_match_by_name_then_by_alias_without_case_unit_or_mark() -> None:
    names = ["Building ID*", "楼栋名称", "户数（户）", "FLOORS", "备注"]

    assert match_columns(names, BUILDINGS) == {
        "building_id": "Building ID*",
        "name": "楼栋名称",
        "floors": "FLOORS",
        "households": "户数（户）",
    }


def test_a_declared_name_wins_over_its_aliases() -> None:
    assert match_columns(["名称", "name"], SAMPLING_SITES)["name"] == "name"
    assert match_columns(["店名", "单位名称"], PREMISES)["name"] == "单位名称"


def test_names_cut_by_shapefiles_match_where_they_are_plain() -> None:
    names = ["building_i", "has_proper", "floors", "residents_"]

    assert match_columns(names, BUILDINGS, name_length=10) == {
        "building_id": "building_i",
        "floors": "floors",
        "has_property_management": "has_proper",
        "residents_are_estimated": "residents_",
    }
    assert match_columns(names, BUILDINGS) == {"floors": "floors"}


def test_headings_are_counted_that_mean_something() -> None:
    assert recognised(["卡点", None, "经度", "x", "hello"], SAMPLING_SITES) == 2
