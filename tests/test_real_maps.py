"""The main job on real maps, from the file to routes, checked by other means."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from typer.testing import CliRunner

from api.cli import app
from api.services.scope import Scope, read_ground
from api.services.workspace import Workspace
from api.store.project import Project
from geo.crs import to_metric
from geo.network import attach, building_places
from geo.network.cuts import GATE_REACH_M, merge_lines
from tests.support.real_data import real_data
from tests.support.referee import networkx_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from api.services.scope import Ground

PAIRS = 200
STEP_M = 0.25
NEAR_M = 0.03
BESIDE_M = 0.5


@dataclass(frozen=True)
class Case:
    """One map, the part of it that is asked about, and how."""

    name: str
    file: str
    box: tuple[float, float, float, float]
    teams: int
    site_category: str


CASES = (
    Case("bupt", "beijing-bupt/bupt.osm.pbf", (116.3489, 39.9567, 116.3552, 39.9638), 4, "retail"),
    Case("geneva", "geneva/geneva.osm.pbf", (6.118, 46.212, 6.130, 46.219), 10, "pharmacy"),
    Case(
        "hongkong", "hongkong/hongkong.osm.pbf", (114.192, 22.284, 114.2115, 22.302), 10, "pharmacy"
    ),
)


@dataclass(frozen=True)
class Answers:
    """What the commands wrote for one case."""

    case: Case
    project: Path
    coverage: dict[str, Any]
    buildings: dict[str, Any]
    sweep: dict[str, Any]
    folder: Path


def run(*arguments: object) -> str:
    """Run a command of the project; fail with what it said."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def around(box: tuple[float, float, float, float], margin_deg: float) -> str:
    west, south, east, north = box
    wider = (west - margin_deg, south - margin_deg, east + margin_deg, north + margin_deg)
    return ",".join(str(round(side, 6)) for side in wider)


def write_sites(project: Path, case: Case, target: Path) -> None:
    """Put sampling sites where the map has pharmacies or shops."""
    premises = target.with_name("premises.geojson")
    run("export", "--project", project, "--layer", "premises", premises)
    west, south, east, north = case.box
    rows = ["site_id,lon,lat,capacity"]
    for feature in json.loads(premises.read_text())["features"]:
        lon, lat = feature["geometry"]["coordinates"]
        is_here = west <= lon <= east and south <= lat <= north
        if is_here and feature["properties"]["category"] == case.site_category and len(rows) < 9:
            rows.append(f"site-{len(rows)},{lon},{lat},1500")
    assert len(rows) > 3
    target.write_text("\n".join(rows) + "\n")


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def answers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """Import a map, then ask for coverage and a sweep."""
    case: Case = request.param
    folder = tmp_path_factory.mktemp(case.name)
    project = folder / "project.gpkg"
    run("import", real_data(case.file), "--project", project, "--bbox", around(case.box, 0.02))
    sites = folder / "sampling_sites.csv"
    write_sites(project, case, sites)
    run("import", sites, "--project", project)
    box = ",".join(map(str, case.box))
    asked = ("--project", project, "--bbox", box)
    run(
        *("coverage", *asked, "--walk-minutes", 6),
        *("--buildings", folder / "buildings.geojson", folder / "zones.geojson"),
    )
    run("sweep", *asked, "--teams", case.teams, folder / "sweep.geojson")
    read = {
        name: json.loads((folder / f"{name}.geojson").read_text())
        for name in ("zones", "buildings", "sweep")
    }
    return Answers(case, project, read["zones"], read["buildings"], read["sweep"], folder)


@pytest.fixture(scope="module")
def ground(answers: Answers) -> Ground:
    """Read what the commands walked on."""
    with Project.open(answers.project) as project:
        return read_ground(Workspace(project), Scope(bbox=answers.case.box))


def test_every_layer_opens_in_gdal(answers: Answers) -> None:
    names = [str(name) for name, _ in pyogrio.list_layers(answers.project)]

    assert {"buildings", "streets", "premises", "sampling_sites"} <= set(names)
    frame = pyogrio.read_dataframe(answers.project, layer="buildings", max_features=50)
    assert frame.crs == "EPSG:4326"
    assert frame.geometry.is_valid.all()


