"""How much of a large project one page shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from api.services.scope import box_around, extent_of, within
from maps.text import catalogue

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from api.services.scope import Scope
    from api.services.workspace import Workspace
    from maps.text import Language

SHOWN_IN_PART = "{kept} of {matched} buildings are shown; choose an area to see another part."
SHRINK = 0.8
"""By how much the box is made smaller until it holds few enough buildings."""
MIN_BOX_M = 50.0


@dataclass(frozen=True, slots=True)
class Focus:
    """
    How much one page may draw.

    Parameters
    ----------
    max_buildings
        Most buildings; of a scope with more a box is shown.
    box_m
        Longest side of that box, in metres.
    """

    max_buildings: int = 6_000
    box_m: float = 2_000.0


def focused(
    workspace: Workspace, scope: Scope, *, focus: Focus, language: Language
) -> tuple[Scope, str]:
    """
    Give the scope a page shows, and why it is not all of what was asked for.

    Where too many buildings were asked for, a box around the project's office, else around
    the densest place, takes their place.

    Returns
    -------
    scope
        As asked where it holds few enough buildings.
    note
        In the language asked for; empty where all is shown.

    Raises
    ------
    UnknownAreaError
        If no area has the code asked for.
    """
    total = workspace.project.count("buildings")
    if total <= focus.max_buildings:
        return scope, ""
    shown, matched, kept = workspace.once(
        "focus",
        (scope, focus),
        lambda: _shrunk(workspace, scope, focus),
        of=("areas", "buildings", "offices"),
    )
    if shown == scope:
        return scope, ""
    say = catalogue(language, "service").gettext
    return shown, say(SHOWN_IN_PART).format(kept=kept, matched=matched)


def _shrunk(workspace: Workspace, scope: Scope, focus: Focus) -> tuple[Scope, int, int]:
    project = workspace.project
    extent = extent_of(workspace, scope)
    inner = box_around(extent, project.metric_crs, margin_m=0)
    buildings = within(project.read("buildings", bbox=inner), extent)
    matched = len(buildings)
    if matched <= focus.max_buildings:
        return scope, matched, matched
    xy = shapely.get_coordinates(shapely.point_on_surface(buildings.geometry.values))
    centre = _centre(workspace, extent, xy, focus)
    side_m = _fitting_side_m(xy, centre, focus)
    square = shapely.box(*(centre - side_m / 2), *(centre + side_m / 2))
    shown = replace(scope, area=None, bbox=box_around(square, project.metric_crs, margin_m=0))
    return shown, matched, len(within(buildings, extent_of(workspace, shown)))


def _centre(
    workspace: Workspace,
    extent: BaseGeometry | None,
    xy: NDArray[np.float64],
    focus: Focus,
) -> NDArray[np.float64]:
    """Give the office if buildings stand around it, else the middle of the densest place."""
    offices = within(workspace.project.read("offices"), extent)
    for office in shapely.get_coordinates(offices.geometry.values):
        if _inside(xy, office, focus.box_m).any():
            return np.asarray(office)
    return _densest(xy, focus.box_m)


def _fitting_side_m(xy: NDArray[np.float64], centre: NDArray[np.float64], focus: Focus) -> float:
    """Shrink the box until it holds few enough of the places."""
    side_m = focus.box_m
    while side_m > MIN_BOX_M and _inside(xy, centre, side_m).sum() > focus.max_buildings:
        side_m *= SHRINK
    return side_m


def _inside(
    xy: NDArray[np.float64], centre: NDArray[np.float64], side_m: float
) -> NDArray[np.bool_]:
    return np.asarray((np.abs(xy - centre) <= side_m / 2).all(axis=1))


def _densest(xy: NDArray[np.float64], side_m: float) -> NDArray[np.float64]:
    """Give the mean of the places in the square of a grid that holds most of them."""
    cells = np.floor(xy / side_m).astype(np.int64)
    _, owner, count = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    mean: NDArray[np.float64] = xy[owner.reshape(-1) == count.argmax()].mean(axis=0)
    return mean
