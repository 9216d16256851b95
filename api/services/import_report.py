"""What an import did, for people and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.faults import Fault
    from geo.io.imported import Note


@dataclass(frozen=True, slots=True)
class LayerReport:
    """
    What became of one layer of one source; all are counts.

    Parameters
    ----------
    seen
        Objects found in the source.
    kept
        Rows that came in: new, updated and unchanged ones together.
    new, updated, unchanged
        As against the project before.
    estimated
        Rows with floors, households or residents that are estimates.
    skipped, repaired
        Objects that could not be taken as they came; the notes list them.
    """

    seen: int = 0
    kept: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    estimated: int = 0
    skipped: int = 0
    repaired: int = 0


@dataclass(frozen=True, slots=True)
class SourceReport:
    """
    What became of one file.

    Parameters
    ----------
    file
        Its name, without the folder.
    source
        Name under which its rows are kept.
    layers
        By name, in the order of the declarations.
    notes
        Every object that was skipped or repaired, and why.
    faults
        Every row that was left out, and why.
    warnings
        What a person should look at.
    attribution
        Source and licence to show on every map.
    read_s
        Seconds taken to read it.
    """

    file: str
    source: str
    layers: dict[str, LayerReport]
    notes: tuple[Note, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]
    attribution: str
    read_s: float


@dataclass(frozen=True, slots=True)
class ImportReport:
    """
    What an import did.

    Parameters
    ----------
    project
        Name of the project's file, without the folder.
    metric_crs
        The CRS in which the project measures.
    revision
        Of the project, after the import.
    sources
        In the order in which they came in.
    completed
        Rows of earlier imports, by layer, that this one tells where they belong.
    warnings
        What a person should look at, beyond single sources.
    whole_s
        Seconds taken for all.
    """

    project: str
    metric_crs: str
    revision: int
    sources: tuple[SourceReport, ...]
    completed: dict[str, int]
    warnings: tuple[str, ...]
    whole_s: float

    def totals(self) -> dict[str, LayerReport]:
        """Add up the sources, by layer."""
        layers: dict[str, LayerReport] = {}
        for source in self.sources:
            for name, report in source.layers.items():
                layers[name] = _sum(layers.get(name, LayerReport()), report)
        return layers

    def as_json(self) -> str:
        """Write the report as JSON; but for the seconds, the same import gives the same text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


def faults_as_json(faults: tuple[Fault, ...]) -> str:
    """Write the faults for which an import was refused as JSON."""
    told = {"is_refused": True, "faults": [asdict(fault) for fault in faults]}
    return json.dumps(told, ensure_ascii=False, indent=1)


def _sum(one: LayerReport, other: LayerReport) -> LayerReport:
    counts = asdict(other)
    return LayerReport(**{name: count + counts[name] for name, count in asdict(one).items()})
