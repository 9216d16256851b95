"""
Whether buildings and streets were drawn in different datums.

A building fits where a street is near and none runs through it. If far more buildings would
fit after a move by the offset between two datums, and then hardly any were run through, one
of the two layers was read in the wrong datum. This holds for a city, where wrongly placed
buildings lie across other streets, and for one community, where they lie off the map.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import WGS84, require_metric, to_metric, to_wgs84
from geo.datum import Datum, shift

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE_COUNT = 2_000
NEAR_STREET_M = 60.0
# Doors and passages are drawn to the wall: what only touches a building does not cross it.
WALL_M = 1.0
LEAST_GAIN_COUNT = 10
LEAST_GAIN_RATIO = 1.5
MOST_CROSSED_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Fit:
    """
    How buildings lie among streets.

    Parameters
    ----------
    near_count
        Buildings with a street near.
    crossed_count
        Those of them that a street runs through.
    """

    near_count: int
    crossed_count: int

    @property
    def fitting_count(self) -> int:
        """Buildings with a street near and none inside."""
        return self.near_count - self.crossed_count


def datum_mismatch(buildings: gpd.GeoDataFrame, streets: gpd.GeoDataFrame) -> str | None:
    """
    Warn if the buildings fit the streets much better in another datum.

    Parameters
    ----------
    buildings
        Polygons, metric CRS. May be empty.
    streets
        Lines, same CRS; bridges and tunnels (`level` not 0) are left out. May be empty.

    Returns
    -------
    warning
        Which datums the two layers seem to be in; `None` if they fit as they are, or there is
        too little to tell.

    Raises
    ------
    CrsError
        If the layers are not in one metric CRS.
    """
    require_metric(buildings, streets)
    shapes = _sample(buildings)
    ground = streets[streets["level"].fillna(0) == 0] if "level" in streets else streets
    if len(shapes) == 0 or ground.empty:
        return None
    tree = shapely.STRtree(np.asarray(ground.geometry.to_numpy(), dtype=object))
    as_is = _fit(shapes, tree)
    if LEAST_GAIN_RATIO * as_is.fitting_count > len(shapes):
        return None
    crs = str(buildings.crs)
    fits = {
        (source, target): _fit(_moved(shapes, crs, source=source, target=target), tree)
        for source, target in permutations(Datum, 2)
    }
    (of_buildings, of_streets), best = max(fits.items(), key=lambda item: item[1].fitting_count)
    if not _is_better(best, as_is):
        return None
    return (
        f"Buildings seem to be in {of_buildings} and streets in {of_streets}: as they are,"
        f" {as_is.fitting_count} of {len(shapes)} buildings looked at lie beside a street and"
        f" not across one; moved by that offset, {best.fitting_count}. Import one again with"
        " its datum."
    )


def _sample(buildings: gpd.GeoDataFrame) -> NDArray[np.object_]:
    shapes = np.asarray(buildings.geometry.to_numpy(), dtype=object)
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    shapes = shapely.buffer(shapes[:: max(1, len(shapes) // SAMPLE_COUNT)], -WALL_M)
    return np.asarray(shapes[~shapely.is_empty(shapes)])


def _fit(shapes: NDArray[np.object_], tree: shapely.STRtree) -> Fit:
    near = np.unique(tree.query(shapes, predicate="dwithin", distance=NEAR_STREET_M)[0])
    crossed = np.unique(tree.query(shapes, predicate="intersects")[0])
    return Fit(len(near), len(crossed))


def _moved(
    shapes: NDArray[np.object_], crs: str, *, source: Datum, target: Datum
) -> NDArray[np.object_]:
    middles = gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapely.centroid(shapes), crs=crs))
    degrees = shapely.get_coordinates(to_wgs84(middles).geometry.to_numpy())
    lon, lat = shift(degrees[:, 0], degrees[:, 1], source=source, target=target)
    there = to_metric(gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=WGS84), crs)
    way = shapely.get_coordinates(there.geometry.to_numpy()) - shapely.get_coordinates(
        middles.geometry.to_numpy()
    )
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    return np.asarray(shapely.set_coordinates(shapes.copy(), coordinates + way[owner]))


def _is_better(fit: Fit, as_is: Fit) -> bool:
    return (
        fit.fitting_count >= LEAST_GAIN_RATIO * as_is.fitting_count
        and fit.fitting_count - as_is.fitting_count >= LEAST_GAIN_COUNT
        and fit.crossed_count <= MOST_CROSSED_SHARE * fit.near_count
    )
