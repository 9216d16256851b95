"""Which buildings a site covers, by walking distance and capacity, and the zones left over."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from geo.capacity import assign_nearest, site_capacity
from geo.crs import require_metric
from geo.network import attach, building_places
from geo.uncovered import uncovered_zones

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.network import Network

WALK_MINUTES = 15.0
WALK_SPEED_M_S = 1.2
SECONDS_A_MINUTE = 60


class Reason(StrEnum):
    """Why a building is not covered; `COVERED` when it is."""

    COVERED = ""
    TOO_FAR = "too_far"
    NO_PATH = "no_path"
    SITE_FULL = "site_full"
    NO_SITE = "no_site"


@dataclass(frozen=True, slots=True)
class CoverageRules:
    """
    When a building counts as covered.

    Parameters
    ----------
    walk_minutes
        Longest walk, in minutes; positive.
    speed_m_s
        Walking speed, in metres a second; positive.
    is_straight_line
        Measure as the crow flies instead of along the network.
    """

    walk_minutes: float = WALK_MINUTES
    speed_m_s: float = WALK_SPEED_M_S
    is_straight_line: bool = False

    def __post_init__(self) -> None:
        """Refuse limits that are not positive."""
        if not (self.walk_minutes > 0 and self.speed_m_s > 0):
            msg = (
                "Expected a positive walking time and speed, got "
                f"{self.walk_minutes} min at {self.speed_m_s} m/s."
            )
            raise ValueError(msg)

    @property
    def reach_m(self) -> float:
        """Longest walk, in metres."""
        return self.walk_minutes * SECONDS_A_MINUTE * self.speed_m_s


class WalkInput(NamedTuple):
    """The network to walk on, and the entrances (points, metric CRS, may be empty)."""

    network: Network
    entrances: gpd.GeoDataFrame


class Walks(NamedTuple):
    """
    Walks from sites to buildings.

    Parameters
    ----------
    pairs
        Site, building and metres of every walk within reach.
    site, walk_m
        Nearest site of each building, however far (-1 without a path), and metres (NaN).
    """

    pairs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
    site: NDArray[np.int64]
    walk_m: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CoverageSummary:
    """Counts of buildings and residents; covered and uncovered always add up to all."""

    buildings: int
    covered: int
    uncovered: int
    residents: int
    residents_covered: int
    residents_uncovered: int
    unreachable: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """
    The answer to "what is not covered".

    Parameters
    ----------
    buildings
        Index of the buildings asked about; columns `is_covered`, `site_id` (the assigned, or
        else the nearest site; may be missing), `walk_m` (metres to that site; NaN if there is
        no path), `reason` (a `Reason`).
    zones
        Metric CRS; columns `zone_id`, `buildings`, `households`, `residents`, `worst_walk_m`
        (NaN without a path), `reason`; one polygon or multipolygon a row, worst first.
    rules
        What was asked.
    """

    buildings: pd.DataFrame
    zones: gpd.GeoDataFrame
    summary: CoverageSummary
    rules: CoverageRules


def cover(
    buildings: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    *,
    network: WalkInput | None,
    rules: CoverageRules,
    extent: shapely.Geometry | None = None,
) -> Coverage:
    """
    Find which buildings a site covers, and the zones left over.

    A building is covered when a site that is not closed lies within reach and still has room
    for all its residents; buildings go to sites whole, the shortest walk first.

    Parameters
    ----------
    buildings
        Polygons, metric CRS; `building_id`, and `households`, `residents` (unknown counts as
        nobody). May be empty.
    sites
        Points, same CRS; `site_id` or `checkpoint_id`; `status`, and what `site_capacity`
        reads. May be empty.
    network
        What to walk on, and the entrances; needed unless the rules ask for straight lines.
    rules
        Reach, speed and mode.
    extent
        Polygon that zones are clipped to; `None` for no clipping.

    Returns
    -------
    coverage
        People of covered and of uncovered buildings add up to all people.

    Raises
    ------
    CrsError
        If the layers are not in one metric CRS.
    ValueError
        If there is no network and none was asked to be done without, or a rule is not positive.
    """
    require_metric(buildings, sites)
    active = active_sites(sites)
    people = buildings["residents"].fillna(0).to_numpy(dtype=np.int64)
    walks = _straight_walks if rules.is_straight_line else _network_walks
    near = walks(buildings, active, network, rules.reach_m)
    site, walk_m = assign_nearest(near.pairs, people, site_capacity(active))
    is_covered = site >= 0
    known = np.where(is_covered, site, near.site)
    ids = np.array([*active[_site_key(active)], None], dtype=object)
    found = pd.DataFrame(
        {
            "is_covered": is_covered,
            "site_id": ids[known],
            "walk_m": np.where(is_covered, walk_m, near.walk_m),
            "reason": _reasons(is_covered, near.walk_m, rules.reach_m, has_sites=len(active) > 0),
        },
        index=buildings.index,
    )
    zones = uncovered_zones(buildings.assign(walk_m=found["walk_m"]), found["reason"], extent)
    return Coverage(found, zones, _summary(found, people), rules)


def active_sites(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the sites whose column `status`, where there is one, does not say closed."""
    return sites[sites["status"].ne("closed").fillna(value=True)] if "status" in sites else sites


