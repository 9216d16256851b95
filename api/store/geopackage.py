"""
What makes a SQLite file a GeoPackage: its metadata tables and its spatial index.

Everything that is peculiar to SQLite and to the GeoPackage standard (1.4, OGC 12-128r19)
stands here and in `blobs`; another medium would bring a module in place of these two.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import sqlalchemy as sa

from api.store.blobs import SRS_ID, edge_of, edges_of, is_empty
from api.store.geometry import SPATIAL_COLUMN, STORED_TYPES, rtree_of
from api.store.tables import TABLES, metadata
from geo.layers import LAYERS

if TYPE_CHECKING:
    import sqlite3

    from numpy.typing import NDArray

    from geo.schema import Layer

APPLICATION_ID = int.from_bytes(b"GPKG")
USER_VERSION = 10400
RTREE_EXTENSION = "gpkg_rtree_index"
RTREE_DEFINITION = "http://www.geopackage.org/spec120/#extension_rtree"
EDGES = ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")

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

_CREATE_INDEX = 'CREATE VIRTUAL TABLE "%(rtree)s" USING rtree(id, minx, maxx, miny, maxy)'

# The triggers of the standard's R-tree extension; `geom` and `fid` are the same in every layer.
_NEW_IS_SHAPE = "(NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))"
_NEW_IS_NOTHING = "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))"
_OLD_IS_SHAPE = "(OLD.geom NOTNULL AND NOT ST_IsEmpty(OLD.geom))"
_OLD_IS_NOTHING = "(OLD.geom ISNULL OR ST_IsEmpty(OLD.geom))"
_PUT = (
    'INSERT OR REPLACE INTO "%(rtree)s" VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), '
    "ST_MinY(NEW.geom), ST_MaxY(NEW.geom));"
)
_DROP = 'DELETE FROM "%(rtree)s" WHERE id = OLD.fid;'
_MOVE = (
    'UPDATE "%(rtree)s" SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), '
    "miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom) WHERE id = NEW.fid;"
)
_TRIGGERS = {
    "insert": ("INSERT", _NEW_IS_SHAPE, _PUT),
    "update6": (
        "UPDATE OF geom",
        f"OLD.fid = NEW.fid AND {_NEW_IS_SHAPE} AND {_OLD_IS_SHAPE}",
        _MOVE,
    ),
    "update7": (
        "UPDATE OF geom",
        f"OLD.fid = NEW.fid AND {_NEW_IS_SHAPE} AND {_OLD_IS_NOTHING}",
        _PUT,
    ),
    "update2": ("UPDATE OF geom", f"OLD.fid = NEW.fid AND {_NEW_IS_NOTHING}", _DROP),
    "update5": ("UPDATE", f"OLD.fid != NEW.fid AND {_NEW_IS_SHAPE}", f"{_DROP} {_PUT}"),
    "update4": ("UPDATE", f"OLD.fid != NEW.fid AND {_NEW_IS_NOTHING}", _DROP),
    "delete": ("DELETE", "OLD.geom NOTNULL", _DROP),
}
SPATIAL_TABLES = tuple(name for name, layer in LAYERS.items() if layer.geometry is not None)

_contents = sa.table(
    "gpkg_contents",
    *map(sa.column, ("table_name", "data_type", "identifier", "last_change", "srs_id")),
    *map(sa.column, ("min_x", "min_y", "max_x", "max_y")),
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
_schema = sa.table("sqlite_master", sa.column("type"), sa.column("name"))


def register_functions(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that the triggers of the spatial index call."""
    connection.create_function("ST_IsEmpty", 1, is_empty, deterministic=True)
    for position, name in enumerate(EDGES):
        edge = partial(edge_of, position=position)
        connection.create_function(name, 1, edge, deterministic=True)


