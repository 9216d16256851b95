from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import gpxpy
import pytest
from shapely import LineString, Point

from geo.io.routes import gpx_bytes, kml_bytes, plan_features, plan_members
from geo.sweeps.plan import Stop, SweepPlan, TeamRoute

UTM = "EPSG:32650"
GPX = "{http://www.topografix.com/GPX/1/1}"
KML = "{http://www.opengis.net/kml/2.2}"
HOSTILE = "<b>&\x00\"'3号楼"
START = Point(442_000, 4_423_000)


def plan() -> SweepPlan:
    first = Stop(
        "b1",
        HOSTILE,
        Point(442_050, 4_423_000),
        door="entrance",
        arrive_s=41.66666,
        service_s=300.0,
        households=12,
    )
    second = replace(
        first, building_id="b2", label="", point=Point(442_100, 4_423_000), door="outline"
    )
    line = LineString([START, Point(442_100, 4_423_000), START])
    return SweepPlan(
        routes=(
            TeamRoute(1, line, (first, second), 200.0, 360.0, 526.7),
            TeamRoute(2, LineString([START, START]), (), 0.0, 0.0, 0.0),
        ),
        unreachable=("b3",),
        start=START,
        start_kind="office",
        makespan_s=526.7,
        bound_s=500.0,
        walk_m=200.0,
        seed=1,
    )


def test_features_are_each_line_and_then_its_stops_in_order() -> None:
    features = plan_features(plan(), crs=UTM)

    properties = [shape["properties"] for shape in features]
    assert [(one["kind"], one["team"]) for one in properties] == [
        ("route", 1),
        ("stop", 1),
        ("stop", 1),
        ("route", 2),
    ]
    assert properties[0] == {
        "kind": "route",
        "team": 1,
        "stops": 2,
        "walk_m": 200.0,
        "work_s": 360.0,
        "duration_s": 526.7,
    }
    assert properties[1] == {
        "kind": "stop",
        "team": 1,
        "seq": 1,
        "building_id": "b1",
        "label": HOSTILE,
        "arrive_s": 41.667,
        "service_s": 300.0,
        "households": 12,
        "door": "entrance",
    }
    assert features[0]["geometry"]["type"] == "LineString"
    lon, lat = features[1]["geometry"]["coordinates"]
    assert (lon, lat) == pytest.approx((116.3215, 39.9552), abs=0.001)


def test_members_say_how_good_the_plan_is_and_what_it_leaves() -> None:
    assert plan_members(plan()) == {
        "plan": {
            "makespan_s": 526.7,
            "bound_s": 500.0,
            "gap": 0.0534,
            "walk_m": 200.0,
            "unreachable": ["b3"],
            "seed": 1,
            "start_kind": "office",
        }
    }


def test_gpx_has_way_points_before_tracks_and_can_be_read_back() -> None:
    content = gpx_bytes(plan(), crs=UTM)

    tags = [child.tag for child in ET.fromstring(content)]  # noqa: S314 - our own bytes
    assert tags == [f"{GPX}metadata", *[f"{GPX}wpt"] * 3, *[f"{GPX}trk"] * 2]
    read = gpxpy.parse(content.decode())
    assert [point.name for point in read.waypoints][1:] == ["1-01 <b>&\"'3号楼", "1-02 b2"]
    assert [len(track.segments[0].points) for track in read.tracks] == [3, 2]
    assert read.tracks[0].segments[0].points[0].longitude == read.waypoints[0].longitude


def test_kml_has_a_folder_a_team_and_elements_in_their_order() -> None:
    content = kml_bytes(plan(), crs=UTM)

    document = ET.fromstring(content)[0]  # noqa: S314 - our own bytes
    folders = document.findall(f"{KML}Folder")
    assert [len(folder.findall(f"{KML}Placemark")) for folder in folders] == [3, 1]
    stop = folders[0].findall(f"{KML}Placemark")[1]
    assert [child.tag.removeprefix(KML) for child in stop] == ["name", "description", "Point"]
    assert stop[0].text == "1-01 <b>&\"'3号楼"
    line = folders[0].find(f"{KML}Placemark/{KML}LineString/{KML}coordinates")
    assert line is not None
    assert line.text is not None
    assert len(line.text.split()) == 3
    styles = {f"#{style.get('id')}" for style in document.findall(f"{KML}Style")}
    assert {url.text for url in document.iter(f"{KML}styleUrl")} <= styles


def test_the_same_plan_gives_the_same_bytes() -> None:
    for write in (gpx_bytes, kml_bytes):
        assert write(plan(), crs=UTM) == write(plan(), crs=UTM)
        assert b"2026" not in write(plan(), crs=UTM)
