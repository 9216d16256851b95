"""Whether edits keep the contract of their layer, asked before anything is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.store.cells import plain_values
from api.store.edits import EditKind
from api.store.given import STAMPS, find_strangers, given_values
from geo.checks import find_faults
from geo.crs import WGS84
from geo.errors import InvalidLayerError
from geo.layers import find_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.store.edits import Edit
    from geo.faults import Fault
    from geo.schema import Layer


def checked(edits: Sequence[Edit]) -> list[Edit]:
    """
    Refuse edits that break the contract of their layer.

    Parameters
    ----------
    edits
        In order; a feature may be written once.

    Returns
    -------
    edits
        The same, with every declared column and its value as it will be stored; what the
        store itself fills is missing.

    Raises
    ------
    InvalidLayerError
        With the faults of all edits; rows are called by their keys.
    UnknownLayerError
        If no layer has that name.
    """
    faults = [fault for layer, written in _by_layer(edits) for fault in _faults(layer, written)]
    if faults:
        raise InvalidLayerError(faults)
    return [_settled(edit) for edit in edits]


def _by_layer(edits: Sequence[Edit]) -> list[tuple[Layer, list[Edit]]]:
    written: dict[str, list[Edit]] = {find_layer(edit.layer).name: [] for edit in edits}
    for edit in edits:
        if edit.kind is not EditKind.DELETE:
            written[edit.layer].append(edit)
    return [(find_layer(name), group) for name, group in written.items() if group]


def _faults(layer: Layer, edits: Sequence[Edit]) -> list[Fault]:
    strangers = [fault for edit in edits for fault in find_strangers(layer, edit)]
    if strangers:
        return strangers
    places = [edit.key for edit in edits]
    return find_faults(_frame(layer, edits), layer, source=layer.name, places=places)


def _frame(layer: Layer, edits: Sequence[Edit]) -> pd.DataFrame:
    rows = [given_values(layer, edit) for edit in edits]
    names = [name for name in layer.column_names if name not in STAMPS]
    cells = np.array([[row.get(name) for name in names] for row in rows], dtype=object)
    frame = pd.DataFrame(cells, columns=names)
    if layer.geometry is None:
        return frame
    shapes = np.array([edit.geometry for edit in edits], dtype=object)
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=WGS84)


def _settled(edit: Edit) -> Edit:
    if edit.kind is EditKind.DELETE:
        return edit
    layer = find_layer(edit.layer)
    values = plain_values(layer, given_values(layer, edit))
    geometry = None if edit.geometry is None else shapely.force_2d(edit.geometry)
    return replace(edit, values=values, geometry=geometry)
