"""The frame round a Folium map: our page, local links, and a nonce on what is ours."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import folium
from branca.element import CssLink, Figure, JavascriptLink
from folium.template import Template
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from maps.assets import Assets

MAX_ZOOM = 20
MAP_ID = "community"


class CommunityMap(folium.Map):
    """
    A Folium map without tiles and without a header of its own.

    Folium's header locks the viewport's scale and sets styles for a bare page; ours stand in
    the template of the page.

    Parameters
    ----------
    centre
        WGS 84 degrees, `[lon, lat]`.
    attributions
        Escaped.
    zoom_titles
        Names of the two buttons.
    """

    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <div class="folium-map" id="{{ this.get_name() }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
            center: {{ this.location|tojson }},
            crs: L.CRS.{{ this.crs }},
            ...{{ this.options|tojavascript }}
        });
        {{ this.get_name() }}.attributionControl.setPrefix(false);
        {%- for attribution in this.attributions %}
        {{ this.get_name() }}.attributionControl.addAttribution({{ attribution|tojson }});
        {%- endfor %}
        L.control.zoom({{ this.zoom_options|tojson }}).addTo({{ this.get_name() }});
        L.control.scale({imperial: false, maxWidth: 140}).addTo({{ this.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(
        self, centre: Sequence[float], attributions: Iterable[str], *, zoom_titles: tuple[str, str]
    ) -> None:
        lon, lat = centre
        super().__init__(
            location=[lat, lon],
            tiles=None,
            zoom_start=16,
            prefer_canvas=True,
            zoom_control=False,
            maxZoom=MAX_ZOOM,
            minZoom=3,
            zoomSnap=0.5,
            zoomDelta=1,
            wheelPxPerZoomLevel=90,
        )
        self._id = MAP_ID
        self.attributions = tuple(attributions)
        self.zoom_options = dict(zip(("zoomInTitle", "zoomOutTitle"), zoom_titles, strict=True))


class PageFigure(Figure):
    """
    A figure that renders into one of our page templates.

    Only the template's own blocks carry the nonce. What a map's elements put into the header
    passes as it is, so an inline script among it would be refused by the policy.

    Parameters
    ----------
    template
        File below `maps/templates`.
    context
        What the template shows, next to `head`, `scripts`, `map_html`, `map_script`, `nonce`.
    """

    def __init__(
        self, template: str, context: dict[str, Any], *, nonce: str, assets: Assets
    ) -> None:
        super().__init__()
        self._name = "Figure"
        self.page_template = environment().get_template(template)
        self.context = context
        self.nonce = nonce
        self.assets = assets

    def render(self, **kwargs: Any) -> str:  # noqa: ANN401 (branca's own signature)
        """Give the page; links are local, or an error tells which cannot be."""
        for child in list(self._children.values()):
            child.render(**kwargs)
        styles, scripts, head = self._header(**kwargs)
        return self.page_template.render(
            **self.context,
            nonce=self.nonce,
            assets=self.assets,
            styles=styles,
            scripts=scripts,
            head=head,
            map_html=self.html.render(**kwargs),
            map_script=self.script.render(**kwargs),
        )

    def _header(self, **kwargs: Any) -> tuple[list[str], list[str], str]:  # noqa: ANN401 (as above)
        styles, scripts, blocks = [], [], []
        for name, element in self.header._children.items():  # noqa: SLF001 (branca has no other way)
            if isinstance(element, CssLink):
                styles.append(self.assets.link_url(element.url))
            elif isinstance(element, JavascriptLink):
                scripts.append(self.assets.link_url(element.url))
            elif name != "meta_http":
                blocks.append(element.render(**kwargs))
        return [url for url in styles if url], [url for url in scripts if url], "\n".join(blocks)


@cache
def environment() -> Environment:
    """Give the templates of `maps/templates`, which escape every value."""
    return Environment(
        loader=PackageLoader("maps"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
