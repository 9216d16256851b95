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
    names
        Key and name of each; shape (len(rows),).
    tree
        Of their shapes.
    """

    rows: gpd.GeoDataFrame
    names: NDArray[np.object_]
    tree: shapely.STRtree

    def within(self, shapes: NDArray[np.object_], *, margin_m: float = 0.0) -> NDArray[np.int64]:
        """Give the positions of the features that meet any of the shapes, or almost; sorted."""
        _, found = self.tree.query(shapes, predicate="dwithin", distance=margin_m)
        return np.unique(found)

    def named(self, rows: NDArray[np.int64]) -> tuple[Named, ...]:
        """Give keys and names of features by their positions."""
        return tuple(self.names[rows])


def surroundings(workspace: Workspace, person: Person, layer_name: str) -> Surroundings:
    """Give what a person sees of a layer; kept until the project changes."""
    return workspace.once(
        "surroundings",
        (layer_name, person.areas),
        lambda: _read(workspace, person, layer_name),
        of=("areas", "buildings", layer_name),
    )


def _read(workspace: Workspace, person: Person, layer_name: str) -> Surroundings:
    rows = seen_rows(workspace, person.areas, layer_name, workspace.project.read(layer_name))
    rows = rows.reset_index(drop=True)
    names = np.empty(len(rows), dtype=object)
    names[:] = _named(rows, LAYERS[layer_name].key)
    return Surroundings(rows, names, shapely.STRtree(rows.geometry.to_numpy()))


def _named(rows: pd.DataFrame, key: str) -> list[Named]:
    names = rows.reindex(columns=list(NAMES)).astype(object)
    told = names["name"].where(names["name"].notna(), names["number"])
    told = told.where(told.notna(), None)
    return [
        Named(str(one), None if name is None else str(name))
        for one, name in zip(rows[key], told, strict=True)
    ]
