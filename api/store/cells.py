"""Single values of a feature: as Python has them, as a database or JSON holds them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from geo.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geo.schema import Layer


def plain_values(layer: Layer, held: Mapping[str, Any]) -> dict[str, Any]:
    """
    Give the declared columns of a feature as plain Python values.

    Parameters
    ----------
    layer
        Its declaration.
    held
        Values as a database or JSON holds them; what is absent is missing.

    Returns
    -------
    values
        Text, whole numbers, numbers, booleans, dates, and aware moments in UTC to the
        millisecond; `None` where missing.
    """
    return {column.name: _plain(column.kind, held.get(column.name)) for column in layer.columns}


def values_of(layer: Layer, text: str) -> dict[str, Any]:
    """Read the declared columns of a feature from what `json_of` wrote."""
    return plain_values(layer, json.loads(text))


def bound_values(layer: Layer, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give plain values as the columns of a table take them."""
    return {
        name: _moment_held(value) if layer.column(name).kind is Kind.DATETIME else value
        for name, value in values.items()
    }


def json_of(values: Mapping[str, Any]) -> str:
    """
    Write values as JSON, equal values as equal text.

    Examples
    --------
    >>> json_of({"name": "东门", "at": datetime(2020, 3, 1, tzinfo=UTC)})
    '{"at": "2020-03-01T00:00:00.000Z", "name": "东门"}'
    """
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=_json_value)


def moment_text(at: datetime) -> str:
    """
    Write a moment in UTC so that earlier moments are smaller texts.

    Raises
    ------
    ValueError
        If the moment does not know its time zone.

    Examples
    --------
    >>> moment_text(datetime(2026, 11, 22, 8, tzinfo=UTC))
    '2026-11-22T08:00:00.000000Z'
    """
    if at.tzinfo is None:
        msg = f"Expected a moment with its time zone, got {at.isoformat()}."
        raise ValueError(msg)
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def moment_of(text: str) -> datetime:
    """Read what `moment_text` wrote."""
    return datetime.fromisoformat(text)


def _plain(kind: Kind, value: Any) -> Any:  # noqa: ANN401 - of any kind
    return None if value is None else _PLAIN[kind](value)


def _day(value: date | str) -> date:
    held = datetime.fromisoformat(value) if isinstance(value, str) else value
    return held.date() if isinstance(held, datetime) else held


def _moment(value: date | str) -> datetime:
    held = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(held, datetime):
        held = datetime(held.year, held.month, held.day, tzinfo=UTC)
    aware = held if held.tzinfo else held.replace(tzinfo=UTC)
    in_utc = aware.astimezone(UTC)
    return in_utc.replace(microsecond=in_utc.microsecond // 1000 * 1000)


def _moment_held(value: datetime | None) -> str | None:
    if value is None:
        return None
    return f"{value.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _json_value(value: object) -> str:
    if isinstance(value, datetime):
        return str(_moment_held(value))
    if isinstance(value, date):
        return value.isoformat()
    msg = f"Expected a plain value, got {type(value).__name__}."
    raise TypeError(msg)


_PLAIN: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: str,
    Kind.INTEGER: int,
    Kind.NUMBER: float,
    Kind.BOOLEAN: bool,
    Kind.DATE: _day,
    Kind.DATETIME: _moment,
}
