"""Where a street cannot be walked on: barriers across it, and closed gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.network.segments import Cuts, Segments

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

GATE_REACH_M = 5.0
"""A barrier may be passed this near an open gate: gate and crossing are seldom one point."""
GATE_SNAP_M = 2.0
"""A closed gate this near a street closes it."""
VERTEX_SNAP_M = 0.1
"""A closed gate this near a street's vertex is meant to stand on it."""
TOUCH_M = 0.001
DIRECTION_STEP_M = 0.01
GATE_SIDE = 1 << 40
FULL_TURN = 2 * np.pi


def find_cuts(segments: Segments, barriers: gpd.GeoDataFrame, gates: gpd.GeoDataFrame) -> Cuts:
    """
    Find every place where a segment cannot be passed.

    Parameters
    ----------
    segments
        Straight pieces of street.
    barriers, gates
        Lines and points in the same metric CRS; `gates` with column `state`.
    """
    lines = merge_lines(barriers)
    is_closed = (
        gates["state"].eq("closed").to_numpy(dtype=bool)
        if "state" in gates
        else np.zeros(len(gates), dtype=bool)
    )
    points = shapely.centroid(gates.geometry.values)
    open_gates, closed_gates = points[~is_closed], points[is_closed]
    shapes = segments.lines
    meeting = _meetings(segments, shapes, lines)
    crossing, crossing_share = _crossings(shapes, lines, meeting, open_gates)
    side = _barrier_sides(segments, lines, meeting, open_gates)
    gate, gate_share, gate_side = _gate_cuts(segments, shapes, closed_gates)
    cut = np.unique(
        np.stack([np.r_[crossing, gate].astype(float), np.r_[crossing_share, gate_share]]), axis=1
    )
    return Cuts(
        segment=cut[0].astype(np.int64),
        share=cut[1],
        side=np.where(gate_side > 0, gate_side, side),
        barriers=lines,
        open_gates=open_gates,
        closed_gates=closed_gates,
    )


