"""Geometry drawn as a grid of letters, so that a reader sees it."""

from __future__ import annotations

from shapely import Point


def points_of(drawing: str, *, step_m: float) -> dict[str, Point]:
    """
    Place every letter of a drawing on a metric grid, north up.

    Parameters
    ----------
    drawing
        Rows of single letters, or `.` for nothing, set apart by blanks.
    step_m
        Distance between neighbouring cells, in metres.
    """
    rows = [line.split() for line in reversed(drawing.split("\n")) if line.strip()]
    return {
        name: Point(column * step_m, row * step_m)
        for row, names in enumerate(rows)
        for column, name in enumerate(names)
        if name != "."
    }
