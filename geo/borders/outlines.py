"""A zone's border led round whole buildings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.borders.rings import Obstacle, ground_of, only_ground, require_ground
from geo.errors import BorderError
from geo.zones.holding import is_wide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.borders.rings import Ground

TAKE_MARGIN_M = 0.05
"""The border keeps so far from a wall: more than coordinates are rounded by, and too little to
cut the house next door."""
THIN_M = 0.5
"""Where less is left between the border and a building, nobody stands."""
TOUCH_M = 0.1
OVERLAP_M = 0.001


def take_whole(shape: BaseGeometry, outlines: Sequence[BaseGeometry], *, inside: bool) -> Ground:
    """
    Lead the border of a zone round buildings, so that none of them is half inside.

    Parameters
    ----------
    shape
        Valid polygon or multipolygon, metric CRS.
    outlines
        Of the buildings: valid polygons, same CRS. May be empty.
    inside
        Whether they come into the zone or out of it. Strips narrower than `THIN_M` that
        would be left between the border and a building go with the building.

    Returns
    -------
    shape
        Valid; holds every outline with `TAKE_MARGIN_M` around it, or none of its ground.

    Raises
    ------
    BorderError
        `no_polygon`; `apart` if a building that is to come in does not touch the zone; or
        `nothing_left` if the zone is within the buildings that are to leave it.

    Examples
    --------
    >>> from shapely import box
    >>> take_whole(box(0, 0, 10, 10), [box(8, 2, 12, 6)], inside=True).bounds
    (0.0, 0.0, 12.05, 10.0)
    >>> take_whole(box(0, 0, 10, 10), [box(8, 2, 12, 6)], inside=False).area
    91.595
    """
    require_ground(shape, *outlines)
    if not len(outlines):
        return only_ground(shape)
    houses = np.array(outlines, dtype=object)
    around = shapely.union_all(shapely.buffer(houses, TAKE_MARGIN_M, join_style="mitre"))
    return _with(shape, houses, around) if inside else _without(shape, around)


def _with(shape: BaseGeometry, houses: NDArray[np.object_], around: BaseGeometry) -> Ground:
    is_apart = ~shapely.intersects(shape, houses)
    if is_apart.any():
        msg = f"Expected buildings that touch the zone, got {int(is_apart.sum())} that lie apart."
        raise BorderError(Obstacle.APART, msg)
    joined = shapely.union(shape, around)
    closed = _grown(_grown(joined, THIN_M / 2), -THIN_M / 2)
    gaps = _thin_near(shapely.difference(closed, joined), around)
    return only_ground(shapely.union_all([joined, *gaps]))


def _without(shape: BaseGeometry, around: BaseGeometry) -> Ground:
    left = shapely.difference(shape, around)
    opened = _grown(_grown(left, -THIN_M / 2), THIN_M / 2)
    strips = _thin_near(shapely.difference(left, opened), around)
    kept = shapely.get_parts(shapely.difference(left, shapely.union_all(strips)))
    kept = kept[is_wide(kept, THIN_M)]
    if not len(kept):
        msg = "Expected a zone that reaches beyond the buildings, got one within them."
        raise BorderError(Obstacle.NOTHING_LEFT, msg)
    return ground_of(list(kept))


def _thin_near(shape: BaseGeometry, around: BaseGeometry) -> NDArray[np.object_]:
    """Give the pieces that touch the buildings, drawn a little wider to leave no hairlines."""
    pieces = shapely.get_parts(shape)
    near = pieces[(shapely.area(pieces) > 0) & shapely.dwithin(pieces, around, TOUCH_M)]
    return np.asarray(shapely.buffer(near, OVERLAP_M, join_style="mitre"))


def _grown(shape: BaseGeometry, by_m: float) -> BaseGeometry:
    return shapely.buffer(shape, by_m, join_style="mitre")
