"""Questions to a collection, read from the parameters of an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.services.collections.errors import ParameterError
from api.services.collections.filters import parse_filter
from api.services.collections.periods import parse_period
from api.services.collections.reference import CRS84, CRS84_URI, CRS84H_URI
from api.services.collections.search import LIMIT, MAX_LIMIT, ItemsQuery
from api.services.collections.windows import parse_window

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from api.services.collections.reference import Reference
    from geo.schema import Column

BBOX, BBOX_CRS, CRS, DATETIME = "bbox", "bbox-crs", "crs", "datetime"
LIMIT_NAME, AFTER = "limit", "after"
ITEMS_NAMES = frozenset({BBOX, BBOX_CRS, CRS, DATETIME, LIMIT_NAME, AFTER})
UNKNOWN = "Not a parameter of this resource."
MAX_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Ground:
    """
    What may be asked of a collection.

    Parameters
    ----------
    columns
        Properties to filter by, by name.
    references
        Reference systems by their addresses.
    """

    columns: Mapping[str, Column]
    references: Mapping[str, Reference]


def only_once(parameters: Iterable[tuple[str, str]]) -> dict[str, str]:
    """
    Give parameters by name.

    Raises
    ------
    ParameterError
        If one comes twice.
    """
    values: dict[str, str] = {}
    for name, value in parameters:
        if name in values:
            raise ParameterError(name, "Expected it once.")
        values[name] = value
    return values


def refuse_others(names: Iterable[str], known: Collection[str]) -> None:
    """Refuse parameters that a resource does not know."""
    for name in names:
        if name not in known:
            raise ParameterError(name, UNKNOWN)


def parse_items(asked: Mapping[str, str], ground: Ground) -> ItemsQuery:
    """
    Read a question.

    Parameters
    ----------
    asked
        Parameters of the address but those of the answer's form.

    Raises
    ------
    ParameterError
        If a parameter is unknown, or is not what it should be.
    """
    refuse_others(asked, ITEMS_NAMES | ground.columns.keys())
    reference = parse_reference(BBOX_CRS, asked.get(BBOX_CRS), ground)
    period, limit = asked.get(DATETIME), asked.get(LIMIT_NAME)
    return ItemsQuery(
        window=parse_window(asked[BBOX], reference) if BBOX in asked else None,
        period=None if period is None else parse_period(period),
        filters=tuple(
            parse_filter(ground.columns[name], value)
            for name, value in asked.items()
            if name not in ITEMS_NAMES
        ),
        reference=parse_reference(CRS, asked.get(CRS), ground),
        limit=LIMIT if limit is None else min(_whole(LIMIT_NAME, limit, 1), MAX_LIMIT),
        after=_whole(AFTER, asked.get(AFTER, "0"), 0),
    )


def parse_reference(name: str, uri: str | None, ground: Ground) -> Reference:
    """
    Find a reference system by its address; the default where none is given.

    Raises
    ------
    ParameterError
        If the collection does not have it.
    """
    if uri is None:
        return CRS84
    known = ground.references.get(CRS84_URI if uri == CRS84H_URI and name == BBOX_CRS else uri)
    if known is None:
        raise ParameterError(name, f"Expected one of {', '.join(ground.references)}.")
    return known


def _whole(name: str, text: str, least: int) -> int:
    is_whole = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    if not is_whole or int(text) < least:
        raise ParameterError(name, f"Expected a whole number of at least {least}.")
    return int(text)
