"""
One delivery of rows into one layer: new rows, changed rows, and rows that may not come in.

The rows are staged in a temporary table and compared there, so what has not changed is not
written, and what another source brought is never overwritten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from api.store.frames import rows_of
from api.store.geometry import SPATIAL_COLUMN
from api.store.tables import TABLES
from geo.faults import Fault, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.store.medium import Medium
    from geo.schema import Layer

STAGE = "staged_rows"
PLACE = "place_in_stage"
"""Rows go into their layer in the order in which they came."""
BULK_ROWS = 2_000
BULK_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Delivery:
    """
    Rows of one source for one layer.

    Parameters
    ----------
    source
        Who brings them; told in faults.
    layer
        Where they go.
    rows
        WGS 84, the layer's key and any of its columns. A layer with geometry may be sent rows
        without: they change rows that are there already, whoever brought those.
    """

    source: str
    layer: Layer
    rows: pd.DataFrame

    @property
    def is_update(self) -> bool:
        """Whether only rows that are there already may change."""
        return self.layer.geometry is not None and not isinstance(self.rows, gpd.GeoDataFrame)


@dataclass(frozen=True, slots=True)
class LayerChanges:
    """What became of one delivery; the rows that `faults` name were left out."""

    source: str
    layer: str
    new: int
    updated: int
    unchanged: int
    faults: tuple[Fault, ...] = ()


def write_delivery(medium: Medium, connection: sa.Connection, delivery: Delivery) -> LayerChanges:
    """
    Bring the rows of a delivery into their layer.

    Parameters
    ----------
    medium
        Where the layer is.
    connection
        Inside a writing transaction.
    delivery
        May be empty.

    Returns
    -------
    changes
        Counts, and a fault for each row left out: its key or its unique columns belong to
        another source, or there is nothing it could change.
    """
    good, faults = _sound_rows(delivery)
    layer = delivery.layer
    names, rows = rows_of(layer, _with_flags(layer, good), codec=medium.codec)
    stage = _create_stage(connection, layer, names)
    if rows:
        medium.fill_stage(connection, stage, names, rows)
    merge = _Merge(medium, connection, delivery, stage)
    faults += merge.turn_away()
    new, updated, unchanged = merge.bring_in()
    stage.drop(connection)
    return LayerChanges(delivery.source, layer.name, new, updated, unchanged, tuple(faults))


@dataclass(frozen=True, slots=True)
class _Merge:
    """Staged rows on their way into a table."""

    medium: Medium
    connection: sa.Connection
    delivery: Delivery
    stage: sa.Table

    @property
    def table(self) -> sa.Table:
        """The layer's table."""
        return TABLES[self.delivery.layer.name]

    def turn_away(self) -> list[Fault]:
        """Take out of the stage what may not come in."""
        if self.delivery.is_update:
            return self._drop_unknown()
        faults = self._drop_foreign([self.key], "an id that no other source brings")
        unique = self._unique
        if unique:
            expected = f"{' and '.join(unique)} that no other source brings"
            faults += self._drop_foreign(unique, expected)
        return faults

    def bring_in(self) -> tuple[int, int, int]:
        """Write what is new or has changed; count new, updated and unchanged rows."""
        is_bulk = self._is_bulk()
        if is_bulk:
            self.medium.begin_bulk(self.connection, self.table.name)
        renamed = self._drop_renamed()
        updated = self._update()
        new = 0 if self.delivery.is_update else self._insert()
        if is_bulk:
            self.medium.end_bulk(self.connection, self.table.name)
        if new or updated:
            self.medium.note_change(self.connection, self.table.name)
        all_rows = self._count(sa.select(self.stage))
        return new - renamed, updated + renamed, all_rows - new - updated

    @property
    def key(self) -> str:
        """Name of the column that tells rows apart."""
        return self.delivery.layer.key

    def _same(self, *names: str) -> sa.ColumnElement[bool]:
        return sa.and_(*(self.table.c[name] == self.stage.c[name] for name in names))

    def _drop_unknown(self) -> list[Fault]:
        is_known = sa.exists().where(self._same(self.key))
        unknown = self.connection.execute(sa.select(self.stage.c[self.key]).where(~is_known))
        faults = [
            Fault(self.delivery.source, key, self.key, "an id that is in the project", key)
            for key in unknown.scalars()
        ]
        self.connection.execute(sa.delete(self.stage).where(~is_known))
        return faults

    def _drop_foreign(self, names: list[str], expected: str) -> list[Fault]:
        is_foreign = sa.and_(self._same(*names), self.table.c.source != self.delivery.source)
        key = self.stage.c[self.key]
        foreign = self.connection.execute(
            sa.select(key, self.table.c.source).where(is_foreign).order_by(key)
        ).all()
        self.connection.execute(sa.delete(self.stage).where(sa.exists().where(is_foreign)))
        column = ", ".join(names)
        return [
            Fault(self.delivery.source, place, column, expected, f"one from source {owner!r}")
            for place, owner in foreign
        ]

    def _drop_renamed(self) -> int:
        """Remove rows that come again under another key; count those that are then new."""
        unique = self._unique
        if not unique:
            return 0
        is_renamed = sa.and_(self._same(*unique), self.table.c[self.key] != self.stage.c[self.key])
        key = self.stage.c[self.key]
        renamed = (
            self.connection.execute(sa.select(key).where(sa.exists().where(is_renamed)))
            .scalars()
            .all()
        )
        self.connection.execute(sa.delete(self.table).where(sa.exists().where(is_renamed)))
        is_stored = sa.exists().where(self._same(self.key))
        fresh = self.connection.execute(sa.select(key).where(~is_stored)).scalars()
        return len(set(renamed) & set(fresh))

    def _update(self) -> int:
        merged = {name: self._merged(name) for name in self._names if name != self.key}
        if not merged:
            return 0
        is_changed = sa.or_(
            *(self.table.c[name].is_distinct_from(value) for name, value in merged.items())
        )
        change = sa.update(self.table).values(merged).where(self._same(self.key), is_changed)
        return self.connection.execute(change).rowcount

    def _insert(self) -> int:
        is_stored = sa.exists().where(self._same(self.key)).correlate(self.stage)
        columns = [self.stage.c[name] for name in self._names]
        fresh = sa.select(*columns, sa.literal(self.delivery.source)).where(~is_stored)
        fresh = fresh.order_by(self.stage.c[PLACE])
        insert = sa.insert(self.table).from_select([*self._names, "source"], fresh)
        counted = insert.execution_options(preserve_rowcount=True)
        return self.connection.execute(counted).rowcount

    @property
    def _unique(self) -> list[str]:
        names = list(self.delivery.layer.unique)
        return names if set(names) <= set(self._names) else []

    @property
    def _names(self) -> list[str]:
        return [column.name for column in self.stage.c if column.name != PLACE]

    def _merged(self, name: str) -> sa.ColumnElement[Any]:
        """
        Give the value a column is to have.

        An estimate never replaces what is known, and an empty cell of a table that changes
        rows changes nothing.
        """
        base, flag = _estimated_pairs(self.delivery.layer).get(name, (name, None))
        if self.delivery.is_update:
            is_silent = self.stage.c[base].is_(None)
            return sa.case((is_silent, self.table.c[name]), else_=self.stage.c[name])
        if flag is None or flag not in self.stage.c:
            return self.stage.c[name]
        is_known = sa.and_(
            self.table.c[base].is_not(None), self.table.c[flag].is_distinct_from(sa.true())
        )
        is_kept = sa.and_(self.stage.c[flag].is_(sa.true()), is_known)
        return sa.case((is_kept, self.table.c[name]), else_=self.stage.c[name])

    def _is_bulk(self) -> bool:
        if SPATIAL_COLUMN not in self.stage.c:
            return False
        shape = self.table.c[SPATIAL_COLUMN]
        is_same = sa.and_(self._same(self.key), shape.is_not_distinct_from(self.stage.c.geom))
        moved = self._count(sa.select(self.stage).where(~sa.exists().where(is_same)))
        stored = self._count(sa.select(self.table))
        return moved >= BULK_ROWS and moved >= BULK_SHARE * stored

    def _count(self, rows: sa.Select[Any]) -> int:
        counted = sa.select(sa.func.count()).select_from(rows.subquery())
        return self.connection.execute(counted).scalar_one()


