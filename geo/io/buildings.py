"""The building that a row of a table names, by id, name or number."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.errors import ReadError
from geo.io.values import is_nothing, to_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

LEVELS = ("building_id", "name", "number")
NEAREST_COUNT = 3
# Likeness is slow: among many names only close ones are looked for, and for few misses.
MANY_NAMES = 5_000
CLOSE_SHARE = 0.6
MISSES_COMPARED = 20


@dataclass(frozen=True, slots=True)
class Miss:
    """Why a row found no building: the column in the source, what was expected, what came."""

    column: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Matches:
    """
    Which building each row names.

    Parameters
    ----------
    positions
        In the buildings; -1 where none was found or named.
    misses
        By row position, for rows that name something which is no single building.
    columns
        Of each row, the column that names the building.
    """

    positions: NDArray[np.int64]
    misses: dict[int, Miss]
    columns: list[str | None]


class BuildingIndex:
    """
    Known buildings by what people call them.

    Parameters
    ----------
    buildings
        WGS 84, with `building_id` and, where known, `name` and `number`.
    """

    def __init__(self, buildings: gpd.GeoDataFrame) -> None:
        self._buildings = buildings
        self._levels = [_positions_by_text(buildings, level) for level in LEVELS]
        self._names = sorted({text for level in self._levels for text in level})
        self._compared = 0

    def match(
        self, values: pd.DataFrame, columns: Sequence[str], is_wanted: NDArray[np.bool_]
    ) -> Matches:
        """
        Find the building of each row.

        Parameters
        ----------
        values
            Rows of a source.
        columns
            Its columns that may name a building; the first that holds something counts.
        is_wanted
            Marks the rows to look at.
        """
        positions = np.full(len(values), -1, dtype=np.int64)
        misses: dict[int, Miss] = {}
        used: list[str | None] = [None] * len(values)
        for row, cells in enumerate(values[list(columns)].to_numpy(dtype=object).tolist()):
            named = [(column, cell) for column, cell in zip(columns, cells, strict=True)]
            named = [(column, cell) for column, cell in named if not is_nothing(cell)]
            if not named or not is_wanted[row]:
                continue
            used[row] = named[0][0]
            found = self._find(_reference(named[0][1]))
            if len(found) == 1:
                positions[row] = found[0]
            else:
                misses[row] = self._miss(named[0][0], _reference(named[0][1]), found)
        return Matches(positions, misses, used)

    def points(self, positions: NDArray[np.int64]) -> NDArray[np.object_]:
        """Give a point inside each building, WGS 84."""
        shapes = np.asarray(self._buildings.geometry.to_numpy(), dtype=object)
        return np.asarray(shapely.point_on_surface(shapes[positions]), dtype=object)

    def ids(self, positions: NDArray[np.int64]) -> list[str]:
        """Give the key of each building."""
        return [str(key) for key in self._buildings["building_id"].iloc[positions]]

    def own(self, column: str, position: int) -> object:
        """Give what is known of a building in a column, `None` if nothing is."""
        return self._buildings[column].iloc[position] if column in self._buildings else None

    def _find(self, reference: str) -> list[int]:
        text = _plain(reference)
        return next((level[text] for level in self._levels if text in level), [])

    def _miss(self, column: str, reference: str, found: list[int]) -> Miss:
        if found:
            ids = ", ".join(self.ids(np.array(found[:NEAREST_COUNT])))
            return Miss(column, f"one building, not {len(found)} ({ids} …)", reference)
        nearest = self._nearest(_plain(reference))
        hint = f"; the nearest are {', '.join(nearest)}" if nearest else ""
        return Miss(column, f"the id, name or number of a known building{hint}", reference)

    def _nearest(self, text: str) -> list[str]:
        self._compared += 1
        if self._compared > MISSES_COMPARED:
            return []
        cutoff = CLOSE_SHARE if len(self._names) > MANY_NAMES else 0.0
        return get_close_matches(text, self._names, n=NEAREST_COUNT, cutoff=cutoff)


def index_buildings(buildings: gpd.GeoDataFrame | None, label: str) -> BuildingIndex:
    """
    Index the known buildings.

    Raises
    ------
    ReadError
        If none are known.
    """
    if buildings is None or buildings.empty:
        msg = f"{label}: names buildings, but none are known; import the buildings first."
        raise ReadError(msg)
    return BuildingIndex(buildings)


def _positions_by_text(buildings: gpd.GeoDataFrame, column: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    if column not in buildings:
        return found
    for position, value in enumerate(buildings[column].tolist()):
        if not is_nothing(value):
            found.setdefault(_plain(_reference(value)), []).append(position)
    return found


def _reference(value: object) -> str:
    try:
        return to_text(value)
    except ValueError:
        return str(value)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
