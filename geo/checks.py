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
        self._faults: dict[tuple[int, str], Fault | None] = {}
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

    def silence(self, position: int, column: str) -> None:
        """Tell no more faults of a cell, because another fault explains them."""
        self._faults.setdefault((position, column), None)

    def add_everywhere(self, column: str, expected: str) -> None:
        """Tell once that a column is absent, which makes every row faulty."""
        fault = Fault(self._source, "", column, expected, "no such column")
        self._faults.setdefault((-1, column), fault)
        self.is_faulty[:] = True

    @property
    def faults(self) -> list[Fault]:
        """Every fault, in the order of rows."""
        ordered = sorted(self._faults.items(), key=lambda item: item[0][0])
        return [fault for _, fault in ordered if fault is not None]


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
    is_told = _repeated(frame, layer.unique)
    _tell_repeated(frame, layer.unique, is_told, findings)
    _tell_repeated(frame, (layer.key,), _repeated(frame, (layer.key,)) & ~is_told, findings)
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


def _repeated(frame: pd.DataFrame, names: Sequence[str]) -> NDArray[np.bool_]:
    if not names or len(frame) == 1 or any(name not in frame for name in names):
        return np.zeros(len(frame), dtype=bool)
    values = frame[list(names)]
    is_known = values.notna().all(axis=1)
    return (values.duplicated() & is_known).to_numpy(dtype=bool)


def _tell_repeated(
    frame: pd.DataFrame, names: Sequence[str], is_repeated: NDArray[np.bool_], findings: Findings
) -> None:
    expected = f"each {' and '.join(names)} once"
    for position in np.flatnonzero(is_repeated).tolist():
        values = [_told(frame[name].iloc[position]) for name in names]
        findings.add_at(position, names[0], expected, f"{' and '.join(values)} again")


def _told(value: object) -> str:
    if isinstance(value, pd.Timestamp) and value == value.normalize():
        return str(value.date())
    is_nothing = value is None or value is pd.NA or value is pd.NaT
    return "nothing" if is_nothing else str(value)


def _own_places(frame: pd.DataFrame, layer: Layer) -> list[str]:
    if layer.key not in frame:
        return [f"row {number}" for number in range(1, len(frame) + 1)]
    return [
        f"row {number}" if pd.isna(key) else str(key)
        for number, key in enumerate(frame[layer.key].tolist(), start=1)
    ]
