"""The project's layers, as everybody may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.services.features import features_of
from geo.errors import UnknownLayerError
from geo.io.features import collection_bytes
from geo.layers import LAYERS, find_layer
from geo.schema import Audience, Geometry

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from api.services.workspace import Box, Workspace
    from geo.schema import Column, Layer

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
        Those on the page, metric CRS, with the columns everybody may see.
    matched
        How many there are on all pages.
    """

    layer: Layer
    rows: gpd.GeoDataFrame
    matched: int

    def as_geojson(self, links: Sequence[dict[str, str]]) -> bytes:
        """Write the page as a GeoJSON feature collection in the words of OGC API – Features."""
        features = features_of(self.rows, _names(visible_columns(self.layer)), key=self.layer.key)
        members = {
            "numberMatched": self.matched,
            "numberReturned": len(features),
            "links": list(links),
        }
        return collection_bytes(features, members)


def list_layers(workspace: Workspace) -> list[LayerFacts]:
    """List the layers that have a geometry, empty ones too, in the order of `geo.layers`."""
    return [
        LayerFacts(
            name=layer.name,
            title=layer.title,
            geometry=layer.geometry,
            key=layer.key,
            count=workspace.project.count(layer.name),
            columns=tuple(map(_facts, visible_columns(layer))),
        )
        for layer in LAYERS.values()
        if layer.geometry is not None
    ]


def read_layer_page(workspace: Workspace, query: LayerQuery) -> LayerPage:
    """
    Read one page of a layer.

    Raises
    ------
    UnknownLayerError
        If no layer of that name has a geometry.
    """
    layer = find_layer(query.layer)
    if layer.geometry is None:
        msg = f"Expected a layer with a geometry, got the table {layer.name!r}."
        raise UnknownLayerError(msg)
    rows = workspace.once(
        "layer",
        (layer.name, query.bbox),
        lambda: workspace.project.read(layer.name, bbox=query.bbox),
    )
    page = rows.iloc[query.offset : query.offset + query.limit]
    return LayerPage(layer, page[_seen(layer, page)], matched=len(rows))


def visible_columns(layer: Layer) -> tuple[Column, ...]:
    """Give the columns that anybody may see; there is no sign-in yet."""
    return tuple(column for column in layer.columns if column.audience is Audience.ALL)


def _seen(layer: Layer, rows: gpd.GeoDataFrame) -> list[str]:
    names = [name for name in _names(visible_columns(layer)) if name in rows]
    return [*names, "geometry"]


def _names(columns: Sequence[Column]) -> list[str]:
    return [column.name for column in columns]


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
