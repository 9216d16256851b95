"""What changes of features leave in history and audit, whoever made them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.store.audit import add_entry, told_of
from api.store.edits import Act, EditKind, StoredFeature, Version, etag_of
from api.store.history import ALWAYS, EXTERNAL, add_version, last_version
from api.store.tables import EDITED

if TYPE_CHECKING:
    import sqlalchemy as sa

    from api.store.rows import Row


@dataclass(frozen=True, slots=True)
class Change:
    """
    A feature before and after.

    Parameters
    ----------
    before, after
        As stored; `None` where there is nothing. They are not both `None`.
    last
        Its version before, as `catch_up` gives it.
    """

    before: StoredFeature | None
    after: StoredFeature | None
    last: Version | None

    @property
    def kind(self) -> EditKind:
        """What was done."""
        if self.before is None:
            return EditKind.CREATE
        return EditKind.DELETE if self.after is None else EditKind.REPLACE


def next_number(last: Version | None) -> int:
    """Give the number of the version after another."""
    return 1 if last is None else last.number + 1


def record(connection: sa.Connection, change: Change, act: Act) -> None:
    """Keep a change as the next version of its feature, and in the audit."""
    feature = change.after or change.before
    if feature is None:
        return
    number = next_number(change.last)
    add_version(connection, _version(feature, number, change.kind, act))
    told = told_of(change.before), told_of(change.after)
    add_entry(connection, act, change.kind.value, of=(feature.layer, feature.key), told=told)


def catch_up(
    connection: sa.Connection, place: tuple[str, str], row: Row | None, act: Act
) -> Version | None:
    """
    Give the last version of a feature, which then tells what is stored.

    Parameters
    ----------
    connection
        Inside a writing transaction.
    place
        Layer and key of the feature.
    row
        What is stored; `None` if nothing is.
    act
        At whose occasion a change by another program is noticed.

    Returns
    -------
    last
        `None` if the feature neither is nor was there. What was imported and never edited, or
        was changed by another program, is kept as a version first.
    """
    last = last_version(connection, *place)
    is_gone = last is None or last.kind is EditKind.DELETE
    if row is None:
        return last if is_gone or last is None else _external(connection, last, None, act)
    if last is None:
        return add_version(connection, baseline(row))
    if is_gone or etag_of(last.values, last.geometry) != row.feature.etag:
        return _external(connection, last, row.feature, act)
    return last


def baseline(row: Row) -> Version:
    """Give the first version of a feature that was never edited: what its source brought."""
    actor = EXTERNAL if row.source == EDITED else row.source
    return _version(row.feature, 1, EditKind.CREATE, Act(actor, "", ALWAYS))


def _external(
    connection: sa.Connection, last: Version, now: StoredFeature | None, act: Act
) -> Version:
    before = None if last.kind is EditKind.DELETE else _feature_of(last)
    noticed = Act(EXTERNAL, "", act.at, act.request_id)
    record(connection, Change(before, now, last), noticed)
    return last_version(connection, last.layer, last.key) or last


def _feature_of(version: Version) -> StoredFeature:
    values, geometry = version.values, version.geometry
    etag = etag_of(values, geometry)
    return StoredFeature(version.layer, version.key, 0, values, geometry, etag)


def _version(feature: StoredFeature, number: int, kind: EditKind, act: Act) -> Version:
    return Version(
        seq=0,
        layer=feature.layer,
        key=feature.key,
        number=number,
        kind=kind,
        at=act.at,
        actor=act.actor,
        reason=act.reason,
        values=feature.values,
        geometry=feature.geometry,
        etag=feature.etag,
    )