def _site_key(sites: gpd.GeoDataFrame) -> str:
    return "site_id" if "site_id" in sites else "checkpoint_id"


def _network_walks(
    buildings: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    network: WalkInput | None,
    reach_m: float,
) -> Walks:
    if network is None:
        msg = "Expected a walking network, or rules that measure straight lines; got neither."
        raise ValueError(msg)
    doors, _ = building_places(buildings, network.entrances)
    places = np.concatenate([sites.geometry.to_numpy(), doors])
    origins = np.arange(len(sites))
    graph = attach(network.network, places, origins=origins.tolist())
    origin, metres = graph.nearest(origins)
    site, place, walk_m = graph.within(origins, limit_m=reach_m)
    is_building = place >= len(sites)
    walk = metres[len(sites) :]
    return Walks(
        (site[is_building], place[is_building] - len(sites), walk_m[is_building]),
        origin[len(sites) :],
        np.where(np.isfinite(walk), walk, np.nan),
    )


def _straight_walks(
    buildings: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, _: WalkInput | None, reach_m: float
) -> Walks:
    shapes, points = buildings.geometry.to_numpy(), sites.geometry.to_numpy()
    site = np.full(len(shapes), -1, dtype=np.int64)
    walk_m = np.full(len(shapes), np.nan)
    tree = shapely.STRtree(points)
    if not len(points) or not len(shapes):
        nobody = np.empty(0, dtype=np.int64)
        return Walks((nobody, nobody, np.empty(0)), site, walk_m)
    building, nearest = tree.query_nearest(shapes, all_matches=False)
    site[building] = nearest
    walk_m[building] = shapely.distance(shapes[building], points[nearest])
    near_building, near_site = tree.query(shapes, predicate="dwithin", distance=reach_m)
    metres = shapely.distance(shapes[near_building], points[near_site])
    return Walks((near_site, near_building, metres), site, walk_m)


def _reasons(
    is_covered: NDArray[np.bool_],
    nearest_m: NDArray[np.float64],
    reach_m: float,
    *,
    has_sites: bool,
) -> NDArray[np.object_]:
    if not has_sites:
        return np.full(len(is_covered), str(Reason.NO_SITE), dtype=object)
    cases = [is_covered, np.isnan(nearest_m), nearest_m > reach_m]
    told = [Reason.COVERED, Reason.NO_PATH, Reason.TOO_FAR]
    return np.select(cases, [str(reason) for reason in told], str(Reason.SITE_FULL)).astype(object)


def _summary(found: pd.DataFrame, people: NDArray[np.int64]) -> CoverageSummary:
    is_covered = found["is_covered"].to_numpy(dtype=bool)
    return CoverageSummary(
        buildings=len(found),
        covered=int(is_covered.sum()),
        uncovered=int((~is_covered).sum()),
        residents=int(people.sum()),
        residents_covered=int(people[is_covered].sum()),
        residents_uncovered=int(people[~is_covered].sum()),
        unreachable=int(found["reason"].eq(Reason.NO_PATH).sum()),
    )
