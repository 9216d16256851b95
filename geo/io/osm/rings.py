"""
Polygons from lines, however broken.

A closed way is one ring. A multipolygon relation is put together from the segments of its
member ways, by geometry and not by role: a segment that occurs twice is inside or is drawn
to and fro, so it falls out; if then an even number of segments meets at every position, the
rest closes, and what lies within an odd number of rings belongs to the polygon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from shapely import GeometryType

from geo.io.imported import Treatment
from geo.io.osm.elements import Trouble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.io.osm.elements import Elements

RING_POINTS_MIN = 4
POLYGONAL = (GeometryType.POLYGON, GeometryType.MULTIPOLYGON)
XYXY_TURNED = (2, 3, 0, 1)


class Assembly(NamedTuple):
    """A polygon made of many ways, and whether some of them cross."""

    polygon: BaseGeometry | None
    is_crossing: bool


def outlines(ways: Elements) -> Elements:
    """
    Make polygons of closed ways.

    Parameters
    ----------
    ways
        Lines, open ones too.

    Returns
    -------
    outlines
        The same objects; valid polygons, or none with a trouble that says why. What crosses
        itself is repaired and has a trouble too.
    """
    lines = ways.shapes
    is_ring = shapely.is_closed(lines) & (shapely.get_num_points(lines) >= RING_POINTS_MIN)
    polygons = np.full(len(lines), None, dtype=np.object_)
    polygons[is_ring] = _filled(lines[is_ring])
    troubles = {
        int(place): Trouble(Treatment.SKIPPED, f"the outline is not closed: {_told(lines[place])}")
        for place in np.flatnonzero(~is_ring)
    }
    return mended(ways.reshaped(polygons, troubles))


def mended(areas: Elements) -> Elements:
    """
    Make invalid polygons valid, and keep the polygonal part.

    Parameters
    ----------
    areas
        Polygons or none.
    """
    shapes = areas.shapes.copy()
    troubles = {}
    for place in np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)):
        reason = shapely.is_valid_reason(shapes[place])
        shapes[place] = polygonal_part(shapely.make_valid(shapes[place]))
        treatment = Treatment.REPAIRED if shapes[place] is not None else Treatment.SKIPPED
        troubles[int(place)] = Trouble(treatment, f"the polygon is invalid: {reason}")
    return areas.reshaped(shapes, troubles)


def assembled(ways: Sequence[BaseGeometry]) -> Assembly:
    """
    Put a polygon together from the member ways of a relation.

    Parameters
    ----------
    ways
        Lines in any order and direction.

    Returns
    -------
    assembly
        Polygon or MultiPolygon, `None` if the ways do not close or hold no area. Where rings
        cross without a shared node, what lies within any of them.
    """
    segments = _odd_segments(ways)
    if not _closes(segments):
        return Assembly(None, is_crossing=False)
    lines = [shapely.LineString(pair) for pair in segments.reshape(-1, 2, 2)]
    is_crossing = not shapely.MultiLineString(lines).is_simple
    drawn = shapely.union_all(lines) if is_crossing else shapely.MultiLineString(lines)
    return Assembly(polygonal_part(shapely.build_area(drawn)), is_crossing=is_crossing)


def polygonal_part(shape: BaseGeometry) -> BaseGeometry | None:
    """Keep what has an area; `None` if nothing has."""
    parts = shapely.get_parts(shape)
    kept = parts[np.isin(shapely.get_type_id(parts), POLYGONAL)]
    if len(kept) == 0:
        return None
    whole: BaseGeometry = shapely.union_all(kept)
    return whole if whole.area > 0 else None


def _filled(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    positions, places = shapely.get_coordinates(lines, return_index=True)
    if len(positions) == 0:
        return np.empty(0, dtype=np.object_)
    return np.asarray(shapely.polygons(shapely.linearrings(positions, indices=places)))


def _told(line: BaseGeometry | None) -> str:
    return "no line" if line is None else f"{shapely.get_num_coordinates(line)} points"


def _odd_segments(lines: Sequence[BaseGeometry]) -> NDArray[np.float64]:
    positions, places = shapely.get_coordinates(np.asarray(lines), return_index=True)
    pairs = np.hstack([positions[:-1], positions[1:]])
    is_segment = (places[:-1] == places[1:]) & np.any(pairs[:, :2] != pairs[:, 2:], axis=1)
    pairs = pairs[is_segment]
    is_turned = (pairs[:, 0] > pairs[:, 2]) | (
        (pairs[:, 0] == pairs[:, 2]) & (pairs[:, 1] > pairs[:, 3])
    )
    pairs[is_turned] = pairs[is_turned][:, XYXY_TURNED]
    unique, counts = np.unique(pairs, axis=0, return_counts=True)
    return np.asarray(unique[counts % 2 == 1])


def _closes(segments: NDArray[np.float64]) -> bool:
    if len(segments) == 0:
        return False
    _, meeting = np.unique(segments.reshape(-1, 2), axis=0, return_counts=True)
    return bool(np.all(meeting % 2 == 0))
