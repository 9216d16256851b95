"""Checkpoints: border controls and checkpoints that stand in the map already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.io.osm.rows import rows_of
from geo.io.osm.tags import name_of
from geo.layers import CHECKPOINTS

if TYPE_CHECKING:
    from geo.io.osm.elements import Elements, Tags
    from geo.io.osm.rows import LayerRows

CHECKPOINT_TAGS = frozenset(
    {
        ("barrier", "border_control"),
        ("barrier", "checkpoint"),
        ("amenity", "checkpoint"),
        ("military", "checkpoint"),
    }
)
KIND = "road"
STATUS = "active"


def read_checkpoints(nodes: Elements) -> LayerRows:
    """
    Give the layer `checkpoints`.

    Parameters
    ----------
    nodes
        Points.
    """
    return rows_of(
        CHECKPOINTS,
        nodes.where(_is_checkpoint),
        {
            "name": name_of,
            "kind": lambda _: KIND,
            "status": lambda _: STATUS,
            "hours": lambda tags: tags.get("opening_hours"),
        },
    )


def _is_checkpoint(tags: Tags) -> bool:
    return not CHECKPOINT_TAGS.isdisjoint(tags.items())
