"""What a sweep plan is: routes of teams, their stops, and how good the plan is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from shapely import LineString, Point

Door = Literal["entrance", "outline", "barrier"]


@dataclass(frozen=True, slots=True)
class Stop:
    """
    One building on a route.

    Parameters
    ----------
    building_id
        Which building.
    label
        Its name or number, for people; not trusted.
    point
        Where one stands to knock, metric CRS.
    door
        How `point` is known: a mapped `entrance`; the point of the `outline` nearest the street;
        or the street side of the `barrier` round a plot whose gate the map leaves out.
    arrive_s
        Seconds after the team set out.
    service_s
        Seconds of work at the building.
    households
        Households to visit there.
    """

    building_id: str
    label: str
    point: Point
    door: Door
    arrive_s: float
    service_s: float
    households: int


@dataclass(frozen=True, slots=True)
class TeamRoute:
    """
    What one team does, from the start and back.

    Parameters
    ----------
    team
        From 1.
    line
        Along streets, metric CRS; a single point twice for a team without stops.
    walk_m, work_s, duration_s
        Metres walked, seconds of work at doors, seconds from setting out to coming back.
    """

    team: int
    line: LineString
    stops: tuple[Stop, ...]
    walk_m: float
    work_s: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """
    Who knocks where, in which order.

    Parameters
    ----------
    routes
        One a team, in the order of teams.
    unreachable
        Keys of the buildings that no walkable way from the start reaches.
    start
        Where all teams set out, metric CRS.
    start_kind
        Where the start comes from: given by the caller, the project's office, or the middle.
    makespan_s, bound_s
        The longest duration, and a proven lower bound on it.
    walk_m
        Metres walked by all teams.
    seed
        What the plan was made with.
    """

    routes: tuple[TeamRoute, ...]
    unreachable: tuple[str, ...]
    start: Point
    start_kind: Literal["given", "office", "middle"]
    makespan_s: float
    bound_s: float
    walk_m: float
    seed: int

    @property
    def gap(self) -> float:
        """How far the makespan may be from the best, as a share of the bound; 0 without work."""
        return self.makespan_s / self.bound_s - 1 if self.bound_s > 0 else 0.0
