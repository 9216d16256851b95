"""Where zones of different level overlap, and which level holds there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import require_metric
from geo.zones.holding import LEVELS, is_wide, measurable, rank_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

SLIVER_M = 0.05
"""Neighbours whose coordinates were rounded overlap by a centimetre, which means nothing."""


def overlaps(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Give the ground on which zones of different level overlap.

    Parameters
    ----------
    zones
        Polygons, metric CRS; column `level`. All count as being in force. May be empty.

    Returns
    -------
    overlaps
        At most one row a level, the strictest first; columns `level`, which holds there, and
        `milder`, the levels that it overrules, joined by commas. No ground is given twice;
        strips narrower than `SLIVER_M` are left out.

    Raises
    ------
    CrsError
        If the CRS is not metric.

    Examples
    --------
    >>> from shapely import box
    >>> levels, shapes = ["control", "lockdown"], [box(0, 0, 9, 9), box(6, 0, 20, 9)]
    >>> zones = gpd.GeoDataFrame({"level": levels}, geometry=shapes, crs=32650)
    >>> overlaps(zones)[["level", "milder"]].iloc[0].tolist(), overlaps(zones).area.tolist()
    (['lockdown', 'control'], [27.0])
    """
    require_metric(zones)
    ground = _ground(zones)
    rows = []
    for rank, level in enumerate(LEVELS):
        held = shapely.difference(ground[rank], shapely.union_all(ground[:rank]))
        shared = {
            milder: _without_slivers(shapely.intersection(part, held))
            for milder, part in zip(LEVELS[rank + 1 :], ground[rank + 1 :], strict=True)
        }
        names = [milder for milder, part in shared.items() if not part.is_empty]
        if names:
            rows.append((level, ",".join(names), shapely.union_all(list(shared.values()))))
    columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    return gpd.GeoDataFrame(
        {"level": columns[0], "milder": columns[1]}, geometry=list(columns[2]), crs=zones.crs
    )


def _ground(zones: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Give the ground of each level."""
    ranks, shapes = rank_of(zones["level"]).to_numpy(), measurable(zones.geometry.to_numpy())
    return np.array([shapely.union_all(shapes[ranks == rank]) for rank in range(len(LEVELS))])


def _without_slivers(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shape)
    parts = parts[shapely.area(parts) > 0]
    return shapely.union_all(parts[is_wide(parts, SLIVER_M)])
