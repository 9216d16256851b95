"""Tagged objects of one file, with their shapes and with what was wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geo.datum import Datum, shift
from geo.io.imported import Note, Treatment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

Tags = dict[str, str]


class Trouble(NamedTuple):
    """What was done with one broken object, and why."""

    treatment: Treatment
    why: str


@dataclass(frozen=True, slots=True)
class Elements:
    """
    Tagged objects with their shapes.

    Parameters
    ----------
    ids
        `node/1`, `way/12` or `relation/3`, each once.
    tags
        One dictionary an object.
    shapes
        Shape (len(ids),), longitude first in degrees; `None` for an object without one,
        which then has a trouble.
    troubles
        By id; those skipped have no shape, those repaired have.
    """

    ids: tuple[str, ...]
    tags: tuple[Tags, ...]
    shapes: NDArray[np.object_]
    troubles: Mapping[str, Trouble] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    def where(self, is_wanted: Callable[[Tags], bool]) -> Elements:
        """Keep the objects whose tags are wanted."""
        return self.take([place for place, tags in enumerate(self.tags) if is_wanted(tags)])

    def take(self, places: Sequence[int]) -> Elements:
        """Keep the objects at these positions, in this order."""
        return replace(
            self,
            ids=tuple(self.ids[place] for place in places),
            tags=tuple(self.tags[place] for place in places),
            shapes=self.shapes[np.asarray(places, dtype=np.int64)],
        )

    def reshaped(
        self, shapes: NDArray[np.object_], troubles: Mapping[int, Trouble] | None = None
    ) -> Elements:
        """
        Give the same objects with other shapes.

        Parameters
        ----------
        shapes
            One an object.
        troubles
            New ones, by position; where an object had one already, the old one stays.
        """
        found = {self.ids[place]: trouble for place, trouble in (troubles or {}).items()}
        return replace(self, shapes=shapes, troubles={**found, **self.troubles})

    def with_shape(self) -> Elements:
        """Keep the objects that have a shape."""
        return self.take(np.flatnonzero(~shapely.is_missing(self.shapes)).tolist())

    def notes(self, layer: str) -> tuple[Note, ...]:
        """Tell the troubles of these objects, as they concern a layer."""
        return tuple(
            Note(layer, each, *self.troubles[each]) for each in self.ids if each in self.troubles
        )


def joined(*parts: Elements) -> Elements:
    """Put several lots of objects one after the other."""
    return Elements(
        ids=tuple(each for part in parts for each in part.ids),
        tags=tuple(tags for part in parts for tags in part.tags),
        shapes=np.concatenate([part.shapes for part in parts]),
        troubles={key: told for part in parts for key, told in part.troubles.items()},
    )


def to_wgs84_positions(parts: Sequence[Elements], datum: Datum) -> tuple[Elements, ...]:
    """
    Shift all shapes to WGS 84 so that equal positions stay equal.

    Every position of all parts is shifted once: what shared a node still shares it to the
    last bit, on which the network is built.
    """
    if datum == Datum.WGS84:
        return tuple(parts)
    shapes = np.concatenate([part.shapes for part in parts])
    positions, places = np.unique(shapely.get_coordinates(shapes), axis=0, return_inverse=True)
    moved = np.column_stack(
        shift(positions[:, 0], positions[:, 1], source=datum, target=Datum.WGS84)
    )
    shifted = shapely.set_coordinates(shapes, moved[places.ravel()])
    ends = np.cumsum([len(part) for part in parts])[:-1]
    pieces = np.split(shifted, ends)
    return tuple(part.reshaped(piece) for part, piece in zip(parts, pieces, strict=True))
