"""What a project needs of the medium that keeps it: one class for each medium fulfils it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from contextlib import AbstractContextManager

    import sqlalchemy as sa
    from shapely.geometry.base import BaseGeometry

    from api.store.geometry import Codec

Location = Path | str
"""A file, or the URL of a database, as people name it."""

BBox = tuple[float, float, float, float]
"""West, south, east, north in WGS 84 degrees."""


class Medium(Protocol):
    """An open medium; whatever is peculiar to it stands behind these methods."""

    @property
    def name(self) -> str:
        """How people are told of it; never with a password."""

    @property
    def kind(self) -> str:
        """What kind of thing holds the project, in people's words."""

    @property
    def engine(self) -> sa.Engine:
        """Where transactions begin, those of `for_writing` with the right to write."""

    @property
    def codec(self) -> Codec:
        """How it keeps geometries."""

    def stored_columns(self, connection: sa.Connection) -> set[tuple[str, str]]:
        """Name each table and column there is."""

    def may_change(self, connection: sa.Connection) -> bool:
        """Whether tables may be added."""

    def lend_tables(self, tables: Sequence[sa.Table]) -> None:
        """Let tables that are not there be read as empty ones."""

    def create_schema(self, connection: sa.Connection) -> None:
        """Make every table."""

    def lost_parts(self, connection: sa.Connection) -> list[str]:
        """Name the layers whose index or triggers another program has dropped."""

    def restore_part(self, connection: sa.Connection, name: str) -> None:
        """Bring back the index and the triggers of a layer."""

    def fill_stage(
        self, connection: sa.Connection, stage: sa.Table, names: list[str], rows: list[Any]
    ) -> None:
        """Put many rows into a temporary table at once."""

    def begin_bulk(self, connection: sa.Connection, name: str) -> None:
        """Get ready for a change of a large part of a layer."""

    def end_bulk(self, connection: sa.Connection, name: str) -> None:
        """Be as before `begin_bulk`, the changes taken in."""

    def note_change(self, connection: sa.Connection, name: str) -> None:
        """Tell other programs that a layer has changed, and how far it now extends."""

    def note_edits(
        self, connection: sa.Connection, name: str, shapes: Sequence[BaseGeometry]
    ) -> None:
        """Tell the same of a few features that are there now; the extent may only grow."""

    def read_extent(self, connection: sa.Connection) -> BBox | None:
        """Give the extent of all layers; `None` if there is nothing."""

    def read_changes(self, connection: sa.Connection) -> list[str]:
        """Give texts of which one differs after any change of a layer by any program."""

    def read_change(self, connection: sa.Connection, name: str) -> str:
        """Give a text that differs after any change of one layer by any program."""

    def pulse(self) -> Hashable | None:
        """
        Give something that is another after every commit by any program.

        `None` where that cannot be told at the moment.
        """

    def settle(self) -> None:
        """Leave what was written where other programs find it."""

    def close(self) -> None:
        """Let go of the medium."""


class Place(Protocol):
    """Where a project is, or where one may be made; nothing is open yet."""

    @property
    def name(self) -> str:
        """How people are told of it; never with a password."""

    @property
    def label(self) -> str:
        """The same in short."""

    @property
    def title(self) -> str:
        """What a project is called that is made here and given no name."""

    def exists(self) -> bool:
        """
        Whether something is there already.

        Raises
        ------
        BrokenProjectError
            If nobody can tell.
        """

    def check_free(self) -> None:
        """
        Refuse a place where no new project can stand.

        Raises
        ------
        ProjectExistsError
            If something is there already.
        ProjectMissingError
            If there is nothing to make it in.
        """

    def holds(self, path: Path) -> bool:
        """Whether a file is the project itself."""

    def open(self, *, busy_wait_s: float) -> Medium:
        """
        Open what is there.

        Parameters
        ----------
        busy_wait_s
            How long to wait while somebody else writes, in seconds.

        Raises
        ------
        ProjectMissingError
            If nothing is there.
        NotAProjectError
            If it cannot be a project.
        """

    def grow(self) -> AbstractContextManager[Medium]:
        """
        Give an empty medium that takes this place only when all is done.

        Raises
        ------
        ProjectExistsError
            If something is there already.
        ProjectMissingError
            If there is nothing to make it in.
        """
