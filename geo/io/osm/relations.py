"""
Shapes of multipolygon and boundary relations.

A relation of which an outer way is absent is cut at the edge of the extract and is left out:
half a building or district would be worse than none. Without one of its inner ways it is
taken, with a hole too few, and that is noted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.io.imported import Treatment
from geo.io.osm.elements import Elements, Trouble
from geo.io.osm.rings import assembled, mended

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from geo.io.osm.source import Member

OUTER_ROLES = frozenset({"outer", ""})
INNER_ROLES = frozenset({"inner"})


def shaped(
    relations: Elements,
    members: Sequence[tuple[Member, ...]],
    lines: Mapping[str, BaseGeometry],
) -> Elements:
    """
    Give relations their polygons.

    Parameters
    ----------
    relations
        Without shapes.
    members
        The ways of each, in the same order.
    lines
        Every line of the file, by way id; a way without a usable line is absent.
    """
    polygons = np.full(len(relations), None, dtype=np.object_)
    troubles = {}
    for place, ways in enumerate(members):
        polygons[place], trouble = _shape(ways, lines)
        if trouble is not None:
            troubles[place] = trouble
    return mended(relations.reshaped(polygons, troubles))


def _shape(
    members: tuple[Member, ...], lines: Mapping[str, BaseGeometry]
) -> tuple[BaseGeometry | None, Trouble | None]:
    ways = [member for member in members if member.role in OUTER_ROLES | INNER_ROLES]
    absent = [member for member in ways if member.way_id not in lines]
    told = f"{len(absent)} of {len(ways)} member ways are absent"
    if not ways or any(member.role in OUTER_ROLES for member in absent):
        return None, Trouble(Treatment.SKIPPED, told if ways else "the relation has no ways")
    polygon, is_crossing = assembled(
        [lines[member.way_id] for member in ways if member.way_id in lines]
    )
    if polygon is None:
        return None, Trouble(Treatment.SKIPPED, "the member ways do not close")
    return polygon, _repair(told if absent else "", "the rings cross" if is_crossing else "")


def _repair(*reasons: str) -> Trouble | None:
    told = "; ".join(reason for reason in reasons if reason)
    return Trouble(Treatment.REPAIRED, told) if told else None
