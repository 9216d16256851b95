"""A layer as it was, put together of what is stored and what has been superseded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from api.store.cells import bound_values
from api.store.frames import column_names, table_of
from geo.crs import WGS84

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.store.edits import Version
    from geo.schema import Layer


def as_of(
    layer: Layer, stored: gpd.GeoDataFrame, versions: Mapping[str, Version | None]
) -> gpd.GeoDataFrame:
    """
    Put a layer together as it was.

    Parameters
    ----------
    layer
        Its declaration.
    stored
        As it is now; WGS 84.
    versions
        By key, what stood in place of the stored row, or of none; `None` for nothing.

    Returns
    -------
    frame
        As `stored`: features in their order, then those that are gone now.
    """
    if not versions:
        return stored
    is_kept = ~stored[layer.key].isin(list(versions))
    shown = [version for version in versions.values() if version and version.geometry]
    parts = [part for part in (stored[is_kept], _frame(layer, shown)) if len(part)]
    if not parts:
        return stored[:0]
    frame = pd.concat(parts, ignore_index=True)
    return frame.iloc[_order(stored[layer.key], frame[layer.key])].reset_index(drop=True)


def _frame(layer: Layer, versions: Sequence[Version]) -> gpd.GeoDataFrame:
    names = column_names(layer)
    held = [bound_values(layer, version.values) for version in versions]
    rows = [tuple(values.get(name) for name in names) for values in held]
    shapes = np.array([version.geometry for version in versions], dtype=object)
    return gpd.GeoDataFrame(table_of(layer, rows), geometry=shapes, crs=WGS84)


def _order(stored: pd.Series[str], keys: pd.Series[str]) -> list[int]:
    places = {key: place for place, key in enumerate(stored.tolist())}
    ranks = [places.get(key, len(places)) for key in keys.tolist()]
    return sorted(range(len(ranks)), key=ranks.__getitem__)
