"""How long a team works at each building: the approach, the stairs and the doors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd

NEEDED = ("households", "floors", "staircases", "has_lift")


@dataclass(frozen=True, slots=True)
class WorkloadRules:
    """
    What the visit of a building costs; every figure may be set.

    With the defaults a household door costs two minutes on average, the figure at which door
    surveys are planned: 150 s where somebody answers, 30 s where nobody does, three in four
    answering.

    Parameters
    ----------
    approach_s
        Seconds to find the entrance, be let in and note the building.
    answered_s, unanswered_s
        Seconds at a door that opens, and at one that stays shut (two rings and a note).
    answered_share
        Share of the doors that open, in [0, 1].
    floor_by_stairs_s
        Seconds a floor in each staircase, up and down again together.
    floor_by_lift_s
        The same with a lift: the ride up, and the walk down from door to door.
    lift_from_floors
        Floors from which a building is taken to have a lift where that is not known; seven is
        the height from which the Chinese housing code asks for one.

    Raises
    ------
    ValueError
        If a figure is negative or not finite, or the share is above 1.
    """

    approach_s: float = 60.0
    answered_s: float = 150.0
    unanswered_s: float = 30.0
    answered_share: float = 0.75
    floor_by_stairs_s: float = 20.0
    floor_by_lift_s: float = 8.0
    lift_from_floors: int = 7

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            limit = 1 if name.endswith("_share") else float("inf")
            if not 0 <= value <= limit or value == float("inf"):
                msg = f"Expected {name} to be a finite number from 0 to {limit}, got {value}."
                raise ValueError(msg)

    @property
    def door_s(self) -> float:
        """Seconds at a household door, on average."""
        answered = self.answered_share * self.answered_s
        return answered + (1 - self.answered_share) * self.unanswered_s


def service_seconds(buildings: pd.DataFrame | gpd.GeoDataFrame, rules: WorkloadRules) -> pd.Series:
    """
    Seconds of work at each building.

    A building without households, or where they are not known, has no door to knock on: it
    costs the approach only. Elsewhere each staircase is climbed to the top once, and each
    door is waited at.

    Parameters
    ----------
    buildings
        One building a row; of the columns `households`, `floors`, `staircases` and `has_lift`
        any may be absent or hold missing values. A missing number of floors or staircases
        counts as one. May be empty.

    Returns
    -------
    service_s
        Seconds, float, at least `rules.approach_s`; index of `buildings`.

    Examples
    --------
    >>> buildings = pd.DataFrame({"households": [12, 0], "floors": [6, 6], "staircases": [2, 2]})
    >>> service_seconds(buildings, WorkloadRules()).tolist()
    [1700.0, 60.0]
    """
    known = pd.DataFrame(buildings).reindex(columns=list(NEEDED))
    households = _number(known["households"], missing=0)
    floors = _number(known["floors"], missing=1)
    staircases = _number(known["staircases"], missing=1)
    climb_s = (floors - 1) * staircases * _floor_s(known["has_lift"], floors, rules)
    inside_s = (households * rules.door_s + climb_s).where(households > 0, 0.0)
    return (rules.approach_s + inside_s).rename("service_s")


def _floor_s(has_lift: pd.Series, floors: pd.Series, rules: WorkloadRules) -> pd.Series:
    by_height = floors >= rules.lift_from_floors
    is_by_lift = has_lift.astype("boolean").fillna(by_height).astype(bool)
    by_lift = pd.Series(rules.floor_by_lift_s, index=floors.index)
    return by_lift.where(is_by_lift, rules.floor_by_stairs_s)


def _number(values: pd.Series, *, missing: float) -> pd.Series:
    return pd.to_numeric(values).astype("Float64").fillna(missing).astype("float64")
