"""Uncovered zones: the ground of uncovered buildings, in polygons that touch cleanly."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELL_REACH_M = 40.0
"""Ground farther than this from every building belongs to none."""
NEIGHBOUR_REACH_M = 2 * CELL_REACH_M
OUTLINE_STEP_M = 8.0
INSET_M = 0.25
"""Outlines are drawn in by this before cells are made, so that party walls do not coincide."""


class Zone(NamedTuple):
    """One uncovered zone, as a row."""

    buildings: int
    households: int
    residents: int
    worst_walk_m: float
    reason: str
    geometry: shapely.Geometry


def uncovered_zones(
    buildings: gpd.GeoDataFrame, reason: pd.Series[str], extent: shapely.Geometry | None
) -> gpd.GeoDataFrame:
    """
    Dissolve the ground of uncovered buildings into zones, one reason each.

    The ground of a building is what lies nearer to its outline than to any other's (Voronoi
    cells of the outlines' points), at most `CELL_REACH_M` away, clipped to the extent.

    Parameters
    ----------
    buildings
        Polygons, metric CRS; columns `households`, `residents` (may be missing) and `walk_m`.
    reason
        Why a building is not covered, empty where it is; index of `buildings`.
    extent
        Polygon that zones are clipped to, same CRS, with the middle of every building in it;
        `None` for no clipping.

    Returns
    -------
    zones
        Columns `zone_id`, `buildings`, `households`, `residents`, `worst_walk_m` (NaN without a
        path), `reason` and `geometry`; most residents first, then west to east. Zones of one
        reason are apart; zones of two may share a border and nothing else.
    """
    asked = np.flatnonzero(reason.ne("").to_numpy())
    shapes = buildings.geometry.to_numpy()
    if not len(asked):
        return _zone_frame([], buildings)
    cells = _ground(shapes, asked, extent)
    zones = []
    for kind in sorted(reason.iloc[asked].unique()):
        of_kind = reason.iloc[asked].eq(kind).to_numpy()
        rows = asked[of_kind]
        for members, ground in _dissolved(cells[of_kind], shapes[rows], rows):
            zones.append(_zone(buildings.iloc[members], ground, kind))
    zones.sort(key=lambda zone: (-zone.residents, *shapely.bounds(zone.geometry)[:2]))
    return _zone_frame(zones, buildings)


def _ground(
    shapes: NDArray[np.object_], asked: NDArray[np.int64], extent: shapely.Geometry | None
) -> NDArray[np.object_]:
    """Ground of each building that is asked about."""
    tree = shapely.STRtree(shapes)
    near = np.unique(tree.query(shapes[asked], predicate="dwithin", distance=NEIGHBOUR_REACH_M)[1])
    near = np.union1d(near, asked)
    points, owner = _outline_points(shapes[near])
    reach = shapely.buffer(shapes[asked], CELL_REACH_M, quad_segs=4)
    frame = shapely.box(*shapely.total_bounds(reach))
    cells = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame, ordered=True)
    cell, point = _polygons(shapely.get_parts(cells))
    is_asked = np.isin(near, asked)[owner[point]]
    rank = np.searchsorted(asked, near[owner[point[is_asked]]])
    order = np.argsort(rank, kind="stable")
    starts = np.searchsorted(rank[order], np.arange(len(asked) + 1))
    mine = cell[is_asked][order]
    whole = [shapely.coverage_union_all(mine[a:b]) for a, b in itertools.pairwise(starts)]
    ground = shapely.intersection(np.array(whole, dtype=object), reach)
    if extent is not None:
        shapely.prepare(extent)
        is_beyond = ~shapely.covers(extent, ground)
        ground[is_beyond] = shapely.intersection(ground[is_beyond], extent)
    return np.asarray(ground)


def _polygons(cells: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Polygons among the parts of cells (those cut by the frame carry points too), and of which."""
    parts, cell = shapely.get_parts(cells, return_index=True)
    is_polygon = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    return parts[is_polygon], cell[is_polygon]


def _outline_points(
    shapes: NDArray[np.object_],
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Points along the outlines and one inside, no two at one place; and whose they are."""
    inset = shapely.buffer(shapes, -INSET_M, join_style="mitre")
    outline = np.where(shapely.is_empty(inset), shapes, inset)
    xy, owner = shapely.get_coordinates(
        shapely.segmentize(outline, OUTLINE_STEP_M), return_index=True
    )
    inside = shapely.get_coordinates(shapely.point_on_surface(shapes))
    points = np.round(np.vstack([inside, xy]), 3)
    owner = np.r_[np.arange(len(shapes)), owner]
    first = np.sort(np.unique(points, axis=0, return_index=True)[1])
    return np.asarray(shapely.points(points[first])), owner[first]


def _dissolved(
    cells: NDArray[np.object_], shapes: NDArray[np.object_], members: NDArray[np.int64]
) -> list[tuple[NDArray[np.int64], shapely.Geometry]]:
    """
    Give the connected grounds, with the buildings whose cells they hold.

    A building drawn on top of another has no ground of its own: it counts to the nearest, or
    where there is none stands on its outline.
    """
    has_ground = ~shapely.is_empty(cells)
    merged = shapely.union_all(cells if has_ground.any() else shapes)
    grounds = [part for part in shapely.get_parts(merged) if part.geom_type == "Polygon"]
    inner = shapely.point_on_surface(np.where(has_ground, cells, shapes))
    nearest = shapely.STRtree(grounds).nearest(inner)
    return [
        (members[nearest == at], ground)
        for at, ground in enumerate(grounds)
        if (nearest == at).any()
    ]


def _zone(members: gpd.GeoDataFrame, ground: shapely.Geometry, reason: str) -> Zone:
    walks = members["walk_m"].to_numpy(dtype=float)
    finite = walks[np.isfinite(walks)]
    return Zone(
        buildings=len(members),
        households=int(members["households"].fillna(0).sum()),
        residents=int(members["residents"].fillna(0).sum()),
        worst_walk_m=float(finite.max()) if len(finite) else np.nan,
        reason=reason,
        geometry=ground,
    )


def _zone_frame(zones: list[Zone], like: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rows = pd.DataFrame(zones, columns=list(Zone._fields))
    rows.insert(0, "zone_id", [f"U{number}" for number in range(1, len(rows) + 1)])
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=like.crs)