def merge_lines(barriers: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Join barriers end to end, so that only real ends are ends; shapely LineStrings."""
    shapes = barriers.geometry.values
    parts = shapely.get_parts(shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))])
    merged = shapely.line_merge(shapely.multilinestrings(parts)) if len(parts) else None
    return np.asarray(shapely.get_parts(merged) if merged is not None else parts)


def is_near(
    points: NDArray[np.object_], others: NDArray[np.object_], reach_m: float
) -> NDArray[np.bool_]:
    """Whether each point is within reach of any of the others."""
    near = np.zeros(len(points), dtype=bool)
    if len(points) and len(others):
        near[shapely.STRtree(others).query(points, predicate="dwithin", distance=reach_m)[0]] = True
    return near


def is_inner(points: NDArray[np.object_], lines: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Whether each point, known to lie on its line, is off the line's free ends."""
    along = shapely.line_locate_point(lines, points)
    is_off_ends = (along > TOUCH_M) & (along < shapely.length(lines) - TOUCH_M)
    return np.asarray(is_off_ends | shapely.is_closed(lines))


def _meetings(
    segments: Segments, shapes: NDArray[np.object_], lines: NDArray[np.object_]
) -> NDArray[np.int64]:
    """Pairs of a segment at ground level and a barrier that it touches; shape (2, pairs)."""
    if not len(lines) or not len(shapes):
        return np.empty((2, 0), dtype=np.int64)
    found = shapely.STRtree(lines).query(shapes, predicate="dwithin", distance=TOUCH_M)
    return np.asarray(found[:, segments.level[found[0]] == 0])


def _crossings(
    shapes: NDArray[np.object_],
    lines: NDArray[np.object_],
    meeting: NDArray[np.int64],
    open_gates: NDArray[np.object_],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Where a barrier crosses a segment between the segment's ends."""
    segment, barrier = meeting
    points, pair = shapely.get_parts(
        shapely.intersection(shapes[segment], lines[barrier]), return_index=True
    )
    is_point = shapely.get_type_id(points) == shapely.GeometryType.POINT
    points, pair = points[is_point], pair[is_point]
    segment, barrier = segment[pair], barrier[pair]
    along = shapely.line_locate_point(shapes[segment], points)
    length_m = shapely.length(shapes[segment])
    stands = (along > TOUCH_M) & (along < length_m - TOUCH_M) & is_inner(points, lines[barrier])
    stands &= ~is_near(points, open_gates, GATE_REACH_M)
    return segment[stands], along[stands] / length_m[stands]


def _barrier_sides(
    segments: Segments,
    lines: NDArray[np.object_],
    meeting: NDArray[np.int64],
    open_gates: NDArray[np.object_],
) -> NDArray[np.int64]:
    """Side of the barriers through it for each end of a segment; one bit a barrier."""
    count = len(segments)
    side = np.zeros(2 * count, dtype=np.int64)
    end = np.concatenate([meeting[0], meeting[0] + count])
    barrier = np.concatenate([meeting[1], meeting[1]])
    xy = np.concatenate([segments.start, segments.end])
    other = np.concatenate([segments.end, segments.start])
    points = shapely.points(xy[end])
    stands = shapely.distance(points, lines[barrier]) <= TOUCH_M
    stands &= is_inner(points, lines[barrier]) & ~is_near(points, open_gates, GATE_REACH_M)
    end, barrier, points = end[stands], barrier[stands], points[stands]
    is_left = _is_left(lines[barrier], points, other[end] - xy[end])
    np.bitwise_or.at(side, end, is_left.astype(np.int64) << _ranks(points, barrier))
    return side.reshape(2, count)


def _is_left(
    lines: NDArray[np.object_], points: NDArray[np.object_], ways: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether a way out of a point on a line leaves to the line's left; along it does not."""
    along, length_m = shapely.line_locate_point(lines, points), shapely.length(lines)
    onward = shapely.line_interpolate_point(lines, (along + DIRECTION_STEP_M) % length_m)
    back = shapely.line_interpolate_point(lines, (along - DIRECTION_STEP_M) % length_m)
    here = shapely.get_coordinates(points)
    ahead = _angle(shapely.get_coordinates(onward) - here)
    behind = (_angle(shapely.get_coordinates(back) - here) - ahead) % FULL_TURN
    turn = (_angle(ways) - ahead) % FULL_TURN
    slack = 1e-6
    return np.asarray((turn > slack) & (turn < behind - slack))


def _angle(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.arctan2(vectors[:, 1], vectors[:, 0]))


def _ranks(points: NDArray[np.object_], barrier: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give barriers that pass through one place numbers from 0."""
    xy = np.rint(shapely.get_coordinates(points) / TOUCH_M)
    place = np.unique(xy, axis=0, return_inverse=True)[1].reshape(-1)
    pairs, pair = np.unique(np.stack([place, barrier], axis=1), axis=0, return_inverse=True)
    first = np.searchsorted(pairs[:, 0], pairs[:, 0])
    return np.asarray((np.arange(len(pairs)) - first)[pair.reshape(-1)])


def _gate_cuts(
    segments: Segments, shapes: NDArray[np.object_], closed_gates: NDArray[np.object_]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Cuts at closed gates: between the ends of segments, and at whole vertices."""
    count = len(segments)
    side = np.zeros((2, count), dtype=np.int64)
    if not len(closed_gates) or not count:
        return np.empty(0, dtype=np.int64), np.empty(0), side
    gate, segment = shapely.STRtree(shapes).query_nearest(
        closed_gates, max_distance=GATE_SNAP_M, all_matches=False
    )
    along = shapely.line_locate_point(shapes[segment], closed_gates[gate])
    length_m = shapely.length(shapes[segment])
    is_between = (along > VERTEX_SNAP_M) & (along < length_m - VERTEX_SNAP_M)
    at_start = along[~is_between] <= VERTEX_SNAP_M
    vertices = np.where(
        at_start[:, None],
        segments.start[segment[~is_between]],
        segments.end[segment[~is_between]],
    )
    ends = np.asarray(shapely.points(np.concatenate([segments.start, segments.end])))
    shut = is_near(ends, np.asarray(shapely.points(vertices)), TOUCH_M)
    side.reshape(-1)[shut] = GATE_SIDE + np.flatnonzero(shut)
    return segment[is_between], along[is_between] / length_m[is_between], side
