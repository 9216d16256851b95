"""What a declared kind of value looks like in a frame, and how it is asked for in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.schema import Column

_WORDS = {
    Kind.TEXT: "text",
    Kind.INTEGER: "a whole number",
    Kind.NUMBER: "a number",
    Kind.BOOLEAN: "yes or no",
    Kind.DATE: "a date such as 2020-03-25",
    Kind.DATETIME: "a time such as 2020-03-25T08:00:00Z",
}


def wanted(column: Column) -> str:
    """
    Say in words what a column takes.

    Examples
    --------
    >>> from geo.layers import BUILDINGS
    >>> wanted(BUILDINGS.column("floors"))
    'a whole number from 1 to 200'
    >>> wanted(BUILDINGS.column("households"))
    'a whole number of at least 0'
    """
    if column.allowed:
        return f"one of {', '.join(column.allowed)}"
    words = _WORDS[column.kind]
    if column.minimum is None:
        return words
    if column.maximum is None:
        return f"{words} of at least {column.minimum:g}"
    return f"{words} from {column.minimum:g} to {column.maximum:g}"


def is_of_kind(values: pd.Series, kind: Kind) -> NDArray[np.bool_]:
    """
    Say of each value whether it is of a kind.

    Parameters
    ----------
    values
        Without missing values; any dtype.
    kind
        What the values should be; a whole number may be held as a float.

    Returns
    -------
    is_of_kind
        Shape (len(values),).
    """
    if values.dtype == object:
        fits = _FITS[kind]
        return np.array([fits(value) for value in values], dtype=bool)
    if kind in _DTYPE_FITS and not _DTYPE_FITS[kind](values):
        return np.zeros(len(values), dtype=bool)
    if kind in (Kind.INTEGER, Kind.NUMBER):
        return _is_number(values.to_numpy(dtype=float), kind)
    return np.ones(len(values), dtype=bool)


def _is_number(numbers: NDArray[np.float64], kind: Kind) -> NDArray[np.bool_]:
    is_finite = np.isfinite(numbers)
    if kind is Kind.NUMBER:
        return is_finite
    return np.asarray(is_finite & (np.floor(numbers) == numbers))


def _is_numeric(values: pd.Series) -> bool:
    is_number = pd.api.types.is_numeric_dtype(values.dtype)
    return is_number and not pd.api.types.is_bool_dtype(values.dtype)


def _fits_number(value: object) -> bool:
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return is_number and bool(np.isfinite(float(value)))  # type: ignore[arg-type]  # asked above


def _fits_integer(value: object) -> bool:
    return _fits_number(value) and float(value).is_integer()  # type: ignore[arg-type]  # asked above


_DTYPE_FITS: dict[Kind, Callable[[pd.Series], bool]] = {
    Kind.TEXT: lambda values: pd.api.types.is_string_dtype(values.dtype),
    Kind.INTEGER: _is_numeric,
    Kind.NUMBER: _is_numeric,
    Kind.BOOLEAN: lambda values: pd.api.types.is_bool_dtype(values.dtype),
    Kind.DATE: lambda values: pd.api.types.is_datetime64_any_dtype(values.dtype),
    Kind.DATETIME: lambda values: pd.api.types.is_datetime64_any_dtype(values.dtype),
}
_FITS: dict[Kind, Callable[[object], bool]] = {
    Kind.TEXT: lambda value: isinstance(value, str),
    Kind.INTEGER: _fits_integer,
    Kind.NUMBER: _fits_number,
    Kind.BOOLEAN: lambda value: isinstance(value, bool | np.bool_),
    Kind.DATE: lambda value: isinstance(value, date),
    Kind.DATETIME: lambda value: isinstance(value, pd.Timestamp | date),
}
