"""
Edits of single features: all of a call or none.

An edit says which state of the feature it starts from. If the feature is another by then,
nothing is written, and the error tells what stands against every edit of the call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from api.store.edits import (
    Conflict,
    EditKind,
    FeatureExistsError,
    StaleFeatureError,
    UnknownFeatureError,
)
from api.store.given import STAMPS
from api.store.history import last_version, version_tagged
from api.store.recording import Change, catch_up, next_number, record
from api.store.rows import delete_row, find_row, insert_row, update_row
from geo.errors import InvalidLayerError
from geo.faults import Fault
from geo.layers import find_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.store.edits import Act, Edit, StoredFeature, Version
    from api.store.medium import Medium
    from api.store.rows import Row

Place = tuple[str, str]
"""Layer and key of a feature."""


def apply_edits(
    connection: sa.Connection, medium: Medium, edits: Sequence[Edit], act: Act
) -> list[StoredFeature | None]:
    """
    Apply edits in their order.

    Parameters
    ----------
    connection
        Inside a writing transaction.
    medium
        To which it leads.
    edits
        As `contracts.checked` gives them.
    act
        Who edits, and why.

    Returns
    -------
    features
        One for each edit, as stored; `None` for a deletion.

    Raises
    ------
    StaleFeatureError
        If features are not what the edits expect; with all of them.
    UnknownFeatureError
        If a feature is not there, and never was as the edit expects it.
    FeatureExistsError
        If a feature that is to be created is there.
    InvalidLayerError
        If a row would repeat what may occur once.
    """
    work = _Work(connection, act, _held_rows(connection, edits))
    work.refuse_stale(edits)
    features = [work.apply(edit) for edit in edits]
    for name in {edit.layer: None for edit in edits}:
        shapes = [one.geometry for one in features if one is not None and one.layer == name]
        medium.note_edits(connection, name, [shape for shape in shapes if shape is not None])
    return features


def _held_rows(connection: sa.Connection, edits: Sequence[Edit]) -> dict[Place, Row | None]:
    # In one order everywhere, so that nobody waits for each other.
    places = sorted({(edit.layer, edit.key) for edit in edits})
    return {
        (name, key): find_row(connection, find_layer(name), key, is_held=True)
        for name, key in places
    }


@dataclass(frozen=True, slots=True)
class _Work:
    """Edits under way; `rows` tells what is stored meanwhile."""

    connection: sa.Connection
    act: Act
    rows: dict[Place, Row | None]

    def refuse_stale(self, edits: Sequence[Edit]) -> None:
        """Tell of every feature that is not what its edit expects."""
        found = (self._conflict(edit) for edit in edits if edit.kind is not EditKind.CREATE)
        conflicts = [conflict for conflict in found if conflict is not None]
        if conflicts:
            raise StaleFeatureError(conflicts)

    def apply(self, edit: Edit) -> StoredFeature | None:
        """Apply one edit, and keep what it did."""
        place = edit.layer, edit.key
        row = self.rows[place]
        _refuse_misplaced(edit, row)
        last = catch_up(self.connection, place, row, self.act)
        before = None if row is None else row.feature
        self._write(edit, before, last)
        self.rows[place] = find_row(self.connection, find_layer(edit.layer), edit.key)
        after = None if (now := self.rows[place]) is None else now.feature
        record(self.connection, Change(before, after, last), self.act)
        return after

    def _conflict(self, edit: Edit) -> Conflict | None:
        place = edit.layer, edit.key
        row = self.rows[place]
        current = None if row is None else row.feature
        if edit.expected is None or (current and current.etag == edit.expected):
            return None
        if current is None and last_version(self.connection, *place) is None:
            return None
        return Conflict(*place, current, version_tagged(self.connection, *place, edit.expected))

    def _write(self, edit: Edit, before: StoredFeature | None, last: Version | None) -> None:
        layer = find_layer(edit.layer)
        if edit.kind is EditKind.DELETE and before is not None:
            delete_row(self.connection, layer, before.fid)
            return
        values = {**edit.values, **self._stamps(edit, before, last)}
        try:
            if before is None:
                insert_row(self.connection, layer, values, edit.geometry)
            else:
                update_row(self.connection, layer, before.fid, values, edit.geometry)
        except sa.exc.IntegrityError as error:
            raise InvalidLayerError([_repeated(edit)]) from error

    def _stamps(
        self, edit: Edit, before: StoredFeature | None, last: Version | None
    ) -> dict[str, Any]:
        """Give what the store itself fills, of the columns a layer has."""
        stored = (before.values.get("version") or 1) if before else 0
        version = max(next_number(last), stored + 1)
        stamps = dict(zip(STAMPS, (version, self.act.actor, self.act.reason), strict=True))
        names = find_layer(edit.layer).column_names
        return {name: value for name, value in stamps.items() if name in names}


def _refuse_misplaced(edit: Edit, row: Row | None) -> None:
    if edit.kind is EditKind.CREATE and row is not None:
        msg = f"{edit.layer} {edit.key}: expected a key that is free, got one that is taken."
        raise FeatureExistsError(msg)
    if edit.kind is not EditKind.CREATE and row is None:
        raise unknown(edit.layer, edit.key)


def unknown(layer_name: str, key: str) -> UnknownFeatureError:
    """Say that there is no such feature."""
    return UnknownFeatureError(f"{layer_name} {key}: there is no such feature.")


def _repeated(edit: Edit) -> Fault:
    layer = find_layer(edit.layer)
    names = ", ".join(layer.unique or (layer.key,))
    return Fault(layer.name, edit.key, names, "what no other row has", "the same again")
