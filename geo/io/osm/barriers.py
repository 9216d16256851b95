"""
Barriers that stop a walker: walls, fences, hedges, railings, as lines; of areas the outline.

Kerbs, handrails, chains, ropes, bollards and blocks are none: one steps over them or passes
between them. A closed gate that is drawn as a line is one, see `gates`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from geo.io.osm.elements import joined
from geo.io.osm.gates import is_closed_gate
from geo.io.osm.rows import rows_of
from geo.io.osm.tags import name_of
from geo.layers import BARRIERS

if TYPE_CHECKING:
    from geo.io.osm.elements import Elements, Tags
    from geo.io.osm.rows import LayerRows

KIND_OF_BARRIER = {
    "wall": "wall",
    "city_wall": "wall",
    "retaining_wall": "wall",
    "sea_wall": "wall",
    "fence": "fence",
    "wire_fence": "fence",
    "hedge": "hedge",
    "hedge_bank": "hedge",
    "guard_rail": "railing",
    "railing": "railing",
    "ditch": "other",
    "haha": "other",
    "jersey_barrier": "other",
    "yes": "other",
}
CLOSED_GATE_KIND = "other"


def read_barriers(ways: Elements, areas: Elements) -> LayerRows:
    """
    Give the layer `barriers`.

    Parameters
    ----------
    ways
        Lines, or none with a trouble.
    areas
        Polygons of relations, or none with a trouble.
    """
    outlines = areas.where(_stops_walkers)
    found = joined(ways.where(_stops_walkers), outlines.reshaped(shapely.boundary(outlines.shapes)))
    return rows_of(BARRIERS, found, {"kind": _kind, "name": name_of})


def _stops_walkers(tags: Tags) -> bool:
    return tags.get("barrier") in KIND_OF_BARRIER or is_closed_gate(tags)


def _kind(tags: Tags) -> str:
    return KIND_OF_BARRIER.get(tags["barrier"], CLOSED_GATE_KIND)
