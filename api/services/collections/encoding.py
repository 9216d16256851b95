"""Features as GeoJSON, written once and cut so that another geometry can be put in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import orjson
import shapely

from api.services.collections.packing import Packed, placed
from api.services.collections.reference import CRS84, outward
from geo.io.features import geometry_texts, plain_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from api.services.collections.reference import Reference

AT_ONCE = 5_000
Piece = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Encoded:
    """
    Features as GeoJSON, WGS 84, in one buffer.

    Parameters
    ----------
    texts
        Each feature.
    heads, tails
        How many bytes stand before and after the geometry of each.
    """

    texts: Packed
    heads: NDArray[np.int64]
    tails: NDArray[np.int64]

    @classmethod
    def of(cls, rows: gpd.GeoDataFrame, key: str, columns: Sequence[str]) -> Self:
        """
        Write features.

        Parameters
        ----------
        rows
            WGS 84.
        key
            Column that becomes the `id`.
        columns
            Become the properties.
        """
        heads: list[int] = []
        tails: list[int] = []

        def joined() -> Iterator[bytes]:
            for head, shape, tail in pieces(rows, key, columns):
                heads.append(len(head))
                tails.append(len(tail))
                yield head + shape + tail

        texts = Packed.of(joined())
        return cls(texts, np.array(heads, dtype=np.int64), np.array(tails, dtype=np.int64))

    def take(self, positions: NDArray[np.int64]) -> Sequence[Piece]:
        """Give features as they are kept."""
        return self.texts.take(positions)

    def take_in(
        self, positions: NDArray[np.int64], shapes: NDArray[np.object_], reference: Reference
    ) -> Sequence[Piece]:
        """
        Give features with their geometry in another reference system.

        Parameters
        ----------
        shapes
            Of these features, WGS 84.
        """
        heads, tails = self.heads[positions].tolist(), self.tails[positions].tolist()
        texts = self.texts.take(positions)
        return [
            b"".join((text[:head], shape, text[len(text) - tail :]))
            for text, head, tail, shape in zip(
                texts, heads, tails, shape_texts(shapes, reference), strict=True
            )
        ]

    def replaced(self, position: int, parts: tuple[bytes, bytes, bytes]) -> Self:
        """Give them with another feature in place of one; past the last, with one more."""
        head, shape, tail = parts
        return type(self)(
            self.texts.replaced(position, head + shape + tail),
            placed(self.heads, position, len(head)),
            placed(self.tails, position, len(tail)),
        )

    def without(self, position: int) -> Self:
        """Give them without one; later ones move up."""
        return type(self)(
            self.texts.without(position),
            np.delete(self.heads, position),
            np.delete(self.tails, position),
        )


def pieces(
    rows: gpd.GeoDataFrame, key: str, columns: Sequence[str]
) -> Iterator[tuple[bytes, bytes, bytes]]:
    """
    Write features in three pieces: up to the geometry, the geometry, and what follows.

    Parameters
    ----------
    rows
        WGS 84.
    key
        Column that becomes the `id`.
    columns
        Become the properties; missing values are null.
    """
    for begin in range(0, len(rows), AT_ONCE):
        some = rows.iloc[begin : begin + AT_ONCE]
        values = [[plain_value(value) for value in some[name].tolist()] for name in columns]
        shapes = shape_texts(np.asarray(some.geometry.to_numpy(), dtype=object), CRS84)
        for name, shape, row in zip(some[key], shapes, zip(*values, strict=True), strict=True):
            properties = dict(zip(columns, row, strict=True))
            yield _head(name), shape, b',"properties":' + orjson.dumps(properties) + b"}"


def shape_texts(shapes: NDArray[np.object_], reference: Reference) -> list[bytes]:
    """
    Write shapes as GeoJSON in a reference system.

    Parameters
    ----------
    shapes
        WGS 84, longitude first.
    """
    if reference == CRS84:
        return [text.encode() for text in geometry_texts(shapes)]
    placed_shapes = outward(shapes, reference)
    is_nothing = shapely.is_missing(placed_shapes) | shapely.is_empty(placed_shapes)
    texts = np.asarray(shapely.to_geojson(placed_shapes), dtype=object)
    texts[is_nothing] = "null"
    return [str(text).encode() for text in texts]


def feature_text(
    key: str,
    values: dict[str, Any],
    shape: shapely.geometry.base.BaseGeometry | None,
    reference: Reference = CRS84,
) -> bytes:
    """
    Write one feature.

    Parameters
    ----------
    values
        The properties, as plain Python values.
    shape
        WGS 84.
    """
    (text,) = shape_texts(np.array([shape], dtype=object), reference)
    properties = {name: plain_value(value) for name, value in values.items()}
    return _head(key) + text + b',"properties":' + orjson.dumps(properties) + b"}"


def _head(key: object) -> bytes:
    return b'{"type":"Feature","id":' + orjson.dumps(key) + b',"geometry":'
