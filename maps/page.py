"""The page of one community: a Folium map, and the same facts as tables beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import geopandas as gpd
from folium.plugins import Fullscreen

from geo.crs import require_metric, to_wgs84
from geo.layers import LAYERS
from maps.areas import areas_layer
from maps.barriers import barriers_layer, gates_layer
from maps.buildings import buildings_layer
from maps.checkpoints import checkpoints_layer
from maps.coverage import uncovered_layer
from maps.drawn import present, script_json
from maps.editor import editor_data
from maps.editor_texts import editor_texts
from maps.figure import CommunityMap, PageFigure
from maps.panels.coverage import coverage_panel
from maps.panels.reopening import reopening_panel, trend_data
from maps.panels.sweep import sweep_panel
from maps.panels.zones import zones_panel
from maps.premises import premises_layer
from maps.routes import routes_layer
from maps.script_texts import script_texts
from maps.sites import sites_layer
from maps.streets import streets_layer
from maps.style import TEAM_COLOURS
from maps.text import escape
from maps.view import CommunityView
from maps.words import Words
from maps.zones import zones_layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from maps.assets import Assets
    from maps.drawn import DrawnLayer

__all__ = ["CommunityView", "community_page"]

DRAWN_NAMES = (
    "areas",
    "streets",
    "barriers",
    "buildings",
    "zones",
    "premises",
    "gates",
    "checkpoints",
    "sampling_sites",
)
# What the first look should hold, best first: surroundings may reach far beyond it.
EXTENT_NAMES = ("buildings", "premises", "streets", "areas")
MIDDLE_OF_CHINA_DEG = [104.0, 35.0]


def community_page(view: CommunityView, *, nonce: str, assets: Assets) -> str:
    """
    Draw the page.

    Parameters
    ----------
    view
        What to show; every frame in `view.metric_crs`.
    nonce
        Of the policy `script-src 'self' 'nonce-…'; style-src 'self' 'unsafe-inline'`; new for
        each answer, letters and digits only.
    assets
        Where scripts and styles lie.

    Returns
    -------
    html
        A whole document that asks for nothing but paths below `/static/`.

    Raises
    ------
    CrsError
        If a frame is not metric.
    AssetError
        If a file is missing, or an address is not declared.
    """
    words = Words(view.language)
    layers = drawn_layers(view, words)
    community_map = _map(view, layers, words)
    figure = PageFigure(
        "page.html", _context(view, layers, words, assets), nonce=nonce, assets=assets
    )
    figure.add_child(community_map)
    return figure.render()


def drawn_layers(view: CommunityView, words: Words) -> list[DrawnLayer]:
    """
    Build every layer of the map, lowest first; an empty layer is there but counts nothing.

    Raises
    ------
    CrsError
        If a frame is not metric.
    """
    frames = {name: _frame(view, name) for name in DRAWN_NAMES}
    require_metric(*frames.values())
    layers = [
        areas_layer(frames["areas"], words, shown_code=view.area_code),
        streets_layer(frames["streets"], words),
        barriers_layer(frames["barriers"], words),
        buildings_layer(frames["buildings"], words),
    ]
    if view.coverage is not None:
        layers.append(uncovered_layer(view.coverage, frames["buildings"], words))
    layers.append(zones_layer(frames["zones"], words))
    if view.sweep is not None:
        layers.append(routes_layer(view.sweep, view.metric_crs, words))
    return [
        *layers,
        premises_layer(frames["premises"], view.premises_states, words),
        gates_layer(frames["gates"], words),
        checkpoints_layer(frames["checkpoints"], words),
        sites_layer(frames["sampling_sites"], words),
    ]


def extent_deg(view: CommunityView) -> list[float] | None:
    """
    Give what the first look should hold: west, south, east, north in WGS 84 degrees.

    Returns
    -------
    extent
        `None` where there is nothing at all.
    """
    for name in EXTENT_NAMES:
        frame = present(_frame(view, name))
        if len(frame):
            return [round(float(deg), 6) for deg in to_wgs84(frame).total_bounds]
    return None


def _frame(view: CommunityView, name: str) -> gpd.GeoDataFrame:
    frame = view.layers.get(name)
    if frame is not None:
        return frame
    columns: dict[str, list[Any]] = {column: [] for column in LAYERS[name].column_names}
    return gpd.GeoDataFrame(columns, geometry=[], crs=view.metric_crs)


def _map(view: CommunityView, layers: Sequence[DrawnLayer], words: Words) -> CommunityMap:
    extent = extent_deg(view)
    centre = MIDDLE_OF_CHINA_DEG
    if extent is not None:
        west, south, east, north = extent
        centre = [(west + east) / 2, (south + north) / 2]
    community_map = CommunityMap(
        centre,
        [escape(attribution) for attribution in view.attributions],
        zoom_titles=(words.say("Zoom in"), words.say("Zoom out")),
    )
    for layer in layers:
        layer.add_to(community_map)
    titles = {"title": words.say("Full screen"), "title_cancel": words.say("Leave full screen")}
    button = Fullscreen(**titles, force_separate_button=True)  # type: ignore[no-untyped-call]  # folium leaves it so
    button.add_to(community_map)
    return community_map


def _context(
    view: CommunityView, layers: Sequence[DrawnLayer], words: Words, assets: Assets
) -> dict[str, Any]:
    return {
        "_": words.say,
        "words": words,
        "view": view,
        "drawn": layers,
        "is_empty": all(len(frame) == 0 for frame in view.layers.values()),
        "tabs": (
            ("layers", words.say("Layers")),
            ("coverage", words.say("Coverage")),
            ("zones", words.say("Control")),
            ("sweep", words.say("Sweep")),
            ("reopening", words.say("Reopening")),
        ),
        "coverage": coverage_panel(view, words),
        "zones": zones_panel(view, words),
        "sweep": sweep_panel(view, words),
        "reopening": reopening_panel(view, words),
        "kept_query": lambda *names: [
            (name, value) for name, value in view.query.items() if name not in names
        ],
        "query_with": lambda name, value: urlencode({**view.query, name: value}),
        "import_map": script_json({"imports": assets.modules()}),
        "page_data": _page_data(view, layers, words, assets),
    }


def _page_data(
    view: CommunityView, layers: Sequence[DrawnLayer], words: Words, assets: Assets
) -> str:
    trend = view.reopening is not None and len(view.reopening.trend) > 0
    return script_json(
        {
            "map": "map_community",
            "siteLayer": view.site_layer,
            "extent": extent_deg(view),
            "layers": {layer.key: layer.data() for layer in layers},
            "teamColours": TEAM_COLOURS,
            "texts": script_texts(words) | (editor_texts(words) if view.is_served else {}),
            "editor": editor_data(view, words, assets),
            "trend": trend_data(view.reopening, words) if trend and view.reopening else None,
            "echarts": assets.vendor_url("echarts/dist/echarts.common.min.js") if trend else None,
        }
    )
