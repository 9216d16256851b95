"""A layer in memory, made so that a page of it costs little more than its own bytes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.services.collections.encoding import Encoded, pieces
from api.services.collections.packing import Packed, placed
from api.services.collections.periods import FROM, TO
from api.services.collections.places import Places
from api.services.collections.windows import box_shape
from geo.crs import WGS84

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from numpy.typing import NDArray

    from api.services.collections.encoding import Piece
    from api.services.collections.reference import Reference
    from api.services.collections.windows import Window
    from api.services.workspace import Box
    from geo.schema import Layer

KEPT_VIEWS = 32
UNKNOWN = -1


@dataclass(frozen=True)
class LayerIndex:
    """
    The features of a layer in one state of it.

    Arrays by position, in the order of `fids`, which is that in which features came in; a
    feature that is edited keeps its place, and a new one comes last.

    Parameters
    ----------
    layer
        Its declaration.
    columns
        Names of the properties.
    state
        Of the layer, as the store tells it.
    label
        The state in which the features were first as they are; another whenever one is another.
    fids
        Rows of the store, rising.
    bounds
        West, south, east, north, WGS 84; shape (n, 4).
    shapes
        Geometries as WKB, WGS 84.
    encoded
        Features as GeoJSON.
    table
        All declared columns, for filters.
    views
        Which features people see, by what decides it: 1, 0, or `UNKNOWN`.
    """

    layer: Layer
    columns: tuple[str, ...]
    state: str
    label: str
    fids: NDArray[np.int64]
    bounds: NDArray[np.float64]
    shapes: Packed
    encoded: Encoded
    table: pd.DataFrame
    views: dict[Hashable, NDArray[np.int8]] = field(default_factory=dict)

    @classmethod
    def of(cls, layer: Layer, columns: Sequence[str], state: str, rows: gpd.GeoDataFrame) -> Self:
        """
        Make the index of a layer.

        Parameters
        ----------
        columns
            Become the properties.
        state
            In which the layer was at the latest when it was read.
        rows
            WGS 84, the declared columns; index: fids, rising.
        """
        geometries = np.asarray(rows.geometry.to_numpy(), dtype=object)
        return cls(
            layer=layer,
            columns=tuple(columns),
            state=state,
            label=state,
            fids=rows.index.to_numpy(dtype=np.int64),
            bounds=shapely.bounds(geometries).reshape(-1, 4),
            shapes=Packed.of(shapely.to_wkb(geometries)),
            encoded=Encoded.of(rows, layer.key, columns),
            table=_slim(pd.DataFrame(rows.drop(columns="geometry")), layer),
        )

    def __len__(self) -> int:
        """How many features there are."""
        return len(self.fids)

    @cached_property
    def places(self) -> Places:
        """Where the features are."""
        return Places.of(self.bounds)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each feature stands, by its key."""
        return {key: position for position, key in enumerate(self.table[self.layer.key].tolist())}

    @cached_property
    def extent(self) -> Box | None:
        """West, south, east and north of all features; `None` where there are none."""
        if not len(self):
            return None
        west, south = self.bounds[:, :2].min(axis=0).tolist()
        east, north = self.bounds[:, 2:].max(axis=0).tolist()
        return west, south, east, north

    def span(
        self, seen: NDArray[np.bool_] | None = None
    ) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
        """
        Give from when to when features hold, where the layer tells; `None` for an open end.

        Parameters
        ----------
        seen
            Which features count; `None` for all.
        """
        table = self.table if seen is None else self.table[seen]
        return _first(table[FROM]), _last(table[TO])

    def within(self, window: Window) -> NDArray[np.int64]:
        """Find the features that touch a window; positions, rising."""
        found = [self._touching(box, window.shape) for box in window.boxes]
        return np.sort(found[0]) if len(found) == 1 else np.unique(np.concatenate(found))

    def geometries(self, positions: NDArray[np.int64]) -> NDArray[np.object_]:
        """Give the geometries of some features, WGS 84."""
        texts = np.array([bytes(text) for text in self.shapes.take(positions)], dtype=object)
        return np.asarray(shapely.from_wkb(texts), dtype=object)

    def frame(self, positions: NDArray[np.int64]) -> gpd.GeoDataFrame:
        """Give some features with all their columns, WGS 84."""
        rows = self.table.iloc[positions]
        return gpd.GeoDataFrame(rows, geometry=self.geometries(positions), crs=WGS84)

    def texts(self, positions: NDArray[np.int64], reference: Reference) -> Sequence[Piece]:
        """Give some features as GeoJSON in a reference system."""
        if reference.is_degrees and not reference.is_swapped:
            return self.encoded.take(positions)
        return self.encoded.take_in(positions, self.geometries(positions), reference)

    def without(self, key: str) -> LayerIndex:
        """Give the index without a feature; the same if it is not there."""
        position = self.positions.get(key)
        if position is None:
            return self
        kept = np.arange(len(self)) != position
        return replace(
            self,
            fids=self.fids[kept],
            bounds=self.bounds[kept],
            shapes=self.shapes.without(position),
            encoded=self.encoded.without(position),
            table=self.table[kept].reset_index(drop=True),
            views={view: mask[kept] for view, mask in list(self.views.items())},
        )

    def changed(self, row: gpd.GeoDataFrame) -> LayerIndex:
        """
        Give the index with another feature in place of the one with its key, or one more.

        Who sees the feature is not known until it is asked.

        Parameters
        ----------
        row
            One, as for `of`.
        """
        fid, key = int(row.index[0]), str(row[self.layer.key].iloc[0])
        position = self.positions.get(key, len(self))
        if position < len(self) and self.fids[position] != fid:
            return self.without(key).changed(row)
        geometries = np.asarray(row.geometry.to_numpy(), dtype=object)
        ((wkb,), ((parts),)) = shapely.to_wkb(geometries), pieces(row, self.layer.key, self.columns)
        return replace(
            self,
            fids=placed(self.fids, position, fid),
            bounds=_with_bounds(self.bounds, position, shapely.bounds(geometries)),
            shapes=self.shapes.replaced(position, wkb),
            encoded=self.encoded.replaced(position, parts),
            table=_with_row(self.table, position, row),
            views={view: _unsettled(mask, position) for view, mask in list(self.views.items())},
        )

    def seen(
        self, view: Hashable, sees: Callable[[gpd.GeoDataFrame], NDArray[np.bool_]]
    ) -> NDArray[np.bool_]:
        """
        Say of each feature whether somebody sees it.

        Parameters
        ----------
        view
            Everything that decides it.
        sees
            Decides it for some features; asked once for each.
        """
        known = self.views.get(view, np.full(len(self), UNKNOWN, dtype=np.int8))
        open_ones = np.flatnonzero(known == UNKNOWN)
        if open_ones.size:
            known = known.copy()
            known[open_ones] = sees(self.frame(open_ones))
            self._keep(view, known)
        return known.astype(bool)

    def _keep(self, view: Hashable, known: NDArray[np.int8]) -> None:
        while len(self.views) >= KEPT_VIEWS:
            self.views.pop(next(iter(self.views)), None)
        self.views[view] = known

    def _touching(
        self, box: Box, shape: shapely.geometry.base.BaseGeometry | None
    ) -> NDArray[np.int64]:
        near = self.places.touching(box)
        if self._is_certain(shape):
            return near
        west, south, east, north = self.bounds[near].T
        least_lon, least_lat, most_lon, most_lat = box
        is_inside = (west >= least_lon) & (south >= least_lat)
        is_inside &= (east <= most_lon) & (north <= most_lat)
        if shape is not None:
            is_inside[:] = False
        edge = near[~is_inside]
        wanted = box_shape(box) if shape is None else shape
        shapely.prepare(wanted)
        is_touching = shapely.intersects(wanted, self.geometries(edge))
        return np.concatenate([near[is_inside], edge[is_touching]])

    def _is_certain(self, shape: shapely.geometry.base.BaseGeometry | None) -> bool:
        """Whether bounding boxes already tell who touches: those of points do."""
        return shape is None and self.layer.geometry == "Point"


def _slim(table: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    """Keep values of closed sets once each."""
    chosen = {
        column.name: pd.CategoricalDtype(list(column.allowed))
        for column in layer.columns
        if column.allowed
    }
    return table.astype(chosen).reset_index(drop=True)


def _with_row(table: pd.DataFrame, position: int, row: gpd.GeoDataFrame) -> pd.DataFrame:
    changed = pd.DataFrame(row.drop(columns="geometry"))
    parts = [table.iloc[:position], changed, table.iloc[position + 1 :]]
    filled = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return filled.astype(table.dtypes.to_dict())


def _with_bounds(
    bounds: NDArray[np.float64], position: int, changed: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.concatenate([bounds[:position], changed, bounds[position + 1 :]])


def _first(moments: pd.Series) -> pd.Timestamp | None:
    return None if moments.empty or moments.isna().any() else moments.min()


def _last(moments: pd.Series) -> pd.Timestamp | None:
    return None if moments.empty or moments.isna().any() else moments.max()


def _unsettled(known: NDArray[np.int8], position: int) -> NDArray[np.int8]:
    if position == len(known):
        return np.append(known, np.int8(UNKNOWN))
    changed = known.copy()
    changed[position] = UNKNOWN
    return changed
