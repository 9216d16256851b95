"""Which collections there are for a person, and what they may do with each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.services.collections.asking import Ground
from api.services.collections.errors import UnknownCollectionError
from api.services.collections.reference import references
from geo.layers import AREAS, LAYERS, ZONES

if TYPE_CHECKING:
    from api.services.rights import Person
    from geo.schema import Column, Layer

CONDITIONAL = frozenset({ZONES.name})
"""
Collections whose features may be changed only by who says which version they have seen. QGIS
never does, so its changes are let pass elsewhere; the history keeps what they replaced.
"""

STAMPED = frozenset({"version", "author"})
"""Properties that the store fills; a reason may be given, and is kept with the change."""


@dataclass(frozen=True, slots=True)
class Offer:
    """
    A collection as one person has it.

    Parameters
    ----------
    columns
        Those they may see.
    metric_crs
        Of the project.
    is_writable
        Whether they may change its features at all.
    """

    layer: Layer
    columns: tuple[Column, ...]
    metric_crs: str
    is_writable: bool

    @property
    def name(self) -> str:
        """Id of the collection."""
        return self.layer.name

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the properties."""
        return tuple(column.name for column in self.columns)

    @property
    def is_conditional(self) -> bool:
        """Whether a change must say which version it is of."""
        return self.name in CONDITIONAL

    @property
    def ground(self) -> Ground:
        """What may be asked of it."""
        columns = {column.name: column for column in self.columns}
        return Ground(columns, references(self.metric_crs))

    def is_stamped(self, column: Column) -> bool:
        """Whether a property is filled by the store."""
        return column.name in STAMPED and self.name == ZONES.name


def offers(person: Person, metric_crs: str) -> dict[str, Offer]:
    """Give every collection a person may see, in the order of `geo.layers`."""
    return {
        layer.name: _offer(layer, person, metric_crs)
        for layer in LAYERS.values()
        if layer.geometry is not None and person.may_read(layer)
    }


def find_offer(person: Person, metric_crs: str, name: str) -> Offer:
    """
    Give one collection.

    Raises
    ------
    UnknownCollectionError
        If there is none of that name, or none that the person may see.
    """
    layer = LAYERS.get(name)
    if layer is None or layer.geometry is None or not person.may_read(layer):
        msg = f"Expected one of {', '.join(offers(person, metric_crs))}."
        raise UnknownCollectionError(msg)
    return _offer(layer, person, metric_crs)


def _offer(layer: Layer, person: Person, metric_crs: str) -> Offer:
    columns = tuple(column for column in layer.columns if person.may_see(column))
    return Offer(layer, columns, metric_crs, _may_write(layer, person))


def _may_write(layer: Layer, person: Person) -> bool:
    """Areas decide who may do what where: nobody who is bound to some draws them."""
    return person.may_edit and (layer is not AREAS or person.areas is None)
