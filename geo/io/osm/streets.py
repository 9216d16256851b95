"""
Streets: ways tagged `highway`, and the outlines of squares drawn as polygons.

Who may use them:

================================================  ===========================================
tags                                              on foot
================================================  ===========================================
`motorway`, `trunk`, their `_link`, `busway`,     no, unless `foot` allows it or there is a
`bus_guideway`, `raceway`, `escape`               `sidewalk`
`cycleway`, `platform`, `corridor`, `elevator`,   yes
and every other class
`foot=no`                                         no
`access=no`                                       no, unless `foot` is given and is not `no`
`access=private`, `destination`, `customers` …    yes: residents and field workers walk there
================================================  ===========================================

Cars: the classes from `motorway` to `service` and `track`; any other class only where
`motor_vehicle` allows it. Of `motorcar`, `motor_vehicle`, `vehicle`, `access` the first that
is given decides; `no` forbids, everything else allows.

What is no way (yet, or any more) is skipped: `construction`, `proposed`, `abandoned` …

An area (`area=yes`, or a multipolygon) is kept as its outline: one walks along the edge of a
square. The level is `layer`; where that is missing or is no number, 1 on a bridge, -1 in a
tunnel, 0 elsewhere; a passage through a building is no tunnel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from geo.io.imported import Treatment
from geo.io.osm.elements import Trouble, joined
from geo.io.osm.rows import rows_of
from geo.io.osm.tags import name_of, numbers_in, says, words
from geo.layers import STREETS

if TYPE_CHECKING:
    from geo.io.osm.elements import Elements, Tags
    from geo.io.osm.rows import LayerRows

NO_WAY = words(
    "abandoned bus_stop construction crossing demolished dismantled disused no planned "
    "proposed razed removed rest_area services street_lamp traffic_signals via_ferrata"
)
NOT_ON_FOOT = words("bus_guideway busway escape motorway motorway_link raceway trunk trunk_link")
FOR_CARS = words(
    "living_street motorway motorway_link primary primary_link residential road secondary "
    "secondary_link service tertiary tertiary_link track trunk trunk_link unclassified"
)
FOOT_ALLOWED = frozenset({"yes", "designated", "permissive", "destination", "customers"})
SIDEWALK_THERE = frozenset({"both", "left", "right", "yes", "separate"})
CAR_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
CARS_ALLOWED = frozenset(
    {"yes", "designated", "permissive", "destination", "private", "delivery", "customers"}
)
NOT_LIT = frozenset({"no", "disused"})
NO_TUNNEL = frozenset({"no", "building_passage", "avalanche_protector"})
LEVEL_MAX = STREETS.column("level").maximum or 0.0


def read_streets(ways: Elements, squares: Elements) -> LayerRows:
    """
    Give the layer `streets`.

    Parameters
    ----------
    ways
        Lines, or none with a trouble.
    squares
        Polygons of relations, or none with a trouble.
    """
    outlines = squares.where(_is_street)
    found = joined(ways.where(_is_street), outlines.reshaped(shapely.boundary(outlines.shapes)))
    return rows_of(
        STREETS,
        _without_no_ways(found),
        {
            "name": name_of,
            "class": lambda tags: tags["highway"],
            "is_walkable": is_walkable,
            "is_drivable": is_drivable,
            "is_lit": lambda tags: tags["lit"] not in NOT_LIT if "lit" in tags else None,
            "level": level_of,
        },
    )


def is_walkable(tags: Tags) -> bool:
    """
    Whether one may walk there, by the table above.

    Examples
    --------
    >>> is_walkable({"highway": "service", "access": "private"})
    True
    >>> is_walkable({"highway": "path", "access": "no"})
    False
    >>> is_walkable({"highway": "trunk", "sidewalk": "both"})
    True
    """
    foot = tags.get("foot")
    if foot == "no" or (foot is None and tags.get("access") == "no"):
        return False
    is_for_walkers = tags["highway"] not in NOT_ON_FOOT or foot in FOOT_ALLOWED
    return is_for_walkers or tags.get("sidewalk") in SIDEWALK_THERE


def is_drivable(tags: Tags) -> bool:
    """
    Whether one may drive there, by the rule above.

    Examples
    --------
    >>> is_drivable({"highway": "service", "access": "no", "motor_vehicle": "private"})
    True
    >>> is_drivable({"highway": "pedestrian"})
    False
    """
    permission = next((tags[key] for key in CAR_KEYS if key in tags), None)
    if tags["highway"] in FOR_CARS:
        return permission != "no"
    return tags.get("motor_vehicle") in CARS_ALLOWED and permission != "no"


def level_of(tags: Tags) -> int:
    """
    Tell the level of a street above or below ground.

    Examples
    --------
    >>> level_of({"bridge": "yes"}), level_of({"tunnel": "yes", "layer": "-2"})
    (1, -2)
    >>> level_of({"tunnel": "building_passage"})
    0
    """
    layers = numbers_in(tags.get("layer", ""))
    if layers and abs(layers[0]) <= LEVEL_MAX:
        return int(layers[0])
    if says(tags, "bridge"):
        return 1
    return 0 if tags.get("tunnel", "no") in NO_TUNNEL else -1


def _is_street(tags: Tags) -> bool:
    return "highway" in tags


def _without_no_ways(found: Elements) -> Elements:
    shapes = found.shapes.copy()
    troubles = {}
    for place, tags in enumerate(found.tags):
        if tags["highway"] in NO_WAY:
            shapes[place] = None
            told = f"highway={tags['highway']} is no way to go"
            troubles[place] = Trouble(Treatment.SKIPPED, told)
    return found.reshaped(shapes, troubles)
