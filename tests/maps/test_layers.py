from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import orjson
import pandas as pd
import pytest
import shapely
from shapely import LineString, Point, Polygon, box
from shapely.geometry import shape

from geo.crs import to_wgs84
from geo.errors import CrsError
from geo.layers import BUILDINGS
from maps.areas import areas_layer
from maps.barriers import barriers_layer, gates_layer
from maps.buildings import buildings_layer
from maps.coverage import uncovered_layer
from maps.drawn import script_json
from maps.page import drawn_layers, extent_deg
from maps.premises import premises_layer, shared_buildings
from maps.routes import routes_layer
from maps.streets import street_widths, streets_layer
from maps.style import TEAM_COLOURS
from maps.words import Words
from maps.zones import zones_layer
from tests.support.pages import (
    HOSTILE,
    UTM,
    empty_view,
    frame,
    sample_coverage,
    sample_layers,
    sample_plan,
    sample_view,
)

if TYPE_CHECKING:
    from maps.drawn import DrawnLayer

EN = Words("en")
ZH = Words("zh")
ABOUT_10_CM_DEG = 1e-6


def _data(layer: DrawnLayer) -> dict[str, Any]:
    """Give what the browser gets."""
    read: dict[str, Any] = orjson.loads(orjson.dumps(layer.data()))
    return read


def test_shapes_are_in_degrees_and_stay_where_they_were() -> None:
    buildings = sample_layers()["buildings"]

    data = _data(buildings_layer(buildings, EN))

    expected = to_wgs84(buildings).geometry
    drawn = [shape(geometry) for geometry in data["geometries"]]
    assert max(shapely.hausdorff_distance(drawn, expected.to_numpy())) < ABOUT_10_CM_DEG
    assert data["keys"] == [f"b{number}" for number in range(6)]


def test_a_building_without_a_name_is_labelled_by_its_number() -> None:
    data = _data(buildings_layer(sample_layers()["buildings"], EN))

    assert data["labels"][0] == "House 0"
    assert data["labels"][5] == "12-6"
    assert data["also"][5] == "12-6"
    assert data["also"][0] is None


def test_a_popup_tells_the_declared_columns_and_marks_estimates() -> None:
    facts = _data(buildings_layer(sample_layers()["buildings"], EN))["facts"]

    first = dict(zip(facts["fields"], facts["rows"][0], strict=False))
    assert first == {
        "House number": None,
        "Use": "Residential",
        "Floors": "6",
        "Residents": ["120"],
        "Lift": "No",
    }
    second = dict(zip(facts["fields"], facts["rows"][1], strict=False))
    assert second["Residents"] == "90"
    assert second["Lift"] == "Yes"


def test_a_popup_speaks_the_language_of_the_page() -> None:
    facts = _data(buildings_layer(sample_layers()["buildings"], ZH))["facts"]

    assert facts["fields"][:2] == ["门牌号", "用途"]
    assert facts["rows"][0][1] == "住宅"


def test_what_only_staff_may_see_is_not_sent() -> None:
    zones = sample_layers()["zones"].assign(author="cadre 7")

    assert "cadre 7" not in script_json(zones_layer(zones, EN).data())


def test_a_missing_or_empty_shape_is_not_drawn() -> None:
    buildings = sample_layers()["buildings"]
    shapes = [None, Polygon(), *buildings.geometry[2:]]

    data = _data(buildings_layer(buildings.set_geometry(gpd.GeoSeries(shapes, crs=UTM)), EN))

    assert data["keys"] == ["b2", "b3", "b4", "b5"]


def test_streets_are_one_multi_line_for_each_width() -> None:
    data = _data(streets_layer(sample_layers()["streets"], EN))

    assert data["classes"] == ["foot", "road", "main"]
    assert [geometry["type"] for geometry in data["geometries"]] == ["MultiLineString"] * 3
    assert data["count"] == 3


def test_a_street_s_name_stands_once_in_the_middle_of_its_longest_part() -> None:
    (name,) = _data(streets_layer(sample_layers()["streets"], EN))["names"]

    label, west, south, east, north, lon, lat, turn_deg, length_m = name
    middle = to_wgs84(frame("gates", [Point(100, 0)])).total_bounds[:2]
    assert label == "House Road"
    assert west < lon < east
    assert south < lat < north
    assert (lon, lat) == pytest.approx(tuple(middle), abs=2 * ABOUT_10_CM_DEG)
    assert turn_deg == 0
    assert length_m == 240


@pytest.mark.parametrize(
    ("end", "turn_deg"),
    [((100, 100), -45), ((100, -100), 45), ((-100, -100), -45), ((0, 100), -90)],
)
def test_a_street_s_name_is_never_upside_down(end: tuple[int, int], turn_deg: float) -> None:
    streets = frame("streets", [LineString([(0, 0), end])], name=["Lane"])

    (name,) = _data(streets_layer(streets, EN))["names"]

    assert name[7] == turn_deg


def test_street_widths_follow_the_class_and_then_the_cars() -> None:
    lines = [LineString([(0, 0), (1, 1)])] * 5
    streets = frame(
        "streets",
        lines,
        is_drivable=pd.array([None, None, True, False, None], dtype="boolean"),
        **{"class": ["primary_link", "steps", None, None, "service"]},
    )

    assert street_widths(streets).tolist() == ["main", "foot", "lane", "foot", "lane"]


