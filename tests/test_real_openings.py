"""Openings of zones on real maps, counted again by plain geometry, and posts by networkx."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from shapely import box
from typer.testing import CliRunner

from api.cli import app
from api.services.openings import ways_around, zone_openings
from api.services.workspace import Workspace
from api.store.project import Project
from geo.crs import to_wgs84
from geo.openings import State, draft_band, find_openings, survey_zone
from geo.openings.division import divide
from geo.openings.posts import AWAY_M
from geo.openings.states import CLOSED_REACH_M
from tests.support.real_data import real_data

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.openings import Ways
    from geo.openings.division import Division

ZONE_ID = "west"
STEP_M = 0.3
NEAR_M = 0.5
BAND_M = 20
MANY = 1_000_000


@dataclass(frozen=True)
class Case:
    """A map, the part of it that is read, and a zone; one with a checkpoint on its line."""

    name: str
    file: str
    read: str
    zone: tuple[float, float, float, float]


CASES = (
    Case(
        "bupt",
        "beijing-bupt/bupt.osm.pbf",
        "116.33,39.94,116.375,39.98",
        (116.3486, 39.9571, 116.3532, 39.9633),
    ),
    Case(
        "geneva",
        "geneva/geneva.osm.pbf",
        "6.112,46.206,6.136,46.224",
        (6.122, 46.2135, 6.127, 46.2165),
    ),
    Case(
        "hongkong",
        "hongkong/hongkong.osm.pbf",
        "114.186,22.279,114.209,22.299",
        (114.196, 22.2865, 114.201, 22.2905),
    ),
)


@dataclass(frozen=True)
class Place:
    """A project with a zone in it."""

    case: Case
    project: Path
    zone: BaseGeometry
    ways: Ways


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Import a map and a zone, and put a checkpoint on one of its openings."""
    case: Case = request.param
    folder = tmp_path_factory.mktemp(case.name)
    path, zones, posts = (folder / name for name in ("p.gpkg", "zones.geojson", "posts.csv"))
    run("import", real_data(case.file), "--project", path, "--bbox", case.read)
    zone = gpd.GeoDataFrame(
        {"zone_id": [ZONE_ID], "level": ["control"]}, geometry=[box(*case.zone)]
    )
    zones.write_text(zone.to_json())
    run("import", zones, "--project", path, "--layer", "zones")
    with Project.open(path) as project:
        found = zone_openings(Workspace(project), ZONE_ID).survey.openings
        first = to_wgs84(found[found["state"] == State.OPEN].iloc[[0]])
    lon, lat = shapely.get_coordinates(first.geometry)[0]
    posts.write_text(f"checkpoint_id,lon,lat,status,hours\npost,{lon},{lat},active,夜间\n")
    run("import", posts, "--project", path, "--layer", "checkpoints")
    with Project.open(path) as project:
        shape = project.read("zones").geometry.iloc[0]
        return Place(case, path, shape, ways_around(Workspace(project), shape, reach_m=BAND_M))


def test_openings_equal_an_independent_count_by_geometry(place: Place) -> None:
    boundary = place.zone.boundary
    crossings = []
    for street in place.ways.streets.geometry[place.ways.streets.intersects(boundary)]:
        for point in shapely.get_parts(street.intersection(boundary)):
            along = street.project(point)
            sides = {
                bool(place.zone.contains(street.interpolate(along + step)))
                for step in (-STEP_M, STEP_M)
            }
            crossings += [point] if sides == {True, False} else []

    found = find_openings(place.ways, place.zone)

    assert len(found) == len(crossings) > 15
    apart = shapely.distance(np.array(crossings)[:, None], found.geometry.to_numpy()[None, :])
    assert apart.min(axis=0).max() < NEAR_M
    assert apart.min(axis=1).max() < NEAR_M


def test_the_command_tells_the_same_as_the_survey(place: Place, tmp_path: Path) -> None:
    out = tmp_path / "openings.geojson"

    run("openings", "--project", place.project, "--zone", ZONE_ID, out)

    told: dict[str, Any] = json.loads(out.read_text())
    kinds = Counter(feature["properties"]["kind"] for feature in told["features"])
    states = Counter(feature["properties"]["state"] for feature in told["features"])
    summary = told["summary"]
    assert kinds == {"opening": summary["openings"]}
    assert {state: count for state, count in states.items() if count} == {
        state: summary[state] for state in ("guarded", "closed", "open") if summary[state]
    }
    assert summary["fewest_posts"] == survey_zone(place.ways, place.zone).posts.count
    assert summary["guarded"] >= 1
    guarded = [f for f in told["features"] if f["properties"]["state"] == "guarded"]
    assert {f["properties"]["checkpoint_id"] for f in guarded} == {"post"}


