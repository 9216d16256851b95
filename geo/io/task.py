"""One inner layer on its way into a layer: what it is, and which of its columns say where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.checks import Findings
from geo.io.columns import (
    BUILDING_NAMES,
    ID_NAMES,
    LAT_NAMES,
    LON_NAMES,
    WKT_NAMES,
    find_column,
    match_columns,
    plain_name,
)
from geo.layers import BUILDINGS
from geo.schema import Geometry

if TYPE_CHECKING:
    from geo.io.imported import ReadOptions
    from geo.io.raw import RawLayer
    from geo.schema import Layer

_POSITIONS = {"lon": LON_NAMES, "lat": LAT_NAMES, "wkt": WKT_NAMES}


@dataclass(frozen=True, slots=True)
class Task:
    """
    One inner layer to be understood.

    Parameters
    ----------
    raw
        What the file holds.
    layer
        What it is meant for.
    options
        How it is to be read.
    matched
        Names in the source by declared name.
    findings
        Takes the faults.
    """

    raw: RawLayer
    layer: Layer
    options: ReadOptions
    matched: dict[str, str]
    findings: Findings

    @property
    def names(self) -> list[str]:
        """Columns of the source."""
        return [str(name) for name in self.raw.rows.columns]

    @property
    def position_columns(self) -> dict[str, str]:
        """Columns of a table that say where a row is: `lon` and `lat`, or `wkt`."""
        if self.raw.wkb is not None:
            return {}
        free = [name for name in self.names if name not in self.matched.values()]
        found = {kind: find_column(free, names) for kind, names in _POSITIONS.items()}
        return {kind: name for kind, name in found.items() if name is not None}

    @property
    def building_columns(self) -> list[str]:
        """Columns of a table of points that name the building where a row is."""
        if self.raw.wkb is not None or self.layer.geometry is not Geometry.POINT:
            return []
        taken = {name for column, name in self.matched.items() if column != "building_id"}
        by_plain = {plain_name(name): name for name in self.names if name not in taken}
        return [by_plain[name] for name in BUILDING_NAMES if name in by_plain]

    @property
    def is_update(self) -> bool:
        """Whether rows change known buildings instead of bringing new ones."""
        has_shapes = self.raw.wkb is not None or "wkt" in self.position_columns
        return self.layer.name == BUILDINGS.name and not has_shapes

    @property
    def unused_columns(self) -> list[str]:
        """Columns of the source that mean nothing for the layer."""
        used = {*self.matched.values(), *self.position_columns.values(), *self.building_columns}
        free = [name for name in self.names if name not in used]
        return [name for name in free if plain_name(name) not in ID_NAMES]


def start_task(raw: RawLayer, layer: Layer, options: ReadOptions) -> Task:
    """Match the columns of an inner layer, and tell of what stands where nothing should."""
    names = [str(name) for name in raw.rows.columns]
    matched = match_columns(names, layer, name_length=raw.name_length)
    findings = Findings(raw.label, raw.places, matched)
    for position, (expected, found) in raw.stray.items():
        findings.add_at(position, "", expected, found)
    return Task(raw, layer, options, matched, findings)
