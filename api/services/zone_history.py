"""What became of control zones: their versions, how one comes back, and when the map changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from api.services.sight import seen_among
from api.services.zone_changes import save_zones
from api.services.zone_errors import ConditionMissingError
from api.services.zone_features import LAYER, unknown_zone, zone_feature
from api.store.edits import Edit, EditKind, UnknownFeatureError
from geo.io.features import datetime_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from api.services.rights import Person
    from api.services.workspace import ProjectEditor, Workspace
    from api.store.edits import Act, StoredFeature, Version

READ_AT_ONCE = 1_000
BOUNDS = (("begins", "valid_from_at"), ("ends", "valid_to_at"))


class UnknownVersionError(LookupError):
    """A zone has no version of that number."""


@dataclass(frozen=True, slots=True)
class Moment:
    """
    A moment at which the map changes.

    Parameters
    ----------
    kind
        `saved`, `begins` or `ends`.
    zones
        Ids.
    actor, reason
        Of what was saved; empty of what begins or ends by itself.
    """

    at: datetime
    kind: str
    zones: tuple[str, ...]
    actor: str = ""
    reason: str = ""


def zone_versions(workspace: Workspace, person: Person, key: str) -> list[Version]:
    """
    Give the versions of a zone that somebody may see, the newest first.

    Raises
    ------
    UnknownFeatureError
        If there was never a zone of that id, or none that the person may see.
    """
    versions = workspace.project.versions(LAYER, key)
    seen = seen_among(workspace, person, versions[::-1])
    if not seen:
        raise UnknownFeatureError(unknown_zone(key))
    return seen


def version_members(version: Version, person: Person) -> dict[str, Any]:
    """Give what a client is told of a version, for JSON; who made it is for staff."""
    actor = {"actor": version.actor} if person.sees_staff_columns else {}
    return {
        "number": version.number,
        "kind": version.kind.value,
        "at": datetime_text(version.at),
        **actor,
        "reason": version.reason,
        "feature": zone_feature(version, person),
    }


@dataclass(frozen=True, slots=True)
class Restoring:
    """
    A version that is to come back.

    Parameters
    ----------
    key, number
        Which one.
    expected
        Entity tag of the zone as it is now; `None` where none was named.
    is_gone
        Whether there is no such zone now, as far as somebody knows.
    """

    key: str
    number: int
    expected: str | None
    is_gone: bool = False


def restore_zone(
    workspace: Workspace, editor: ProjectEditor, person: Person, wish: Restoring, act: Act
) -> StoredFeature:
    """
    Bring a version of a zone back, as a new version; raises as `change_zones` does too.

    Raises
    ------
    UnknownVersionError
        If the zone has no such version, or none that the person may see.
    """
    versions = zone_versions(workspace, person, wish.key)
    found = [version for version in versions if version.number == wish.number]
    if not found:
        numbers = ", ".join(str(version.number) for version in versions)
        msg = f"Expected one of the versions {numbers}, got {wish.number}."
        raise UnknownVersionError(msg)
    if wish.expected is None and not wish.is_gone:
        raise ConditionMissingError([wish.key])
    edit = _restored(found[0], wish)
    reason = f"{act.reason} ({wish.key} ← {wish.number})"
    saved = save_zones(workspace, editor, person, [edit], replace(act, reason=reason))
    return saved.features[0]


def zone_moments(workspace: Workspace, person: Person) -> list[Moment]:
    """Give all moments at which the map of zones changes, as far as somebody sees, in order."""
    return workspace.once("zone timeline", person.view, lambda: _timeline(workspace, person))


def moment_members(moment: Moment, person: Person) -> dict[str, Any]:
    """Give what a client is told of a moment, for JSON; who saved is for staff."""
    told: dict[str, Any] = {
        "at": datetime_text(moment.at),
        "kind": moment.kind,
        "zones": list(moment.zones),
    }
    if moment.kind == "saved":
        told["reason"] = moment.reason
        if person.sees_staff_columns:
            told["actor"] = moment.actor
    return told


def _restored(version: Version, wish: Restoring) -> Edit:
    kind = EditKind.CREATE if wish.is_gone else EditKind.REPLACE
    held = dict(version.values)
    held.pop("zone_id", None)
    return Edit(kind, LAYER, wish.key, held, version.geometry, wish.expected)


def _timeline(workspace: Workspace, person: Person) -> list[Moment]:
    edited = seen_among(workspace, person, list(_history(workspace)))
    stored = seen_among(workspace, person, workspace.project.features(LAYER))
    moments = [*_saved(edited), *_bounds(edited, stored)]
    return sorted(moments, key=lambda moment: (moment.at, moment.kind, moment.zones))


def _history(workspace: Workspace) -> Iterator[Version]:
    seq = 0
    while versions := workspace.project.changes_since(seq, layers={LAYER}, limit=READ_AT_ONCE):
        yield from versions
        seq = versions[-1].seq


def _saved(versions: Sequence[Version]) -> Iterator[Moment]:
    """Give one moment for all that was saved together."""
    for (at, actor, reason), together in groupby(
        versions, key=lambda one: (one.at, one.actor, one.reason)
    ):
        yield Moment(at, "saved", tuple(one.key for one in together), actor, reason)


def _bounds(versions: Sequence[Version], stored: Sequence[StoredFeature]) -> Iterator[Moment]:
    """Give when zones begin and end: the present ones, and past ones in their own time."""
    found: dict[tuple[datetime, str], set[str]] = {}
    for at, kind, key in (*_present_bounds(stored), *_past_bounds(versions)):
        found.setdefault((at, kind), set()).add(key)
    for (at, kind), keys in found.items():
        yield Moment(at, kind, tuple(sorted(keys)))


def _present_bounds(stored: Sequence[StoredFeature]) -> Iterator[tuple[datetime, str, str]]:
    for kind, column in BOUNDS:
        for zone in stored:
            at = zone.values.get(column)
            if at is not None:
                yield at, kind, zone.key


def _past_bounds(versions: Sequence[Version]) -> Iterator[tuple[datetime, str, str]]:
    for version, until in _past(versions):
        for kind, column in BOUNDS:
            at = version.values.get(column)
            if at is not None and version.at <= at < until:
                yield at, kind, version.key


def _past(versions: Sequence[Version]) -> Iterator[tuple[Version, datetime]]:
    """Give each version that was followed by another, and when."""
    latest: dict[str, Version] = {}
    for version in versions:
        before = latest.get(version.key)
        if before is not None and before.kind is not EditKind.DELETE:
            yield before, version.at
        latest[version.key] = version
