"""The made-up community: what it promises, and that its files are what the seed gives."""

from __future__ import annotations

import json
from itertools import combinations
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.checks import check_layer
from geo.crs import to_metric
from geo.io.demo import SOURCE_FOLDER, demo_folder, main, write_demo
from geo.layers import LAYERS
from geo.reopening import day_figures, latest_day, reopening_states, suspicious_reports
from geo.synthetic.community import make_community
from geo.synthetic.ground import METRIC_CRS
from geo.synthetic.people import apportioned, residents

if TYPE_CHECKING:
    from pathlib import Path

HALF_WIDTH_M = {
    "primary": 8,
    "secondary": 6,
    "residential": 4,
    "pedestrian": 4,
    "service": 2,
    "living_street": 2,
    "footway": 1,
}
Layers = dict[str, gpd.GeoDataFrame]
Community = dict[str, gpd.GeoDataFrame | pd.DataFrame]


def matched(shapes: gpd.GeoSeries, keys: pd.Series) -> gpd.GeoSeries:
    """Give the shape of each key, in the order of the keys."""
    return gpd.GeoSeries([shapes[key] for key in keys], crs=shapes.crs)


@pytest.fixture(scope="module")
def community() -> Community:
    """Give the community as it is made."""
    return make_community()


@pytest.fixture(scope="module")
def layers(community: Community) -> Layers:
    """Give all layers with geometry, in metres."""
    return {
        name: to_metric(frame, METRIC_CRS)
        for name, frame in community.items()
        if isinstance(frame, gpd.GeoDataFrame)
    }


@pytest.fixture(scope="module")
def reports(community: Community) -> pd.DataFrame:
    """Give the reports of all days."""
    return community["reports"]


def test_the_files_are_what_the_seed_gives(tmp_path: Path) -> None:
    main([str(tmp_path)])

    committed = {path.name: path.read_bytes() for path in SOURCE_FOLDER.iterdir()}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == committed


def test_every_file_says_that_it_is_synthetic() -> None:
    for path in demo_folder().glob("*.geojson"):
        collection = json.loads(path.read_text(encoding="utf-8"))
        assert collection["synthetic"] is True
        assert "合成数据" in collection["description"]
        assert collection["name"] == path.stem


def test_the_folder_is_found_only_where_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="found none"):
        demo_folder([tmp_path / "nowhere"])

    write_demo(tmp_path / "new")

    assert demo_folder([tmp_path / "nowhere", tmp_path / "new"]) == tmp_path / "new"


@pytest.mark.parametrize("name", sorted(LAYERS.keys() - {"blocks"}))
def test_every_layer_keeps_its_contract(community: Community, name: str) -> None:
    frame = community[name]

    check_layer(frame, LAYERS[name], source=name)
    assert [column for column in frame if column != "geometry"] == list(LAYERS[name].column_names)


def test_the_same_seed_gives_the_same_and_another_seed_the_same_totals(
    community: Community,
) -> None:
    again, other = make_community(), make_community(seed=7)

    for name, frame in community.items():
        assert frame.equals(again[name])
    assert not community["buildings"].equals(other["buildings"])
    assert other["buildings"]["residents"].sum() == 1565
    last = day_figures(
        other["premises"], other["reports"], other["areas"], day=latest_day(other["reports"])
    )
    assert (last.total.reopened, last.total.staff_back, last.total.carried) == (377, 1894, 9)


def test_the_buildings_are_those_of_the_model(layers: Layers) -> None:
    buildings = layers["buildings"]
    inhabited = buildings[buildings["households"] > 0]

    assert len(buildings) == 59
    assert buildings["residents"].sum() == 1565
    assert (
        inhabited["residents"]
        .between(2 * inhabited["households"], 3 * inhabited["households"])
        .all()
    )
    assert (buildings["residents"] == 0).equals(buildings["households"] == 0)
    assert (~buildings["has_property_management"]).sum() > 0.6 * 59


def test_towers_have_lifts_and_old_blocks_have_none(layers: Layers) -> None:
    buildings = layers["buildings"]

    assert buildings.loc[buildings["floors"] > 8, "has_lift"].all()
    assert not buildings.loc[buildings["floors"].eq(7), "has_lift"].any()
    assert set(buildings["floors"]) >= {1, 7, 18, 24}


def test_buildings_keep_apart(layers: Layers) -> None:
    shapes = layers["buildings"].geometry

    assert min(one.distance(other) for one, other in combinations(shapes, 2)) >= 3
    assert shapes.is_valid.all()


def test_no_building_stands_on_a_street_or_in_a_wall(layers: Layers) -> None:
    streets = layers["streets"]
    ground = streets.buffer(streets["class"].map(HALF_WIDTH_M)).union_all()
    walls = layers["barriers"].buffer(1).union_all()

    assert not layers["buildings"].intersects(ground | walls).any()


def test_streets_that_meet_share_a_vertex(layers: Layers) -> None:
    streets = layers["streets"]
    ground = streets[streets["level"] == 0].geometry

    for one, other in combinations(ground, 2):
        meeting = shapely.get_coordinates(one.intersection(other))
        vertices = {*one.coords} & {*other.coords}
        assert {tuple(xy) for xy in meeting} == vertices
        assert bool(vertices) == one.dwithin(other, 0.5)


