"""The project's layers, as somebody may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from api.services.features import features_of
from api.services.reach import seen_rows
from geo.errors import UnknownLayerError
from geo.io.features import collection_bytes
from geo.layers import LAYERS, find_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from api.services.reach import Areas
    from api.services.rights import Person
    from api.services.workspace import Box, Workspace
    from geo.schema import Column, Geometry, Layer

PAGE_LIMIT = 1_000
MAX_PAGE_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What a column of a layer holds."""

    name: str
    title: str
    kind: str
    is_required: bool
    allowed: tuple[str, ...]
    minimum: float | None
    maximum: float | None


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """What a layer is, and how many features the project has of it."""

    name: str
    title: str
    geometry: Geometry
    key: str
    count: int
    columns: tuple[ColumnFacts, ...]


@dataclass(frozen=True, slots=True)
class LayerQuery:
    """
    Which features of a layer are asked for.

    Parameters
    ----------
    bbox
        Those that touch this box, WGS 84 degrees.
    limit
        At most so many, 1 to `MAX_PAGE_LIMIT`.
    offset
        Leave out so many first.
    """

    layer: str
    bbox: Box | None = None
    limit: int = PAGE_LIMIT
    offset: int = 0


@dataclass(frozen=True, slots=True)
class LayerPage:
    """
    Some features of a layer.

    Parameters
    ----------
    rows
        Those on the page, metric CRS.
    columns
        Names of those that whoever asks may see.
    matched
        How many there are on all pages.
    """

    layer: Layer
    rows: gpd.GeoDataFrame
    columns: tuple[str, ...]
    matched: int

    def as_geojson(self, links: Sequence[dict[str, str]]) -> bytes:
        """Write the page as a GeoJSON feature collection in the words of OGC API – Features."""
        features = features_of(self.rows, self.columns, key=self.layer.key)
        members = {
            "numberMatched": self.matched,
            "numberReturned": len(features),
            "links": list(links),
        }
        return collection_bytes(features, members)


def list_layers(workspace: Workspace, person: Person) -> list[LayerFacts]:
    """
    List the layers somebody may see, empty ones too, in the order of `geo.layers`.

    Counted are the features in their reach.
    """
    return [
        LayerFacts(
            name=layer.name,
            title=layer.title,
            geometry=layer.geometry,
            key=layer.key,
            count=_count(workspace, layer, person.areas),
            columns=tuple(map(_facts, visible_columns(layer, person))),
        )
        for layer in LAYERS.values()
        if layer.geometry is not None and person.may_read(layer)
    ]


def read_layer_page(workspace: Workspace, query: LayerQuery, person: Person) -> LayerPage:
    """
    Read one page of what somebody sees of a layer.

    Raises
    ------
    UnknownLayerError
        If no layer of that name has a geometry, or the person may not see it.
    """
    layer = find_layer(query.layer)
    if layer.geometry is None:
        msg = f"Expected a layer with a geometry, got the table {layer.name!r}."
        raise UnknownLayerError(msg)
    if not person.may_read(layer):
        msg = f"Expected a layer for a {person.role.value}, got {layer.name!r}."
        raise UnknownLayerError(msg)
    rows = _seen(workspace, layer, query.bbox, person.areas)
    page = rows.iloc[query.offset : query.offset + query.limit]
    names = tuple(column.name for column in visible_columns(layer, person))
    return LayerPage(layer, page, names, matched=len(rows))


def visible_columns(layer: Layer, person: Person) -> tuple[Column, ...]:
    """Give the columns that somebody may see."""
    return tuple(column for column in layer.columns if person.may_see(column))


def without_hidden(layer: Layer, rows: gpd.GeoDataFrame, person: Person) -> gpd.GeoDataFrame:
    """
    Take the values out of a layer that somebody may not see.

    Returns
    -------
    rows
        On the same index; hidden columns are there, and every value in them is missing.
    """
    hidden = [column.name for column in layer.columns if not person.may_see(column)]
    nothing = np.zeros(len(rows), dtype=bool)
    return rows.assign(**{name: rows[name].where(nothing) for name in hidden if name in rows})


def _seen(workspace: Workspace, layer: Layer, bbox: Box | None, areas: Areas) -> gpd.GeoDataFrame:
    return workspace.once(
        "layer",
        (layer.name, bbox, areas),
        lambda: seen_rows(
            workspace, areas, layer.name, workspace.project.read(layer.name, bbox=bbox)
        ),
    )


def _count(workspace: Workspace, layer: Layer, areas: Areas) -> int:
    if areas is None:
        return workspace.project.count(layer.name)
    return workspace.once(
        "seen count", (layer.name, areas), lambda: len(_seen(workspace, layer, None, areas))
    )


def _facts(column: Column) -> ColumnFacts:
    return ColumnFacts(
        name=column.name,
        title=column.title,
        kind=column.kind.value,
        is_required=column.is_required,
        allowed=column.allowed,
        minimum=column.minimum,
        maximum=column.maximum,
    )
