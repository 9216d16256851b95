"""The collections as pages for people: plain tables, and a sketch of what is on the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np
import shapely
from markupsafe import Markup

from maps.figure import environment
from maps.text import LANGUAGES, catalogue, escape
from maps.words import HTML_LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from maps.assets import Assets
    from maps.text import Language

CATALOGUE = "ogc"
WIDTH, HEIGHT, MARGIN = 720.0, 360.0, 12.0
DOT = 4.0
SMALLEST_DEG = 1e-4
POINTS = frozenset({"Point", "MultiPoint"})
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


@dataclass(frozen=True, slots=True)
class Place:
    """
    One feature of a sketch.

    Parameters
    ----------
    shape
        WGS 84.
    title
        Not trusted.
    href
        Where it leads.
    """

    shape: shapely.geometry.base.BaseGeometry
    title: str
    href: str


@dataclass(frozen=True)
class OgcPage:
    """
    A page for a person.

    Parameters
    ----------
    template
        File below `maps/templates/ogc`.
    title
        Of the page; not trusted.
    language
        In which it speaks.
    path
        Of the page, without parameters.
    query
        Parameters of its address.
    trail
        Titles and addresses of the pages above it.
    content
        What the template shows besides.
    """

    template: str
    title: str
    language: Language
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    trail: Sequence[tuple[str, str]] = ()
    content: Mapping[str, Any] = field(default_factory=dict)

    def render(self, *, nonce: str, assets: Assets) -> str:
        """
        Give the page.

        Parameters
        ----------
        nonce
            Of the policy of the answer; letters and digits only.
        assets
            Where styles and scripts lie.
        """
        template = environment().get_template(f"ogc/{self.template}")
        return template.render(
            **self.content,
            page=self,
            say=self.say,
            languages=[(code, LANGUAGE_NAMES[code], self.address(lang=code)) for code in LANGUAGES],
            html_language=HTML_LANGUAGES[self.language],
            json_address=self.address(f="json"),
            nonce=nonce,
            assets=assets,
        )

    def say(self, message: str) -> str:
        """Translate a message, or the title of a layer or a column."""
        said = self._texts.gettext(message)
        return catalogue(self.language, "page").gettext(message) if said == message else said

    def show(self, value: object) -> object:
        """Give a value as people read it."""
        return self.say("Yes" if value else "No") if isinstance(value, bool) else value

    def address(self, **changes: str) -> str:
        """Give the address of the page with some parameters as they are given here."""
        return f"{self.path}?{urlencode({**self.query, **changes})}"

    @cached_property
    def _texts(self) -> Any:  # noqa: ANN401 - a catalogue
        return catalogue(self.language, CATALOGUE)


def sketch(places: Sequence[Place]) -> Markup:
    """
    Draw features as a picture, north up, each leading to its own page.

    Returns
    -------
    svg
        Empty where there is nothing to draw.
    """
    shapes = np.array([place.shape for place in places], dtype=object)
    if not len(shapes) or shapely.is_empty(shapes).all():
        return Markup()
    drawn = shapely.transform(shapes, _Projection(shapes))
    parts = [_drawn(shape, place) for shape, place in zip(drawn, places, strict=True)]
    box = f"0 0 {WIDTH:g} {HEIGHT:g}"
    # Numbers of ours and escaped texts only.
    return Markup(  # noqa: S704
        f'<svg class="sketch" viewBox="{box}" role="group">{"".join(parts)}</svg>'
    )


class _Projection:
    """Puts degrees on the picture, east to west as wide as they are there."""

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        west, south, east, north = shapely.total_bounds(shapes)
        self._middle = np.array([(west + east) / 2, (south + north) / 2])
        self._stretch = np.array([np.cos(np.radians(self._middle[1])), -1.0])
        span = np.abs([(east - west) * self._stretch[0], north - south])
        room = np.array([WIDTH, HEIGHT]) - 2 * MARGIN
        self._scale = float(np.min(room / np.maximum(span, SMALLEST_DEG)))

    def __call__(self, degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give places in the picture's units."""
        centre = np.array([WIDTH / 2, HEIGHT / 2])
        return np.asarray((degrees - self._middle) * self._stretch * self._scale + centre)


def _drawn(shape: shapely.geometry.base.BaseGeometry, place: Place) -> str:
    told = f"<title>{escape(place.title)}</title>"
    if shape.geom_type in POINTS:
        x, y = shapely.get_coordinates(shape)[0]
        mark = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{DOT:g}">{told}</circle>'
    else:
        kind = "area" if "Polygon" in shape.geom_type else "line"
        mark = f'<path class="{kind}" d="{_path(shape)}">{told}</path>'
    return f'<a href="{escape(place.href)}" aria-label="{escape(place.title)}">{mark}</a>'


def _path(shape: shapely.geometry.base.BaseGeometry) -> str:
    lines = shapely.get_parts(shapely.get_rings(shapely.get_parts(shape)))
    if not len(lines):
        lines = shapely.get_parts(shape)
    return " ".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(line))
        for line in lines
    )
