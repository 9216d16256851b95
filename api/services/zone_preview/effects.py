"""What a preview tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd

    from api.services.zone_errors import ChangeFault


@dataclass(frozen=True, slots=True)
class Named:
    """
    A building, a site or a gate.

    Parameters
    ----------
    name
        Its name, or else its number; `None` if it has neither. Not trusted.
    """

    key: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """
    A count within the changed zones.

    Parameters
    ----------
    now, change
        As it is stored, and by how much that changes.
    entering, leaving
        Which are added and which are lost, where they have names.
    unknown
        Buildings within the zones as changed whose number is not known and counts nothing.
    """

    now: int
    change: int
    entering: tuple[Named, ...] = ()
    leaving: tuple[Named, ...] = ()
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """A building that is held by another level than before; `None` where nobody holds it."""

    building: Named
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class HalfInside:
    """A building that a changed zone's border cuts, and the share of its outline inside."""

    building: Named
    zone_id: str
    share: float


@dataclass(frozen=True, slots=True)
class TouchedBlock:
    """A block with a building whose zone changes; the cadre is told to staff alone."""

    key: str
    name: str | None
    cadre: str | None


@dataclass(frozen=True, slots=True)
class TouchedTeam:
    """A team of the sweep, and how many of its buildings change zone."""

    team: int
    buildings: int


@dataclass(frozen=True, slots=True)
class OpeningsChange:
    """
    Openings in the borders of the changed zones.

    Parameters
    ----------
    openings
        As they would be: points, metric CRS, columns of `geo.openings.find_openings` and
        `zone_id`; a place on the border of two changed zones once.
    gained, lost
        Some of those, and of those there are now: by street, how many more or fewer there
        are, the ones farthest from where there was or will be one.
    fewest_posts
        That seal the zones, each by itself, as changed.
    """

    openings: gpd.GeoDataFrame
    gained: gpd.GeoDataFrame
    lost: gpd.GeoDataFrame
    fewest_posts: int


@dataclass(frozen=True, slots=True)
class Preview:
    """
    What changes of zones would do.

    Parameters
    ----------
    at
        The moment at which before and after are compared.
    buildings, households, people
        Held by the changed zones.
    sites, gates
        Sampling sites within them; gates within them and on their borders.
    levels
        By how much the buildings, households and people under each level change.
    moved
        Buildings held by another level than before.
    overlaps
        Ground of changed zones that zones of another level share: columns `level` (which
        holds) and `milder`; metric CRS.
    faults
        What stands against saving. Where a shape cannot be measured, the zone is compared as
        if this change was not asked for.
    """

    at: datetime
    buildings: Change
    households: Change
    people: Change
    sites: Change
    gates: Change
    levels: dict[str, tuple[int, int, int]]
    moved: tuple[Moved, ...]
    blocks: tuple[TouchedBlock, ...]
    teams: tuple[TouchedTeam, ...]
    openings: OpeningsChange
    half_inside: tuple[HalfInside, ...]
    overlaps: gpd.GeoDataFrame
    faults: tuple[ChangeFault, ...]
