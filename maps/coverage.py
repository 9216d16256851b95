"""What no site covers: zones with a dashed line, and their buildings in orange."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.coverage import Reason
from maps.drawn import DrawnLayer, Legend, geometry_fragments, present
from maps.style import UNCOVERED_STYLES

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.coverage import Coverage
    from maps.words import Words


def reason_text(reason: object, words: Words) -> str:
    """Say why a building or a zone is not covered."""
    said = {
        Reason.COVERED: words.say("Covered"),
        Reason.TOO_FAR: words.say("Too far"),
        Reason.NO_PATH: words.say("No path"),
        Reason.SITE_FULL: words.say("Site full"),
        Reason.NO_SITE: words.say("No site"),
    }
    return said[Reason(str(reason))]


def uncovered_layer(coverage: Coverage, buildings: gpd.GeoDataFrame, words: Words) -> DrawnLayer:
    """
    Build the layer of what is not covered.

    Parameters
    ----------
    coverage
        Of `buildings`.
    buildings
        As drawn by `maps.buildings.buildings_layer`, in the same order.
    """
    zones = present(coverage.zones)
    is_left_out = ~coverage.buildings["is_covered"].astype(bool).reindex(
        present(buildings).index, fill_value=True
    )
    fields = [
        words.say("Buildings"),
        words.say("Households"),
        words.say("Residents"),
        words.say("Longest walk"),
        words.say("Reason"),
    ]
    payload = {
        "kind": "shapes",
        "one": words.say("Uncovered zone"),
        "geometries": geometry_fragments(zones),
        "keys": [str(key) for key in zones["zone_id"]],
        "labels": [
            words.say("Uncovered zone {number}").format(number=number)
            for number in range(1, len(zones) + 1)
        ],
        "classes": ["zone"] * len(zones),
        "styles": UNCOVERED_STYLES,
        "facts": {"fields": fields, "rows": _facts(zones, words)},
        "buildings": [int(position) for position in is_left_out.to_numpy().nonzero()[0]],
    }
    layer = DrawnLayer("uncovered", words.say("Uncovered zones"), payload)
    return layer.with_legend(
        Legend(words.say("Uncovered zone"), "uncovered"),
        Legend(words.say("Uncovered building"), "uncovered_building"),
    )


def _facts(zones: gpd.GeoDataFrame, words: Words) -> list[list[str]]:
    counts = [
        [words.count(value) for value in zones[name]]
        for name in ("buildings", "households", "residents")
    ]
    walks = [words.metres(walk_m) for walk_m in zones["worst_walk_m"]]
    reasons = [reason_text(reason, words) for reason in zones["reason"]]
    return [list(row) for row in zip(*counts, walks, reasons, strict=True)]
