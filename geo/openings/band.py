"""A draft of a zone that needs fewer posts, with its line moved no farther than asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.openings.redrawing import redraw, smooth, take_buildings_whole
from geo.openings.sides import Band, Side, part_sides
from geo.openings.states import State
from geo.openings.survey import RULES, survey_zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from geo.openings.sides import Sides
    from geo.openings.states import OpeningRules
    from geo.openings.survey import Survey
    from geo.openings.ways import Ways

SMOOTHINGS_M = (2.0, 0.5, 0.0)
"""Widths of what is smoothed away, tried until the line needs no more posts than the cut."""


@dataclass(frozen=True, slots=True)
class Draft:
    """
    A zone whose line was moved to need fewer posts.

    Parameters
    ----------
    shape
        Valid polygon or multipolygon, metric CRS.
    survey
        Its openings, and the fewest posts that seal it, counted on the drawn line.
    moved_m
        How far the line moved where it moved farthest.
    """

    shape: BaseGeometry
    survey: Survey
    moved_m: float


def draft_band(
    ways: Ways, zone: BaseGeometry, *, band_m: float, rules: OpeningRules = RULES
) -> Draft | None:
    """
    Move a zone's line within a band so that the fewest posts seal it.

    What is deeper inside than the band stays inside, what is farther out stays outside.
    Buildings go whole to the side of their door, as far as the band allows. The draft is
    counted as it was drawn: where the drawing needs more posts than the cut, that is told.

    Parameters
    ----------
    ways
        Of the zone and well beyond the band, with homes if buildings are to stay whole.
    zone
        Valid polygon or multipolygon, same metric CRS.
    band_m
        How far the line may move either way, in metres; positive.

    Returns
    -------
    draft
        `None` if none needs fewer posts than the zone does, or if the band is so wide that
        nothing and nobody has to stay in the zone.

    Raises
    ------
    ValueError
        If `band_m` is not positive.
    """
    if not band_m > 0:
        msg = f"Expected a band above 0 m, got {band_m}."
        raise ValueError(msg)
    band = Band(zone, zone.buffer(-band_m), zone.buffer(band_m), band_m)
    fewest = survey_zone(ways, zone, rules=rules).posts.count
    if band.core.is_empty or fewest == 0:
        return None
    best: Draft | None = None
    for sides in (part_sides(ways, band, cuts_all=cuts_all) for cuts_all in (True, False)):
        wanted = int(sides.is_post.sum())
        if not (sides.of_node == Side.INSIDE).any():
            return None
        if wanted < fewest and (best is None or _rank(best)[0] > wanted):
            drafts = (_draft(ways, band, shape, rules) for shape in _shapes(ways, band, sides))
            best = _first_best(best, drafts, wanted)
    return best if best is not None and best.survey.posts.count < fewest else None


def _first_best(best: Draft | None, drafts: Iterator[Draft], wanted: int) -> Draft | None:
    """Give the first draft that needs as few posts as wanted, or else the best of all."""
    for draft in drafts:
        if best is None or _rank(draft) < _rank(best):
            best = draft
        if _rank(best)[0] <= wanted:
            break
    return best


def _draft(ways: Ways, band: Band, shape: BaseGeometry, rules: OpeningRules) -> Draft:
    return Draft(shape, survey_zone(ways, shape, rules=rules), _moved_m(shape, band.zone))


def _shapes(ways: Ways, band: Band, sides: Sides) -> Iterator[BaseGeometry]:
    """Give the redrawn zone, the most pleasing first."""
    drawn = redraw(ways, band, sides)
    whole = take_buildings_whole(drawn, ways, band, sides)
    for shape in (whole, drawn):
        for smoothing_m in SMOOTHINGS_M:
            yield smooth(shape, band, smoothing_m)


def _rank(draft: Draft) -> tuple[int, int]:
    """Tell posts, then openings that are not closed: fewer are better."""
    states = draft.survey.openings["state"]
    return draft.survey.posts.count, int(states.ne(State.CLOSED).sum())


def _moved_m(shape: BaseGeometry, zone: BaseGeometry) -> float:
    points = shapely.points(shapely.get_coordinates(shape.boundary))
    return float(np.max(shapely.distance(points, zone.boundary), initial=0.0))
