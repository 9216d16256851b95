"""What a popup tells of a feature: the columns of its layer's declaration, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.schema import Audience, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from geo.schema import Column, Layer
    from maps.drawn import Payload
    from maps.words import Words

# Told as the heading, or of use to machines only.
NOT_TOLD = ("name", "area_code", "parent_code", "building_id")
LABEL_COLUMNS = ("name", "number")


def facts_of(frame: gpd.GeoDataFrame, layer: Layer, words: Words) -> Payload:
    """
    Tell every row in words.

    Parameters
    ----------
    frame
        Rows of the layer; columns that are missing or wholly empty are left out.

    Returns
    -------
    facts
        `fields`, the translated titles, and `rows`, a list of values a row with nothing
        (`None`) where nothing is known; an estimated value is a list of one.
    """
    told = [column for column in layer.columns if _is_told(column, layer, frame)]
    values = [_values(frame, column, layer, words) for column in told]
    fields = [words.say(column.title) for column in told]
    return {"fields": fields, "rows": [_trimmed(row) for row in zip(*values, strict=True)]}


def keys_of(frame: gpd.GeoDataFrame, layer: Layer) -> list[str]:
    """Give the keys as text."""
    return [str(key) for key in frame[layer.key]]


def labels_of(frame: gpd.GeoDataFrame) -> list[str]:
    """Give a name for each row, or its house number, or nothing."""
    labels = pd.Series("", index=frame.index, dtype=object)
    for name in LABEL_COLUMNS:
        if name in frame:
            spare = frame[name].astype(object).where(frame[name].notna(), "")
            labels = labels.where(labels != "", spare)
    return [str(label) for label in labels]


def _is_told(column: Column, layer: Layer, frame: gpd.GeoDataFrame) -> bool:
    is_for_people = column.audience is Audience.ALL and column.estimate_of is None
    is_heading = column.name in NOT_TOLD or column.name == layer.key
    return (
        is_for_people
        and not is_heading
        and column.name in frame
        and bool(frame[column.name].notna().any())
    )


def _values(frame: gpd.GeoDataFrame, column: Column, layer: Layer, words: Words) -> list[Any]:
    tell = _teller(column, layer, words)
    cells = frame[column.name].astype(object)
    told = [
        tell(cell) if is_known else None
        for cell, is_known in zip(cells, cells.notna(), strict=True)
    ]
    flag = f"{column.name}_are_estimated"
    if flag not in frame:
        return told
    estimated = frame[flag].astype("boolean").fillna(value=False)
    return [
        [cell] if is_estimate and cell is not None else cell
        for cell, is_estimate in zip(told, estimated, strict=True)
    ]


def _teller(column: Column, layer: Layer, words: Words) -> Callable[[Any], str]:
    if column.allowed:
        return lambda value: words.choice(f"{layer.name}.{column.name}", str(value))
    tellers: dict[Kind, Callable[[Any], str]] = {
        Kind.BOOLEAN: lambda value: words.say("Yes") if value else words.say("No"),
        Kind.INTEGER: words.count,
        Kind.NUMBER: "{:g}".format,
        Kind.DATE: "{:%Y-%m-%d}".format,
        Kind.DATETIME: "{:%Y-%m-%d %H:%M}".format,
    }
    return tellers.get(column.kind, str)


def _trimmed(row: tuple[Any, ...]) -> list[Any]:
    told = list(row)
    while told and told[-1] is None:
        told.pop()
    return told
