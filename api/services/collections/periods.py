"""The time that a `datetime` means, and which features belong to it."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from api.services.collections.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.schema import Layer

NAME = "datetime"
OPEN = frozenset({"", ".."})
MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", flags=re.ASCII
)
FROM, TO = "valid_from_at", "valid_to_at"
EXPECTED = "Expected a moment such as 2020-03-25T08:00:00Z, or two with a slash between them."


@dataclass(frozen=True, slots=True)
class Period:
    """
    A moment or a stretch of time, its ends included.

    Parameters
    ----------
    begin, end
        Aware; `None` for an open end.
    """

    begin: pd.Timestamp | None
    end: pd.Timestamp | None


def is_temporal(layer: Layer) -> bool:
    """
    Whether the features of a layer hold for a time.

    Examples
    --------
    >>> from geo.layers import BUILDINGS, ZONES
    >>> is_temporal(ZONES), is_temporal(BUILDINGS)
    (True, False)
    """
    return {FROM, TO} <= set(layer.column_names)


def parse_period(text: str) -> Period:
    """
    Read a `datetime`.

    Raises
    ------
    ParameterError
        If it is neither a moment nor a stretch of time.

    Examples
    --------
    >>> parse_period("2020-03-25T08:00:00Z/..").end is None
    True
    """
    ends = text.split("/")
    if len(ends) == 1:
        moment = _moment(text)
        return Period(moment, moment)
    if len(ends) != 2 or OPEN.issuperset(ends):  # noqa: PLR2004 (a stretch has two ends)
        raise ParameterError(NAME, EXPECTED)
    begin, end = (None if part in OPEN else _moment(part) for part in ends)
    if begin is not None and end is not None and begin > end:
        raise ParameterError(NAME, "Expected the earlier moment first.")
    return Period(begin, end)


def holds_in(table: pd.DataFrame, period: Period) -> NDArray[np.bool_]:
    """
    Say of each row whether it holds at some moment of a period.

    Parameters
    ----------
    table
        With `valid_from_at` and `valid_to_at`; a row holds from the one on and until just
        before the other, and where one is missing, without end on that side.

    Returns
    -------
    holds
        Shape (len(table),).
    """
    holds = np.ones(len(table), dtype=bool)
    if period.end is not None:
        begins = table[FROM]
        holds &= (begins.isna() | (begins <= period.end)).to_numpy(dtype=bool)
    if period.begin is not None:
        ends = table[TO]
        holds &= (ends.isna() | (ends > period.begin)).to_numpy(dtype=bool)
    return holds


def _moment(text: str) -> pd.Timestamp:
    with suppress(ValueError, OverflowError):
        if MOMENT.fullmatch(text):
            return pd.Timestamp(datetime.fromisoformat(text.upper()))
    raise ParameterError(NAME, EXPECTED)
