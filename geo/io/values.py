"""Values as files write them, turned into what the layers declare."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.io.limits import MAX_TEXT_LENGTH
from geo.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

TRUE_WORDS = frozenset({"是", "有", "对", "真", "√", "yes", "y", "true", "t", "1", "1.0"})
FALSE_WORDS = frozenset({"否", "无", "没有", "不", "假", "×", "no", "n", "false", "f", "0", "0.0"})

# Beyond this a float no longer tells neighbours apart, and files hold floats.
MAX_WHOLE = 2**53
# Spreadsheets count days from here; serials outside 1954–2173 are more likely other numbers.
SERIAL_ORIGIN = datetime(1899, 12, 30, tzinfo=UTC)
SERIAL_DAYS = (20_000, 100_000)

_WHOLE = re.compile(r"[+-]?\d{1,16}(\.0*)?")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]+(\S.*))?")
_COMPACT_DAY = re.compile(r"\d{8}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def is_nothing(value: object) -> bool:
    """
    Whether a cell holds nothing: no value, not a number, or blanks only.

    Examples
    --------
    >>> is_nothing(" "), is_nothing(float("nan")), is_nothing(0)
    (True, True, False)
    """
    if isinstance(value, str):
        return not value.strip()
    is_absent = value is None or value is pd.NA or value is pd.NaT
    return is_absent or (isinstance(value, float) and math.isnan(value))


def clean_text(text: str) -> str:
    r"""
    Take what cannot stand in XML or on a page out of a text, and blanks off its ends.

    Examples
    --------
    >>> clean_text(" a\x00b ")
    'ab'
    """
    return _CONTROL.sub("", text).strip()


def typed(values: pd.Series, kind: Kind) -> tuple[pd.Series, NDArray[np.bool_]]:
    """
    Turn the values of one column into a kind.

    Parameters
    ----------
    values
        As read; any dtype.
    kind
        What the column holds.

    Returns
    -------
    values
        Same index; missing where nothing stood or the value is of no use.
    is_bad
        Marks the values that could not be turned.
    """
    convert = _CONVERTERS[kind]
    is_bad = np.zeros(len(values), dtype=bool)
    turned: list[object] = [None] * len(values)
    for position, value in enumerate(values.tolist()):
        if is_nothing(value):
            continue
        try:
            turned[position] = convert(value)
        except ValueError:
            is_bad[position] = True
    return _series(turned, kind, values), is_bad


def to_text(value: object) -> str:
    """
    Give a value as text; a whole number loses its decimal point.

    Examples
    --------
    >>> to_text(12.0), to_text(" 3 号 ")
    ('12', '3 号')
    """
    write = next((write for kind, write in _WRITERS if isinstance(value, kind)), None)
    if write is None:
        raise ValueError(value)
    text = write(value)
    if len(text) > MAX_TEXT_LENGTH:
        raise ValueError(text[:MAX_TEXT_LENGTH])
    return text


def to_integer(value: object) -> int:
    """
    Give a whole number; `ValueError` for anything else.

    Examples
    --------
    >>> to_integer("12"), to_integer(12.0), to_integer("１２")
    (12, 12, 12)
    """
    if isinstance(value, str):
        text = _narrow(value)
        if not _WHOLE.fullmatch(text):
            raise ValueError(value)
        value = int(text.split(".")[0])
    number = to_number(value)
    if not number.is_integer() or abs(number) > MAX_WHOLE:
        raise ValueError(value)
    return int(number)


def to_number(value: object) -> float:
    """
    Give a finite number; `ValueError` for anything else.

    Examples
    --------
    >>> to_number("3.5")
    3.5
    """
    text = "" if isinstance(value, bool) else _narrow(str(value))
    if not _DECIMAL.fullmatch(text) or not math.isfinite(float(text)):
        raise ValueError(value)
    return float(text)


def to_boolean(value: object) -> bool:
    """
    Give yes or no; `ValueError` for anything else.

    Examples
    --------
    >>> to_boolean("是"), to_boolean("No"), to_boolean(1.0)
    (True, False, True)
    """
    word = _narrow(str(value)).casefold()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError(value)


def to_date(value: object) -> date:
    """
    Give a day; `ValueError` for anything else.

    Examples
    --------
    >>> to_date("2020/3/25"), to_date(43915), to_date("2020年3月25日")
    (datetime.date(2020, 3, 25), datetime.date(2020, 3, 25), datetime.date(2020, 3, 25))
    """
    return _moment(value).date()


def to_datetime(value: object) -> datetime:
    """
    Give a time in UTC; one without a zone is taken as UTC. `ValueError` for anything else.

    Examples
    --------
    >>> to_datetime("2020-03-25 08:00+08:00")
    datetime.datetime(2020, 3, 25, 0, 0, tzinfo=datetime.timezone.utc)
    """
    moment = _moment(value)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    text = _narrow(str(value))
    if _COMPACT_DAY.fullmatch(text.removesuffix(".0")):
        text = f"{text[:4]}-{text[4:6]}-{text[6:8]}"
    return _from_serial(float(text)) if _DECIMAL.fullmatch(text) else _from_words(text)


def _from_serial(days: float) -> datetime:
    least, most = SERIAL_DAYS
    if not least <= days <= most:
        raise ValueError(days)
    return SERIAL_ORIGIN + timedelta(seconds=round(days * 86_400))


def _from_words(text: str) -> datetime:
    found = _DAY.fullmatch(text)
    if not found:
        raise ValueError(text)
    year, month, day, clock = found.groups()
    moment = f"{year}-{int(month):02}-{int(day):02}"
    if clock is None:
        return datetime.fromisoformat(moment)
    hours, colon, rest = clock.partition(":")
    return datetime.fromisoformat(f"{moment}T{hours:0>2}{colon}{rest}".replace(" ", ""))


def _number_text(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) <= MAX_WHOLE else repr(value)


def _date_text(value: date) -> str:
    is_midnight = isinstance(value, datetime) and value.time() == datetime.min.time()
    if isinstance(value, datetime) and is_midnight:
        return value.date().isoformat()
    return value.isoformat()


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _series(values: list[object], kind: Kind, like: pd.Series) -> pd.Series:
    if kind is Kind.DATE:
        days = np.array(values, dtype="datetime64[D]").astype("datetime64[us]")
        return pd.Series(days, index=like.index, name=like.name)
    if kind is Kind.DATETIME:
        moments = pd.DatetimeIndex(values, tz="UTC").as_unit("us")
        return pd.Series(moments, index=like.index, name=like.name)
    return pd.Series(values, index=like.index, name=like.name, dtype=_DTYPES[kind])


_WRITERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (str, clean_text),
    (bool, lambda value: str(value).lower()),
    (float, _number_text),
    (int, str),
    (date, _date_text),
)
_CONVERTERS: dict[Kind, Callable[[object], object]] = {
    Kind.TEXT: to_text,
    Kind.INTEGER: to_integer,
    Kind.NUMBER: to_number,
    Kind.BOOLEAN: to_boolean,
    Kind.DATE: to_date,
    Kind.DATETIME: to_datetime,
}
_DTYPES = {
    Kind.TEXT: "str",
    Kind.INTEGER: "Int64",
    Kind.NUMBER: "float64",
    Kind.BOOLEAN: "boolean",
}
