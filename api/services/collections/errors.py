"""
What can be wrong with a question to a collection, or with what is to be written to it.

::

    UnknownCollectionError (LookupError)    there is none, or not for this person
    UnknownItemError (LookupError)          the same of a feature
    ParameterError (ValueError)             a parameter of the address, or a header
    BodyError (ValueError)                  a body that cannot be read
    ContentError (ValueError)               a body that can be read, but not stored
    WrongMediaTypeError (ValueError)        a body of a kind that is not taken
    NoSuchFormError (ValueError)            no form that the client takes
    ConditionMissingError (RuntimeError)    a change that must say which version it is of
    StaleItemError (RuntimeError)           a change of a version that is no longer stored
    OutsideReachError (ForbiddenError)      a place beyond the person's areas
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from api.services.rights import ForbiddenError
from geo.io.features import geometry_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely.geometry.base import BaseGeometry

    Say = Callable[[str], str]


class UnknownCollectionError(LookupError):
    """No collection has that name, or none that the person may see."""


class UnknownItemError(LookupError):
    """No feature of the collection has that key, or none that the person may see."""


class ParameterError(ValueError):
    """
    A parameter of an address, or a header, is not what it should be.

    Parameters
    ----------
    name
        Of the parameter.
    detail
        What was expected and what came.
    place
        `query` or `header`.
    """

    def __init__(self, name: str, detail: str, *, place: str = "query") -> None:
        self.name = name
        self.detail = detail
        self.place = place
        super().__init__(f"{name}: {detail}")

    def told(self, say: Say) -> str:
        """Tell it; the sentence is for programs and in English."""
        del say
        return str(self)

    def members(self, say: Say) -> dict[str, Any]:
        """Give the parameter by itself."""
        del say
        return {"errors": [{"in": self.place, "name": self.name, "detail": self.detail}]}


class BodyError(ValueError):
    """A body cannot be read at all."""


class WrongMediaTypeError(ValueError):
    """A body is of a kind that is not taken here."""


class NoSuchFormError(ValueError):
    """Nothing that a client takes can be given."""


class ConditionMissingError(RuntimeError):
    """A change must say which version of the feature it is of."""

    def told(self, say: Say) -> str:
        """Tell it to a person."""
        return say("Say in If-Match which version of the feature you have seen.")


class StaleItemError(RuntimeError):
    """
    A feature is not what somebody took it for; nothing was written.

    Parameters
    ----------
    current
        As it is stored now and as the person may see it, for JSON; `None` if it is gone.
    """

    def __init__(self, current: dict[str, Any] | None) -> None:
        self.current = current
        super().__init__("Somebody else has changed the feature meanwhile.")

    def told(self, say: Say) -> str:
        """Tell it to a person."""
        return say("Somebody else has changed the feature meanwhile; nothing was saved.")

    def members(self, say: Say) -> dict[str, Any]:
        """Give the feature as it is."""
        del say
        return {"current": self.current}


@dataclass(frozen=True, slots=True)
class ContentFault:
    """
    One thing in a body that cannot be stored.

    Parameters
    ----------
    name
        Property, `geometry` or `id`.
    detail
        What was expected.
    code
        Short name of the fault; empty where there is none.
    """

    name: str
    detail: str
    code: str = ""


class ContentError(ValueError):
    """
    A body can be read, but what it says cannot be stored.

    Parameters
    ----------
    faults
        Everything that stands against it, at least one.
    """

    def __init__(self, faults: Sequence[ContentFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.name}: {fault.detail}" for fault in self.faults))

    def told(self, say: Say) -> str:
        """Tell every fault; these sentences are for programs and in English."""
        del say
        return str(self)

    def members(self, say: Say) -> dict[str, Any]:
        """Give each fault by itself."""
        del say
        faults = [
            {"in": "body", "name": fault.name, "detail": fault.detail, "code": fault.code}
            for fault in self.faults
        ]
        return {"errors": faults}


class OutsideReachError(ForbiddenError):
    """
    A feature lies beyond the areas of the person who would change it.

    Parameters
    ----------
    beyond
        The part that does, WGS 84.
    """

    def __init__(self, beyond: BaseGeometry) -> None:
        self.beyond = beyond
        super().__init__("Expected a feature within your own areas.")

    def told(self, say: Say) -> str:
        """Tell it to a person."""
        return say("Part of the feature lies outside your own areas.")

    def members(self, say: Say) -> dict[str, Any]:
        """Give the part outside."""
        del say
        (shape,) = geometry_texts(np.array([self.beyond], dtype=object))
        return {"geometry": orjson.loads(shape)}
