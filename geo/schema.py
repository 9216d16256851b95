"""The words in which a layer is declared: columns, kinds of value, geometry, audience."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"


class Geometry(StrEnum):
    """Shape of a layer's features; several parts are allowed where noted."""

    POINT = "Point"
    LINE = "LineString"
    POLYGON = "Polygon"


class Audience(StrEnum):
    """Who may see a column."""

    ALL = "all"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column of a layer.

    Parameters
    ----------
    name
        Lower case, with its unit where it has one (`walk_m`).
    kind
        What it holds.
    title
        English, for people; the catalogues translate it.
    is_required
        Whether a row without it is a fault.
    allowed
        The closed set of values of a text column; empty for any text.
    minimum, maximum
        Inclusive bounds of a number or an integer.
    audience
        Who may see it.
    aliases
        Names under which files are known to carry it, Chinese ones too.
    estimate_of
        For a boolean column: the column of which it says that it is an estimate.
    """

    name: str
    kind: Kind
    title: str
    is_required: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    audience: Audience = Audience.ALL
    aliases: tuple[str, ...] = ()
    estimate_of: str | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """
    One layer, or a table where it has no geometry.

    Parameters
    ----------
    name
        Plural noun: table, collection and file name.
    title
        English, for people.
    geometry
        `None` for a table.
    key
        The column that tells rows apart; always text.
    columns
        All columns but the geometry, the key first.
    unique
        Columns that together may occur once; empty where the key is enough.
    """

    name: str
    title: str
    geometry: Geometry | None
    key: str
    columns: tuple[Column, ...]
    unique: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """Give the column of that name; `KeyError` if there is none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of all columns but the geometry, in order."""
        return tuple(column.name for column in self.columns)
