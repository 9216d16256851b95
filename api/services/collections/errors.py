"""
What can be wrong with a question to a collection, or with what is to be written to it.

::

    UnknownCollectionError (LookupError)    there is none, or not for this person
    ParameterError (ValueError)             a parameter of the address, or a header
    BodyError (ValueError)                  a body that cannot be read
    ContentError (ValueError)               a body that can be read, but not stored
    WrongMediaTypeError (ValueError)        a body of a kind that is not taken
    NoSuchFormError (ValueError)            no form that the client takes
    ConditionMissingError (RuntimeError)    a change that must say which version it is of
    OutsideReachError (ForbiddenError)      a place beyond the person's areas
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.services.rights import ForbiddenError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry


class UnknownCollectionError(LookupError):
    """No collection has that name, or none that the person may see."""


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


class BodyError(ValueError):
    """A body cannot be read at all."""


class WrongMediaTypeError(ValueError):
    """A body is of a kind that is not taken here."""


class NoSuchFormError(ValueError):
    """Nothing that a client takes can be given."""


class ConditionMissingError(RuntimeError):
    """A change must say which version of the feature it is of."""


@dataclass(frozen=True, slots=True)
class ContentFault:
    """
    One thing in a body that cannot be stored.

    Parameters
    ----------
    name
        Property, `geometry` or `id`.
    detail
        What was expected and what came.
    code
        Short name of the fault; empty where there is none.
    place
        Where it lies, WGS 84, if it has a place.
    """

    name: str
    detail: str
    code: str = ""
    place: BaseGeometry | None = None


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


class OutsideReachError(ForbiddenError):
    """
    A feature lies beyond the areas of the person who would change it.

    Parameters
    ----------
    beyond
        The part that does, WGS 84; `None` where it must not be told.
    """

    def __init__(self, beyond: BaseGeometry | None) -> None:
        self.beyond = beyond
        super().__init__("Expected a feature within your own areas.")
