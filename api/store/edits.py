"""Changes of single features: what is asked, what was stored, and what stands against it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import shapely

from api.store.cells import json_of
from api.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from shapely.geometry.base import BaseGeometry

ETAG_LENGTH = 32
LITTLE_ENDIAN = 1


class EditKind(StrEnum):
    """What an edit does to a feature."""

    CREATE = "create"
    REPLACE = "replace"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Act:
    """
    Who changes something, and why.

    Parameters
    ----------
    actor
        Name of the account.
    reason
        In the actor's words; may be empty where none is asked for.
    at
        Aware, UTC.
    request_id
        Under which the log tells of the request.
    """

    actor: str
    reason: str
    at: datetime
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """
    One change of one feature.

    Parameters
    ----------
    kind
        What is done.
    layer, key
        Which feature.
    values
        Declared columns but the key, as plain Python values; for a replacement the whole row,
        where a column that is absent becomes missing.
    geometry
        WGS 84; `None` for a deletion or a table.
    expected
        Entity tag that the stored feature must have; `None` asks for nothing.
    """

    kind: EditKind
    layer: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    geometry: BaseGeometry | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class StoredFeature:
    """
    A feature as it is stored.

    Parameters
    ----------
    fid
        Its row.
    values
        All declared columns, the key first; missing values are `None`, moments are aware
        datetimes in UTC, dates are dates.
    geometry
        WGS 84, single parts unwrapped; `None` for a table.
    etag
        Strong and quoted; another whenever anything of the row is another.
    """

    layer: str
    key: str
    fid: int
    values: Mapping[str, Any]
    geometry: BaseGeometry | None
    etag: str


@dataclass(frozen=True, slots=True)
class Version:
    """
    What one edit made of a feature.

    Parameters
    ----------
    seq
        Grows with every version of any feature; never used twice.
    number
        Of this feature's versions, from 1. Version 1 of a feature that was imported is what
        was imported.
    kind
        What was done.
    at
        Aware, UTC.
    values, geometry
        Afterwards; of a deletion, before it.
    etag
        Of the feature as it then was.
    """

    seq: int
    layer: str
    key: str
    number: int
    kind: EditKind
    at: datetime
    actor: str
    reason: str
    values: Mapping[str, Any]
    geometry: BaseGeometry | None
    etag: str


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """
    Who did what, when and why.

    Parameters
    ----------
    at
        Aware, UTC.
    action
        The kind of an edit, or `import`.
    layer, key
        Which feature; empty for an import.
    before, after
        Of an edit, `values` and GeoJSON `geometry` of the feature, or `None` where there was
        none; after an import, its counts for each source and layer.
    """

    number: int
    at: datetime
    actor: str
    action: str
    layer: str
    key: str
    reason: str
    request_id: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Conflict:
    """
    A feature that is not what an editor took it for.

    Parameters
    ----------
    current
        As it is stored now; `None` if it is gone.
    base
        The version the editor started from; `None` if it is not known.
    """

    layer: str
    key: str
    current: StoredFeature | None
    base: Version | None


class StaleFeatureError(StoreError):
    """
    Features were changed by somebody else meanwhile; nothing was written.

    Parameters
    ----------
    conflicts
        At least one.
    """

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        self.conflicts = tuple(conflicts)
        names = ", ".join(f"{one.layer} {one.key}" for one in self.conflicts)
        super().__init__(f"Changed by somebody else meanwhile: {names}.")


class UnknownFeatureError(LookupError):
    """No feature has that key."""


class FeatureExistsError(StoreError):
    """A feature that is to be created is there already."""


def etag_of(values: Mapping[str, Any], geometry: BaseGeometry | None) -> str:
    """
    Give the strong entity tag of a feature: of what it holds, whoever wrote it.

    Parameters
    ----------
    values
        All declared columns, as plain Python values.
    geometry
        WGS 84, as it comes out of the store; `None` for a table.

    Examples
    --------
    >>> etag_of({"gate_id": "g1"}, shapely.Point(114.3, 30.6))
    '"9ae45f0fa1307dec6d7cebcf3c833d1e"'
    """
    shape = b"" if geometry is None else wkb_of(geometry)
    digest = hashlib.sha256(json_of(values).encode("utf-8", "surrogatepass") + b"\0" + shape)
    return f'"{digest.hexdigest()[:ETAG_LENGTH]}"'


def wkb_of(geometry: BaseGeometry) -> bytes:
    """Write a geometry as plain WKB, equal geometries as equal bytes."""
    return bytes(shapely.to_wkb(geometry, output_dimension=2, byte_order=LITTLE_ENDIAN))
