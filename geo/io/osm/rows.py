"""Rows of a layer, typed as its declaration says, with the account of what they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from geo.crs import WGS84
from geo.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geo.io.imported import Note
    from geo.io.osm.elements import Elements, Tags
    from geo.schema import Layer

    Reading = Callable[[Tags], object]

DTYPES = {
    Kind.TEXT: "str",
    Kind.INTEGER: "Int64",
    Kind.NUMBER: "float64",
    Kind.BOOLEAN: "boolean",
}


@dataclass(frozen=True, slots=True)
class LayerRows:
    """
    One layer, read.

    Parameters
    ----------
    frame
        WGS 84; key, columns that hold something, geometry.
    seen_count
        Objects found, with those that were skipped.
    notes
        What was skipped or repaired.
    """

    layer: Layer
    frame: gpd.GeoDataFrame
    seen_count: int
    notes: tuple[Note, ...]


def rows_of(
    layer: Layer,
    found: Elements,
    readings: Mapping[str, Reading],
    notes: Sequence[Note] = (),
) -> LayerRows:
    """
    Make the rows of a layer.

    Parameters
    ----------
    layer
        Its declaration.
    found
        Every object of the layer, those without shape too.
    readings
        By column: what it holds, from the tags.
    notes
        More notes than the troubles of the shapes.
    """
    kept = found.with_shape()
    columns = {
        name: pd.Series(
            [reading(tags) for tags in kept.tags], dtype=DTYPES[layer.column(name).kind]
        )
        for name, reading in readings.items()
    }
    told = {name: values for name, values in columns.items() if values.notna().any()}
    frame = gpd.GeoDataFrame(
        {layer.key: pd.Series(kept.ids, dtype="str"), **told},
        geometry=kept.shapes,
        crs=WGS84,
    )
    return LayerRows(layer, frame, len(found), (*found.notes(layer.name), *notes))
