"""
Whether a layer keeps its contract: every fault, not the first one.

A check looks at all rows at once and tells of each bad row its place, what was expected and
what came. Of one cell only the first fault is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.errors import InvalidLayerError
from geo.faults import Fault
from geo.kinds import is_of_kind, wanted
from geo.schema import Kind
from geo.shapefaults import examine_shapes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geo.schema import Column, Layer


class Findings:
    """
    The faults of one layer, gathered by row.

    Parameters
    ----------
    source
        File, or file and sheet or layer.
    places
        Of each row, where it stands in the source.
    names
        Names of columns in the source by declared name, where they differ.
    """

    def __init__(
        self, source: str, places: Sequence[str], names: Mapping[str, str] | None = None
    ) -> None:
        self._source = source
        self._places = places
        self._names = dict(names or {})
        self._faults: dict[tuple[int, str], Fault] = {}
        self.is_faulty: NDArray[np.bool_] = np.zeros(len(places), dtype=bool)

    def add(
        self, column: str, is_bad: NDArray[np.bool_], expected: str, found: Sequence[object]
    ) -> None:
        """
        Tell a fault of every marked row.

        Parameters
        ----------
        column
            Declared name, or `geometry`.
        is_bad
            One mark a row.
        expected
            In words.
        found
            What came, one value a row.
        """
        for position in np.flatnonzero(is_bad).tolist():
            self.add_at(position, column, expected, found[position])

    def add_at(self, position: int, column: str, expected: str, found: object) -> None:
        """Tell a fault of one row; of one cell the first fault stays."""
        fault = Fault(
            self._source,
            self._places[position],
            self._names.get(column, column),
            expected,
            _told(found),
        )
        self._faults.setdefault((position, column), fault)
        self.is_faulty[position] = True

    def add_everywhere(self, column: str, expected: str) -> None:
        """Tell once that a column is absent, which makes every row faulty."""
        fault = Fault(self._source, "", column, expected, "no such column")
        self._faults.setdefault((-1, column), fault)
        self.is_faulty[:] = True

    @property
    def faults(self) -> list[Fault]:
        """Every fault, in the order of rows."""
        return [self._faults[at] for at in sorted(self._faults, key=lambda at: at[0])]


def find_faults(
    frame: pd.DataFrame,
    layer: Layer,
    *,
    source: str,
    places: Sequence[str],
    names: Mapping[str, str] | None = None,
) -> list[Fault]:
    """
    Find everything in which a layer breaks its contract.

    Parameters
    ----------
    frame
        Columns and, unless the layer is a table, geometry as declared; WGS 84 or any other
        CRS (degrees are then not asked for). May be empty.
    layer
        The declaration.
    source
        What faults call the file.
    places
        Of each row, where it stands in the source.
    names
        Names of columns in the source by declared name, where they differ.

    Returns
    -------
    faults
        In the order of rows; empty if the layer keeps its contract.
    """
    findings = Findings(source, places, names)
    examine(frame, layer, findings)
    return findings.faults


def check_layer(frame: pd.DataFrame, layer: Layer, *, source: str) -> None:
    """
    Refuse a layer that breaks its contract.

    Parameters
    ----------
    frame
        As for `find_faults`; rows are called by their key, or by number from 1.
    layer
        The declaration.
    source
        What faults call the layer.

    Raises
    ------
    InvalidLayerError
        With every fault.
    """
    faults = find_faults(frame, layer, source=source, places=_own_places(frame, layer))
    if faults:
        raise InvalidLayerError(faults)


def examine(frame: pd.DataFrame, layer: Layer, findings: Findings) -> None:
    """Add to the findings everything in which the frame breaks the contract of the layer."""
    for column in layer.columns:
        if column.name in frame:
            _examine_column(frame[column.name], column, findings)
        elif column.is_required:
            names = " or ".join((column.name, *column.aliases))
            findings.add_everywhere(column.name, f"a column {names}")
    _examine_unique(frame, (layer.key,), findings)
    _examine_unique(frame, layer.unique, findings)
    if layer.geometry is not None:
        examine_shapes(frame, layer.geometry, findings)


def _examine_column(values: pd.Series, column: Column, findings: Findings) -> None:
    is_missing = values.isna().to_numpy(dtype=bool)
    if column.is_required:
        is_blank = is_missing | _is_blank(values, column)
        findings.add(column.name, is_blank, wanted(column), [None] * len(values))
    present = values[~is_missing]
    is_bad = np.zeros(len(values), dtype=bool)
    is_typed = is_of_kind(present, column.kind)
    is_bad[np.flatnonzero(~is_missing)] = ~is_typed
    kept = np.flatnonzero(~is_missing)[is_typed]
    is_bad[kept] |= _is_out_of_bounds(present[is_typed], column)
    findings.add(column.name, is_bad, wanted(column), values.tolist())


def _is_blank(values: pd.Series, column: Column) -> NDArray[np.bool_]:
    if column.kind is not Kind.TEXT:
        return np.zeros(len(values), dtype=bool)
    return np.array([isinstance(value, str) and not value.strip() for value in values], dtype=bool)


def _is_out_of_bounds(values: pd.Series, column: Column) -> NDArray[np.bool_]:
    if column.allowed:
        return ~values.isin(column.allowed).to_numpy(dtype=bool)
    if column.minimum is None and column.maximum is None:
        return np.zeros(len(values), dtype=bool)
    numbers = values.to_numpy(dtype=float)
    least = -np.inf if column.minimum is None else column.minimum
    most = np.inf if column.maximum is None else column.maximum
    return np.asarray((numbers < least) | (numbers > most))


def _examine_unique(frame: pd.DataFrame, names: Sequence[str], findings: Findings) -> None:
    if not names or any(name not in frame for name in names):
        return
    values = frame[list(names)].reset_index(drop=True)
    is_known = values.notna().all(axis=1)
    is_repeated = (values.duplicated() & is_known).to_numpy(dtype=bool)
    if is_repeated.any():
        found = [" and ".join(_told(value) or "" for value in row) for row in values.to_numpy()]
        expected = f"each {' and '.join(names)} once"
        findings.add(names[0], is_repeated, expected, [f"{text} again" for text in found])


def _told(value: object) -> str:
    is_nothing = value is None or value is pd.NA or value is pd.NaT
    return "nothing" if is_nothing else str(value)


def _own_places(frame: pd.DataFrame, layer: Layer) -> list[str]:
    if layer.key not in frame:
        return [f"row {number}" for number in range(1, len(frame) + 1)]
    return [
        f"row {number}" if pd.isna(key) else str(key)
        for number, key in enumerate(frame[layer.key].tolist(), start=1)
    ]
