"""An open project, and what was computed from it in its present state."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Sequence
    from datetime import datetime

    import geopandas as gpd
    import pandas as pd

    from api.store.accounts import Accounts
    from api.store.edits import Act, Edit, StoredFeature, Version

Box = tuple[float, float, float, float]
"""West, south, east, north in WGS 84 degrees."""

KEPT_RESULTS = 48

T = TypeVar("T")


class ProjectReader(Protocol):
    """What the services need of a project; `api.store.project.Project` is one."""

    @property
    def name(self) -> str:
        """What the project is called."""

    @property
    def metric_crs(self) -> str:
        """The one CRS of every frame it hands out, projected in metres."""

    @property
    def revision(self) -> int:
        """A number that each import raises."""

    @property
    def state(self) -> str:
        """A short text that differs after any change, from whatever program."""

    @property
    def accounts(self) -> Accounts:
        """Who may use the project."""

    def read(self, layer_name: str, *, bbox: Box | None = None) -> gpd.GeoDataFrame:
        """Read the features of a layer that touch a box, in the metric CRS."""

    def read_rows(self, layer_name: str) -> gpd.GeoDataFrame:
        """Read a layer in WGS 84 as it is stored; index: the numbers of its rows, rising."""

    def layer_state(self, layer_name: str) -> str:
        """Give a short text that differs after any change of a layer, from whatever program."""

    def state_of(self, layer_names: Collection[str]) -> str:
        """Give a short text that differs after any change of one of these layers."""

    def edited_keys(self, layer_name: str, since: str, until: str) -> Collection[str] | None:
        """Name the features edited between two states, where nothing else changed the layer."""

    def read_table(self, table_name: str) -> pd.DataFrame:
        """Read a table without geometry."""

    def count(self, layer_name: str) -> int:
        """How many rows a layer or a table has."""

    def attributions(self) -> tuple[str, ...]:
        """Name sources and licences, to be shown wherever the data is."""

    def feature(self, layer_name: str, key: str) -> StoredFeature:
        """Read one feature, in WGS 84; `UnknownFeatureError` if there is none."""

    def features(self, layer_name: str) -> list[StoredFeature]:
        """Read every feature of a layer, in WGS 84."""

    def versions(self, layer_name: str, key: str) -> list[Version]:
        """Give what was ever known of a feature, the oldest first."""

    def changes_since(
        self, seq: int, *, layers: Collection[str] | None = None, limit: int = 1_000
    ) -> list[Version]:
        """Give the changes after one, in their order."""

    def last_seq(self) -> int:
        """Give the number of the last change; 0 if nothing was ever changed."""

    def as_known_at(self, layer_name: str, at: datetime) -> gpd.GeoDataFrame:
        """Read a layer as it was known at a moment, in the metric CRS."""


class ProjectEditor(Protocol):
    """What the services need to change a project; `api.store.project.Project` is one."""

    def edit(self, edits: Sequence[Edit], act: Act) -> list[StoredFeature | None]:
        """
        Change features, all of them or none; it is on the disk when this returns.

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
        """


class _Slot(Generic[T]):
    """The place of one result, empty until it is computed."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.is_filled = False
        self.value: T


class Results:
    """
    Keeps the results used last, and computes each once however many ask at a time.

    Parameters
    ----------
    limit
        How many results are kept; the one used longest ago goes first.

    Examples
    --------
    >>> results = Results(limit=2)
    >>> results.get("six", lambda: 6), results.get("six", lambda: 7)
    (6, 6)
    """

    def __init__(self, limit: int = KEPT_RESULTS) -> None:
        self._limit = limit
        self._lock = Lock()
        self._slots: OrderedDict[Hashable, _Slot[object]] = OrderedDict()

    def __len__(self) -> int:
        """How many results are kept."""
        return len(self._slots)

    def get(self, key: Hashable, compute: Callable[[], T]) -> T:
        """
        Give the result of that key; whoever asks first computes it, the others wait.

        A computation that raises leaves nothing behind: the next one asks again.
        """
        slot = cast("_Slot[T]", self._slot(key))
        with slot.lock:
            if not slot.is_filled:
                slot.value = compute()
                slot.is_filled = True
            return slot.value

    def kept(self, key: Hashable) -> object | None:
        """Give the result of that key if it is there already; nothing is computed."""
        with self._lock:
            slot = self._slots.get(key)
        return slot.value if slot is not None and slot.is_filled else None

    def _slot(self, key: Hashable) -> _Slot[object]:
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            while len(self._slots) > self._limit:
                self._slots.popitem(last=False)
            return slot


@dataclass(frozen=True, slots=True)
class Workspace:
    """
    An open project, and what was computed from it.

    Parameters
    ----------
    project
        Where the layers are read from.
    results
        Shared by everybody who works on the project.
    """

    project: ProjectReader
    results: Results = field(default_factory=Results)

    def once(
        self,
        name: str,
        parameters: Hashable,
        compute: Callable[[], T],
        *,
        of: Collection[str] | None = None,
    ) -> T:
        """
        Give a result, computed once for each state of what it depends on.

        Parameters
        ----------
        name
            What is computed.
        parameters
            Everything else, besides the project, that it depends on.
        of
            Layers and tables it is computed from; `None` for the whole project.
        """
        return self.results.get((self._state(of), name, parameters), compute)

    def kept(
        self, name: str, parameters: Hashable, *, of: Collection[str] | None = None
    ) -> object | None:
        """Give what `once` would, if it was computed already and is still kept."""
        return self.results.kept((self._state(of), name, parameters))

    def _state(self, of: Collection[str] | None) -> str:
        return self.project.state if of is None else self.project.state_of(of)