def test_the_area_that_is_shown_stands_out() -> None:
    areas = frame("areas", [box(0, 0, 9, 9)] * 2, code=["c1", "c2"], level=["grid"] * 2)

    assert _data(areas_layer(areas, EN, shown_code="c2"))["classes"] == ["area", "shown"]


def test_gates_are_told_apart_by_shape() -> None:
    layer = gates_layer(sample_layers()["gates"], EN)
    data = _data(layer)

    assert data["classes"] == ["open", "closed", "hours"]
    assert len({mark["shape"] for mark in data["marks"].values()}) == 3
    assert [line.title for line in layer.legend] == [
        "Closed gate",
        "Open gate",
        "Gate with opening hours",
    ]


def test_the_legend_leaves_out_zone_levels_that_are_not_there() -> None:
    layer = zones_layer(sample_layers()["zones"], EN)

    assert [line.title for line in layer.legend] == ["Lockdown", "Precaution"]


def test_uncovered_buildings_are_named_by_their_place_in_the_layer_of_buildings() -> None:
    layers = sample_layers()

    data = _data(uncovered_layer(sample_coverage(layers), layers["buildings"], EN))

    assert data["buildings"] == [4, 5]
    assert data["facts"]["rows"] == [
        ["1", "5", "15", "1.30 km", "Too far"],
        ["1", "0", "0", "–", "No path"],
    ]


def test_positions_of_uncovered_buildings_skip_those_that_are_not_drawn() -> None:
    layers = sample_layers()
    shapes = [None, *layers["buildings"].geometry[1:]]
    buildings = layers["buildings"].set_geometry(gpd.GeoSeries(shapes, crs=UTM))

    assert _data(uncovered_layer(sample_coverage(layers), buildings, EN))["buildings"] == [3, 4]


def test_routes_carry_their_stops_in_order_with_arrival_and_work() -> None:
    data = _data(routes_layer(sample_plan(), UTM, EN))

    first, second = data["teams"]
    assert first["stops"] == [
        ["b0", "House 0", "+0:00", "15 min", "12", "mapped entrance"],
        ["b1", "House 1", "+0:01", "15 min", "12", "nearest point of the outline"],
    ]
    assert [first["colour"], second["colour"]] == list(TEAM_COLOURS[:2])
    assert len(first["points"]) == 2
    assert data["geometries"][0]["type"] == "LineString"


def test_premises_of_one_building_are_drawn_together() -> None:
    layers = sample_layers()
    states = pd.Series(["open", "closed", "carried", "missing"], index=layers["premises"].index)

    layer = premises_layer(layers["premises"], states, EN)

    assert _data(layer)["groups"] == [[0, 1, 2]]
    assert _data(layer)["classes"] == ["open", "closed", "carried", "missing"]
    assert [line.title for line in layer.legend] == [
        "Reopened",
        "Not reopened",
        "Report carried forward",
        "Never reported",
    ]


def test_premises_on_one_spot_are_drawn_together_without_a_building_too() -> None:
    premises = frame("premises", [Point(1, 1), Point(1.2, 1.1), Point(9, 9)])

    assert shared_buildings(premises) == [[0, 1]]


def test_premises_without_reports_claim_nothing() -> None:
    layers = sample_layers()

    assert set(_data(premises_layer(layers["premises"], None, EN))["classes"]) == {"unknown"}


def test_a_state_nobody_declared_is_unknown() -> None:
    premises = sample_layers()["premises"]
    states = pd.Series(["<b>", "open", "open", "open"], index=premises.index)

    assert _data(premises_layer(premises, states, EN))["classes"][0] == "unknown"


def test_empty_layers_are_built_and_count_nothing() -> None:
    layers = drawn_layers(empty_view(), EN)

    assert {layer.key: layer.count for layer in layers} == dict.fromkeys(
        [
            "areas",
            "streets",
            "barriers",
            "buildings",
            "zones",
            "premises",
            "gates",
            "checkpoints",
            "sampling_sites",
        ],
        0,
    )
    assert extent_deg(empty_view()) is None


def test_layers_in_degrees_are_refused() -> None:
    view = sample_view()
    degrees = {name: to_wgs84(layer) for name, layer in view.layers.items()}
    wrong = empty_view()
    object.__setattr__(wrong, "layers", degrees)

    with pytest.raises(CrsError, match="metres"):
        drawn_layers(wrong, EN)


def test_the_first_look_holds_the_buildings() -> None:
    view = sample_view()

    assert extent_deg(view) == pytest.approx(
        to_wgs84(view.layers["buildings"]).total_bounds, abs=ABOUT_10_CM_DEG
    )


def test_no_text_can_leave_the_data_block() -> None:
    layers = sample_layers(HOSTILE)

    text = script_json(barriers_layer(layers["barriers"], EN).data() | {"name": HOSTILE})

    assert not set("<>&\u2028") & set(text)
    assert json.loads(text)["name"] == HOSTILE


def test_layers_say_which_key_they_go_by() -> None:
    assert BUILDINGS.key == "building_id"
    assert buildings_layer(sample_layers()["buildings"], EN).get_name() == "feature_group_buildings"
