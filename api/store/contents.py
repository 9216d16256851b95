"""The tables in which a GeoPackage says what it holds (1.4, OGC 12-128r19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyproj
import shapely
import sqlalchemy as sa

from api.store.blobs import SRS_ID
from api.store.geometry import SPATIAL_COLUMN, STORED_TYPES
from api.store.rtree import SPATIAL_TABLES, read_edges
from geo.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from geo.schema import Layer

APPLICATION_ID = int.from_bytes(b"GPKG")
USER_VERSION = 10400
RTREE_EXTENSION = "gpkg_rtree_index"
RTREE_DEFINITION = "http://www.geopackage.org/spec120/#extension_rtree"

_METADATA = (
    """CREATE TABLE gpkg_spatial_ref_sys (
    srs_name TEXT NOT NULL,
    srs_id INTEGER NOT NULL PRIMARY KEY,
    organization TEXT NOT NULL,
    organization_coordsys_id INTEGER NOT NULL,
    definition TEXT NOT NULL,
    description TEXT)""",
    """CREATE TABLE gpkg_contents (
    table_name TEXT NOT NULL PRIMARY KEY,
    data_type TEXT NOT NULL,
    identifier TEXT UNIQUE,
    description TEXT DEFAULT '',
    last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
    srs_id INTEGER REFERENCES gpkg_spatial_ref_sys (srs_id))""",
    """CREATE TABLE gpkg_geometry_columns (
    table_name TEXT NOT NULL UNIQUE REFERENCES gpkg_contents (table_name),
    column_name TEXT NOT NULL,
    geometry_type_name TEXT NOT NULL,
    srs_id INTEGER NOT NULL REFERENCES gpkg_spatial_ref_sys (srs_id),
    z TINYINT NOT NULL,
    m TINYINT NOT NULL,
    CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name))""",
    """CREATE TABLE gpkg_extensions (
    table_name TEXT,
    column_name TEXT,
    extension_name TEXT NOT NULL,
    definition TEXT NOT NULL,
    scope TEXT NOT NULL,
    CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))""",
)

# Later than the moment before, though two changes may fall into one millisecond.
# What another program wrote there need not be a moment.
_LATER = (
    "max(strftime({form}, 'now'), coalesce(strftime({form}, last_change, '+0.001 seconds'), ''))"
)
_FORM = "'%Y-%m-%dT%H:%M:%fZ'"
_ESCAPED_FORM = _FORM.replace(":", "\\:")

# What is missing is no bound: `min` and `max` of two values with a `NULL` are `NULL`.
_GROW = sa.text(f"""UPDATE gpkg_contents SET
    last_change = {_LATER.format(form=_ESCAPED_FORM)},
    min_x = coalesce(min(min_x, :west), min_x, :west),
    min_y = coalesce(min(min_y, :south), min_y, :south),
    max_x = coalesce(max(max_x, :east), max_x, :east),
    max_y = coalesce(max(max_y, :north), max_y, :north)
    WHERE table_name = :name""")  # noqa: S608 - made of our own words

_contents = sa.table(
    "gpkg_contents",
    *map(sa.column, ("table_name", "data_type", "identifier", "last_change", "srs_id")),
    *map(sa.column, ("min_x", "min_y", "max_x", "max_y")),
)
_LAST_CHANGE = sa.select(_contents.c.last_change).where(
    _contents.c.table_name == sa.bindparam("name")
)
_columns = sa.table(
    "gpkg_geometry_columns",
    *map(sa.column, ("table_name", "column_name", "geometry_type_name", "srs_id", "z", "m")),
)
_extensions = sa.table(
    "gpkg_extensions",
    *map(sa.column, ("table_name", "column_name", "extension_name", "definition", "scope")),
)
_srs = sa.table(
    "gpkg_spatial_ref_sys",
    *map(sa.column, ("srs_name", "srs_id", "organization", "organization_coordsys_id")),
    *map(sa.column, ("definition", "description")),
)


def create_contents(connection: sa.Connection) -> None:
    """Make a file say that it is a GeoPackage, and list every layer in it."""
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {USER_VERSION}")
    for statement in _METADATA:
        connection.exec_driver_sql(statement)
    connection.execute(sa.insert(_srs), _reference_systems())
    for layer in LAYERS.values():
        _register(connection, layer)


def update_contents(connection: sa.Connection, name: str) -> None:
    """Tell in the table of contents how far a layer extends, and that it has changed."""
    change = sa.update(_contents).where(_contents.c.table_name == name)
    later: sa.ColumnClause[str] = sa.literal_column(_LATER.format(form=_FORM))
    connection.execute(change.values(last_change=later, **_extent(connection, name)))


def grow_contents(connection: sa.Connection, name: str, shapes: Sequence[BaseGeometry]) -> None:
    """Tell that a layer has changed, and that it extends as far as these shapes at least."""
    edges: list[float | None] = [None] * 4
    if name in SPATIAL_TABLES and shapes:
        edges = shapely.total_bounds(shapes).tolist()
    west, south, east, north = edges
    bounds = {"west": west, "south": south, "east": east, "north": north}
    connection.execute(_GROW, {"name": name, **bounds})


def read_extent(connection: sa.Connection) -> tuple[float, float, float, float] | None:
    """Give west, south, east and north of all layers in WGS 84 degrees; `None` if empty."""
    lows = (sa.func.min(_contents.c.min_x), sa.func.min(_contents.c.min_y))
    highs = (sa.func.max(_contents.c.max_x), sa.func.max(_contents.c.max_y))
    west, south, east, north = connection.execute(sa.select(*lows, *highs)).one()
    return None if west is None else (west, south, east, north)


def read_changes(connection: sa.Connection) -> list[str]:
    """Give the moments at which each table was last changed, by us or by QGIS."""
    moments = sa.select(_contents.c.last_change).order_by(_contents.c.table_name)
    return list(connection.execute(moments).scalars())


def read_change(connection: sa.Connection, name: str) -> str:
    """Give the moment at which a table was last changed, by us or by QGIS."""
    return str(connection.execute(_LAST_CHANGE, {"name": name}).scalar_one())


def _extent(connection: sa.Connection, name: str) -> dict[str, float | None]:
    if name not in SPATIAL_TABLES:
        return {}
    fids, edges = read_edges(connection, name)
    if not fids:
        return dict.fromkeys(("min_x", "min_y", "max_x", "max_y"))
    west, _, south, _ = edges.min(axis=0).tolist()
    _, east, _, north = edges.max(axis=0).tolist()
    return {"min_x": west, "min_y": south, "max_x": east, "max_y": north}


def _register(connection: sa.Connection, layer: Layer) -> None:
    is_spatial = layer.geometry is not None
    connection.execute(
        sa.insert(_contents).values(
            table_name=layer.name,
            data_type="features" if is_spatial else "attributes",
            identifier=layer.title,
            srs_id=SRS_ID if is_spatial else None,
        )
    )
    if layer.geometry is not None:
        where = {"table_name": layer.name, "column_name": SPATIAL_COLUMN}
        kind = {
            "geometry_type_name": STORED_TYPES[layer.geometry],
            "srs_id": SRS_ID,
            "z": 0,
            "m": 0,
        }
        index = {"extension_name": RTREE_EXTENSION, "definition": RTREE_DEFINITION}
        connection.execute(sa.insert(_columns).values(**where, **kind))
        connection.execute(sa.insert(_extensions).values(**where, **index, scope="write-only"))


def _reference_systems() -> list[dict[str, object]]:
    wgs84 = pyproj.CRS.from_epsg(SRS_ID).to_wkt("WKT1_GDAL")
    rows = (
        ("Undefined Cartesian", -1, "NONE", -1, "undefined", "any plane"),
        ("Undefined geographic", 0, "NONE", 0, "undefined", "any globe"),
        ("WGS 84", SRS_ID, "EPSG", SRS_ID, wgs84, "longitude and latitude in degrees"),
    )
    names = [column.name for column in _srs.c]
    return [dict(zip(names, row, strict=True)) for row in rows]