def hanging_together(division: Division) -> list[tuple[int, ...]]:
    """Give pieces that hang together when everything is parted at the openings."""
    sides: nx.Graph[object] = nx.Graph()
    ends = zip(division.pieces.tail.tolist(), division.pieces.head.tolist(), strict=True)
    for piece, nodes in enumerate(ends):
        sides.add_node(("piece", piece))
        free = [node for node in nodes if division.opening[node] < 0]
        sides.add_edges_from((("piece", piece), node) for node in free)
    parts = nx.connected_components(sides)
    return [tuple(name[1] for name in part if isinstance(name, tuple)) for part in parts]


def peer_of(place: Place, division: Division, is_closed: NDArray[np.bool_]) -> nx.DiGraph[object]:
    """Rebuild for networkx what posts part from what."""
    peer: nx.DiGraph[object] = nx.DiGraph()
    peer.add_nodes_from(["inside", "outside"])
    lived_on = set(place.ways.building_node.tolist())
    for number in np.flatnonzero(~is_closed).tolist():
        peer.add_edge(("in", number), ("out", number), capacity=1)
    for number, part in enumerate(hanging_together(division)):
        at = np.array(part)
        nodes = np.unique(np.concatenate([division.pieces.tail[at], division.pieces.head[at]]))
        has_door = not lived_on.isdisjoint(nodes.tolist())
        if division.is_inside[at[0]] and has_door:
            peer.add_edge("inside", number, capacity=MANY)
        leads_away = has_door or division.pieces.length_m[at].sum() > AWAY_M
        if not division.is_inside[at[0]] and leads_away:
            peer.add_edge(number, "outside", capacity=MANY)
        for opening in set(division.opening[nodes].tolist()) - {-1}:
            peer.add_edge(number, ("in", opening), capacity=MANY)
            peer.add_edge(("out", opening), number, capacity=MANY)
    return peer


def test_posts_equal_networkx_on_the_divided_ways(place: Place) -> None:
    survey, division = survey_zone(place.ways, place.zone), divide(place.ways, place.zone)
    is_closed = survey.openings["state"].eq(State.CLOSED).to_numpy(dtype=bool)
    peer = peer_of(place, division, is_closed)

    assert survey.posts.count == nx.minimum_cut_value(peer, "inside", "outside")


def test_what_is_told_as_closed_has_a_wall_or_a_gate_by_it(place: Place) -> None:
    openings = find_openings(place.ways, place.zone)
    shut = openings[openings["state"] == State.CLOSED]
    network = place.ways.network
    obstacles = shapely.union_all([*network.barriers, *network.closed_gates])

    assert (shut.distance(obstacles) < CLOSED_REACH_M).all()


def test_a_draft_needs_fewer_posts_and_stays_in_its_band(place: Place) -> None:
    fewest = survey_zone(place.ways, place.zone).posts.count

    draft = draft_band(place.ways, place.zone, band_m=BAND_M)

    assert draft is not None
    assert draft.survey.posts.count < fewest
    assert draft.survey.posts == survey_zone(place.ways, draft.shape).posts
    assert place.zone.buffer(BAND_M + 0.01).covers(draft.shape)
    assert draft.shape.buffer(0.01).covers(place.zone.buffer(-BAND_M))


@pytest.mark.parametrize("place", CASES[:1], indirect=True, ids=["bupt"])
def test_locked_and_timed_gates_of_the_campus_are_told(place: Place) -> None:
    # A line round the campus, a few metres outside its gates.
    gates = place.ways.gates
    around = gates[gates.intersects(place.zone.buffer(150))].union_all().convex_hull.buffer(4)
    timed = set(gates.loc[gates["is_timed"], "gate_id"])
    locked = set(gates.loc[gates["state"] == "closed", "gate_id"])

    with Project.open(place.project) as project:
        night, noon = (
            zone_openings(Workspace(project), around, at=datetime(2020, 3, 25, *time, tzinfo=UTC))
            for time in ((3, 30), (12, 30))
        )

    openings = noon.survey.openings
    assert set(openings.loc[openings["is_timed"], "gate_id"]) == timed
    assert locked & set(openings.loc[openings["state"] == State.CLOSED, "gate_id"])
    assert night.summary["closed"] >= noon.summary["closed"] > 0
