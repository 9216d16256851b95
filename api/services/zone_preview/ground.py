"""What lies around zones, as far as a person sees it; read once for each state of a project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from api.services.reach import seen_rows
from api.services.zone_preview.effects import Named
from geo.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from api.services.rights import Person
    from api.services.workspace import Workspace

NAMES = ("name", "number")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """
    Features of a layer that a person sees.

    Parameters
    ----------
    rows
        Metric CRS, RangeIndex.
    tree
        Of their shapes.
    key
        Name of the key column.
    """

    rows: gpd.GeoDataFrame
    tree: shapely.STRtree
    key: str

    def within(self, shapes: NDArray[np.object_], *, margin_m: float = 0.0) -> NDArray[np.int64]:
        """Give the positions of the features that meet any of the shapes, or almost; sorted."""
        _, found = self.tree.query(shapes, predicate="dwithin", distance=margin_m)
        return np.unique(found)

    def named(self, rows: Iterable[int]) -> tuple[Named, ...]:
        """Give keys and names of features by their positions."""
        return named(self.rows.iloc[list(rows)], self.key)


def surroundings(workspace: Workspace, person: Person, layer_name: str) -> Surroundings:
    """Give what a person sees of a layer; kept until the project changes."""
    return workspace.once(
        "surroundings", (layer_name, person.areas), lambda: _read(workspace, person, layer_name)
    )


def named(rows: pd.DataFrame, key: str) -> tuple[Named, ...]:
    """
    Give keys and names of features.

    Parameters
    ----------
    rows
        With the key, and perhaps `name` and `number`.
    """
    names = rows.reindex(columns=list(NAMES)).astype(object)
    told = names["name"].where(names["name"].notna(), names["number"])
    told = told.where(told.notna(), None)
    return tuple(
        Named(str(one), None if name is None else str(name))
        for one, name in zip(rows[key], told, strict=True)
    )


def _read(workspace: Workspace, person: Person, layer_name: str) -> Surroundings:
    rows = seen_rows(workspace, person.areas, layer_name, workspace.project.read(layer_name))
    rows = rows.reset_index(drop=True)
    return Surroundings(rows, shapely.STRtree(rows.geometry.to_numpy()), LAYERS[layer_name].key)