def create_schema(connection: sa.Connection) -> None:
    """Make an empty GeoPackage with a table for every layer, all indexed and registered."""
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {USER_VERSION}")
    for statement in _METADATA:
        connection.exec_driver_sql(statement)
    connection.execute(sa.insert(_srs), _reference_systems())
    metadata.create_all(connection)
    for layer in LAYERS.values():
        _register(connection, layer)
    for name in SPATIAL_TABLES:
        _run(connection, _CREATE_INDEX, name)
        create_triggers(connection, name)


def create_triggers(connection: sa.Connection, name: str) -> None:
    """Let the spatial index of a layer follow every change of its table."""
    for trigger, (event, condition, action) in _TRIGGERS.items():
        statement = (
            f'CREATE TRIGGER "%(rtree)s_{trigger}" AFTER {event} ON "%(table)s" '
            f"WHEN {condition} BEGIN {action} END"
        )
        _run(connection, statement, name)


def drop_triggers(connection: sa.Connection, name: str) -> None:
    """Leave the spatial index of a layer as it is until `fill_index`."""
    for trigger in _TRIGGERS:
        _run(connection, f'DROP TRIGGER IF EXISTS "%(rtree)s_{trigger}"', name)


def fill_index(connection: sa.Connection, name: str) -> None:
    """Make the spatial index of a layer anew."""
    rtree = rtree_of(TABLES[name])
    connection.execute(sa.delete(rtree))
    fids, edges = _read_edges(connection, name)
    if fids:
        insert = sa.insert(rtree).compile(connection)
        rows = list(zip(fids, *edges.T.tolist(), strict=True))
        connection.exec_driver_sql(str(insert), rows)


def unindexed_tables(connection: sa.Connection) -> list[str]:
    """
    Name the layers whose spatial index or its triggers are gone.

    Other programs drop them with the index, or when they rebuild a table.
    """
    names = set(connection.execute(sa.select(_schema.c.name)).scalars())
    return [name for name in SPATIAL_TABLES if not _index_names(name) <= names]


def restore_index(connection: sa.Connection, name: str) -> None:
    """Bring back the spatial index of a layer and its triggers."""
    drop_triggers(connection, name)
    _run(connection, 'DROP TABLE IF EXISTS "%(rtree)s"', name)
    _run(
        connection, 'CREATE VIRTUAL TABLE "%(rtree)s" USING rtree(id, minx, maxx, miny, maxy)', name
    )
    fill_index(connection, name)
    create_triggers(connection, name)


def update_contents(connection: sa.Connection, name: str) -> None:
    """Tell in the table of contents how far a layer extends, and that it has changed."""
    change = sa.update(_contents).where(_contents.c.table_name == name)
    now = sa.func.strftime("%Y-%m-%dT%H:%M:%fZ", "now")
    connection.execute(change.values(last_change=now, **_extent(connection, name)))


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


def _run(connection: sa.Connection, statement: str, name: str) -> None:
    names = {"table": name, "rtree": rtree_of(TABLES[name]).name}
    connection.exec_driver_sql(statement % names)


def _index_names(name: str) -> set[str]:
    rtree = rtree_of(TABLES[name]).name
    return {rtree, *(f"{rtree}_{trigger}" for trigger in _TRIGGERS)}


def _read_edges(connection: sa.Connection, name: str) -> tuple[list[int], NDArray[np.float64]]:
    """Give the rows that have a shape, and how far each extends."""
    table = TABLES[name]
    shapes = sa.select(table.c.fid, sa.type_coerce(table.c.geom, sa.types.NULLTYPE))
    rows = connection.execute(shapes.where(table.c.geom.is_not(None))).all()
    edges = edges_of([blob for _, blob in rows])
    is_shape = ~np.isnan(edges[:, 0])
    fids = [fid for (fid, _), is_kept in zip(rows, is_shape.tolist(), strict=True) if is_kept]
    return fids, edges[is_shape]


def _extent(connection: sa.Connection, name: str) -> dict[str, float | None]:
    if name not in SPATIAL_TABLES:
        return {}
    fids, edges = _read_edges(connection, name)
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
