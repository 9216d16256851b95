"""What an edit brings: what of it is anybody's to give, and what cannot be stored at all."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from geo.faults import Fault
from geo.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.store.edits import Edit
    from geo.schema import Layer

STAMPS = ("version", "author", "reason")
"""Columns that the store itself fills, where a layer has them."""

GREATEST_INTEGER = 2**31 - 1
YEARS = range(2, 9999)
"""In these a moment has a date in every time zone."""


def given_values(layer: Layer, edit: Edit) -> dict[str, Any]:
    """Give the values of an edit that are anybody's to give, and its key."""
    given = {name: value for name, value in edit.values.items() if name not in STAMPS}
    return {**given, layer.key: edit.key}


def find_strangers(layer: Layer, edit: Edit) -> Iterator[Fault]:
    """Find what the layer has no place for, and what some database would refuse."""
    for name, value in edit.values.items():
        if name not in layer.column_names:
            yield Fault(layer.name, edit.key, name, "a column of the layer", name)
        elif expected := _demand(layer.column(name).kind, value):
            yield Fault(layer.name, edit.key, name, expected, "what cannot be stored")
    if demand := _demand(Kind.TEXT, edit.key):
        yield Fault(layer.name, "", layer.key, demand, "what cannot be stored")
    if layer.geometry is None and edit.geometry is not None:
        yield Fault(layer.name, edit.key, "geometry", "no geometry", edit.geometry.geom_type)


def _demand(kind: Kind, value: object) -> str:
    """Say what is expected in place of a value that cannot be stored; nothing if it can."""
    if isinstance(value, str) and not _is_storable(value):
        return "text without stray characters"
    if kind is Kind.INTEGER and isinstance(value, int | float) and abs(value) > GREATEST_INTEGER:
        return f"a whole number up to {GREATEST_INTEGER}"
    if isinstance(value, date) and value.year not in YEARS:
        return f"a year from {YEARS[0]} to {YEARS[-1]}"
    return ""


def _is_storable(text: str) -> bool:
    return not any(one == "\0" or "\ud800" <= one <= "\udfff" for one in text)
