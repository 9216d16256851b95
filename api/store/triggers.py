"""
What a schema of PostGIS keeps beside the tables: marks of changes, indexes, triggers.

A GeoPackage tells in its table of contents when a layer was changed last; here a table
`layer_state` does, written by a trigger on every layer, whoever changes it.
"""

from __future__ import annotations

import sqlalchemy as sa

from api.store.database import LOCK_CLASS
from api.store.geometry import SPATIAL_COLUMN
from api.store.tables import TABLES

TRIGGER = "note_change"

_LAYER_STATE = """CREATE TABLE layer_state (
    layer text PRIMARY KEY,
    changes bigint NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp())"""

# Before the statement, so that nobody waits for the turn who already holds a row. It runs
# with its owner's rights: whoever may change a layer need not have a right to the marks.
_FUNCTION = """CREATE FUNCTION note_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(%(lock_class)s, relnamespace::integer)
        FROM pg_class WHERE oid = TG_RELID;
    EXECUTE 'UPDATE ' || quote_ident(TG_TABLE_SCHEMA) || '.layer_state '
        'SET changes = changes + 1, changed_at = clock_timestamp() WHERE layer = $1'
        USING TG_TABLE_NAME::text;
    RETURN NULL;
END $$"""

_TRIGGERED = sa.text(
    "SELECT c.relname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid "
    "WHERE t.tgname = :trigger AND t.tgenabled <> 'D' "
    "AND c.relnamespace = CAST(current_schema() AS regnamespace)"
)

_marks = sa.table("layer_state", *map(sa.column, ("layer", "changes", "changed_at")))


def create_layer_state(connection: sa.Connection) -> None:
    """Let every change of a layer leave a mark, and take the project's turn."""
    connection.exec_driver_sql(_LAYER_STATE)
    connection.exec_driver_sql(_FUNCTION % {"lock_class": LOCK_CLASS})
    for name in TABLES:
        connection.execute(sa.insert(_marks).values(layer=name))
        create_trigger(connection, name)


def create_trigger(connection: sa.Connection, name: str) -> None:
    """Make the trigger of a layer, or make it anew."""
    connection.exec_driver_sql(
        f"CREATE OR REPLACE TRIGGER {TRIGGER} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE "
        f'ON "{name}" FOR EACH STATEMENT EXECUTE FUNCTION {TRIGGER}()'
    )


def create_index(connection: sa.Connection, name: str) -> None:
    """Make the spatial index of a layer if there is none."""
    connection.exec_driver_sql(
        f'CREATE INDEX IF NOT EXISTS {index_name(name)} ON "{name}" USING gist ({SPATIAL_COLUMN})'
    )


def index_name(name: str) -> str:
    """Name the spatial index of a layer."""
    return f"{name}_{SPATIAL_COLUMN}_gist"


def create_index_and_trigger(connection: sa.Connection, name: str) -> None:
    """Make what a layer lacks; what is not known to have changed counts as changed."""
    if SPATIAL_COLUMN in TABLES[name].c:
        create_index(connection, name)
    create_trigger(connection, name)
    bump = sa.update(_marks).where(_marks.c.layer == name)
    connection.execute(bump.values(changes=_marks.c.changes + 1))


def lost_layers(connection: sa.Connection) -> list[str]:
    """Name the layers whose spatial index or trigger is gone."""
    indexes = set(
        connection.exec_driver_sql(
            "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
        ).scalars()
    )
    triggered = set(connection.execute(_TRIGGERED, {"trigger": TRIGGER}).scalars())
    return [
        name
        for name, table in TABLES.items()
        if name not in triggered or (SPATIAL_COLUMN in table.c and index_name(name) not in indexes)
    ]


def read_marks(connection: sa.Connection) -> list[str]:
    """Give count and moment of the last change of every layer."""
    rows = connection.execute(sa.select(_marks).order_by(_marks.c.layer))
    return [f"{layer} {changes} {changed_at.isoformat()}" for layer, changes, changed_at in rows]


def read_mark(connection: sa.Connection, name: str) -> str:
    """Give the count of changes of one layer."""
    count = sa.select(_marks.c.changes).where(_marks.c.layer == name)
    return str(connection.execute(count).scalar_one())
