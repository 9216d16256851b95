from __future__ import annotations

import pytest
from branca.element import Element
from jinja2 import UndefinedError

from maps.assets import Assets
from maps.figure import CommunityMap, PageFigure, environment


def _map() -> CommunityMap:
    return CommunityMap([116.35, 39.96], ["Source &amp; licence"], zoom_titles=("In", "Out"))


def test_a_map_has_no_tiles_draws_on_canvas_and_brings_no_header() -> None:
    chart = _map()
    figure = PageFigure("page.html", {}, nonce="n", assets=Assets())
    figure.add_child(chart)

    chart.render()  # type: ignore[no-untyped-call]  # folium leaves it so

    script = figure.script.render()
    assert '"preferCanvas": true' in script
    assert '"maxZoom": 20' in script
    assert "tileLayer" not in script
    assert "[39.96, 116.35]" in script
    assert "user-scalable" not in figure.header.render()


def test_a_header_block_that_is_not_ours_gets_no_nonce() -> None:
    figure = PageFigure("page.html", {}, nonce="secret", assets=Assets())
    figure.header.add_child(Element("<script>theirs()</script>"))

    figure.page_template = environment().from_string("{{ head | safe }}")

    assert figure.render() == "<script>theirs()</script>"


def test_a_template_that_misses_a_value_is_an_error_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nobody_gave_this }}").render()


def test_templates_escape_by_themselves() -> None:
    assert environment().from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
