"""Ways and zones drawn for tests of openings."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, Unpack

from shapely import LineString, Point, box

from geo.openings import Homes, prepare_ways
from tests.support.layers import barriers_of, gates_of, layer, streets_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from geo.openings import Ways

ZONE = box(0, 0, 100, 100)
Place = tuple[float, float]


def line(*places: Place) -> LineString:
    """Give a line through the places."""
    return LineString(places)


def no_points() -> gpd.GeoDataFrame:
    """Give no checkpoints, no entrances."""
    return layer([], checkpoint_id=[], entrance_id=[], building_id=[])


def posts_at(*places: Place, **columns: Sequence[object]) -> gpd.GeoDataFrame:
    """Give checkpoints `k0`, `k1` and so on."""
    ids = [f"k{number}" for number in range(len(places))]
    return layer([Point(place) for place in places], checkpoint_id=ids, **columns)


def homes_of(*outlines: BaseGeometry) -> Homes:
    """Give buildings `h0`, `h1` … without known entrances."""
    ids = [f"h{number}" for number in range(len(outlines))]
    return Homes(layer(outlines, building_id=ids), no_points())


class Obstacles(TypedDict, total=False):
    """What stands in the way, and who lives there."""

    walls: Sequence[LineString]
    gates: dict[str, tuple[Point, str]]
    posts: gpd.GeoDataFrame
    homes: Homes


def ways_of(*lines: LineString, **obstacles: Unpack[Obstacles]) -> Ways:
    """Prepare streets `s0`, `s1` and so on with what stands in their way."""
    return prepare_ways(
        streets_of(lines, is_drivable=[False] * len(lines)),
        barriers_of(*obstacles.get("walls", ())),
        gates_of(**obstacles.get("gates", {})),
        obstacles.get("posts", no_points()),
        homes=obstacles.get("homes"),
    )
