"""
Floors, households and residents of buildings where nobody has counted them.

The rule, for want of a count:

1. *Floors*: the height divided by 3 m a storey, rounded, at least 1. Without a height, by use
   and footprint: 2 for a house (footprint below 150 m²) that is residential or of unknown use,
   6 for a larger residential building or dormitory, 3 for anything else.
2. *Households*: from known residents, else the footprint times the floors, times the share of
   it that is lived in, divided by the gross floor area of one household, rounded; at least 1
   in a building known to be residential or a dormitory. Other known uses have none.
3. *Residents*: households times the people in one, rounded.

Why these numbers. China's Seventh National Population Census (2020) found 2.62 people in the
average family household, and 36.52 m² of floor area a person in the cities: 95.7 m² a
household. Storeys of homes are 2.8 to 3 m high (GB 50096), and the walk-up slab of six
floors, above which that standard has long asked for a lift, is the usual block without
further particulars. A dormitory room sleeps four on about 10 m² of gross floor area each; a
room counts as a household, for it is one door to knock on. Of mixed buildings half is taken
as lived in; of buildings of unknown use 0.6, as most floor area of a city is housing; below
20 m² of footprint these are sheds and booths, where nobody lives.

An estimate is for planning a sweep, not for the register: it is marked, is made anew when
what it rests on changes, and never replaces a value that is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from geo.crs import require_metric
from geo.layers import BUILDINGS

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

STOREY_M = 3.0
HOUSE_FOOTPRINT_MAX_M2 = 150.0
HOUSE_FLOORS = 2
SLAB_FLOORS = 6
OTHER_FLOORS = 3
SHED_FOOTPRINT_MAX_M2 = 20.0

FLOOR_AREA_PER_PERSON_M2 = 36.52
PEOPLE_PER_HOUSEHOLD = 2.62
FLOOR_AREA_PER_HOUSEHOLD_M2 = FLOOR_AREA_PER_PERSON_M2 * PEOPLE_PER_HOUSEHOLD
PEOPLE_PER_ROOM = 4.0
FLOOR_AREA_PER_ROOM_M2 = 40.0

LIVED_IN_SHARE = {"residential": 1.0, "dormitory": 1.0, "mixed": 0.5}
UNKNOWN_USE_SHARE = 0.6
HOMES = ("residential", "dormitory")
FLOORS_MAX = int(BUILDINGS.column("floors").maximum or 0)

ESTIMATED = ("floors", "households", "residents")


class _Known(NamedTuple):
    """Numbers, and which of them are known."""

    numbers: NDArray[np.float64]
    is_known: NDArray[np.bool_]


def estimate_people(buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    Fill in floors, households and residents, and mark what is filled in.

    Parameters
    ----------
    buildings
        Polygons, metric CRS; columns `use`, `height_m`, `floors`, `households`, `residents`
        and the marks, each of which may be absent or have missing values. A value whose mark
        says that it is an estimate counts as missing. May be empty.

    Returns
    -------
    people
        Columns `floors`, `households`, `residents` (Int64, none missing; counts) and
        `floors_are_estimated`, `households_are_estimated`, `residents_are_estimated`
        (boolean, none missing); index of `buildings`.

    Raises
    ------
    CrsError
        If the CRS is not metric.

    Examples
    --------
    >>> from geopandas import GeoDataFrame
    >>> from shapely import box
    >>> slab = GeoDataFrame({"use": ["residential"]}, geometry=[box(0, 0, 50, 12)], crs=32650)
    >>> estimate_people(slab)[["floors", "households", "residents"]].iloc[0].tolist()
    [6, 38, 100]
    """
    require_metric(buildings)
    footprint_m2: NDArray[np.float64] = np.asarray(buildings.area, dtype=np.float64)
    use = _use(buildings)
    known = {name: _known(buildings, name) for name in ESTIMATED}
    floors = _filled(known["floors"], _floors(buildings, use, footprint_m2))
    households = _filled(
        known["households"], _households(known["residents"], use, footprint_m2, floors)
    )
    residents = _filled(known["residents"], _rounded(households * _people_per_household(use)))
    filled = {"floors": floors, "households": households, "residents": residents}
    counts = {
        name: pd.array(values.astype(np.int64), dtype="Int64") for name, values in filled.items()
    }
    marks = {
        f"{name}_are_estimated": pd.array(~known[name].is_known, dtype="boolean")
        for name in ESTIMATED
    }
    return pd.DataFrame({**counts, **marks}, index=buildings.index)


