"""
What stands against a change of control zones, and how a person is told.

::

    ZoneFaultsError (ValueError)          zones break the rules; carries every fault
    CannotDrawError (ValueError)          shapes cannot be cut, joined or fitted as asked
    ConditionMissingError (RuntimeError)  a change does not say which version it is of
    StaleZonesError (RuntimeError)        somebody else was first; carries both versions
    OutsideReachError (ForbiddenError)    ground beyond the person's own areas
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.services.rights import ForbiddenError
from api.services.zone_features import geometry_json
from geo.zones import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    Say = Callable[[str], str]


FAULT_SENTENCES = SENTENCES | {
    "bad_id": "An id has at most 64 letters, digits and signs among _ . ~ : -",
    "malformed": "This is no GeoJSON geometry.",
    "other_id": "This is the shape of another zone ({found}).",
    "repeated": "The same zone is changed twice.",
}
"""By code: what is told, in English and to be filled in."""


@dataclass(frozen=True, slots=True)
class ChangeFault:
    """
    One thing that is wrong with one change.

    Parameters
    ----------
    index
        Of the change among those sent, from 0.
    key
        Of the zone.
    code
        A key of `FAULT_SENTENCES`.
    figures
        What its sentence is filled in with.
    place
        Where on the map, WGS 84; `None` if nowhere in particular.
    """

    index: int
    key: str
    code: str
    figures: Mapping[str, str]
    place: BaseGeometry | None

    def told(self, say: Say) -> str:
        """Tell it to a person."""
        return say(FAULT_SENTENCES[self.code]).format(**self.figures)

    def members(self, say: Say) -> dict[str, Any]:
        """Give what a client is told, for JSON."""
        return {
            "index": self.index,
            "id": self.key,
            "code": self.code,
            "detail": self.told(say),
            "geometry": geometry_json(self.place),
        }


class ZoneFaultsError(ValueError):
    """
    Zones break the rules; nothing was written.

    Parameters
    ----------
    faults
        Every fault, at least one.
    """

    def __init__(self, faults: Sequence[ChangeFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.told(str))

    def told(self, say: Say) -> str:
        """Tell every fault."""
        return " ".join(dict.fromkeys(fault.told(say) for fault in self.faults))

    def members(self, say: Say) -> dict[str, Any]:
        """Give each fault with its place."""
        return {"faults": [fault.members(say) for fault in self.faults]}


class CannotDrawError(ValueError):
    """
    Shapes cannot be cut, joined or fitted as asked.

    Parameters
    ----------
    code
        A key of the sentences below; others are told in the words of `message`.
    message
        In English.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)

    def told(self, say: Say) -> str:
        """Tell why not."""
        return say(_OBSTACLES[self.code]) if self.code in _OBSTACLES else str(self)

    def members(self, say: Say) -> dict[str, Any]:
        """Give the code."""
        del say
        return {"code": self.code}


_OBSTACLES = {
    "no_polygon": "Only a sound polygon can be worked on.",
    "no_line": "A line is needed to cut along.",
    "not_crossing": "The line must run across the zone from border to border.",
    "apart": "These lie apart: they do not touch.",
    "nothing_left": "Nothing of the zone would be left.",
}


class ConditionMissingError(RuntimeError):
    """
    A change does not say which version it is of; nothing was written.

    Parameters
    ----------
    keys
        Of the zones.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = tuple(keys)
        super().__init__(self.told(str))

    def told(self, say: Say) -> str:
        """Tell of which zones."""
        told = say("Say which version of the zone you have seen: its etag is missing ({zones}).")
        return told.format(zones=", ".join(self.keys))

    def members(self, say: Say) -> dict[str, Any]:
        """Give the ids of the zones."""
        del say
        return {"ids": list(self.keys)}


class StaleZonesError(RuntimeError):
    """
    Somebody else has changed zones meanwhile; nothing was written.

    Parameters
    ----------
    conflicts
        What a client is told of each zone, for JSON.
    """

    def __init__(self, conflicts: Sequence[dict[str, Any]]) -> None:
        self.conflicts = tuple(conflicts)
        super().__init__(self.told(str))

    def told(self, say: Say) -> str:
        """Tell of which zones."""
        told = say("Somebody else has changed this meanwhile; nothing was saved ({zones}).")
        return told.format(zones=", ".join(str(one["id"]) for one in self.conflicts))

    def members(self, say: Say) -> dict[str, Any]:
        """Give both versions of each zone, and how they may be merged."""
        del say
        return {"conflicts": list(self.conflicts)}


class OutsideReachError(ForbiddenError):
    """
    A change would reach beyond the person's own areas; nothing was written.

    Parameters
    ----------
    beyond
        The part that does, WGS 84.
    """

    def __init__(self, beyond: BaseGeometry) -> None:
        self.beyond = beyond
        super().__init__(self.told(str))

    def told(self, say: Say) -> str:
        """Tell that it lies outside."""
        return say("Part of this zone lies outside your own areas.")

    def members(self, say: Say) -> dict[str, Any]:
        """Give the part outside."""
        del say
        return {"geometry": geometry_json(self.beyond)}
