"""
Sweep plans out: GeoJSON features, GPX for navigation apps, KML for globes.

The same plan gives the same bytes: nothing in the files says when they were written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import shapely
from gpxpy.gpx import GPX, GPXTrack, GPXTrackPoint, GPXTrackSegment, GPXWaypoint

from geo.crs import to_wgs84
from geo.io.features import DECIMALS, feature
from geo.io.values import clean_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from geo.sweeps.plan import Stop, SweepPlan, TeamRoute

CREATOR = "prevention-map"
TITLE = "排查路线 Sweep routes"
START = "出发点 Start"
KML_NAMESPACE = "http://www.opengis.net/kml/2.2"
# Okabe and Ito's colours, as KML writes them: opacity, blue, green, red.
LINE_COLOURS = ("ffb27200", "ff005ed5", "ff739e00", "ffa779cc", "ffe9b456", "ff009fe6", "ff000000")
LINE_WIDTH_PX = 4
METRE_DECIMALS = 3
SECOND_DECIMALS = 3
SHARE_DECIMALS = 6
MINUTE_S = 60


def plan_features(plan: SweepPlan, *, crs: str) -> list[dict[str, Any]]:
    """
    Give a plan as GeoJSON features: of each team its line, then its stops in order.

    Parameters
    ----------
    plan
        Shapes in `crs`.
    crs
        Metric CRS of the plan.
    """
    features: list[dict[str, Any]] = []
    for route in plan.routes:
        line, points = _degrees(route, crs)
        features.append(feature(line, _route_properties(route), f"route-{route.team}"))
        for number, (stop, point) in enumerate(zip(route.stops, points, strict=True), start=1):
            key = f"stop-{route.team}-{number}"
            features.append(feature(point, _stop_properties(route, number, stop), key))
    return features


def plan_members(plan: SweepPlan) -> dict[str, Any]:
    """Give the foreign member `plan` of a plan's collection: how good it is, and what it leaves."""
    return {
        "plan": {
            "makespan_s": round(plan.makespan_s, SECOND_DECIMALS),
            "bound_s": round(plan.bound_s, SECOND_DECIMALS),
            "gap": round(plan.gap, SHARE_DECIMALS),
            "walk_m": round(plan.walk_m, METRE_DECIMALS),
            "unreachable": list(plan.unreachable),
            "seed": plan.seed,
            "start_kind": plan.start_kind,
        }
    }


def gpx_bytes(plan: SweepPlan, *, crs: str) -> bytes:
    """
    Give a plan as GPX 1.1: way points for the start and all stops, one track a team.

    Parameters
    ----------
    plan
        Shapes in `crs`.
    crs
        Metric CRS of the plan.
    """
    gpx = GPX()
    gpx.creator = CREATOR
    gpx.name = TITLE
    (start,) = _to_degrees([plan.start], crs)
    gpx.waypoints.append(_way_point(start, START, ""))
    for route in plan.routes:
        line, points = _degrees(route, crs)
        for number, (stop, point) in enumerate(zip(route.stops, points, strict=True), start=1):
            name = _stop_name(route, number, stop)
            gpx.waypoints.append(_way_point(point, name, _stop_words(stop)))
        gpx.tracks.append(_track(route, line))
    text: str = gpx.to_xml(version="1.1")
    return f"{text}\n".encode()


