"""Who did what, when and why, with what was there before and after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from shapely.geometry import mapping

from api.store.cells import json_of, moment_of, moment_text
from api.store.edits import AuditEntry
from api.store.tables import audit_table as audit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.store.edits import Act, StoredFeature, Version

NOWHERE = ("", "")
"""Layer and key of what was done to no feature in particular."""

SIDES = ("before", "after")


def add_entry(
    connection: sa.Connection,
    act: Act,
    action: str,
    *,
    of: tuple[str, str] = NOWHERE,
    told: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None] = (None, None),
) -> None:
    """
    Keep an entry.

    Parameters
    ----------
    connection
        Inside a writing transaction.
    act
        Who, when and why.
    action
        What was done.
    of
        Layer and key of the feature.
    told
        What was there before and after, as `told_of` gives it; never a secret.
    """
    layer, key = of
    before, after = (None if one is None else json_of(one) for one in told)
    row = {
        "at": moment_text(act.at),
        "actor": act.actor,
        "action": action,
        "layer": layer,
        "key": key,
        "reason": act.reason,
        "request_id": act.request_id,
        "before": before,
        "after": after,
    }
    connection.execute(sa.insert(audit), row)


def told_of(feature: StoredFeature | Version | None) -> dict[str, Any] | None:
    """Tell a feature as the audit keeps it: its values, and its geometry as GeoJSON."""
    if feature is None:
        return None
    shape = None if feature.geometry is None else mapping(feature.geometry)
    return {"values": feature.values, "geometry": shape}


def latest_entries(connection: sa.Connection, limit: int) -> list[AuditEntry]:
    """Give the latest entries, the newest first."""
    latest = sa.select(audit).order_by(audit.c.number.desc()).limit(limit)
    return [_entry_of(row) for row in connection.execute(latest).mappings()]


def _entry_of(row: sa.RowMapping) -> AuditEntry:
    before, after = (None if row[name] is None else json.loads(row[name]) for name in SIDES)
    read = {"at": moment_of(row["at"]), "before": before, "after": after}
    return AuditEntry(**{**row, **read})
