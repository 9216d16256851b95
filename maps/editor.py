"""What the editor of control zones needs to start on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.layers import ZONE_LEVELS

if TYPE_CHECKING:
    from maps.assets import Assets
    from maps.view import CommunityView
    from maps.words import Words

GEOMAN_JS = "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.min.js"
GEOMAN_CSS = "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.css"


def editor_data(view: CommunityView, words: Words, assets: Assets) -> dict[str, Any] | None:
    """
    Give the editor's part of the page's data block; see `maps/static/js/editor/types.d.ts`.

    Returns
    -------
    editor
        Nothing where no service answers the page: then the tables are all there is.

    Raises
    ------
    MissingAssetsError
        If Leaflet-Geoman was not copied.
    """
    if not view.is_served:
        return None
    return {
        "canEdit": view.can_edit,
        # One device may serve several people and projects: a draft is one person's, of one.
        "keep": f"zones {view.title} {view.person_name}",
        "geoman": assets.vendor_url(GEOMAN_JS),
        "geomanStyle": assets.vendor_url(GEOMAN_CSS),
        "levels": {level: words.choice("zones.level", level) for level in ZONE_LEVELS},
    }
