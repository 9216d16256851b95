"""A project: one community's data in one medium, a GeoPackage file or a PostGIS schema."""

from __future__ import annotations

import json
import zlib
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Self

import pandas as pd
import shapely
import sqlalchemy as sa

from api.store.accounts import Accounts
from api.store.connection import BUSY_WAIT_S, for_writing
from api.store.editable import EditableProject
from api.store.frames import column_names, frame_of, table_of
from api.store.geometry import in_bbox
from api.store.history import last_seq
from api.store.imports import act_of_import, note_import, recorded
from api.store.migrations import SCHEMA_VERSION
from api.store.places import place_at
from api.store.recognition import make_ready
from api.store.tables import TABLES
from api.store.values import get_value, put_value
from api.store.writing import Delivery, LayerChanges, write_delivery
from geo.crs import parse_metric_crs, to_metric
from geo.errors import InvalidLayerError
from geo.layers import LAYERS, find_layer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    import geopandas as gpd

    from api.store.edits import Act
    from api.store.medium import BBox, Location, Medium
    from geo.io.imported import Imported
    from geo.schema import Layer


class Project(EditableProject):
    """
    An open project; safe to read from several threads.

    Made by `open`, `create` and `build`. Frames come out in the project's one metric CRS,
    in the order in which their rows first came in.
    """

    def __init__(self, medium: Medium) -> None:
        super().__init__(medium)
        self.accounts = Accounts(medium.engine, self._kept)
        self.name = self._value("name")
        self.metric_crs = self._value("metric_crs")

    @classmethod
    def open(cls, location: Location, *, busy_wait_s: float = BUSY_WAIT_S) -> Self:
        """
        Open a project; one that may not be written is opened for reading.

        What an earlier version of this program made is brought up to date.

        Parameters
        ----------
        location
            The file, or the URL of the database.
        busy_wait_s
            How long to wait while somebody else writes, in seconds.

        Raises
        ------
        ProjectMissingError
            If there is no such project.
        NotAProjectError
            If it is no GeoPackage or schema, or not one of ours.
        NewerProjectError
            If a later version of this program wrote it.
        BrokenProjectError
            If it is damaged, or cannot be reached.
        """
        medium = place_at(location).open(busy_wait_s=busy_wait_s)
        with ExitStack() as after_failure:
            after_failure.callback(medium.close)
            make_ready(medium)
            project = cls(medium)
            after_failure.pop_all()
        return project

    @classmethod
    def create(cls, location: Location, *, metric_crs: str, name: str | None = None) -> Self:
        """
        Make an empty project and open it.

        Parameters
        ----------
        location
            Where no project is yet.
        metric_crs
            The CRS of all frames, projected in metres, such as `EPSG:32650`.
        name
            For people; that of the file or the schema where `None`.

        Raises
        ------
        ProjectExistsError
            If there is one already.
        CrsError
            If the CRS is not projected in metres.
        """
        with cls.build(location, metric_crs=metric_crs, name=name):
            pass
        return cls.open(location)

    @classmethod
    @contextmanager
    def build(
        cls, location: Location, *, metric_crs: str, name: str | None = None
    ) -> Iterator[Self]:
        """
        Fill a new project that takes its place only when all is done.

        It grows beside its place under a hidden name, and is gone again after an error.

        Raises
        ------
        ProjectExistsError
            If there is one already.
        ProjectMissingError
            If there is no folder or database to make it in.
        CrsError
            If the CRS is not projected in metres.
        """
        place = place_at(location)
        values = {
            "schema_version": str(SCHEMA_VERSION),
            "name": place.title if name is None else name,
            "metric_crs": crs_name(metric_crs),
            "revision": "0",
            "attributions": "[]",
        }
        with place.grow() as medium:
            _fill_new(medium, values)
            project = cls(medium)
            try:
                yield project
            finally:
                project._writer.close()

    @property
    def revision(self) -> int:
        """How often something was imported."""
        return int(self._value("revision"))

    @property
    def state(self) -> str:
        """A short text that differs after any change, those made in QGIS included."""
        return self._kept.get("state", self._read_state_of_all)

    def _read_state_of_all(self) -> str:
        with self._engine.begin() as connection:
            changes = "\n".join(self._medium.read_changes(connection))
            seq = last_seq(connection)
        return f"{self.revision}-{seq}-{zlib.crc32(changes.encode()):08x}"

    def attributions(self) -> tuple[str, ...]:
        """Give the sources and licences to show on every map."""
        return tuple(json.loads(self._value("attributions")))

    def extent_wgs84(self) -> BBox | None:
        """West, south, east and north of all there is, in degrees; `None` if empty."""
        with self._engine.begin() as connection:
            return self._medium.read_extent(connection)

    def count(self, layer_name: str) -> int:
        """
        Count the rows of a layer.

        Raises
        ------
        UnknownLayerError
            If no layer has that name.
        """
        table = TABLES[find_layer(layer_name).name]
        counted = sa.select(sa.func.count()).select_from(table)
        with self._engine.begin() as connection:
            return connection.execute(counted).scalar_one()

    def counts(self) -> dict[str, int]:
        """Count the rows of every layer."""
        return {name: self.count(name) for name in LAYERS}

    def read(self, layer_name: str, *, bbox: BBox | None = None) -> gpd.GeoDataFrame:
        """
        Read a layer in the metric CRS.

        Parameters
        ----------
        layer_name
            A layer with geometry.
        bbox
            Only what touches this box.

        Returns
        -------
        frame
            RangeIndex; the declared columns (text `str`, integers `Int64`, booleans
            `boolean`, dates `datetime64` at midnight, moments `datetime64` in UTC) and
            `geometry`.

        Raises
        ------
        UnknownLayerError
            If no layer has that name.
        """
        return to_metric(self.read_wgs84(layer_name, bbox=bbox), self.metric_crs)

    def read_wgs84(self, layer_name: str, *, bbox: BBox | None = None) -> gpd.GeoDataFrame:
        """Read a layer as `read` does, in WGS 84, exactly as stored."""
        layer = find_layer(layer_name)
        geom = TABLES[layer_name].c.geom
        is_wanted = geom.is_not(None) if bbox is None else in_bbox(geom, bbox)
        frame = frame_of(layer, self._rows(layer, is_wanted), codec=self._medium.codec)
        if bbox is None:
            return frame
        return frame[frame.intersects(shapely.box(*bbox))].reset_index(drop=True)

    def read_rows(self, layer_name: str) -> gpd.GeoDataFrame:
        """Read a layer as `read_wgs84` does; the index holds the numbers of its rows, rising."""
        layer, table = find_layer(layer_name), TABLES[layer_name]
        columns = (table.c.fid, *_stored_columns(layer))
        rows = sa.select(*columns).where(table.c.geom.is_not(None)).order_by(table.c.fid)
        with self._engine.begin() as connection:
            read = connection.execute(rows).all()
        frame = frame_of(layer, [row[1:] for row in read], codec=self._medium.codec)
        frame.index = pd.Index([row[0] for row in read], dtype="int64")
        return frame[~frame.geometry.is_empty]

    def read_table(self, layer_name: str) -> pd.DataFrame:
        """
        Read a table without geometry, or a layer without its geometry.

        Raises
        ------
        UnknownLayerError
            If no layer has that name.
        """
        layer = find_layer(layer_name)
        return table_of(layer, self._rows(layer, sa.true()))

    def write(
        self, imported: Sequence[Imported], *, keep_good: bool = False, act: Act | None = None
    ) -> list[LayerChanges]:
        """
        Bring sources into the project, all of them or none.

        Parameters
        ----------
        imported
            In the order in which they are to come in. A layer with geometry that comes as
            a plain table changes rows that are there, whoever brought them.
        keep_good
            Leave out rows that cannot come in, instead of refusing all.
        act
            Who imports, and why; nobody in particular and now where `None`.

        Returns
        -------
        changes
            One item for each source and layer, in order.

        Raises
        ------
        InvalidLayerError
            If a row belongs to another source or changes one that is not there, unless
            `keep_good`.
        ProjectBusyError
            If somebody else is writing for longer than was to be waited.
        """
        act = act or act_of_import()
        with for_writing(self._engine).begin() as connection, recorded(connection, act):
            changes = [
                write_delivery(self._medium, connection, Delivery(one.source, LAYERS[name], rows))
                for one in imported
                for name, rows in one.layers.items()
            ]
            faults = [fault for change in changes for fault in change.faults]
            if faults and not keep_good:
                raise InvalidLayerError(faults)
            note_import(connection, changes, act)
            _note_sources(connection, [one.attribution for one in imported])
        self._medium.settle()
        return changes

    def close(self) -> None:
        """Let go of the file or the database, when what was to be written is."""
        self._writer.close()
        self._medium.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _value(self, key: str) -> str:
        with self._engine.begin() as connection:
            return get_value(connection, key)

    def _rows(self, layer: Layer, is_wanted: sa.ColumnElement[bool]) -> list[Any]:
        table = TABLES[layer.name]
        rows = sa.select(*_stored_columns(layer)).where(is_wanted).order_by(table.c.fid)
        with self._engine.begin() as connection:
            return list(connection.execute(rows).all())


