"""Filters by a property: `level=lockdown` keeps the features whose level is lockdown."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import pandas as pd

from api.services.collections.errors import ParameterError
from geo.kinds import wanted
from geo.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from geo.schema import Column

MAX_WHOLE = 2**31 - 1
FLAGS = {"true": True, "false": False}
WHOLE = re.compile(r"[+-]?\d{1,10}", flags=re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", flags=re.ASCII)

Value = str | int | float | bool | pd.Timestamp


@dataclass(frozen=True, slots=True)
class Filter:
    """
    The value that a property must have.

    Parameters
    ----------
    column
        Name of the property.
    """

    column: str
    value: Value


def parse_filter(column: Column, text: str) -> Filter:
    """
    Read the value of a filter as its column declares it.

    Raises
    ------
    ParameterError
        If the column can hold no such value.

    Examples
    --------
    >>> from geo.layers import BUILDINGS
    >>> parse_filter(BUILDINGS.column("floors"), "6")
    Filter(column='floors', value=6)
    """
    try:
        value = _READERS[column.kind](text)
    except (ValueError, OverflowError, KeyError):
        raise _refused(column) from None
    if column.allowed and value not in column.allowed:
        raise _refused(column)
    return Filter(column.name, value)


def passes(values: pd.Series, wish: Filter) -> NDArray[np.bool_]:
    """
    Say of each value whether it passes a filter; a missing one never does.

    Parameters
    ----------
    values
        Of the filter's column, as the store gives them.
    """
    return (values == wish.value).fillna(value=False).to_numpy(dtype=bool)


def _refused(column: Column) -> ParameterError:
    return ParameterError(column.name, f"Expected {wanted(column)}.")


def _text(text: str) -> str:
    return text


def _whole(text: str) -> int:
    if not WHOLE.fullmatch(text) or abs(int(text)) > MAX_WHOLE:
        raise ValueError(text)
    return int(text)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _flag(text: str) -> bool:
    return FLAGS[text.lower()]


def _day(text: str) -> pd.Timestamp:
    if not DAY.fullmatch(text):
        raise ValueError(text)
    return pd.Timestamp(date.fromisoformat(text))


def _moment(text: str) -> pd.Timestamp:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return pd.Timestamp(moment)


_READERS: dict[Kind, Callable[[str], Value]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _whole,
    Kind.NUMBER: _number,
    Kind.BOOLEAN: _flag,
    Kind.DATE: _day,
    Kind.DATETIME: _moment,
}
