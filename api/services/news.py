"""What somebody gets to know of the changes that others make."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from api.services.sight import sees
from api.store.edits import EditKind
from geo.io.features import datetime_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from api.services.rights import Person
    from api.services.workspace import Workspace
    from api.store.edits import Version


@dataclass(frozen=True, slots=True)
class News:
    """
    One change of one feature, as it is told to somebody.

    Parameters
    ----------
    seq
        Of the change; grows with every change of the project.
    number
        Of the feature's versions, from 1.
    at
        Aware, UTC.
    """

    seq: int
    layer: str
    key: str
    number: int
    kind: EditKind
    at: datetime

    def members(self) -> dict[str, Any]:
        """Give what a client is told, for JSON."""
        return {
            "layer": self.layer,
            "key": self.key,
            "number": self.number,
            "kind": self.kind.value,
            "at": datetime_text(self.at),
        }


def news_for(workspace: Workspace, person: Person, versions: Iterable[Version]) -> list[News]:
    """
    Give what a person may know of some changes.

    What moves out of somebody's reach is deleted as far as they can see.

    Parameters
    ----------
    versions
        In any order, which is kept.
    """
    told = (_told(workspace, person, version) for version in versions)
    return [news for news in told if news is not None]


def _told(workspace: Workspace, person: Person, version: Version) -> News | None:
    if sees(workspace, person, version):
        return _news(version)
    before = _before(workspace, version)
    if before is not None and sees(workspace, person, before):
        return replace(_news(version), kind=EditKind.DELETE)
    return None


def _before(workspace: Workspace, version: Version) -> Version | None:
    """Give the version that a replaced feature was before."""
    if version.kind is not EditKind.REPLACE:
        return None
    versions = workspace.project.versions(version.layer, version.key)
    return next((one for one in versions if one.number == version.number - 1), None)


def _news(version: Version) -> News:
    return News(
        seq=version.seq,
        layer=version.layer,
        key=version.key,
        number=version.number,
        kind=version.kind,
        at=version.at,
    )