def _stored_columns(layer: Layer) -> list[sa.ColumnElement[Any]]:
    """Name the columns of a layer as they are stored; types are given to whole columns later."""
    table = TABLES[layer.name]
    return [sa.type_coerce(table.c[name], sa.types.NULLTYPE) for name in column_names(layer)]


def crs_name(text: str) -> str:
    """
    Name a metric CRS in the one way in which projects keep it.

    Raises
    ------
    CrsError
        If the text names no CRS, or one that is not projected in metres.

    Examples
    --------
    >>> crs_name("epsg:32650")
    'EPSG:32650'
    """
    crs = parse_metric_crs(text)
    authority = crs.to_authority()
    return ":".join(authority) if authority else crs.to_wkt()


def _fill_new(medium: Medium, values: dict[str, str]) -> None:
    with for_writing(medium.engine).begin() as connection:
        medium.create_schema(connection)
        for key, value in values.items():
            put_value(connection, key, value)


def _note_sources(connection: sa.Connection, attributions: list[str]) -> None:
    known: list[str] = json.loads(get_value(connection, "attributions"))
    told = dict.fromkeys([*known, *filter(None, attributions)])
    put_value(connection, "attributions", json.dumps(list(told), ensure_ascii=False))
    put_value(connection, "revision", str(int(get_value(connection, "revision")) + 1))
