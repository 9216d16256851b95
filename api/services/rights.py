"""Who asks, and what they may see and change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from geo.schema import Audience

if TYPE_CHECKING:
    from geo.schema import Column, Layer

STAFF_LAYERS = frozenset({"needs"})
"""Layers whose mere positions tell of a household: for staff alone."""


class Role(StrEnum):
    """What somebody does in the prevention work."""

    ADMIN = "admin"
    COORDINATOR = "coordinator"
    CADRE = "cadre"
    LIAISON = "liaison"
    VIEWER = "viewer"


STAFF = frozenset({Role.ADMIN, Role.COORDINATOR, Role.CADRE})
EDITORS = frozenset({Role.ADMIN, Role.COORDINATOR})


@dataclass(frozen=True, slots=True)
class Person:
    """
    Who asks.

    Parameters
    ----------
    name
        Name of the account; goes into history and audit.
    role
        What they do.
    areas
        Codes of the areas they work in, with all that lies below them; `None` for everywhere.
    may_write
        Whether this sign-in may change anything at all; a reading token may not.

    Examples
    --------
    >>> Person("li", Role.CADRE, frozenset({"c1"})).sees_staff_columns
    True
    >>> Person("li", Role.CADRE, frozenset({"c1"})).may_edit
    False
    """

    name: str
    role: Role
    areas: frozenset[str] | None
    may_write: bool = True

    @property
    def sees_staff_columns(self) -> bool:
        """Whether they see what is for staff."""
        return self.role in STAFF

    @property
    def may_edit(self) -> bool:
        """Whether they may change zones and other features, within their areas."""
        return self.may_write and self.role in EDITORS

    @property
    def view(self) -> tuple[tuple[str, ...] | None, bool]:
        """What decides which data they see; equal views see the same."""
        areas = None if self.areas is None else tuple(sorted(self.areas))
        return areas, self.sees_staff_columns

    def may_see(self, column: Column) -> bool:
        """Whether they see a column."""
        return self.sees_staff_columns or column.audience is Audience.ALL

    def may_read(self, layer: Layer) -> bool:
        """Whether they see a layer at all."""
        return self.sees_staff_columns or layer.name not in STAFF_LAYERS


class ForbiddenError(PermissionError):
    """Somebody asks for what their role or their areas do not allow."""


OPERATOR = Person("operator", Role.ADMIN, None)
"""Whoever has the project file itself in hand: the command line."""
