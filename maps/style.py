"""How things look on the map: colours, lines and marks, as data."""

from __future__ import annotations

from typing import Literal, TypedDict

INK = "#17212b"
MUTED = "#5b6875"
WHITE = "#ffffff"
BLUE = "#0072B2"
SKY = "#56B4E9"
VERMILION = "#D55E00"
GREEN = "#009E73"
ORANGE = "#E69F00"
PURPLE = "#CC79A7"

Shape = Literal[
    "circle",
    "square",
    "hollow_diamond",
    "hollow_square",
    "half_square",
    "diamond",
    "triangle",
    "cross",
    "check",
    "plus",
    "barred",
    "guarded",
    "closed",
    "open",
]


class LineStyle(TypedDict, total=False):
    """Path options in Leaflet's own words."""

    color: str
    weight: float
    opacity: float
    dashArray: str
    fill: bool
    fillColor: str
    fillOpacity: float
    stroke: bool


class Mark(TypedDict):
    """A point: a shape in a colour, with its radius in pixels."""

    shape: Shape
    colour: str
    radius: float


AREA_STYLES: dict[str, LineStyle] = {
    "area": {"color": "#b9c2ca", "weight": 1.5, "dashArray": "2 5", "fill": False},
    "shown": {"color": MUTED, "weight": 2, "dashArray": "8 4 2 4", "fill": False},
}

# Casings are drawn below all fills, so that crossings open into one another.
STREET_WIDTHS_PX = {"main": 9.0, "road": 6.0, "lane": 4.0}
STREET_CASINGS: dict[str, LineStyle] = {
    name: {"color": "#d3d9dd", "weight": width + 1.6, "fill": False}
    for name, width in STREET_WIDTHS_PX.items()
}
STREET_FILLS: dict[str, LineStyle] = {
    name: {"color": WHITE, "weight": width, "fill": False}
    for name, width in STREET_WIDTHS_PX.items()
}
STREET_FILLS["foot"] = {"color": "#aab4bd", "weight": 1.4, "dashArray": "4 3", "fill": False}

BARRIER_STYLES: dict[str, LineStyle] = {
    "barrier": {"color": "#6d7883", "weight": 1.5, "fill": False}
}
BUILDING_STYLES: dict[str, LineStyle] = {
    "building": {"color": "#aeb6c2", "weight": 1, "fillColor": "#d3d8e0", "fillOpacity": 1}
}
ZONE_STYLES: dict[str, LineStyle] = {
    "lockdown": {"color": BLUE, "weight": 4, "fillColor": BLUE, "fillOpacity": 0.12},
    "control": {
        "color": BLUE,
        "weight": 3,
        "dashArray": "14 5",
        "fillColor": BLUE,
        "fillOpacity": 0.07,
    },
    "precaution": {
        "color": BLUE,
        "weight": 2.5,
        "dashArray": "2 6",
        "fillColor": BLUE,
        "fillOpacity": 0.03,
    },
}
UNCOVERED_STYLES: dict[str, LineStyle] = {
    "zone": {
        "color": VERMILION,
        "weight": 2.2,
        "dashArray": "7 5",
        "fillColor": VERMILION,
        "fillOpacity": 0.14,
    },
    "building": {"color": "#c2570c", "weight": 1, "fillColor": "#f0ab78", "fillOpacity": 1},
}

GATE_MARKS: dict[str, Mark] = {
    "closed": {"shape": "square", "colour": INK, "radius": 4.5},
    "open": {"shape": "hollow_square", "colour": INK, "radius": 4.5},
    "hours": {"shape": "half_square", "colour": INK, "radius": 4.5},
}
CHECKPOINT_MARKS: dict[str, Mark] = {
    "active": {"shape": "check", "colour": "#00805d", "radius": 10},
    "closed": {"shape": "barred", "colour": MUTED, "radius": 10},
}
OPENING_MARKS: dict[str, Mark] = {
    "open": {"shape": "open", "colour": VERMILION, "radius": 10},
    "guarded": {"shape": "guarded", "colour": "#00805d", "radius": 10},
    "closed": {"shape": "closed", "colour": MUTED, "radius": 9},
}
SITE_MARKS: dict[str, Mark] = {
    "active": {"shape": "plus", "colour": BLUE, "radius": 13},
    "closed": {"shape": "barred", "colour": MUTED, "radius": 11},
}
PREMISES_MARKS: dict[str, Mark] = {
    "open": {"shape": "circle", "colour": GREEN, "radius": 5.5},
    "closed": {"shape": "cross", "colour": MUTED, "radius": 5.5},
    "carried": {"shape": "diamond", "colour": ORANGE, "radius": 6.5},
    "carried_open": {"shape": "diamond", "colour": ORANGE, "radius": 6.5},
    "carried_closed": {"shape": "hollow_diamond", "colour": ORANGE, "radius": 6.5},
    "missing": {"shape": "triangle", "colour": PURPLE, "radius": 6.5},
    "unknown": {"shape": "square", "colour": MUTED, "radius": 4},
}

ROUTE_WIDTH_PX = 6.0
ROUTE_HALO_PX = 10.0
# Dark enough to carry white numbers (4.5:1); neighbours in the order differ most in hue.
TEAM_COLOURS = (
    BLUE,
    "#b34f00",
    "#00795a",
    "#a8447d",
    "#8a6100",
    "#2f7cab",
    "#17212b",
    "#5f5a9e",
)


def team_colour(team: int) -> str:
    """
    Give the colour of a team; teams beyond the palette begin it again, told apart by number.

    Parameters
    ----------
    team
        From 1.

    Examples
    --------
    >>> team_colour(1) == team_colour(1 + len(TEAM_COLOURS))
    True
    """
    return TEAM_COLOURS[(team - 1) % len(TEAM_COLOURS)]
