"""What an import leaves in history and audit."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from api.store.audit import add_entry
from api.store.edits import Act
from api.store.history import edited_keys, last_seq
from api.store.recording import Change, catch_up, record
from api.store.rows import find_rows
from api.store.tables import TABLES
from api.store.values import get_value
from geo.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from api.store.rows import Row
    from api.store.writing import LayerChanges
    from geo.schema import Layer

IMPORT = "import"


def act_of_import() -> Act:
    """Give the act of an import that nobody in particular asks for, now."""
    return Act(IMPORT, "", datetime.now(UTC))


@contextmanager
def recorded(connection: sa.Connection, act: Act) -> Iterator[None]:
    """
    Keep the history of the features that an import changes.

    Of layers that have versions every row is watched, of others those that were ever edited.
    What the first import brings counts as always known.

    Parameters
    ----------
    connection
        Inside a writing transaction.
    act
        Who imports, and why.
    """
    is_first = get_value(connection, "revision") == "0" and last_seq(connection) == 0
    before = {name: _watched(connection, layer) for name, layer in LAYERS.items()}
    yield
    for name, rows in before.items():
        now = _watched(connection, LAYERS[name])
        for key in _changed(rows, now):
            place = name, key
            if is_first:
                catch_up(connection, place, now.get(key), act)
            else:
                _record(connection, place, (rows.get(key), now.get(key)), act)


def note_import(connection: sa.Connection, changes: Sequence[LayerChanges], act: Act) -> None:
    """Tell in the audit what an import has brought, for each source and layer."""
    counts = [
        {
            "source": change.source,
            "layer": change.layer,
            "new": change.new,
            "updated": change.updated,
            "unchanged": change.unchanged,
            "left_out": len(change.faults),
        }
        for change in changes
    ]
    add_entry(connection, act, IMPORT, told=(None, {"deliveries": counts}))


def _watched(connection: sa.Connection, layer: Layer) -> dict[str, Row]:
    key = TABLES[layer.name].c[layer.key]
    is_versioned = "version" in layer.column_names
    is_watched = sa.true() if is_versioned else key.in_(edited_keys(layer.name))
    return find_rows(connection, layer, is_watched)


def _changed(before: dict[str, Row], now: dict[str, Row]) -> list[str]:
    keys = dict.fromkeys([*before, *now])
    return [key for key in keys if _etag(before.get(key)) != _etag(now.get(key))]


def _etag(row: Row | None) -> str | None:
    return None if row is None else row.feature.etag


def _record(
    connection: sa.Connection, place: tuple[str, str], rows: tuple[Row | None, Row | None], act: Act
) -> None:
    last = catch_up(connection, place, rows[0], act)
    before, after = (None if row is None else row.feature for row in rows)
    record(connection, Change(before, after, last), act)
