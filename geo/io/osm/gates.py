"""
Gates: what stands in a way or in a barrier and lets somebody through.

Real gates hold up everybody when shut: `gate`, `wicket_gate`, `kissing_gate`, turnstiles …
Bollards, lift gates, blocks and their like hold up cars only. The state is the first of:

1. `closed` where `foot=no`: nobody walks there, whatever it is.
2. `open` where `opening_hours=24/7`, `closed` where they are `off` or `closed`; `hours` where
   there are any others, be it locked or private outside them.
3. `closed` for a real gate that is `locked=yes`.
4. `closed` for a real gate whose `foot`, or without it whose `access`, is `no` or `private`.
5. `open`.

A gate drawn as a line or an outline is put at its middle; if it is closed, the line is a
barrier too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.io.osm.elements import joined
from geo.io.osm.rows import rows_of
from geo.io.osm.tags import name_of, words
from geo.layers import GATES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.io.osm.elements import Elements, Tags
    from geo.io.osm.rows import LayerRows

REAL_GATES = words(
    "door entrance full-height_turnstile gate hampshire_gate kissing_gate sally_port "
    "security_gate sliding_gate turnstile wicket_gate"
)
FOR_CARS_ONLY = words(
    "block bollard bump_gate bus_trap cattle_grid chain cycle_barrier debris "
    "height_restrictor horse_stile lift_gate log motorcycle_barrier planter rope "
    "sliding_beam spikes stile sump_buster swing_gate tank_trap toll_booth"
)
# As lines and areas these are obstacles beside a way rather than a gate in it.
DRAWN_GATES = REAL_GATES | {"lift_gate", "swing_gate"}
ALWAYS = "24/7"
NEVER = frozenset({"off", "closed"})
SHUT_OUT = frozenset({"no", "private"})


def read_gates(nodes: Elements, ways: Elements) -> LayerRows:
    """
    Give the layer `gates`.

    Parameters
    ----------
    nodes, ways
        Points and lines, or none with a trouble.
    """
    drawn = ways.where(_is_drawn_gate)
    found = joined(nodes.where(_is_gate), drawn.reshaped(_middles(drawn.shapes)))
    return rows_of(
        GATES,
        found,
        {
            "name": name_of,
            "kind": lambda tags: tags["barrier"],
            "state": state_of,
            "opening_hours": lambda tags: tags.get("opening_hours"),
        },
    )


def state_of(tags: Tags) -> str:
    """
    Tell whether a walker gets through, by the rule above.

    Examples
    --------
    >>> state_of({"barrier": "gate", "access": "private"})
    'closed'
    >>> state_of({"barrier": "gate", "access": "private", "foot": "yes"})
    'open'
    >>> state_of({"barrier": "gate", "locked": "yes", "opening_hours": "Mo-Su 06:00-24:00"})
    'hours'
    >>> state_of({"barrier": "lift_gate", "access": "private", "locked": "yes"})
    'open'
    """
    if tags.get("foot") == "no":
        return "closed"
    if "opening_hours" in tags:
        return _state_by_hours(tags["opening_hours"].strip())
    return "closed" if _is_shut_gate(tags) else "open"


def is_closed_gate(tags: Tags) -> bool:
    """Whether a line is a gate that lets no walker through."""
    return _is_drawn_gate(tags) and state_of(tags) == "closed"


def _state_by_hours(hours: str) -> str:
    if hours == ALWAYS:
        return "open"
    return "closed" if hours in NEVER else "hours"


def _is_shut_gate(tags: Tags) -> bool:
    if tags["barrier"] not in REAL_GATES:
        return False
    permission = tags.get("foot", tags.get("access"))
    return tags.get("locked") == "yes" or permission in SHUT_OUT


def _is_gate(tags: Tags) -> bool:
    return tags.get("barrier") in REAL_GATES | FOR_CARS_ONLY


def _is_drawn_gate(tags: Tags) -> bool:
    return tags.get("barrier") in DRAWN_GATES


def _middles(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    whole = np.array([_longest(line) for line in lines], dtype=np.object_)
    return np.asarray(shapely.line_interpolate_point(whole, 0.5, normalized=True))


def _longest(line: shapely.Geometry | None) -> shapely.Geometry | None:
    return None if line is None else max(shapely.get_parts(line), key=shapely.length)
