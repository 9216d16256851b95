"""Control zones: what is a fault in one, which of them holds where, and what they hold."""

from geo.zones.faults import (
    MAX_VERTICES,
    MAX_ZONE_M2,
    MIN_HOLE_M2,
    MIN_ZONE_M2,
    OUTSIDE_M,
    SENTENCES,
    ZoneFault,
    outside_fault,
    value_faults,
    zone_faults,
)
from geo.zones.holding import (
    LEVELS,
    half_inside,
    held_counts,
    holding_zones,
    measurable,
    rank_of,
    zones_at,
)
from geo.zones.overlapping import overlaps

__all__ = [
    "LEVELS",
    "MAX_VERTICES",
    "MAX_ZONE_M2",
    "MIN_HOLE_M2",
    "MIN_ZONE_M2",
    "OUTSIDE_M",
    "SENTENCES",
    "ZoneFault",
    "half_inside",
    "held_counts",
    "holding_zones",
    "measurable",
    "outside_fault",
    "overlaps",
    "rank_of",
    "value_faults",
    "zone_faults",
    "zones_at",
]
