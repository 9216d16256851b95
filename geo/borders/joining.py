"""Zones joined into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.borders.noding import SHARE_M, share_vertices
from geo.borders.rings import Obstacle, only_ground
from geo.errors import BorderError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.borders.rings import Ground


def join(shapes: Sequence[BaseGeometry]) -> Ground:
    """
    Join zones that touch or overlap; strips up to `SHARE_M` wide between them are closed.

    Parameters
    ----------
    shapes
        At least one valid polygon or multipolygon, metric CRS. A zone may consist of parts;
        each zone must touch the others directly or through one of them.

    Raises
    ------
    BorderError
        `no_polygon`, or `apart` if one of them touches none of the others.

    Examples
    --------
    >>> from shapely import box
    >>> join([box(0, 0, 5, 9), box(5.01, 0, 8, 9)]).area
    72.0
    """
    if not len(shapes):
        msg = "Expected at least one polygon, got none."
        raise BorderError(Obstacle.NO_POLYGON, msg)
    shared = np.array(share_vertices(shapes), dtype=object)
    groups = _groups(shared)
    if groups > 1:
        msg = f"Expected zones that touch each other, got {groups} groups that lie apart."
        raise BorderError(Obstacle.APART, msg)
    return only_ground(shapely.union_all(shared))


def _groups(shapes: NDArray[np.object_]) -> int:
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="dwithin", distance=SHARE_M)
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(len(shapes), len(shapes)))
    return int(connected_components(graph, directed=False)[0])
