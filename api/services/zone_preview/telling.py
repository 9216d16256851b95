"""A preview as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import shapely
from shapely import MultiPolygon

from api.services.features import features_of
from api.services.sight import wgs84_shape
from api.services.zone_features import geometry_json
from geo.io.features import datetime_text
from geo.openings import State

if TYPE_CHECKING:
    import geopandas as gpd

    from api.services.workspace import Workspace
    from api.services.zone_errors import Say
    from api.services.zone_preview.effects import Change, Named, OpeningsChange, Preview

OPENING_COLUMNS = (
    "opening_id",
    "zone_id",
    "state",
    "street",
    "street_id",
    "checkpoint_id",
    "gate_id",
    "is_walkable",
    "is_drivable",
)
SHARE_DIGITS = 4


def preview_document(workspace: Workspace, preview: Preview, say: Say) -> dict[str, Any]:
    """
    Give a preview for JSON, everything in WGS 84.

    Parameters
    ----------
    say
        Puts English sentences in the reader's language.

    Returns
    -------
    document
        Plain values, lists and dictionaries.
    """
    return {
        "at": datetime_text(preview.at),
        "buildings": _change(preview.buildings),
        "households": _change(preview.households),
        "people": _change(preview.people),
        "sites": _change(preview.sites),
        "gates": _change(preview.gates),
        "levels": [
            {"level": level, "buildings": buildings, "households": households, "people": people}
            for level, (buildings, households, people) in preview.levels.items()
        ],
        "moved": [
            {**_named(one.building), "from": one.before, "to": one.after} for one in preview.moved
        ],
        "blocks": [
            {"id": block.key, "name": block.name, "cadre": block.cadre} for block in preview.blocks
        ],
        "teams": [{"team": one.team, "buildings": one.buildings} for one in preview.teams],
        "openings": _openings(preview.openings),
        "half_inside": [
            {**_named(one.building), "zone": one.zone_id, "share": round(one.share, SHARE_DIGITS)}
            for one in preview.half_inside
        ],
        "overlaps": _overlaps(workspace, preview.overlaps),
        "faults": [fault.members(say) for fault in preview.faults],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "now": change.now,
        "change": change.change,
        "in": [_named(one) for one in change.entering],
        "out": [_named(one) for one in change.leaving],
        "unknown": change.unknown,
    }


def _named(one: Named) -> dict[str, Any]:
    return {"id": one.key, "name": one.name}


def _openings(change: OpeningsChange) -> dict[str, Any]:
    states = change.openings["state"].astype(str)
    return {
        "now": {"type": "FeatureCollection", "features": _features(change.openings)},
        "counts": {str(state): int((states == state).sum()) for state in State},
        "gained": _features(change.gained),
        "lost": _features(change.lost),
        "fewest_posts": change.fewest_posts,
    }


def _features(openings: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    told = openings.assign(state=openings["state"].astype(str))
    features: list[dict[str, Any]] = orjson.loads(orjson.dumps(features_of(told, OPENING_COLUMNS)))
    return features


def _overlaps(workspace: Workspace, shared: gpd.GeoDataFrame) -> dict[str, Any] | None:
    """Give the ground where levels overlap, and of each part the level that holds there."""
    if shared.empty:
        return None
    shapes = [wgs84_shape(workspace, shape) for shape in shared.geometry]
    parts = [
        {"level": level, "milder": milder.split(","), "geometry": geometry_json(shape)}
        for level, milder, shape in zip(shared["level"], shared["milder"], shapes, strict=True)
    ]
    every = MultiPolygon(list(shapely.get_parts(shapes)))
    return {**(geometry_json(every) or {}), "parts": parts}
