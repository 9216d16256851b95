"""Which buildings a site covers, by walking distance and capacity, and the zones left over."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

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

    @property
    def reach_m(self) -> float:
        """Longest walk, in metres."""
        return self.walk_minutes * SECONDS_A_MINUTE * self.speed_m_s


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
