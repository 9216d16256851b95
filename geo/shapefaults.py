"""What can be wrong with the shapes of a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.schema import Geometry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    import pandas as pd
    from numpy.typing import NDArray

    class Collector(Protocol):
        """Takes faults of rows."""

        def add(
            self, column: str, is_bad: NDArray[np.bool_], expected: str, found: Sequence[object]
        ) -> None:
            """Tell a fault of every marked row."""

        def add_everywhere(self, column: str, expected: str) -> None:
            """Tell once that a column is absent."""


COLUMN = "geometry"
WORLD_DEG = (-180.0, -90.0, 180.0, 90.0)
# A place this far from its layer's middle, yet this near to it with the axes exchanged,
# was written latitude first.
FAR_DEG = 3.0
NEAR_DEG = 1.0
# With more than this far away the layer is a country's, and its middle says nothing.
MOST_FAR_SHARE = 0.2
SWAPPED = " (latitude first?)"

_TYPES = {
    Geometry.POINT: (shapely.GeometryType.POINT,),
    Geometry.LINE: (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING),
    Geometry.POLYGON: (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON),
}


def examine_shapes(frame: pd.DataFrame, geometry: Geometry, findings: Collector) -> None:
    """
    Tell of every shape that is missing, empty, of a wrong type, off the world or self-crossing.

    Parameters
    ----------
    frame
        With a column `geometry`; degrees are checked where its CRS is geographic.
    geometry
        What the layer declares; several parts are allowed for lines and polygons.
    findings
        Where faults go.
    """
    if COLUMN not in frame:
        findings.add_everywhere(COLUMN, f"a {geometry} in each row")
        return
    shapes = np.asarray(frame[COLUMN].to_numpy(), dtype=object)
    is_wrong = _examine_types(shapes, geometry, findings)
    is_broken = _examine_numbers(shapes, findings)
    sound = ~(is_wrong | is_broken)
    crs = getattr(frame[COLUMN], "crs", None)
    if crs is not None and crs.is_geographic:
        _examine_degrees(shapes, sound, findings)
    crossing = sound & ~shapely.is_valid(_only(shapes, sound))
    reasons = np.full(len(shapes), None, dtype=object)
    reasons[crossing] = shapely.is_valid_reason(shapes[crossing])
    findings.add(COLUMN, crossing, "a shape that does not cross itself", reasons.tolist())


def _examine_types(
    shapes: NDArray[np.object_], geometry: Geometry, findings: Collector
) -> NDArray[np.bool_]:
    is_missing = shapely.is_missing(shapes)
    is_empty = shapely.is_empty(shapes)
    types = shapely.get_type_id(shapes)
    is_wrong = ~np.isin(types, _TYPES[geometry]) & ~is_missing
    names = [None if shape is None else shape.geom_type for shape in shapes]
    findings.add(COLUMN, is_missing, f"a {geometry}", names)
    is_hollow = has_empty_parts(shapes) & ~is_empty
    findings.add(COLUMN, is_empty, f"a {geometry}", ["an empty shape"] * len(shapes))
    findings.add(COLUMN, is_wrong, f"a {geometry}", names)
    expected = "parts and rings with corners"
    findings.add(COLUMN, is_hollow, expected, ["an empty part or ring"] * len(shapes))
    return np.asarray(is_missing | is_empty | is_wrong | is_hollow)


def has_empty_parts(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """
    Say of each shape whether it has a part or a ring without corners.

    Some operations of GEOS end the whole process when they meet one.

    Parameters
    ----------
    shapes
        Of any type; may hold `None`.

    Returns
    -------
    has_empty_parts
        Shape (len(shapes),).

    Examples
    --------
    >>> from shapely import from_wkt
    >>> whole = "POLYGON ((0 0, 9 0, 9 9, 0 0), (1 1, 2 1, 2 2, 1 1))"
    >>> hollow = "POLYGON ((0 0, 9 0, 9 9, 0 0), EMPTY)"
    >>> has_empty_parts(from_wkt([whole, hollow])).tolist()
    [False, True]
    """
    parts, shape_of = shapely.get_parts(shapes, return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    has_empty = np.zeros(len(shapes), dtype=bool)
    has_empty[shape_of[shapely.is_empty(parts)]] = True
    has_empty[shape_of[part_of[shapely.is_empty(rings)]]] = True
    return has_empty


def _examine_numbers(shapes: NDArray[np.object_], findings: Collector) -> NDArray[np.bool_]:
    numbers, row = shapely.get_coordinates(shapes, return_index=True)
    is_broken = np.zeros(len(shapes), dtype=bool)
    is_broken[row[~np.isfinite(numbers).all(axis=1)]] = True
    found = ["a coordinate that is not a number"] * len(shapes)
    findings.add(COLUMN, is_broken, "coordinates that are numbers", found)
    return is_broken


def _examine_degrees(
    shapes: NDArray[np.object_], sound: NDArray[np.bool_], findings: Collector
) -> None:
    west, south, east, north = shapely.bounds(_only(shapes, sound)).T
    is_off = sound & ~_is_in_world(west, south, east, north)
    fits_swapped = _is_in_world(south, west, north, east)
    expected = "longitude from -180 to 180, then latitude from -90 to 90"
    found = np.full(len(shapes), None, dtype=object)
    for at in np.flatnonzero(is_off).tolist():
        hint = _hint(west[at], south[at], is_swapped=bool(fits_swapped[at]))
        found[at] = f"{west[at]:.6g}, {south[at]:.6g}{hint}"
    findings.add(COLUMN, is_off, expected, found.tolist())
    stray = is_swapped(shapes, sound & ~is_off)
    for at in np.flatnonzero(stray).tolist():
        found[at] = f"{west[at]:.6g}, {south[at]:.6g}{SWAPPED}"
    findings.add(COLUMN, stray, "a place near the others, longitude first", found.tolist())


def is_swapped(
    shapes: NDArray[np.object_],
    sound: NDArray[np.bool_],
    middle: tuple[float, float] | None = None,
) -> NDArray[np.bool_]:
    """
    Say of each shape whether it lies where it should only with the axes exchanged.

    Parameters
    ----------
    shapes
        In degrees.
    sound
        The shapes to look at.
    middle
        Longitude and latitude about which the shapes should lie; their median unless given.

    Returns
    -------
    is_swapped
        Shape (len(shapes),); false where a shape is not sound.
    """
    if not sound.any():
        return np.zeros(len(shapes), dtype=bool)
    west, south, east, north = shapely.bounds(_only(shapes, sound)).T
    lon, lat = (west + east) / 2, (south + north) / 2
    about_lon, about_lat = middle or (float(np.median(lon[sound])), float(np.median(lat[sound])))
    is_far = np.maximum(np.abs(lon - about_lon), np.abs(lat - about_lat)) > FAR_DEG
    if middle is None and is_far[sound].mean() > MOST_FAR_SHARE:
        return np.zeros(len(shapes), dtype=bool)
    is_near = np.maximum(np.abs(lat - about_lon), np.abs(lon - about_lat)) < NEAR_DEG
    return np.asarray(sound & is_far & is_near)


def _only(shapes: NDArray[np.object_], is_wanted: NDArray[np.bool_]) -> NDArray[np.object_]:
    kept = shapes.copy()
    kept[~is_wanted] = None
    return kept


def _is_in_world(
    west: NDArray[np.float64],
    south: NDArray[np.float64],
    east: NDArray[np.float64],
    north: NDArray[np.float64],
) -> NDArray[np.bool_]:
    least_lon, least_lat, most_lon, most_lat = WORLD_DEG
    return np.asarray(
        (west >= least_lon) & (south >= least_lat) & (east <= most_lon) & (north <= most_lat)
    )


def _hint(x: float, y: float, *, is_swapped: bool) -> str:
    if is_swapped:
        return SWAPPED
    most = 2 * WORLD_DEG[2]
    return " (metres? name the CRS)" if max(abs(x), abs(y)) > most else ""
