"""What is wrong with the shape, the level or the period of a zone, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import MultiPolygon, Point, Polygon

from geo.layers import ZONE_LEVELS
from geo.zones.holding import is_wide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

MIN_ZONE_M2 = 25.0
"""A hut; a smaller part is a slip of the mouse."""
MIN_HOLE_M2 = 1.0
"""Nothing stands in a smaller hole; it is left over from a cut."""
HEM_M = 1.0
"""What a hole leaves along the border that is nowhere wider has room for nobody."""
M2_PER_KM2 = 1e6
MAX_ZONE_M2 = 10_000 * M2_PER_KM2
"""More than any city has shut at once, and as far as one metric CRS measures well."""
MAX_VERTICES = 20_000
OUTSIDE_M = 0.5
"""A border drawn along an area's may leave it by so much."""
_COORDINATES = re.compile(r"\[(\S+) (\S+)\]")

SENTENCES = {
    "empty": "The zone has no shape.",
    "wrong_type": "A zone is a polygon; this is a {found}.",
    "not_finite": "A coordinate is not a number, or lies off the map.",
    "too_many_vertices": "The border has {found} vertices; at most {most} can be kept.",
    "self_crossing": "The border crosses or touches itself here.",
    "too_small": "This part has {found} m²; at least {least} m² are needed.",
    "too_large": "The zone has {found} km²; at most {most} km² can be kept.",
    "hole_swallows_all": "The hole leaves nothing of the zone around it.",
    "tiny_hole": "This hole has {found} m²; less than {least} m² is a slip.",
    "outside_area": "This part lies outside your areas.",
    "unknown_level": "The level is one of {expected}; this is {found}.",
    "period_reversed": "The zone ends ({until}) before it begins ({since}).",
}
"""By code: what is told, in English and to be filled in."""


@dataclass(frozen=True, slots=True)
class ZoneFault:
    """
    One thing that is wrong with a zone.

    Parameters
    ----------
    code
        A key of `SENTENCES`.
    detail
        In English, for people.
    place
        Where on the map, in the CRS of the zone; `None` if nowhere in particular.
    figures
        What was filled in, for other languages.
    """

    code: str
    detail: str
    place: BaseGeometry | None = None
    figures: Mapping[str, str] = field(default_factory=dict)


def zone_faults(shape: BaseGeometry | None, *, within: BaseGeometry | None) -> list[ZoneFault]:
    """
    Tell everything that is wrong with the shape of a zone; nothing is mended.

    A shape that has too many vertices, or is no polygon, is not looked into any further.

    Parameters
    ----------
    shape
        Metric CRS; any type, `None` for none.
    within
        Where the zone may lie, same CRS; `None` for everywhere. May be empty.

    Returns
    -------
    faults
        Empty for a sound zone.

    Examples
    --------
    >>> from shapely import box
    >>> zone_faults(box(0, 0, 100, 50), within=None)
    []
    >>> zone_faults(box(0, 0, 100, 50), within=box(0, 0, 80, 50))[0].place.bounds
    (80.0, 0.0, 100.0, 50.0)
    """
    if shape is None or shape.is_empty:
        return [_fault("empty")]
    unfit = _unfit(shape)
    if unfit:
        return [unfit]
    faults = [*_size_faults(shape), *_crossings(shape)]
    outside = None if faults else outside_fault(shape, within)
    return [*faults, outside] if outside else faults


def outside_fault(shape: BaseGeometry, within: BaseGeometry | None) -> ZoneFault | None:
    """
    Tell which part of a shape lies outside where it may; `None` if there is none.

    Parameters
    ----------
    shape
        A valid polygon or multipolygon, metric CRS.
    within
        Same CRS; `None` for everywhere. Strips of up to `OUTSIDE_M` outside it are let pass.
    """
    if within is None or shapely.covers(within, shape):
        return None
    parts = shapely.get_parts(shapely.difference(shape, within))
    is_wide = ~shapely.is_empty(shapely.buffer(parts, -OUTSIDE_M / 2, quad_segs=1))
    if not is_wide.any():
        return None
    return _fault("outside_area", shapely.union_all(parts[is_wide]))


def value_faults(values: Mapping[str, object]) -> list[ZoneFault]:
    """
    Tell what is wrong with the level and the period of a zone.

    Parameters
    ----------
    values
        `level`, and `valid_from_at` and `valid_to_at` as aware datetimes; missing is `None`.

    Examples
    --------
    >>> [fault.code for fault in value_faults({"level": "red"})]
    ['unknown_level']
    """
    faults = []
    level, since, until = (values.get(name) for name in ("level", "valid_from_at", "valid_to_at"))
    if level not in ZONE_LEVELS:
        faults.append(_fault("unknown_level", expected=", ".join(ZONE_LEVELS), found=str(level)))
    if isinstance(since, datetime) and isinstance(until, datetime) and until <= since:
        told = {"since": since.isoformat(" ", "minutes"), "until": until.isoformat(" ", "minutes")}
        faults.append(_fault("period_reversed", None, **told))
    return faults


def _fault(code: str, place: BaseGeometry | None = None, **figures: str) -> ZoneFault:
    return ZoneFault(code, SENTENCES[code].format(**figures), place, figures)


def _unfit(shape: BaseGeometry) -> ZoneFault | None:
    """Tell what keeps a shape from being looked into; cheap, however large it is."""
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        return _fault("wrong_type", found=shape.geom_type)
    vertices = int(shapely.get_num_coordinates(shape))
    if vertices > MAX_VERTICES:
        return _fault("too_many_vertices", found=str(vertices), most=str(MAX_VERTICES))
    is_finite = np.isfinite(shapely.get_coordinates(shape)).all()
    return None if is_finite else _fault("not_finite")


def _size_faults(shape: BaseGeometry) -> list[ZoneFault]:
    parts = shapely.get_parts(shape)
    faults = [fault for part in parts for fault in _part_faults(part)]
    area_m2 = float(shapely.area(parts).sum())
    if area_m2 > MAX_ZONE_M2:
        found, most = _rounded(area_m2 / M2_PER_KM2), _rounded(MAX_ZONE_M2 / M2_PER_KM2)
        faults.append(_fault("too_large", found=found, most=most))
    return faults


def _part_faults(part: Polygon) -> list[ZoneFault]:
    """Measure ring by ring: a hole that swallows all makes a polygon without an area."""
    outer, holes = Polygon(part.exterior), np.array([Polygon(hole) for hole in part.interiors])
    if not outer.is_valid:
        return []
    if outer.area < MIN_ZONE_M2:
        found, least = _rounded(outer.area), _rounded(MIN_ZONE_M2)
        return [_fault("too_small", outer.centroid, found=found, least=least)]
    if len(holes) and _is_swallowed(part, outer.area - shapely.area(holes).sum()):
        return [_fault("hole_swallows_all", MultiPolygon(list(holes)))]
    return [
        _fault("tiny_hole", hole.centroid, found=_rounded(hole.area), least=_rounded(MIN_HOLE_M2))
        for hole in holes[shapely.area(holes) < MIN_HOLE_M2]
    ]


def _is_swallowed(part: Polygon, left_m2: float) -> bool:
    """Whether holes leave too little, or only a hem along the border."""
    return left_m2 < MIN_ZONE_M2 or (part.is_valid and not is_wide(np.array([part]), HEM_M)[0])


def _crossings(shape: BaseGeometry) -> list[ZoneFault]:
    if shape.is_valid:
        return []
    found = _COORDINATES.search(shapely.is_valid_reason(shape))
    return [_fault("self_crossing", Point(*map(float, found.groups())) if found else None)]


def _rounded(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
