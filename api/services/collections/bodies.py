"""Features as clients send them: a whole one, or what is to become another in one."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

from api.services.collections.errors import BodyError, ContentError, ContentFault
from api.services.collections.reference import CRS84, inward
from api.services.shapes import MalformedShapeError, parse_shape
from geo.io.features import DECIMALS
from geo.kinds import wanted
from geo.schema import Kind
from geo.zones import MAX_VERTICES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from shapely.geometry.base import BaseGeometry

    from api.services.collections.offers import Offer
    from api.services.collections.reference import Reference
    from geo.schema import Column

SHAPES = frozenset(
    {"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"}
)
FEATURE_MEMBERS = frozenset({"type", "id", "geometry", "properties", "bbox", "links", "crs"})
MAX_TEXT = 10_000
MAX_KEY = 200
NOT_KEYS = frozenset({".", ".."})


@dataclass(frozen=True, slots=True)
class Draft:
    """
    What a body says of a feature.

    Parameters
    ----------
    key
        Its id; `None` where none is given.
    values
        Properties by their columns, as plain Python values.
    geometry
        WGS 84; `None` where none is given.
    """

    key: str | None
    values: Mapping[str, Any]
    geometry: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class Manner:
    """
    How a body is to be read.

    Parameters
    ----------
    reference
        In which its coordinates are.
    is_lenient
        Whether to pass over properties that are not the client's to give.
    stored
        What the feature holds already; giving the same again is no fault.
    """

    reference: Reference = CRS84
    is_lenient: bool = False
    stored: Mapping[str, Any] = field(default_factory=dict)


def parse_feature(body: bytes, offer: Offer, manner: Manner) -> Draft:
    """
    Read a whole feature.

    Raises
    ------
    BodyError
        If it is no GeoJSON feature.
    ContentError
        If the collection cannot hold it; with every fault.
    """
    told = _object(body)
    if told.get("type") != "Feature":
        msg = "Expected a GeoJSON object of type Feature."
        raise BodyError(msg)
    return _Parser(offer, manner).draft(told, is_whole=True)


def parse_patch(body: bytes, offer: Offer, manner: Manner) -> Draft:
    """
    Read a merge patch (RFC 7396): what it leaves out stays, and null takes a property away.

    Raises
    ------
    BodyError
        If it is no JSON object.
    ContentError
        If the collection cannot hold what it says; with every fault.
    """
    return _Parser(offer, manner).draft(_object(body), is_whole=False)


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        msg = "Expected JSON in UTF-8."
        raise BodyError(msg) from None
    if not isinstance(told, dict):
        msg = "Expected a JSON object."
        raise BodyError(msg)
    return told


class _Parser:
    """Reads one body; faults are gathered."""

    def __init__(self, offer: Offer, manner: Manner) -> None:
        self._offer = offer
        self._manner = manner
        self._columns = {column.name: column for column in offer.columns}
        self._faults: list[ContentFault] = []

    def draft(self, told: Mapping[str, Any], *, is_whole: bool) -> Draft:
        """Read it."""
        if not is_whole:
            self._refuse_strange(told, FEATURE_MEMBERS)
        values = dict(self._values(self._properties(told, is_whole=is_whole)))
        key = self._key(told.get("id"), values.pop(self._offer.layer.key, None))
        geometry = self._geometry(told, is_whole=is_whole)
        if self._faults:
            raise ContentError(self._faults)
        return Draft(key, values, geometry)

    def _add(self, name: str, detail: str, code: str = "") -> None:
        self._faults.append(ContentFault(name, detail, code))

    def _refuse_strange(self, told: Mapping[str, Any], known: Collection[str]) -> None:
        for name in told:
            if name not in known and not self._manner.is_lenient:
                self._add(name[:MAX_KEY], "Expected no such member.", "unknown")

    def _properties(self, told: Mapping[str, Any], *, is_whole: bool) -> dict[str, Any]:
        given = told.get("properties", {})
        if given is None:
            return {} if is_whole else dict.fromkeys(self._erasable())
        if not isinstance(given, dict):
            self._add("properties", "Expected a JSON object or null.")
            return {}
        return given

    def _erasable(self) -> Iterator[str]:
        for name, column in self._columns.items():
            if name != self._offer.layer.key and not self._offer.is_stamped(column):
                yield name

    def _values(self, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        self._refuse_strange(given, self._columns)
        for name, value in given.items():
            column = self._columns.get(name)
            if column is None:
                continue
            try:
                read = None if value is None else _READERS[column.kind](value)
            except (ValueError, TypeError, OverflowError):
                self._add(name, f"Expected {wanted(column)}.", "type")
                continue
            if not self._offer.is_stamped(column):
                yield name, read
            elif not self._may_repeat(column, read):
                self._add(name, "Expected nothing: the service fills it.", "read_only")

    def _may_repeat(self, column: Column, value: object) -> bool:
        stored = self._manner.stored
        return self._manner.is_lenient or (bool(stored) and stored.get(column.name) == value)

    def _key(self, told: object, named: object) -> str | None:
        given = (told, named)
        keys = {str(one) for one in given if one is not None}
        if any(isinstance(one, bool) or not isinstance(one, str | int | None) for one in given):
            self._add("id", "Expected text or a whole number.")
        elif len(keys) > 1:
            self._add("id", f"Expected the same as in the property {self._offer.layer.key}.")
        for key in keys:
            if not key.strip() or len(key) > MAX_KEY or not key.isprintable() or key in NOT_KEYS:
                self._add("id", f"Expected printable text of 1 to {MAX_KEY} characters.")
        return next(iter(keys), None)

    def _geometry(self, told: Mapping[str, Any], *, is_whole: bool) -> BaseGeometry | None:
        if "geometry" not in told and not is_whole:
            return None
        geometry = told.get("geometry")
        if not isinstance(geometry, dict) or geometry.get("type") not in SHAPES:
            wish = self._offer.layer.geometry
            self._add("geometry", f"Expected a {wish} as GeoJSON has it.", "malformed")
            return None
        try:
            shape = parse_shape(geometry)
        except MalformedShapeError as error:
            self._add("geometry", str(error), error.code)
            return None
        return self._placed(shape)

    def _placed(self, shape: BaseGeometry) -> BaseGeometry | None:
        if shapely.get_num_coordinates(shape) > MAX_VERTICES:
            self._add("geometry", f"Expected at most {MAX_VERTICES} vertices.", "too_many_vertices")
            return None
        placed = shape
        if self._manner.reference != CRS84:
            (turned,) = inward(np.array([shape], dtype=object), self._manner.reference)
            placed = shapely.transform(turned, lambda at: np.round(at, DECIMALS))
        if not np.isfinite(shapely.get_coordinates(placed)).all():
            self._add("geometry", "Expected a place within its reference system.", "not_finite")
            return None
        return placed


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT or "\0" in value:
        raise TypeError
    return value


def _whole(value: object) -> int:
    number = _number(value)
    if not number.is_integer():
        raise ValueError
    return int(number)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError
    return float(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _day(value: object) -> date:
    return date.fromisoformat(_text(value))


def _moment(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    with suppress(OverflowError):
        if moment.utcoffset() is not None:
            return moment
    raise ValueError


_READERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _whole,
    Kind.NUMBER: _number,
    Kind.BOOLEAN: _flag,
    Kind.DATE: _day,
    Kind.DATETIME: _moment,
}
