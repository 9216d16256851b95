"""What a project can do with single features: change them, and tell what became of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import sqlalchemy as sa

from api.store.audit import latest_entries
from api.store.contracts import checked
from api.store.editing import apply_edits, unknown
from api.store.history import changes_after, last_seq, superseded, versions_of
from api.store.kept import Kept
from api.store.marks import GLUE, LayerState, Marks
from api.store.past import as_of
from api.store.recording import baseline
from api.store.rows import find_row, find_rows
from api.store.writer import Writer
from geo.crs import to_metric
from geo.layers import find_layer

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    import geopandas as gpd

    from api.store.edits import Act, AuditEntry, Edit, StoredFeature, Version
    from api.store.medium import Medium

CHANGES_AT_ONCE = 1_000
ENTRIES_AT_ONCE = 100


class EditableProject(ABC):
    """
    The part of a project that knows single features, their history and the audit.

    Parameters
    ----------
    medium
        Where the project is kept.
    """

    metric_crs: str

    def __init__(self, medium: Medium) -> None:
        self._medium = medium
        self._engine = medium.engine
        self._writer = Writer(medium.engine)
        self._marks = Marks()
        self._kept = Kept(medium.pulse)

    @abstractmethod
    def read_wgs84(self, layer_name: str) -> gpd.GeoDataFrame:
        """Read a layer as it is stored now."""

    def edit(self, edits: Sequence[Edit], act: Act) -> list[StoredFeature | None]:
        """
        Change features, all of them or none; it is on the disk when this returns.

        Columns `version`, `author` and `reason`, where a layer has them, are filled by the
        store: the version grows by one, the rest is the act's.

        Parameters
        ----------
        edits
            In the order in which they are to be applied.
        act
            Who edits, and why.

        Returns
        -------
        features
            One for each edit, as stored; `None` for a deletion.

        Raises
        ------
        StaleFeatureError
            If features are not what the edits expect; with every one of them.
        UnknownFeatureError
            If a feature that is to be changed is not there.
        FeatureExistsError
            If a feature that is to be created is there.
        InvalidLayerError
            If an edit breaks the contract of its layer; with every fault.
        UnknownLayerError
            If no layer has that name.
        ProjectBusyError
            If another program is writing for longer than was to be waited.
        """
        sound = checked(edits)
        if not sound:
            return []
        return self._writer.call(lambda connection: self._apply(connection, sound, act))

    def feature(self, layer_name: str, key: str) -> StoredFeature:
        """
        Read one feature.

        Raises
        ------
        UnknownFeatureError
            If there is none of that key.
        UnknownLayerError
            If no layer has that name.
        """
        layer = find_layer(layer_name)
        with self._engine.begin() as connection:
            row = find_row(connection, layer, key)
        if row is None:
            raise unknown(layer_name, key)
        return row.feature

    def features(self, layer_name: str) -> list[StoredFeature]:
        """
        Read every feature of a layer, in no particular order.

        Raises
        ------
        UnknownLayerError
            If no layer has that name.
        """
        layer = find_layer(layer_name)
        with self._engine.begin() as connection:
            return [row.feature for row in find_rows(connection, layer, sa.true()).values()]

    def versions(self, layer_name: str, key: str) -> list[Version]:
        """
        Give what was ever known of a feature, the oldest first.

        Returns
        -------
        versions
            One, numbered 1, of a feature that was never edited; none if it never was.

        Raises
        ------
        UnknownLayerError
            If no layer has that name.
        """
        layer = find_layer(layer_name)
        with self._engine.begin() as connection:
            kept = versions_of(connection, layer_name, key)
            row = None if kept else find_row(connection, layer, key)
        return kept if row is None else [baseline(row)]

    def changes_since(
        self, seq: int, *, layers: Collection[str] | None = None, limit: int = CHANGES_AT_ONCE
    ) -> list[Version]:
        """
        Give the changes after one, in their order.

        Parameters
        ----------
        seq
            Number of the last change that is known; 0 for none.
        layers
            Only of these.
        limit
            How many at most.
        """
        with self._engine.begin() as connection:
            return changes_after(connection, seq, layers, limit)

    def last_seq(self) -> int:
        """Give the number of the last change; 0 if nothing was ever changed."""
        with self._engine.begin() as connection:
            return last_seq(connection)

    def layer_state(self, layer_name: str) -> str:
        """Give a short text that differs after any change of a layer, from whatever program."""
        return self._kept.get(("layer state", layer_name), lambda: self._read_state(layer_name))

    def state_of(self, layer_names: Collection[str]) -> str:
        """Give a short text that differs after any change of one of these layers."""
        names = tuple(sorted(layer_names))
        return self._kept.get(("state of", names), lambda: self._read_marks(names))

    def _read_marks(self, layer_names: Sequence[str]) -> str:
        with self._engine.begin() as connection:
            marks = [self._medium.read_change(connection, name) for name in layer_names]
        return GLUE.join(marks)

    def edited_keys(self, layer_name: str, since: str, until: str) -> frozenset[str] | None:
        """
        Name the features that were edited between two states of a layer.

        Parameters
        ----------
        since, until
            As `layer_state` gave them.

        Returns
        -------
        keys
            `None` where there are very many, or not only edits of this process can have
            changed the layer meanwhile.
        """
        before, after = LayerState.of(since), LayerState.of(until)
        if not self._marks.lead(layer_name, before.mark, after.mark):
            return None
        versions = self.changes_since(before.seq, layers=[layer_name])
        is_all = len(versions) < CHANGES_AT_ONCE
        return frozenset(version.key for version in versions) if is_all else None

    def as_known_at(self, layer_name: str, at: datetime) -> gpd.GeoDataFrame:
        """
        Read a layer as it was known at a moment, in the metric CRS.

        What was never edited counts as always known; a change by another program counts from
        the version it was made to.

        Parameters
        ----------
        layer_name
            A layer with geometry.
        at
            Aware.

        Returns
        -------
        frame
            As `read` gives it; features that are gone since come last.

        Raises
        ------
        UnknownLayerError
            If no layer has that name.
        """
        layer = find_layer(layer_name)
        # The rows first: what is written in between then stands in the history.
        stored = self.read_wgs84(layer_name)
        with self._engine.begin() as connection:
            versions = superseded(connection, layer_name, at)
        return to_metric(as_of(layer, stored, versions), self.metric_crs)

    def audit(self, limit: int = ENTRIES_AT_ONCE) -> list[AuditEntry]:
        """Tell who did what, the newest first."""
        with self._engine.begin() as connection:
            return latest_entries(connection, limit)

    def _apply(
        self, connection: sa.Connection, edits: Sequence[Edit], act: Act
    ) -> list[StoredFeature | None]:
        """Apply edits, and note from which mark to which they lead the layers."""
        names = sorted({edit.layer for edit in edits})
        before = [self._medium.read_change(connection, name) for name in names]
        features = apply_edits(connection, self._medium, edits, act)
        for name, mark in zip(names, before, strict=True):
            self._marks.note(name, mark, self._medium.read_change(connection, name))
        return features

    def _read_state(self, layer_name: str) -> str:
        with self._engine.begin() as connection:
            mark = self._medium.read_change(connection, layer_name)
            return str(LayerState(mark, last_seq(connection)))
