"""The index of each layer, made when it is asked for and brought up to date when it changed."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd

from api.services.collections.index import LayerIndex
from api.store.edits import UnknownFeatureError
from api.store.frames import table_of
from geo.crs import WGS84
from geo.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Collection

    from api.store.edits import StoredFeature
    from geo.schema import Layer

MOST_PATCHED = 200
"""With more edits than these, reading the layer anew takes less time."""


class CollectionSource(Protocol):
    """What the indexes need of a project; `api.store.project.Project` is one."""

    def layer_state(self, layer_name: str) -> str:
        """Give a short text that differs after any change of a layer."""

    def edited_keys(self, layer_name: str, since: str, until: str) -> Collection[str] | None:
        """
        Name the features that were edited between two states of a layer.

        `None` where that is not known, or the layer was changed in another way.
        """

    def read_rows(self, layer_name: str) -> gpd.GeoDataFrame:
        """Read a layer in WGS 84, exactly as stored; index: its rows' numbers, rising."""

    def feature(self, layer: str, key: str) -> StoredFeature:
        """Read one feature."""


class _Slot:
    """The place of one index."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.index: LayerIndex | None = None


class Indexes:
    """
    The indexes of a project's layers.

    However many ask at a time, an index is made once; whoever asks while it is made waits.

    Parameters
    ----------
    source
        Where the layers are.
    """

    def __init__(self, source: CollectionSource) -> None:
        self._source = source
        self._lock = Lock()
        self._slots: dict[tuple[str, tuple[str, ...]], _Slot] = {}

    def get(self, layer: Layer, columns: tuple[str, ...]) -> LayerIndex:
        """
        Give the index of a layer in its present state.

        Parameters
        ----------
        columns
            Names of the properties that are told.
        """
        slot = self._slot(layer.name, columns)
        state = self._source.layer_state(layer.name)
        index = slot.index
        if index is not None and index.state == state:
            return index
        with slot.lock:
            slot.index = self._present(layer, columns, slot.index)
            return slot.index

    def state(self, layer_name: str) -> str:
        """Give the present state of a layer."""
        return self._source.layer_state(layer_name)

    def _slot(self, name: str, columns: tuple[str, ...]) -> _Slot:
        with self._lock:
            return self._slots.setdefault((name, columns), _Slot())

    def _present(
        self, layer: Layer, columns: tuple[str, ...], index: LayerIndex | None
    ) -> LayerIndex:
        # The state is read before the rows: what changes between the two is taken in again.
        state = self._source.layer_state(layer.name)
        if index is not None and index.state == state:
            return index
        keys = None
        if index is not None:
            keys = self._source.edited_keys(layer.name, index.state, state)
        if index is None or keys is None or len(keys) > MOST_PATCHED:
            return LayerIndex.of(layer, columns, state, self._source.read_rows(layer.name))
        for key in keys:
            index = self._patched(index, key)
        return replace(index, state=state, label=state if keys else index.label)

    def _patched(self, index: LayerIndex, key: str) -> LayerIndex:
        try:
            feature = self._source.feature(index.layer.name, key)
        except UnknownFeatureError:
            return index.without(key)
        if feature.geometry is None or feature.geometry.is_empty:
            return index.without(key)
        return index.changed(row_of(feature))


def row_of(feature: StoredFeature) -> gpd.GeoDataFrame:
    """
    Give a stored feature as a frame of one row.

    Returns
    -------
    row
        WGS 84, columns as the store gives them; index: the number of its row.
    """
    layer = LAYERS[feature.layer]
    held = feature.values  # noqa: PD011 - of a feature, not of a frame
    values = [held[name] for name in layer.column_names]
    table = table_of(layer, [(None, *values)])
    table.index = pd.Index([feature.fid])
    return gpd.GeoDataFrame(table, geometry=np.array([feature.geometry], dtype=object), crs=WGS84)