def _sound_rows(delivery: Delivery) -> tuple[pd.DataFrame, list[Fault]]:
    """Part the rows a layer can hold from those it cannot."""
    rows, layer = delivery.rows.reset_index(drop=True), delivery.layer
    is_good, faults = pd.Series(data=True, index=rows.index), []
    for column, expected, is_bad in _demands(delivery, rows):
        is_good &= ~is_bad
        faults += [
            Fault(delivery.source, shown(key), column, expected, "nothing or the same again")
            for key in rows.loc[is_bad, layer.key]
        ]
    return rows[is_good], faults


def _demands(delivery: Delivery, rows: pd.DataFrame) -> Iterator[tuple[str, str, pd.Series[bool]]]:
    layer = delivery.layer
    yield layer.key, "an id that occurs once", rows.duplicated(layer.key)
    if set(layer.unique) <= set(rows.columns) and layer.unique:
        unique = list(layer.unique)
        yield ", ".join(unique), "a pair that occurs once", rows.duplicated(unique)
    for column in layer.columns:
        if column.is_required and (not delivery.is_update or column.name in rows):
            yield column.name, "a value", rows.reindex(columns=[column.name])[column.name].isna()


def _with_flags(layer: Layer, rows: pd.DataFrame) -> pd.DataFrame:
    """Say of values that come without a word about it that they are no estimates."""
    silent = {
        column.name: rows[column.estimate_of].notna() & False
        for column in layer.columns
        if column.estimate_of in rows.columns and column.name not in rows.columns
    }
    return rows.assign(**silent)


def _estimated_pairs(layer: Layer) -> dict[str, tuple[str, str | None]]:
    """Give value column and flag for each column that may hold an estimate, and its flag."""
    pairs: list[tuple[str, str | None]] = [
        (column.estimate_of, column.name) for column in layer.columns if column.estimate_of
    ]
    return {name: pair for pair in pairs for name in pair if name is not None}


def _create_stage(connection: sa.Connection, layer: Layer, names: list[str]) -> sa.Table:
    types = {column.name: column.type for column in TABLES[layer.name].c}
    place = sa.Column(PLACE, sa.Integer, primary_key=True)
    columns = (sa.Column(name, types[name], unique=name == layer.key) for name in names)
    stage = sa.Table(STAGE, sa.MetaData(), place, *columns, prefixes=["TEMPORARY"])
    if layer.unique and set(layer.unique) <= set(names):
        sa.Index(f"{STAGE}_unique", *(stage.c[name] for name in layer.unique))
    stage.create(connection)
    return stage
