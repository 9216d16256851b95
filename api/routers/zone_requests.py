"""What is asked for with a body about zones, in the words of the services."""

import re

from api.routers.zone_bodies import ChangeIn, CreateIn, DeleteIn, ZoneIn
from api.services.zone_changes import ZoneChange, new_zone_id
from api.services.zone_errors import ChangeFault, ZoneFaultsError
from api.store.edits import EditKind

NEW_ID = re.compile(r"[\w.~:-]{1,64}")
RESERVED = frozenset({".", "..", "changes", "merge", "preview", "shapes", "timeline"})
"""What stands in addresses where the id of a zone would, or leads elsewhere."""


def zone_changes(changes: list[ChangeIn]) -> list[ZoneChange]:
    """
    Give the changes that a body asks for.

    Raises
    ------
    ZoneFaultsError
        If a new id cannot be one, or a zone is to be replaced by one of another id.
    """
    return [_asked(change, index) for index, change in enumerate(changes)]


def creation(zone: ZoneIn, *, index: int = 0, restores: int | None = None) -> ZoneChange:
    """
    Give the change that makes a zone; one without an id is given one.

    Raises
    ------
    ZoneFaultsError
        If the id cannot be one.
    """
    key = new_zone_id() if zone.key is None else zone.key
    if not NEW_ID.fullmatch(key) or key in RESERVED:
        raise ZoneFaultsError([ChangeFault(index, key, "bad_id", {}, None)])
    return ZoneChange(EditKind.CREATE, key, zone.properties.own, _geometry(zone), None, restores)


def replacement(
    key: str, zone: ZoneIn, etag: str | None, *, index: int = 0, restores: int | None = None
) -> ZoneChange:
    """
    Give the change that makes another of a zone.

    Parameters
    ----------
    etag
        Of the version that was seen; `None` where none was named.

    Raises
    ------
    ZoneFaultsError
        If the body is of another zone.
    """
    if zone.key not in (None, key):
        fault = ChangeFault(index, key, "other_id", {"found": str(zone.key)}, None)
        raise ZoneFaultsError([fault])
    return ZoneChange(EditKind.REPLACE, key, zone.properties.own, _geometry(zone), etag, restores)


def _asked(change: ChangeIn, index: int) -> ZoneChange:
    if isinstance(change, CreateIn):
        return creation(change.feature, index=index, restores=change.restores)
    if isinstance(change, DeleteIn):
        return ZoneChange(EditKind.DELETE, change.id, {}, etag=change.etag)
    return replacement(
        change.id, change.feature, change.etag, index=index, restores=change.restores
    )


def _geometry(zone: ZoneIn) -> dict[str, object] | None:
    return None if zone.geometry is None else zone.geometry.model_dump()
