"""Features of collections created, replaced, updated and deleted by a person."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
import shapely

from api.services.collections.bodies import Draft, Manner, parse_feature, parse_patch
from api.services.collections.encoding import feature_text
from api.services.collections.errors import (
    ConditionMissingError,
    ContentError,
    ContentFault,
    OutsideReachError,
    StaleItemError,
)
from api.services.reach import reach_of
from api.services.rights import ForbiddenError
from api.services.sight import metric_shape, sees, wgs84_shape
from api.services.zone_changes import save_zones
from api.services.zone_errors import StaleZonesError
from api.store.edits import (
    Act,
    Edit,
    EditKind,
    StaleFeatureError,
    StoredFeature,
    UnknownFeatureError,
)
from geo.layers import ZONES
from geo.zones import OUTSIDE_M

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from shapely.geometry.base import BaseGeometry

    from api.services.collections.offers import Offer
    from api.services.collections.reading import Reader
    from api.services.collections.reference import Reference
    from api.services.workspace import ProjectEditor

KEY_BYTES = 8
TRIES = 4
ANY = "*"
UNSAID = "OGC API"
"""The reason that is kept where nobody gave one."""
REASON = "reason"
BELONGING = frozenset({"entrances", "premises"})
"""Layers whose features say by a property where they belong, wherever they stand."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request:
    """
    What a client says beside the body.

    Parameters
    ----------
    at
        Aware, UTC.
    reference
        In which the body's coordinates are.
    expected
        Tags of which the feature must have one; `ANY` for any, empty where nothing is said.
    is_lenient
        Whether to pass over what is not the client's to give.
    reason
        Why; may be empty.
    request_id
        Under which the log tells of it.
    """

    at: datetime
    reference: Reference
    expected: tuple[str, ...] = ()
    is_lenient: bool = False
    reason: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Writer:
    """
    Somebody who changes a collection.

    Parameters
    ----------
    reader
        The same person, reading.
    editor
        Of the same project.

    Raises
    ------
    ForbiddenError
        If they may not.
    """

    reader: Reader
    editor: ProjectEditor
    offer: Offer

    def __post_init__(self) -> None:
        """Refuse whoever may not change the collection."""
        if not self.offer.is_writable:
            person = self.reader.person
            msg = f"Expected somebody who may change {self.offer.name}, got {person.name}."
            raise ForbiddenError(msg)

    def create(self, body: bytes, request: Request) -> StoredFeature:
        """
        Put a new feature into the collection, under its own id or one made here.

        Raises
        ------
        BodyError, ContentError, InvalidLayerError, ZoneFaultsError
            If it cannot be stored.
        FeatureExistsError
            If its id is taken.
        OutsideReachError
            If it lies beyond the person's areas.
        """
        draft = parse_feature(body, self.offer, self._manner(request))
        key = draft.key or secrets.token_hex(KEY_BYTES)
        return self._save(self._edit(EditKind.CREATE, key, draft), self._act(request, draft))

    def replace(self, key: str, body: bytes, request: Request) -> StoredFeature:
        """
        Give a feature another content; an `id` in the body must be its own.

        Raises
        ------
        UnknownItemError
            If there is none of that key.
        ConditionMissingError, StaleItemError, StaleZonesError
            If it is not said which version is meant, or another is stored by now.
        BodyError, ContentError, InvalidLayerError, ZoneFaultsError, OutsideReachError
            As `create` does.
        """
        return self._tried(request, lambda: self._replace(key, body, request))

    def _replace(self, key: str, body: bytes, request: Request) -> StoredFeature:
        current = self.reader.item(self.offer, key)
        expected = self._expected(request, current)
        draft = parse_feature(body, self.offer, self._manner(request, current))
        _require_own(draft, key)
        values = {**self._hidden(current), **draft.values}
        edit = self._edit(EditKind.REPLACE, key, replace(draft, values=values), expected)
        return self._save(edit, self._act(request, draft, current))

    def update(self, key: str, body: bytes, request: Request) -> StoredFeature:
        """
        Change parts of a feature; raises as `replace` does.

        Where the client does not mind which version is stored, what it says is put on top of
        what somebody else has stored in between.
        """
        return self._tried(request, lambda: self._update(key, body, request))

    def delete(self, key: str, request: Request) -> None:
        """Take a feature out of the collection; raises as `replace` does."""
        self._tried(request, lambda: self._delete(key, request))

    def _tried(self, request: Request, change: Callable[[], T]) -> T:
        """
        Make a change of the version that was looked at, and look again where it is gone.

        So what is stored in between cannot take a feature out of the person's reach unseen.
        """
        for _ in range(TRIES - 1):
            try:
                return change()
            except (StaleItemError, StaleZonesError):
                if not _takes_any(request):
                    raise
        return change()

    def _delete(self, key: str, request: Request) -> None:
        current = self.reader.item(self.offer, key)
        expected = self._expected(request, current)
        edit = Edit(EditKind.DELETE, self.offer.name, key, expected=expected)
        self._write(edit, self._act(request, None))

    def _update(self, key: str, body: bytes, request: Request) -> StoredFeature:
        current = self.reader.item(self.offer, key)
        expected = self._expected(request, current)
        draft = parse_patch(body, self.offer, self._manner(request, current))
        _require_own(draft, key)
        whole = Draft(key, {**current.values, **draft.values}, draft.geometry or current.geometry)
        edit = self._edit(EditKind.REPLACE, key, whole, expected)
        return self._save(edit, self._act(request, draft, current))

    def _manner(self, request: Request, current: StoredFeature | None = None) -> Manner:
        stored: Mapping[str, Any] = current.values if current else {}
        return Manner(request.reference, request.is_lenient, stored)

    def _edit(self, kind: EditKind, key: str, draft: Draft, expected: str | None = None) -> Edit:
        values = {
            name: value for name, value in draft.values.items() if name != self.offer.layer.key
        }
        return Edit(kind, self.offer.name, key, values, draft.geometry, expected)

    def _hidden(self, current: StoredFeature) -> dict[str, Any]:
        """Give the values the person does not see; a whole feature of theirs leaves them be."""
        seen = self.offer.column_names
        return {name: value for name, value in current.values.items() if name not in seen}

    def _act(
        self, request: Request, draft: Draft | None, current: StoredFeature | None = None
    ) -> Act:
        given = None if draft is None else draft.values.get(REASON)
        if current is not None and given == current.values.get(REASON):
            given = None  # sent along, not said anew
        reason = request.reason or (given if isinstance(given, str) else "") or UNSAID
        return Act(self.reader.person.name, reason, request.at, request.request_id)

    def _expected(self, request: Request, current: StoredFeature) -> str:
        """Give the tag that the stored feature must have; `*` would overwrite what nobody saw."""
        if _takes_any(request):
            if self.offer.is_conditional:
                raise ConditionMissingError
            return current.etag
        return current.etag if current.etag in request.expected else request.expected[0]

    def _save(self, edit: Edit, act: Act) -> StoredFeature:
        (stored,) = self._write(edit, act)
        if stored is None:
            msg = f"{edit.layer} {edit.key}: nothing was stored."
            raise UnknownFeatureError(msg)
        return stored

    def _write(self, edit: Edit, act: Act) -> list[StoredFeature | None]:
        reader = self.reader
        if self.offer.name == ZONES.name:
            saved = save_zones(reader.workspace, self.editor, reader.person, [edit], act)
            return [*saved.features] or [None]
        self._refuse_outside(edit)
        try:
            return self.editor.edit([edit], act)
        except StaleFeatureError as error:
            raise StaleItemError(self._told(error.conflicts[0].current)) from None

    def _told(self, current: StoredFeature | None) -> dict[str, Any] | None:
        """Give a feature as the person may see it; what has left their reach is gone to them."""
        reader = self.reader
        if current is None or not sees(reader.workspace, reader.person, current):
            return None
        values = {name: current.values[name] for name in self.offer.column_names}
        told: dict[str, Any] = orjson.loads(feature_text(current.key, values, current.geometry))
        return told | {"etag": current.etag}

    def _refuse_outside(self, edit: Edit) -> None:
        """Refuse a feature that lies beyond the person's areas, or has until now."""
        workspace = self.reader.workspace
        reach = reach_of(workspace, self.reader.person)
        if reach is None:
            return
        allowed = reach.buffer(OUTSIDE_M)
        is_new = edit.kind is EditKind.CREATE
        stored = None if is_new else workspace.project.feature(edit.layer, edit.key).geometry
        if stored is not None:
            self._refuse_beyond(shapely.make_valid(stored), allowed)
        if edit.geometry is not None and shapely.is_valid(edit.geometry):
            self._refuse_beyond(edit.geometry, allowed)
            self._refuse_foreign(edit, edit.geometry)

    def _refuse_foreign(self, edit: Edit, shape: BaseGeometry) -> None:
        """Refuse a feature that says that it belongs to an area or a building of others."""
        reader = self.reader
        drawn = StoredFeature(edit.layer, edit.key, 0, edit.values, shape, "")
        if edit.layer in BELONGING and not sees(reader.workspace, reader.person, drawn):
            raise OutsideReachError(shape)

    def _refuse_beyond(self, shape: BaseGeometry, allowed: BaseGeometry) -> None:
        workspace = self.reader.workspace
        beyond = metric_shape(workspace, shape).difference(allowed)
        if not beyond.is_empty:
            raise OutsideReachError(wgs84_shape(workspace, beyond))


def _takes_any(request: Request) -> bool:
    """Whether the client does not mind which version is stored."""
    return not request.expected or ANY in request.expected


def _require_own(draft: Draft, key: str) -> None:
    if draft.key is not None and draft.key != key:
        fault = ContentFault("id", f"Expected {key}, or nothing: it cannot be changed.")
        raise ContentError([fault])
