"""Two people's changes of one feature brought together, where they do not touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo.borders.noding import onto_vertices
from geo.borders.rings import corners_of, only_ground, redrawn, require_ground
from geo.zones.holding import is_wide

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.borders.rings import Ground

EDIT_M = 0.02
"""What is narrower is rounding, and no edit."""
CONTACT_M = 1.0
"""Edits that meet along more of a border than this contradict each other; two that meet at a
vertex which neither moved do not."""
SHOWN_M = 0.5
"""How wide a clash is drawn that is but a line."""
GRID_M = 0.0001
"""Overlays are computed on this grid, so that borders that are the same stay the same."""
SAME_M = 0.001


@dataclass(frozen=True, slots=True)
class Merge:
    """
    What becomes of two changes of one shape.

    Parameters
    ----------
    shape
        With both changes; `None` where they clash.
    clashes
        Where they do; `None` where they don't.
    """

    shape: Ground | None
    clashes: MultiPolygon | None


class _Edits(NamedTuple):
    """What somebody added to a shape and took from it, and the connected pieces of both."""

    added: BaseGeometry
    removed: BaseGeometry
    pieces: NDArray[np.object_]


def merge_shapes(base: BaseGeometry, mine: BaseGeometry, theirs: BaseGeometry) -> Merge:
    """
    Apply two people's changes to the shape both started from.

    An edit is a connected piece of ground that somebody added or took away. Edits of one
    that meet no edit of the other's are all applied, and so is what both did alike. Two that
    share ground, or more than `CONTACT_M` of a border, clash; then nothing is merged, for
    nobody but the two can tell what is meant.

    Parameters
    ----------
    base, mine, theirs
        Valid polygons or multipolygons in one metric CRS.

    Returns
    -------
    merge
        The same whichever of the two comes first. A clash lies within both edits, but for
        `SHOWN_M` around it where they share a border only.

    Raises
    ------
    BorderError
        If one is no valid polygon.

    Examples
    --------
    >>> from shapely import box, union
    >>> base = box(0, 0, 90, 30)
    >>> west, east = union(base, box(-10, 0, 0, 30)), box(0, 0, 80, 30)
    >>> merge_shapes(base, west, east).shape.bounds
    (-10.0, 0.0, 80.0, 30.0)
    >>> merge_shapes(base, box(0, 0, 70, 30), east).clashes.area
    300.0
    """
    require_ground(base, mine, theirs)
    for one, other in ((mine, theirs), (theirs, mine)):
        if shapely.equals(one, base) or shapely.equals(mine, theirs):
            return Merge(only_ground(other), None)
    ours, others = (_edits(base, _onto(only_ground(one), [base], EDIT_M)) for one in (mine, theirs))
    clashes = [*_clashes(ours.pieces, others.pieces)]
    if clashes:
        return Merge(None, _many(shapely.union_all(clashes)))
    merged = _applied(base, ours, others)
    if merged.is_empty or not merged.is_valid:
        return Merge(None, _many(shapely.union_all([*ours.pieces, *others.pieces])))
    return Merge(_onto(merged, [base, mine, theirs], SAME_M), None)


def merge_values(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """
    Bring two people's values of one feature together.

    Parameters
    ----------
    base, mine, theirs
        By name; a name that is absent means a missing value.

    Returns
    -------
    merged
        Every name of the three. Where only one changed a value, the changed one; where both
        did, and differently, mine.
    clashing
        The names where both did, sorted.

    Examples
    --------
    >>> merge_values({"level": "control", "name": "A"}, {"level": "lockdown", "name": "A"},
    ...              {"level": "control", "name": "B"})
    ({'level': 'lockdown', 'name': 'B'}, ())
    """
    merged, clashing = {}, []
    for name in sorted({*base, *mine, *theirs}):
        old, ours, others = base.get(name), mine.get(name), theirs.get(name)
        merged[name] = others if ours == old else ours
        if old not in (ours, others) and ours != others:
            clashing.append(name)
    return merged, tuple(clashing)


def _edits(base: BaseGeometry, changed: BaseGeometry) -> _Edits:
    added = shapely.difference(changed, base, grid_size=GRID_M)
    removed = shapely.difference(base, changed, grid_size=GRID_M)
    pieces = shapely.get_parts(shapely.union(added, removed, grid_size=GRID_M))
    pieces = pieces[shapely.area(pieces) > 0]
    return _Edits(added, removed, pieces[is_wide(pieces, EDIT_M)])


def _clashes(ours: NDArray[np.object_], others: NDArray[np.object_]) -> list[BaseGeometry]:
    one, other = shapely.STRtree(others).query(ours, predicate="dwithin", distance=EDIT_M)
    found = [_clash(ours[mine], others[theirs]) for mine, theirs in zip(one, other, strict=True)]
    return [clash for clash in found if not clash.is_empty]


def _clash(mine: BaseGeometry, theirs: BaseGeometry) -> BaseGeometry:
    """Give where two pieces contradict each other; empty if both did the same, or they don't."""
    if not is_wide(np.array([shapely.symmetric_difference(mine, theirs)]), EDIT_M)[0]:
        return Polygon()
    shared = _wide_parts(shapely.intersection(mine, theirs, grid_size=GRID_M))
    if not shared.is_empty:
        return shared
    borders = [_beside(mine, theirs), _beside(theirs, mine)]
    if max(border.length for border in borders) <= CONTACT_M:
        return Polygon()
    return shapely.buffer(shapely.union_all(borders), SHOWN_M)


def _beside(one: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    return shapely.intersection(one.boundary, shapely.buffer(other, EDIT_M, quad_segs=2))


def _wide_parts(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shape)
    parts = parts[shapely.area(parts) > 0]
    return shapely.union_all(parts[is_wide(parts, EDIT_M)])


def _applied(base: BaseGeometry, ours: _Edits, others: _Edits) -> Ground:
    removed = shapely.union(ours.removed, others.removed, grid_size=GRID_M)
    added = shapely.union(ours.added, others.added, grid_size=GRID_M)
    left = shapely.difference(base, removed, grid_size=GRID_M)
    return only_ground(shapely.normalize(shapely.union(left, added, grid_size=GRID_M)))


def _onto(shape: Ground, sources: Sequence[BaseGeometry], reach_m: float) -> Ground:
    """
    Give a shape the exact vertices that it shares with its sources.

    What was written with fewer decimals differs from what it was made from all along its border;
    that hair of ground is no edit, and must not join edits that lie far apart.
    """
    corners = corners_of(*sources)
    exact = redrawn(shape, lambda ring: onto_vertices(ring, corners, reach_m))
    return exact if exact.is_valid and not exact.is_empty else shape


def _many(shape: BaseGeometry) -> MultiPolygon:
    ground = only_ground(shape)
    return MultiPolygon([ground]) if isinstance(ground, Polygon) else ground