def test_walks_equal_networkx_on_the_same_graph(answers: Answers, ground: Ground) -> None:
    with Project.open(answers.project) as project:
        sites = project.read("sampling_sites")
    doors, _ = building_places(ground.buildings, ground.entrances)
    places = np.concatenate([sites.geometry.to_numpy(), doors])
    graph = attach(ground.network, places, origins=list(range(len(sites))))
    peer = networkx_of(graph)
    rng = np.random.default_rng(7)
    told = pd.DataFrame([feature["properties"] for feature in answers.buildings["features"]])
    walk_m = told.set_index("building_id")["walk_m"]
    site_of = told.set_index("building_id")["site_id"]
    metres = graph.distances_m(np.arange(len(sites)))

    for _ in range(PAIRS):
        site = int(rng.integers(len(sites)))
        building = int(rng.integers(len(ground.buildings)))
        place = len(sites) + building
        ends = int(graph.place_node[site]), int(graph.place_node[place])
        expected = np.inf
        if min(ends) >= 0 and nx.has_path(peer, *ends):
            expected = nx.dijkstra_path_length(peer, *ends)
            expected += graph.connector_m[site] + graph.connector_m[place]
        assert metres[site, place] == pytest.approx(expected, abs=0.1)
        key = ground.buildings["building_id"].iloc[building]
        if site_of[key] == sites["site_id"].iloc[site]:
            assert walk_m[key] == pytest.approx(expected, abs=0.1)


def test_people_covered_and_uncovered_are_all_people(answers: Answers, ground: Ground) -> None:
    summary = answers.coverage["summary"]
    told = pd.DataFrame([feature["properties"] for feature in answers.buildings["features"]])
    zones = pd.DataFrame([feature["properties"] for feature in answers.coverage["features"]])
    residents = int(ground.buildings["residents"].sum())

    assert summary["residents"] == residents
    assert summary["residents_covered"] + summary["residents_uncovered"] == residents
    assert summary["covered"] + summary["uncovered"] == len(ground.buildings) == len(told)
    assert set(told["building_id"]) == set(ground.buildings["building_id"])
    assert zones["residents"].sum() == summary["residents_uncovered"]
    assert zones["buildings"].sum() == summary["uncovered"]
    reached = told[told["covered"]]
    assert (reached["walk_m"] <= 6 * 60 * 1.2 + 1e-6).all()
    people = ground.buildings.set_index("building_id")["residents"].fillna(0)
    load = people.reindex(reached["building_id"]).groupby(reached["site_id"].to_numpy()).sum()
    assert (load <= 1500).all()


def test_zones_stay_in_the_box_and_do_not_overlap(answers: Answers, ground: Ground) -> None:
    zones = to_metric(
        gpd.GeoDataFrame.from_features(answers.coverage["features"], crs="EPSG:4326"),
        str(ground.buildings.crs),
    )
    overlap = zones.overlay(zones, how="intersection", keep_geom_type=True)
    overlap = overlap[overlap["zone_id_1"] < overlap["zone_id_2"]]

    assert overlap.area.sum() < 1.0
    assert ground.extent is not None
    assert zones.difference(ground.extent.buffer(1.0)).area.sum() == 0


def test_every_reachable_building_is_on_exactly_one_route(answers: Answers, ground: Ground) -> None:
    stops = [
        feature["properties"]
        for feature in answers.sweep["features"]
        if feature["properties"]["kind"] == "stop"
    ]
    routes = [
        feature["properties"]
        for feature in answers.sweep["features"]
        if feature["properties"]["kind"] == "route"
    ]
    plan = answers.sweep["plan"]

    visited = [stop["building_id"] for stop in stops] + plan["unreachable"]
    assert sorted(visited) == sorted(ground.buildings["building_id"])
    assert [route["team"] for route in routes] == list(range(1, answers.case.teams + 1))
    assert sum(route["stops"] for route in routes) == len(stops)
    assert plan["makespan_s"] == max(route["duration_s"] for route in routes)
    assert plan["bound_s"] <= plan["makespan_s"] + 1
    for route in routes:
        walked = route["walk_m"] / 1.2 + route["work_s"]
        assert route["duration_s"] == pytest.approx(walked, abs=1)


