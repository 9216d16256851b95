"""
Geometry as a column type, and the test of bounding boxes that uses the spatial index.

Layers of lines and polygons are stored as Multi types, as QGIS and GDAL prefer it, so one
type holds single and several parts. Reading takes a single part out of its Multi again: a
polygon comes back as a polygon, whatever it was wrapped in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import shapely
import sqlalchemy as sa
from shapely import GeometryType
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal

from api.store import blobs, ewkb
from api.store.blobs import SRS_ID
from geo.schema import Geometry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.sql.compiler import SQLCompiler

SPATIAL_COLUMN = "geom"
STORED_TYPES = {
    Geometry.POINT: "POINT",
    Geometry.LINE: "MULTILINESTRING",
    Geometry.POLYGON: "MULTIPOLYGON",
}


class Codec(Protocol):
    """How geometries are written for a medium, and read again; a module may be one."""

    def encode_geometries(self, geometries: NDArray[np.object_], /) -> Sequence[bytes | str | None]:
        """Write geometries in WGS 84; missing and empty ones become `None`."""

    def decode_geometries(self, stored: Sequence[Any], /) -> NDArray[np.object_]:
        """Read geometries; `None` stays missing."""


CODECS: dict[str, Codec] = {"sqlite": blobs, "postgresql": ewkb}
"""By the name of SQLAlchemy's dialect."""


class Geom(sa.types.UserDefinedType["BaseGeometry"]):
    """
    A geometry in WGS 84: shapely in, shapely out, what the medium keeps in between.

    Parameters
    ----------
    stored_type
        Name of the type as the GeoPackage declares it, such as `MULTIPOLYGON`.
    """

    cache_ok = True

    def __init__(self, stored_type: str) -> None:
        self.stored_type = stored_type

    def get_col_spec(self, **_: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own signature
        """Name the type in `CREATE TABLE`."""
        return self.stored_type

    def bind_processor(
        self, dialect: sa.Dialect
    ) -> Callable[[BaseGeometry | None], bytes | str | None]:
        """Write one geometry."""
        encode = CODECS[dialect.name].encode_geometries
        return lambda geometry: encode(promoted(_array_of(geometry)))[0]

    def result_processor(
        self, dialect: sa.Dialect, coltype: object
    ) -> Callable[[bytes | str | None], BaseGeometry | None]:
        """Read one geometry."""
        del coltype
        decode = CODECS[dialect.name].decode_geometries

        def read(stored: bytes | str | None) -> BaseGeometry | None:
            shape: BaseGeometry | None = unwrapped(decode([stored]))[0]
            return shape

        return read


@compiles(Geom, "postgresql")
def _postgis_type(geom: Geom, _: SQLCompiler, **__: Any) -> str:  # noqa: ANN401 - SQLAlchemy's
    return f"geometry({geom.stored_type}, {SRS_ID})"


class in_bbox(sa.ColumnElement[bool]):  # noqa: N801 - read as a function of SQL
    """
    Whether the bounding box of a geometry touches a box, answered by the spatial index.

    Parameters
    ----------
    column
        A column of type `Geom`.
    bbox
        West, south, east, north in WGS 84 degrees.
    """

    inherit_cache = True
    type = sa.Boolean()
    # Without this SQLite is asked `(fid IN …) = 1` and reads the whole table.
    _is_implicitly_boolean = True
    _traverse_internals = [  # noqa: RUF012 - SQLAlchemy's own protocol
        ("column", InternalTraversal.dp_clauseelement),
        ("edges", InternalTraversal.dp_clauseelement_list),
    ]

    def __init__(self, column: sa.Column[Any], bbox: Sequence[float]) -> None:
        self.column = column
        self.edges = [sa.literal(float(edge)) for edge in bbox]


@compiles(in_bbox, "sqlite")
def _in_rtree(element: in_bbox, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401 - SQLAlchemy's
    west, south, east, north = element.edges
    rtree = rtree_of(element.column.table)
    fids = sa.select(rtree.c.id).where(
        rtree.c.maxx >= west, rtree.c.minx <= east, rtree.c.maxy >= south, rtree.c.miny <= north
    )
    return compiler.process(element.column.table.c.fid.in_(fids), **kw)


@compiles(in_bbox, "postgresql")
def _in_gist(element: in_bbox, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401 - SQLAlchemy's
    box = sa.func.ST_MakeEnvelope(*element.edges, sa.literal_column(str(SRS_ID)))
    return compiler.process(element.column.op("&&")(box), **kw)


def rtree_of(table: sa.FromClause) -> sa.TableClause:
    """Give the spatial index of a layer's table, as the GeoPackage standard names it."""
    edges = ("minx", "maxx", "miny", "maxy")
    return sa.table(
        f"rtree_{table.description}_{SPATIAL_COLUMN}",
        sa.column("id", sa.Integer),
        *(sa.column(edge, sa.Float) for edge in edges),
    )


def promoted(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Wrap single lines and polygons in their Multi type; points stay points."""
    kinds = shapely.get_type_id(geometries)
    shapes = geometries.copy()
    for single, wrap in (
        (GeometryType.LINESTRING, shapely.multilinestrings),
        (GeometryType.POLYGON, shapely.multipolygons),
    ):
        at = np.flatnonzero(kinds == single)
        if at.size:
            shapes[at] = wrap(geometries[at], indices=np.arange(at.size))
    return shapes


def unwrapped(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Take single parts out of their Multi type."""
    is_single = shapely.get_num_geometries(geometries) == 1
    shapes = geometries.copy()
    shapes[is_single] = shapely.get_geometry(geometries[is_single], 0)
    return shapes


def _array_of(geometry: BaseGeometry | None) -> NDArray[np.object_]:
    return np.array([geometry], dtype=object)
