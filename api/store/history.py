"""
Every version of every feature that was ever edited.

A version tells what a feature was after an edit; of a deletion, what it was before. Before a
feature that was imported is edited for the first time, what was imported is kept as its first
version, dated `ALWAYS`: it counts as known since ever. What another program, such as QGIS, has
changed is noticed at the next edit and kept as a version by `EXTERNAL`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import shapely
import sqlalchemy as sa

from api.store.cells import json_of, moment_of, moment_text, values_of
from api.store.edits import EditKind, Version, wkb_of
from api.store.tables import history_table as history
from geo.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Collection

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""The moment of what was there before anybody edited it."""

EXTERNAL = "external"
"""Who changed what another program has written."""

_OF_FEATURE = sa.select(history).where(
    history.c.layer == sa.bindparam("of_layer"), history.c.key == sa.bindparam("of_key")
)
_LAST = _OF_FEATURE.order_by(history.c.number.desc()).limit(1)
_LAST_TAGGED = _LAST.where(
    history.c.etag == sa.bindparam("tag"), history.c.kind != EditKind.DELETE.value
)


def add_version(connection: sa.Connection, version: Version) -> Version:
    """Keep a version; its `seq` is given here."""
    row = {
        "layer": version.layer,
        "key": version.key,
        "number": version.number,
        "kind": version.kind.value,
        "at": moment_text(version.at),
        "actor": version.actor,
        "reason": version.reason,
        "attributes": json_of(version.values),
        "wkb": None if version.geometry is None else wkb_of(version.geometry),
        "etag": version.etag,
    }
    done = connection.execute(sa.insert(history), row)
    (seq,) = done.inserted_primary_key or (0,)
    return replace(version, seq=int(seq))


def versions_of(connection: sa.Connection, layer_name: str, key: str) -> list[Version]:
    """Give the kept versions of a feature, the oldest first."""
    place = {"of_layer": layer_name, "of_key": key}
    return _read(connection, _OF_FEATURE.order_by(history.c.number), place)


def last_version(connection: sa.Connection, layer_name: str, key: str) -> Version | None:
    """Give the latest version of a feature; `None` if it was never edited."""
    return _latest(connection, _LAST, {"of_layer": layer_name, "of_key": key})


def version_tagged(
    connection: sa.Connection, layer_name: str, key: str, etag: str
) -> Version | None:
    """Give the latest version that left a feature with an entity tag, if there is one."""
    tagged = {"of_layer": layer_name, "of_key": key, "tag": etag}
    return _latest(connection, _LAST_TAGGED, tagged)


def changes_after(
    connection: sa.Connection, seq: int, layers: Collection[str] | None, limit: int
) -> list[Version]:
    """Give the versions after a number in their order, without what was always there."""
    later = sa.select(history).where(history.c.seq > seq, history.c.at > moment_text(ALWAYS))
    if layers is not None:
        later = later.where(history.c.layer.in_(layers))
    return _read(connection, later.order_by(history.c.seq).limit(limit))


def last_seq(connection: sa.Connection) -> int:
    """Give the number of the last version of all; 0 if there is none."""
    return connection.execute(sa.select(sa.func.max(history.c.seq))).scalar_one() or 0


def superseded(
    connection: sa.Connection, layer_name: str, at: datetime
) -> dict[str, Version | None]:
    """
    Give what was known at a moment of each feature of which more is known since.

    Parameters
    ----------
    connection
        Inside a transaction.
    layer_name
        Which layer.
    at
        Aware; nothing is earlier than `ALWAYS`.

    Returns
    -------
    versions
        By key; `None` where the feature was not known yet, or was deleted.
    """
    seqs = _seqs_at(layer_name, max(at, ALWAYS)).subquery()
    is_past = seqs.c.known.is_distinct_from(seqs.c.last)
    keys = connection.execute(sa.select(seqs.c.key).where(is_past)).scalars()
    known = sa.select(history).join(seqs, history.c.seq == seqs.c.known).where(is_past)
    versions: dict[str, Version | None] = dict.fromkeys(keys)
    versions |= {
        version.key: version
        for version in _read(connection, known)
        if version.kind is not EditKind.DELETE
    }
    return versions


def edited_keys(layer_name: str) -> sa.Select[tuple[str]]:
    """Select the keys of the features of a layer that have a history."""
    return sa.select(history.c.key).where(history.c.layer == layer_name)


def _latest(
    connection: sa.Connection, wanted: sa.Select[Any], place: dict[str, str]
) -> Version | None:
    found = _read(connection, wanted, place)
    return found[0] if found else None


def _seqs_at(layer_name: str, at: datetime) -> sa.Select[Any]:
    """Select of each feature its last version, and the last one known at a moment."""
    is_known = history.c.at <= moment_text(at)
    known = sa.func.max(sa.case((is_known, history.c.seq)))
    last = sa.func.max(history.c.seq)
    of_layer = history.c.layer == layer_name
    return (
        sa.select(history.c.key, known.label("known"), last.label("last"))
        .where(of_layer)
        .group_by(history.c.key)
    )


def _read(
    connection: sa.Connection, wanted: sa.Select[Any], given: dict[str, str] | None = None
) -> list[Version]:
    rows = connection.execute(wanted, given).mappings().all()
    return [_version_of(row) for row in rows if row["layer"] in LAYERS]


def _version_of(row: sa.RowMapping) -> Version:
    return Version(
        seq=int(row["seq"]),
        layer=str(row["layer"]),
        key=str(row["key"]),
        number=int(row["number"]),
        kind=EditKind(row["kind"]),
        at=moment_of(row["at"]),
        actor=str(row["actor"]),
        reason=str(row["reason"]),
        values=values_of(LAYERS[row["layer"]], row["attributes"]),
        geometry=None if row["wkb"] is None else shapely.from_wkb(bytes(row["wkb"])),
        etag=str(row["etag"]),
    )