def sides(barrier: shapely.LineString, points: NDArray[np.object_]) -> NDArray[np.float64]:
    """Tell left (above 0) from right of a barrier; NaN beyond its free ends."""
    along = shapely.line_locate_point(barrier, points)
    foot, on, back = (
        shapely.get_coordinates(
            shapely.line_interpolate_point(barrier, np.maximum(along + step, 0))
        )
        for step in (0, 0.01, -0.01)
    )
    way, off = on - back, shapely.get_coordinates(points) - foot
    side = np.sign(way[:, 0] * off[:, 1] - way[:, 1] * off[:, 0])
    is_beyond = (along < NEAR_M) | (along > barrier.length - NEAR_M)
    return np.where(is_beyond & (not barrier.is_closed), np.nan, side)


def crossings(line: shapely.Geometry, ground: Ground) -> list[shapely.Geometry]:
    """
    Find where a route gets from one side of a barrier to the other at ground level.

    The route is followed in small steps. Steps on the barrier itself are passed over: what
    counts is the side before and the side after them.
    """
    gates = ground.gates[ground.gates["state"].ne("closed")].union_all()
    raised = ground.streets[ground.streets["level"].fillna(0).ne(0)].union_all()
    barriers = merge_lines(ground.barriers)
    steps = np.asarray(shapely.points(shapely.get_coordinates(shapely.segmentize(line, STEP_M))))
    found: list[shapely.Geometry] = []
    for barrier in barriers[shapely.dwithin(barriers, line, NEAR_M)]:
        off_m = shapely.distance(steps, barrier)
        beside = np.flatnonzero((off_m > NEAR_M) & (off_m < 4 * STEP_M))
        side = sides(barrier, steps[beside])
        for at in np.flatnonzero(side[1:] * side[:-1] < 0):
            first, last = beside[at], beside[at + 1]
            is_one_visit = bool((off_m[first : last + 1] < 4 * STEP_M).all())
            stretch = shapely.MultiPoint(list(steps[first : last + 1]))
            is_open = stretch.distance(gates) <= GATE_REACH_M + STEP_M
            if is_one_visit and not is_open and stretch.distance(raised) > BESIDE_M:
                found.append(stretch)
    return found


def test_no_route_crosses_a_fence(answers: Answers, ground: Ground) -> None:
    routes = [f for f in answers.sweep["features"] if f["properties"]["kind"] == "route"]
    lines = to_metric(
        gpd.GeoDataFrame.from_features(routes, crs="EPSG:4326"), str(ground.buildings.crs)
    )

    for line in lines.geometry.to_numpy():
        assert crossings(line, ground) == []


def test_no_walk_goes_on_through_a_closed_gate(answers: Answers, ground: Ground) -> None:
    assert answers.sweep["plan"]["makespan_s"] > 0
    network = ground.network
    closed = ground.gates[ground.gates["state"].eq("closed")]
    is_near = closed.distance(ground.streets.union_all()) < NEAR_M
    near = closed[is_near].geometry.to_numpy()

    tree = shapely.STRtree(network.lines)
    for gate in near:
        ends = tree.query(gate, predicate="dwithin", distance=NEAR_M)
        nodes = np.concatenate([network.tail[ends], network.head[ends]])
        xy = shapely.points(network.node_xy[nodes])
        at_gate = nodes[shapely.distance(xy, gate) < NEAR_M]
        assert len(at_gate) == len(np.unique(at_gate)), "two streets are joined at a closed gate"


def test_the_same_seed_gives_the_same_bytes(answers: Answers) -> None:
    box = ",".join(map(str, answers.case.box))
    again = answers.folder / "again.geojson"
    run(
        *("sweep", "--project", answers.project, "--bbox", box),
        *("--teams", answers.case.teams, again),
    )

    assert again.read_bytes() == (answers.folder / "sweep.geojson").read_bytes()