def test_only_the_old_factory_yard_is_cut_off_by_closed_gates(layers: Layers) -> None:
    gates = layers["gates"]
    closed = gates[gates["state"] == "closed"].buffer(1).union_all()
    ways = layers["streets"].union_all()

    whole = shapely.get_parts(shapely.buffer(ways, 0.01))
    cut = shapely.get_parts(shapely.buffer(ways.difference(closed), 0.01))

    assert (len(whole), len(cut)) == (1, 2)
    yard, rest = sorted(cut, key=shapely.area)
    doors = layers["entrances"].merge(
        layers["buildings"][["building_id", "name"]], on="building_id"
    )
    is_nearer = doors.distance(yard) < doors.distance(rest)
    assert set(doors.loc[is_nearer, "name_y"]) == {"示例机械厂1栋", "示例机械厂2栋"}


def test_every_gate_stands_where_a_way_passes_a_barrier(layers: Layers) -> None:
    ways, walls = layers["streets"].union_all(), layers["barriers"].union_all()

    assert (layers["gates"].distance(ways) < 0.1).all()
    assert (layers["gates"].distance(walls) < 0.1).all()


def test_every_door_is_on_the_outline_of_its_building(layers: Layers) -> None:
    outlines = layers["buildings"].set_index("building_id").boundary
    doors = layers["entrances"]

    assert doors.distance(matched(outlines, doors["building_id"])).max() < 0.05
    assert doors["building_id"].nunique() > 0.8 * 59
    counted = layers["buildings"].set_index("building_id")["staircases"].dropna()
    assert (doors.groupby("building_id").size()[counted.index] == counted).all()


def test_the_grids_tile_the_community(layers: Layers) -> None:
    areas = layers["areas"].set_index("code")
    community = areas.geometry["990101001001"]
    grids = areas[areas["level"] == "grid"]

    assert grids.union_all().symmetric_difference(community).area < 1
    assert grids.area.sum() == pytest.approx(community.area, abs=1)
    assert set(grids["parent_code"]) == {"990101001001"}
    assert areas["parent_code"].dropna().isin(areas.index).all()


def test_buildings_and_premises_lie_in_the_areas_they_name(layers: Layers) -> None:
    areas = layers["areas"].set_index("code").geometry
    outlines = layers["buildings"].set_index("building_id").geometry
    premises = layers["premises"]

    for frame in (layers["buildings"], premises):
        named = matched(areas, frame["area_code"])
        assert frame.representative_point().within(named).all()
    assert premises.within(matched(outlines, premises["building_id"])).all()


def test_every_name_says_that_it_is_made_up(layers: Layers) -> None:
    for name, frame in layers.items():
        if "name" in frame and name != "entrances":
            assert frame["name"].str.startswith("示例").all(), name
    assert layers["premises"]["name"].is_unique


def test_the_last_day_is_the_one_in_the_model(layers: Layers, reports: pd.DataFrame) -> None:
    last = day_figures(layers["premises"], reports, layers["areas"], day=latest_day(reports))

    told = {f.code: (f.premises, f.reopened, f.staff_back) for f in (*last.by_category, last.total)}
    assert told == {
        "enterprise": (118, 107, 1300),
        "catering": (104, 92, 212),
        "retail": (140, 131, 268),
        "services": (61, 47, 114),
        "total": (423, 377, 1894),
    }
    assert (last.total.carried, last.total.missing, len(last.trend)) == (9, 0, 14)
    assert [figures.code for figures in last.by_area] == ["990101001001"]


def test_the_figures_never_fall(layers: Layers, reports: pd.DataFrame) -> None:
    last = day_figures(layers["premises"], reports, layers["areas"], day=latest_day(reports))

    assert (np.diff([point.reopened for point in last.trend]) > 0).all()
    assert (np.diff([point.staff_back for point in last.trend]) > 0).all()
    states = reopening_states(layers["premises"], reports, day=last.trend[0].day)
    assert (states == "missing").any()


def test_no_report_of_the_community_is_suspicious(layers: Layers, reports: pd.DataFrame) -> None:
    assert suspicious_reports(layers["premises"], reports).empty
    assert (reports["is_open"] == (reports["staff_back"] > 0)).all()


def test_the_sites_cannot_take_everybody(layers: Layers) -> None:
    assert layers["sampling_sites"]["capacity"].sum() < 1565
    assert set(layers["zones"]["level"]) == {"lockdown", "control", "precaution"}
    lockdown = layers["zones"].set_index("level").geometry["lockdown"]
    assert layers["buildings"].within(lockdown).sum() == 2


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=30).filter(any), st.integers(0, 10_000))
def test_apportioned_adds_up_and_is_off_by_less_than_one(weights: list[int], total: int) -> None:
    shares = apportioned(np.array(weights), total)

    assert shares.sum() == total
    exact = [weight * total / sum(weights) for weight in weights]
    assert np.abs(shares - exact).max() < 1 + 1e-6


def test_residents_that_do_not_fit_are_refused() -> None:
    assert residents(np.array([1, 3]), 10).tolist() == [2 + 1, 6 + 1]
    with pytest.raises(ValueError, match="2 to 3 residents"):
        residents(np.array([1, 3]), 13)
