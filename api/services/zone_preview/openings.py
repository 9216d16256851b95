"""Openings that changed borders gain and lose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.services.openings import BESIDE_M, ways_around, zone_openings
from api.services.reach import reach_of
from api.services.zone_preview.effects import OpeningsChange
from geo.openings import survey_zone

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from api.services.rights import Person
    from api.services.workspace import Workspace
    from geo.openings import Survey

SAME_M = 1.0


def openings_change(
    workspace: Workspace, person: Person, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame
) -> OpeningsChange:
    """
    Compare the openings of changed zones.

    Parameters
    ----------
    before, after
        The changed zones in force, metric CRS; either may be empty.
    """
    old = {shape.wkb: zone_openings(workspace, shape).survey for shape in before.geometry}
    new = [
        old.get(shape.wkb) or survey_zone(ways_around(workspace, shape), shape)
        for shape in after.geometry
    ]
    reach = reach_of(workspace, person)
    now = _gathered(workspace, before, [old[shape.wkb] for shape in before.geometry], reach)
    then = _gathered(workspace, after, new, reach)
    return OpeningsChange(
        openings=then,
        gained=_beyond(then, now),
        lost=_beyond(now, then),
        fewest_posts=len(_gathered(workspace, after, [_posts_only(one) for one in new], reach)),
    )


def _posts_only(survey: Survey) -> Survey:
    openings = survey.openings
    is_post = openings["opening_id"].isin(survey.posts.opening_ids)
    return survey._replace(openings=openings[is_post].reset_index(drop=True))


def _gathered(
    workspace: Workspace,
    zones: gpd.GeoDataFrame,
    surveys: list[Survey],
    reach: BaseGeometry | None,
) -> gpd.GeoDataFrame:
    """Put the openings of all zones in one frame; what two zones share stands, and counts, once."""
    frames = [
        survey.openings.assign(zone_id=zone_id)
        for zone_id, survey in zip(zones["zone_id"], surveys, strict=True)
        if len(survey.openings)
    ]
    if not frames:
        empty = {name: pd.Series(dtype=object) for name in ("zone_id", "street_id", "state")}
        return gpd.GeoDataFrame(empty, geometry=[], crs=workspace.project.metric_crs)
    openings = pd.concat(frames, ignore_index=True)
    kept = ~_is_repeated(openings)
    if reach is not None:
        kept &= shapely.dwithin(reach, openings.geometry.to_numpy(), BESIDE_M)
    return openings[kept].reset_index(drop=True)


def _is_repeated(openings: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Whether the same street has an opening earlier in the list at the same place."""
    points, streets = openings.geometry.to_numpy(), openings["street_id"].to_numpy()
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=SAME_M)
    zones = openings["zone_id"].to_numpy()
    is_same = (other < one) & (streets[one] == streets[other]) & (zones[one] != zones[other])
    is_repeated = np.zeros(len(openings), dtype=bool)
    is_repeated[one[is_same]] = True
    return is_repeated


def _beyond(openings: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the openings that have no partner on their street: the nearest are paired first."""
    points, targets = openings.geometry.to_numpy(), others.geometry.to_numpy()
    streets, theirs = openings["street_id"].to_numpy(), others["street_id"].to_numpy()
    mine, partner = np.nonzero(streets[:, None] == theirs[None, :])
    nearest = np.argsort(shapely.distance(points[mine], targets[partner]), kind="stable")
    is_alone, is_free = np.ones(len(points), dtype=bool), np.ones(len(targets), dtype=bool)
    for row, column in zip(mine[nearest].tolist(), partner[nearest].tolist(), strict=True):
        if is_alone[row] and is_free[column]:
            is_alone[row] = is_free[column] = False
    return openings[is_alone].reset_index(drop=True)
