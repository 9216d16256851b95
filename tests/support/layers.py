"""Small layers in one metric CRS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

UTM = "EPSG:32650"


def layer(geometry: Sequence[BaseGeometry], **columns: Sequence[object]) -> gpd.GeoDataFrame:
    """Give a layer of the geometries with these columns."""
    return gpd.GeoDataFrame(columns, geometry=list(geometry), crs=UTM)


def streets_of(lines: Sequence[BaseGeometry], **columns: Sequence[object]) -> gpd.GeoDataFrame:
    """Give walkable streets at ground level unless the columns say otherwise."""
    count = len(lines)
    defaults: dict[str, Sequence[object]] = {
        "street_id": [f"s{number}" for number in range(count)],
        "is_walkable": [True] * count,
        "level": [0] * count,
    }
    return layer(lines, **(defaults | columns))


def barriers_of(*lines: BaseGeometry) -> gpd.GeoDataFrame:
    """Give walls."""
    ids = [f"b{number}" for number in range(len(lines))]
    return layer(lines, barrier_id=ids, kind=["wall"] * len(lines))


def gates_of(**state_by_point: tuple[BaseGeometry, str]) -> gpd.GeoDataFrame:
    """Give gates: `name=(point, state)`."""
    return layer(
        [point for point, _ in state_by_point.values()],
        gate_id=list(state_by_point),
        state=[state for _, state in state_by_point.values()],
    )
