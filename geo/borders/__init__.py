"""Working on the borders of zones: cutting, joining, sharing; metric CRS in and out."""

from geo.borders.cutting import REACH_M, split
from geo.borders.joining import join
from geo.borders.noding import SHARE_M, share_vertices, snap_to_neighbours
from geo.borders.outlines import TAKE_MARGIN_M, take_whole
from geo.borders.rings import Ground, Obstacle

__all__ = [
    "REACH_M",
    "SHARE_M",
    "TAKE_MARGIN_M",
    "Ground",
    "Obstacle",
    "join",
    "share_vertices",
    "snap_to_neighbours",
    "split",
    "take_whole",
]
