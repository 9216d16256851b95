"""Collections read by a person, who sees nothing beyond their own areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from api.services.collections.errors import UnknownItemError
from api.services.collections.offers import find_offer, offers
from api.services.collections.search import find_page
from api.services.reach import seen_rows
from api.services.sight import sees
from api.store.edits import UnknownFeatureError
from geo.crs import to_metric

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from api.services.collections.encoding import Piece
    from api.services.collections.index import LayerIndex
    from api.services.collections.indexes import Indexes
    from api.services.collections.offers import Offer
    from api.services.collections.search import ItemsQuery, Page
    from api.services.rights import Person
    from api.services.workspace import Box, Workspace
    from api.store.edits import StoredFeature

PLACE = "__place"
PLACED_BY_BUILDING = "entrances"


@dataclass(frozen=True, slots=True)
class Answer:
    """
    One page of a collection.

    Parameters
    ----------
    texts
        Features as GeoJSON.
    """

    index: LayerIndex
    page: Page
    texts: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Reader:
    """
    Somebody who reads collections.

    Parameters
    ----------
    workspace
        The project.
    indexes
        Of its layers.
    person
        Who reads.
    """

    workspace: Workspace
    indexes: Indexes
    person: Person

    def offers(self) -> dict[str, Offer]:
        """Give every collection there is for them."""
        return offers(self.person, self.workspace.project.metric_crs)

    def offer(self, name: str) -> Offer:
        """Give one collection; `UnknownCollectionError` if there is none for them."""
        return find_offer(self.person, self.workspace.project.metric_crs, name)

    def index(self, offer: Offer) -> LayerIndex:
        """Give the index of a collection in its present state."""
        return self.indexes.get(offer.layer, offer.column_names)

    def answer(self, index: LayerIndex, query: ItemsQuery) -> Answer:
        """Give one page of a collection."""
        page = find_page(index, query, self.seen(index))
        return Answer(index, page, index.texts(page.positions, query.reference))

    def item(self, offer: Offer, key: str) -> StoredFeature:
        """
        Give one feature as it is stored.

        Raises
        ------
        UnknownItemError
            If there is none of that key, or none that they see.
        """
        msg = f"{offer.name} {key}: there is no such feature."
        if "\0" in key:
            raise UnknownItemError(msg)
        try:
            feature = self.workspace.project.feature(offer.name, key)
        except UnknownFeatureError:
            raise UnknownItemError(msg) from None
        if not sees(self.workspace, self.person, feature):
            raise UnknownItemError(msg)
        return feature

    def extent(self, offer: Offer) -> Box | None:
        """Give west, south, east and north of what they see, in degrees; `None` if nothing."""
        index = self.index(offer)
        seen = self.seen(index)
        bounds = index.bounds if seen is None else index.bounds[seen]
        if not len(bounds):
            return None
        west, south = bounds[:, :2].min(axis=0).tolist()
        east, north = bounds[:, 2:].max(axis=0).tolist()
        return west, south, east, north

    def seen(self, index: LayerIndex) -> NDArray[np.bool_] | None:
        """Say of each feature of an index whether they see it; `None` for all."""
        areas = self.person.areas
        if areas is None:
            return None
        name = index.layer.name

        def is_seen(rows: gpd.GeoDataFrame) -> NDArray[np.bool_]:
            placed = rows.assign(**{PLACE: np.arange(len(rows))}).reset_index(drop=True)
            metric = to_metric(placed, self.workspace.project.metric_crs)
            kept = seen_rows(self.workspace, areas, name, metric)
            seen = np.zeros(len(rows), dtype=bool)
            seen[kept[PLACE].to_numpy()] = True
            return seen

        return index.seen((areas, *self._ground(name)), is_seen)

    def view(self, offer: Offer) -> Hashable:
        """Give what decides, besides a collection's own features, what they see of it."""
        ground = () if self.person.areas is None else self._ground(offer.name)
        return self.person.view, ground

    def _ground(self, name: str) -> tuple[str, ...]:
        """Give the states of the layers by which somebody's reach is measured."""
        names = ("areas", "buildings") if name == PLACED_BY_BUILDING else ("areas",)
        return tuple(self.indexes.state(each) for each in names)