def _use(buildings: gpd.GeoDataFrame) -> NDArray[np.object_]:
    if "use" not in buildings:
        return np.full(len(buildings), "", dtype=np.object_)
    return (
        buildings["use"].astype(object).where(buildings["use"].notna(), "").to_numpy(dtype=object)
    )


def _known(buildings: gpd.GeoDataFrame, name: str) -> _Known:
    values = _numbers(buildings, name)
    mark = f"{name}_are_estimated"
    is_guess = np.zeros(len(buildings), dtype=bool)
    if mark in buildings:
        is_guess = buildings[mark].astype("boolean").to_numpy(dtype=bool, na_value=False)
    return _Known(values, ~np.isnan(values) & ~is_guess)


def _numbers(buildings: gpd.GeoDataFrame, name: str) -> NDArray[np.float64]:
    if name not in buildings:
        return np.full(len(buildings), np.nan)
    numbers = buildings[name].astype("Float64")
    return np.asarray(numbers.to_numpy(dtype=np.float64, na_value=np.nan))


def _filled(known: _Known, estimates: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(known.is_known, known.numbers, estimates)


def _floors(
    buildings: gpd.GeoDataFrame, use: NDArray[np.object_], footprint_m2: NDArray[np.float64]
) -> NDArray[np.float64]:
    height_m = _numbers(buildings, "height_m")
    # A tower of 1000 m is a legal height and not a legal number of floors.
    by_height = np.minimum(np.maximum(_rounded(height_m / STOREY_M), 1), FLOORS_MAX)
    is_home = np.isin(use, HOMES)
    is_house = (footprint_m2 < HOUSE_FOOTPRINT_MAX_M2) & ((use == "residential") | (use == ""))
    by_use = np.select([is_house, is_home], [HOUSE_FLOORS, SLAB_FLOORS], OTHER_FLOORS)
    return np.where(np.isnan(height_m), by_use, by_height)


def _households(
    residents: _Known,
    use: NDArray[np.object_],
    footprint_m2: NDArray[np.float64],
    floors: NDArray[np.float64],
) -> NDArray[np.float64]:
    is_room = use == "dormitory"
    area_each_m2 = np.where(is_room, FLOOR_AREA_PER_ROOM_M2, FLOOR_AREA_PER_HOUSEHOLD_M2)
    lived_in_m2 = footprint_m2 * floors * _lived_in_share(use, footprint_m2)
    by_area = _rounded(lived_in_m2 / area_each_m2)
    by_area = np.where(np.isin(use, HOMES), np.maximum(by_area, 1), by_area)
    by_residents = np.ceil(residents.numbers / _people_per_household(use))
    return np.where(residents.is_known, by_residents, by_area)


def _lived_in_share(
    use: NDArray[np.object_], footprint_m2: NDArray[np.float64]
) -> NDArray[np.float64]:
    share = np.zeros(len(use))
    for lived_in, value in LIVED_IN_SHARE.items():
        share[use == lived_in] = value
    share[(use == "") & (footprint_m2 >= SHED_FOOTPRINT_MAX_M2)] = UNKNOWN_USE_SHARE
    return share


def _people_per_household(use: NDArray[np.object_]) -> NDArray[np.float64]:
    return np.where(use == "dormitory", PEOPLE_PER_ROOM, PEOPLE_PER_HOUSEHOLD)


def _rounded(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Halves go up, so that equal buildings get equal numbers whatever the parity."""
    return np.floor(numbers + 0.5)
