"""
The spatial index of a GeoPackage: R-trees, kept by triggers as its standard writes them.

The triggers call functions that stock SQLite lacks; every connection is given them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import sqlalchemy as sa

from api.store.blobs import edge_of, edges_of, is_empty
from api.store.geometry import rtree_of
from api.store.tables import TABLES
from geo.layers import LAYERS

if TYPE_CHECKING:
    import sqlite3

    from numpy.typing import NDArray

EDGES = ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")
SPATIAL_TABLES = tuple(name for name, layer in LAYERS.items() if layer.geometry is not None)

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

_schema = sa.table("sqlite_master", sa.column("type"), sa.column("name"))


def register_functions(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that the triggers of the spatial index call."""
    connection.create_function("ST_IsEmpty", 1, is_empty, deterministic=True)
    for position, name in enumerate(EDGES):
        edge = partial(edge_of, position=position)
        connection.create_function(name, 1, edge, deterministic=True)


def create_index(connection: sa.Connection, name: str) -> None:
    """Give a layer that holds nothing yet its spatial index."""
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
    fids, edges = read_edges(connection, name)
    if fids:
        insert = sa.insert(rtree).compile(connection)
        rows = list(zip(fids, *edges.T.tolist(), strict=True))
        connection.exec_driver_sql(str(insert), rows)


def read_edges(connection: sa.Connection, name: str) -> tuple[list[int], NDArray[np.float64]]:
    """Give the rows of a layer that have a shape, and west, east, south and north of each."""
    table = TABLES[name]
    shapes = sa.select(table.c.fid, sa.type_coerce(table.c.geom, sa.types.NULLTYPE))
    rows = connection.execute(shapes.where(table.c.geom.is_not(None))).all()
    edges = edges_of([blob for _, blob in rows])
    is_shape = ~np.isnan(edges[:, 0])
    fids = [fid for (fid, _), is_kept in zip(rows, is_shape.tolist(), strict=True) if is_kept]
    return fids, edges[is_shape]


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
    _run(connection, _CREATE_INDEX, name)
    fill_index(connection, name)
    create_triggers(connection, name)


def _run(connection: sa.Connection, statement: str, name: str) -> None:
    names = {"table": name, "rtree": rtree_of(TABLES[name]).name}
    connection.exec_driver_sql(statement % names)


def _index_names(name: str) -> set[str]:
    rtree = rtree_of(TABLES[name]).name
    return {rtree, *(f"{rtree}_{trigger}" for trigger in _TRIGGERS)}
