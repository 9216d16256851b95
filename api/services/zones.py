"""Control zones: as they are, as they were known, and how many people they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely
from shapely import MultiPolygon

from api.services.features import features_of
from api.services.reach import seen_rows
from api.services.sight import feature_frame, sees, wgs84_shape
from api.services.zone_features import LAYER, geometry_json, unknown_zone, zone_feature
from api.store.edits import UnknownFeatureError
from geo.io.features import collection_bytes
from geo.layers import ZONES
from geo.zones import held_counts, holding_zones, overlaps, zones_at

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd

    from api.services.rights import Person
    from api.services.workspace import Workspace
    from api.store.edits import StoredFeature


@dataclass(frozen=True, slots=True)
class ZonesQuery:
    """
    Which zones are asked for.

    Parameters
    ----------
    at
        Those in force at this moment, aware; all that are stored where `None`.
    known_at
        As they were known at this moment, aware; as stored now where `None`.
    """

    at: datetime | None = None
    known_at: datetime | None = None


def zones_geojson(workspace: Workspace, person: Person, query: ZonesQuery, now: datetime) -> bytes:
    """
    Write the zones that somebody may see, and how many people they hold.

    Parameters
    ----------
    now
        Aware; counts are of this moment where the query names none.

    Returns
    -------
    text
        A GeoJSON feature collection with the members `at`, `known_at`, `seq` (of the last
        change, from which on events tell), `held` and `overlaps`.
    """
    seq = workspace.project.last_seq()
    features, zones = _known(workspace, person, query.known_at)
    moment = query.at or query.known_at or now
    in_force = zones_at(zones, moment)
    shown = zones.index if query.at is None else in_force.index
    members = {
        "at": query.at,
        "known_at": query.known_at,
        "seq": seq,
        "held": held_people(workspace, person, in_force),
        "overlaps": _overlaps(workspace, in_force),
    }
    return collection_bytes([features[position] for position in shown], members)


def read_zone(workspace: Workspace, person: Person, key: str) -> StoredFeature:
    """
    Give a zone.

    Raises
    ------
    UnknownFeatureError
        If there is none of that id, or none that the person may see.
    """
    zone = workspace.project.feature(LAYER, key)
    if not sees(workspace, person, zone):
        raise UnknownFeatureError(unknown_zone(key))
    return zone


def period(workspace: Workspace, now: datetime) -> int:
    """Count the moments up to now at which a zone begins or ends by itself."""
    moments = workspace.once("zone moments", None, lambda: _moments(workspace), of=(LAYER,))
    return int(moments.searchsorted(pd.Timestamp(now), side="right"))


def held_people(
    workspace: Workspace, person: Person, zones: gpd.GeoDataFrame
) -> list[dict[str, Any]]:
    """
    Count for each level the buildings, households and people it holds, in a person's reach.

    Parameters
    ----------
    zones
        Those in force, metric CRS.
    """
    buildings = _seen(workspace, person, "buildings")
    counts = held_counts(buildings, holding_zones(buildings, zones, at=None))
    return [
        {
            "level": str(level),
            "buildings": int(row["buildings"]),
            "households": int(row["households"]),
            "people": int(row["residents"]),
        }
        for level, row in counts.to_dict("index").items()
    ]


def _known(
    workspace: Workspace, person: Person, known_at: datetime | None
) -> tuple[list[dict[str, Any]], gpd.GeoDataFrame]:
    """Give the zones somebody may see as features, and as a frame in the same order."""
    if known_at is None:
        return workspace.once("zones now", person.view, lambda: _stored(workspace, person))
    frame = workspace.project.as_known_at(LAYER, known_at)
    zones = seen_rows(workspace, person.areas, LAYER, frame).reset_index(drop=True)
    names = [column.name for column in ZONES.columns if person.may_see(column)]
    return [{**one, "etag": None} for one in features_of(zones, names, key=ZONES.key)], zones


def _stored(workspace: Workspace, person: Person) -> tuple[list[dict[str, Any]], gpd.GeoDataFrame]:
    project = workspace.project
    found = sorted(project.features(LAYER), key=lambda zone: zone.fid)
    stored = {zone.key: zone for zone in found}
    frame = feature_frame(project.metric_crs, LAYER, list(stored.values()))
    zones = seen_rows(workspace, person.areas, LAYER, frame).reset_index(drop=True)
    return [zone_feature(stored[str(key)], person) for key in zones[ZONES.key]], zones


def _seen(workspace: Workspace, person: Person, layer_name: str) -> gpd.GeoDataFrame:
    return workspace.once(
        "seen",
        (layer_name, person.areas),
        lambda: seen_rows(workspace, person.areas, layer_name, workspace.project.read(layer_name)),
    )


def _overlaps(workspace: Workspace, zones: gpd.GeoDataFrame) -> dict[str, Any] | None:
    """Give the ground where levels overlap, and of each part the level that holds there."""
    shared = overlaps(zones)
    if shared.empty:
        return None
    parts = [
        {
            "level": str(level),
            "milder": str(milder).split(","),
            "geometry": geometry_json(wgs84_shape(workspace, shape)),
        }
        for level, milder, shape in zip(
            shared["level"], shared["milder"], shared.geometry, strict=True
        )
    ]
    every = MultiPolygon(list(shapely.get_parts(shared.geometry.to_numpy())))
    return {**(geometry_json(wgs84_shape(workspace, every)) or {}), "parts": parts}


def _moments(workspace: Workspace) -> pd.DatetimeIndex:
    zones = workspace.project.read_table(LAYER)
    moments = pd.concat([zones["valid_from_at"], zones["valid_to_at"]]).dropna()
    return pd.DatetimeIndex(pd.to_datetime(moments, utc=True)).sort_values()