def kml_bytes(plan: SweepPlan, *, crs: str) -> bytes:
    """
    Give a plan as KML 2.2: one folder a team, with its line and its stops.

    Parameters
    ----------
    plan
        Shapes in `crs`.
    crs
        Metric CRS of the plan.
    """
    root = ET.Element("kml", xmlns=KML_NAMESPACE)
    document = _child(root, "Document")
    _child(document, "name", TITLE)
    for number, colour in enumerate(LINE_COLOURS):
        _add_style(document, f"team-{number}", colour)
    (start,) = _to_degrees([plan.start], crs)
    _add_placemark(document, START, "", start)
    for route in plan.routes:
        _add_folder(document, route, crs)
    ET.indent(root)
    text: bytes = ET.tostring(root, "utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text + b"\n"


def _degrees(route: TeamRoute, crs: str) -> tuple[BaseGeometry, list[BaseGeometry]]:
    line, *points = _to_degrees([route.line, *(stop.point for stop in route.stops)], crs)
    return line, points


def _to_degrees(shapes: Sequence[BaseGeometry], crs: str) -> list[BaseGeometry]:
    located = to_wgs84(gpd.GeoDataFrame(geometry=list(shapes), crs=crs))
    array = np.asarray(located.geometry.to_numpy(), dtype=object)
    return list(shapely.transform(array, lambda degrees: np.round(degrees, DECIMALS)))


def _route_properties(route: TeamRoute) -> dict[str, Any]:
    return {
        "kind": "route",
        "team": route.team,
        "stops": len(route.stops),
        "walk_m": round(route.walk_m, METRE_DECIMALS),
        "work_s": round(route.work_s, SECOND_DECIMALS),
        "duration_s": round(route.duration_s, SECOND_DECIMALS),
    }


def _stop_properties(route: TeamRoute, number: int, stop: Stop) -> dict[str, Any]:
    return {
        "kind": "stop",
        "team": route.team,
        "seq": number,
        "building_id": stop.building_id,
        "label": stop.label,
        "arrive_s": round(stop.arrive_s, SECOND_DECIMALS),
        "service_s": round(stop.service_s, SECOND_DECIMALS),
        "households": stop.households,
        "door": stop.door,
    }


def _team_name(route: TeamRoute) -> str:
    return f"第{route.team}组 Team {route.team}"


def _stop_name(route: TeamRoute, number: int, stop: Stop) -> str:
    return clean_text(f"{route.team}-{number:02} {stop.label or stop.building_id}")


def _stop_words(stop: Stop) -> str:
    arrive, service = (round(seconds / MINUTE_S) for seconds in (stop.arrive_s, stop.service_s))
    words = f"{stop.households} 户 households, +{arrive} min, {service} min, {stop.building_id}"
    return clean_text(words)


def _way_point(point: BaseGeometry, name: str, words: str) -> GPXWaypoint:
    lon, lat = shapely.get_coordinates(point)[0].tolist()
    return GPXWaypoint(latitude=lat, longitude=lon, name=name, description=words or None)


def _track(route: TeamRoute, line: BaseGeometry) -> GPXTrack:
    track = GPXTrack(name=_team_name(route), number=route.team)
    degrees = shapely.get_coordinates(line).tolist()
    track.segments.append(GPXTrackSegment([GPXTrackPoint(lat, lon) for lon, lat in degrees]))
    return track


def _add_style(document: ET.Element, key: str, colour: str) -> None:
    line = _child(_child(document, "Style", id=key), "LineStyle")
    _child(line, "color", colour)
    _child(line, "width", str(LINE_WIDTH_PX))


def _add_folder(document: ET.Element, route: TeamRoute, crs: str) -> None:
    line, points = _degrees(route, crs)
    folder = _child(document, "Folder")
    _child(folder, "name", _team_name(route))
    style = f"#team-{(route.team - 1) % len(LINE_COLOURS)}"
    _add_placemark(folder, _team_name(route), style, line)
    for number, (stop, point) in enumerate(zip(route.stops, points, strict=True), start=1):
        placemark = _add_placemark(folder, _stop_name(route, number, stop), "", point)
        words = ET.Element("description")
        words.text = _stop_words(stop)
        placemark.insert(1, words)


def _add_placemark(parent: ET.Element, name: str, style: str, shape: BaseGeometry) -> ET.Element:
    placemark = _child(parent, "Placemark")
    _child(placemark, "name", name)
    if style:
        _child(placemark, "styleUrl", style)
    drawn = _child(placemark, shape.geom_type)
    if shape.geom_type == "LineString":
        _child(drawn, "tessellate", "1")
    pairs = shapely.get_coordinates(shape).tolist()
    _child(drawn, "coordinates", " ".join(f"{lon},{lat}" for lon, lat in pairs))
    return placemark


def _child(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, tag, attributes)
    child.text = text
    return child
