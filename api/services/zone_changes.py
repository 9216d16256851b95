"""Changes of control zones: all that are asked for together, or none."""

from __future__ import annotations

import secrets
from base64 import b32encode
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import shapely

from api.services.conflicts import tell_conflicts
from api.services.rights import ForbiddenError
from api.services.shapes import MalformedShapeError, parse_shape
from api.services.sight import sees
from api.services.zone_errors import (
    ChangeFault,
    ConditionMissingError,
    OutsideReachError,
    StaleZonesError,
    ZoneFaultsError,
)
from api.services.zone_features import LAYER, unknown_zone
from api.services.zone_rules import OUTSIDE, change_faults
from api.store.edits import Edit, EditKind, StaleFeatureError, UnknownFeatureError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from api.services.rights import Person
    from api.services.workspace import ProjectEditor, Workspace
    from api.store.edits import Act, StoredFeature

ID_BYTES = 5
"""Eight letters and digits: a trillion ids."""


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """
    One change of one zone, as somebody asks for it.

    Parameters
    ----------
    kind
        What is done.
    key
        Id of the zone.
    values
        Its name, level and period.
    geometry
        GeoJSON as it came; `None` for a deletion, or where none came.
    etag
        Of the version that was seen; `None` for a new zone.
    restores
        Number of the version that is brought back, if one is.
    """

    kind: EditKind
    key: str
    values: Mapping[str, Any]
    geometry: Mapping[str, Any] | None = None
    etag: str | None = None
    restores: int | None = None


@dataclass(frozen=True, slots=True)
class SavedZones:
    """
    What changes have made.

    Parameters
    ----------
    seq
        Of the project's last change.
    features
        The zones that were made or changed, in the order of the changes.
    deleted
        Ids of the zones that are gone.
    """

    seq: int
    features: tuple[StoredFeature, ...]
    deleted: tuple[str, ...]


def new_zone_id() -> str:
    """Give a short id that no zone has."""
    return f"z-{b32encode(secrets.token_bytes(ID_BYTES)).decode().lower()}"


def change_zones(
    workspace: Workspace,
    editor: ProjectEditor,
    person: Person,
    changes: Sequence[ZoneChange],
    act: Act,
) -> SavedZones:
    """
    Make changes of zones, all of them or none.

    Parameters
    ----------
    editor
        Of the same project.
    person
        Who asks; every zone must lie in their areas, before and after.
    changes
        At least one, each of another zone.
    act
        Who changes them, and why.

    Raises
    ------
    ForbiddenError
        If the person may not change zones, or one lies partly outside their areas.
    ConditionMissingError
        If a change does not say which version it is of.
    UnknownFeatureError
        If the person sees no zone of an id.
    ZoneFaultsError
        If zones would break the rules.
    StaleZonesError
        If somebody else has changed a zone meanwhile.
    FeatureExistsError
        If a new zone has an id that is taken.
    """
    _require_editor(person)
    _require_conditions(changes)
    edits = edits_of(changes)
    told = replace(act, reason=_reason(changes, act.reason))
    return save_zones(workspace, editor, person, edits, told)


def edits_of(changes: Sequence[ZoneChange]) -> list[Edit]:
    """
    Read the shapes of changes.

    Raises
    ------
    ZoneFaultsError
        If a shape is no geometry, or two changes are of one zone.
    """
    keys = [change.key for change in changes]
    faults = [
        ChangeFault(index, key, "repeated", {}, None)
        for index, key in enumerate(keys)
        if key in keys[:index]
    ]
    edits = []
    for index, change in enumerate(changes):
        try:
            edits.append(_edit(change))
        except MalformedShapeError as error:
            faults.append(ChangeFault(index, change.key, error.code, {}, None))
    if faults:
        raise ZoneFaultsError(faults)
    return edits


def save_zones(
    workspace: Workspace,
    editor: ProjectEditor,
    person: Person,
    edits: Sequence[Edit],
    act: Act,
) -> SavedZones:
    """
    Save edits of zones, all of them or none; raises as `change_zones` does.

    Parameters
    ----------
    edits
        Each with what it expects, but for new zones.
    """
    _require_editor(person)
    require_seen(workspace, person, edits)
    _refuse_faults(change_faults(workspace, person, edits))
    try:
        stored = editor.edit(edits, act)
    except StaleFeatureError as error:
        told = tell_conflicts(workspace, person, error.conflicts, edits)
        raise StaleZonesError(told) from None
    return SavedZones(
        seq=workspace.project.last_seq(),
        features=tuple(one for one in stored if one is not None),
        deleted=tuple(edit.key for edit in edits if edit.kind is EditKind.DELETE),
    )


def require_seen(workspace: Workspace, person: Person, edits: Sequence[Edit]) -> None:
    """
    Refuse changes of zones that are not there, and were not, as far as somebody sees.

    Raises
    ------
    UnknownFeatureError
        If the person sees no zone of an id.
    """
    for edit in edits:
        if edit.kind is not EditKind.CREATE:
            last = workspace.project.versions(LAYER, edit.key)[-1:]
            if not any(sees(workspace, person, version) for version in last):
                raise UnknownFeatureError(unknown_zone(edit.key))


def _require_editor(person: Person) -> None:
    if not person.may_edit:
        msg = f"Expected somebody who may change zones, got {person.name}, a {person.role.value}."
        raise ForbiddenError(msg)


def _require_conditions(changes: Sequence[ZoneChange]) -> None:
    missing = [
        change.key
        for change in changes
        if change.kind is not EditKind.CREATE and change.etag is None
    ]
    if missing:
        raise ConditionMissingError(missing)


def _refuse_faults(faults: Sequence[ChangeFault]) -> None:
    """Tell first what is wrong with zones, and of a sound one that it lies elsewhere."""
    if any(fault.code != OUTSIDE for fault in faults):
        raise ZoneFaultsError(faults)
    beyond = [fault.place for fault in faults if fault.place is not None]
    if beyond:
        raise OutsideReachError(shapely.union_all(beyond))


def _edit(change: ZoneChange) -> Edit:
    is_shape = change.kind is not EditKind.DELETE and change.geometry is not None
    shape: BaseGeometry | None = parse_shape(change.geometry or {}) if is_shape else None
    expected = None if change.kind is EditKind.CREATE else change.etag
    return Edit(change.kind, LAYER, change.key, change.values, shape, expected)


def _reason(changes: Sequence[ZoneChange], reason: str) -> str:
    """Add to a reason which versions come back."""
    back = [f"{one.key} ← {one.restores}" for one in changes if one.restores is not None]
    return f"{reason} ({', '.join(back)})" if back else reason
