"""Coverage of a project's buildings by its sites."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from api.services.features import features_of
from api.services.reach import seen_rows
from api.services.scope import (
    GROUND_LAYERS,
    WHOLE,
    Scope,
    box_around,
    may_lead_farther,
    read_ground,
)
from geo.coverage import Coverage, CoverageRules, Reason, WalkInput, active_sites, cover
from geo.io.features import collection_bytes

if TYPE_CHECKING:
    import geopandas as gpd

    from api.services.scope import Ground
    from api.services.workspace import Workspace
    from maps.view import SiteLayer

ZONE_COLUMNS = ("zone_id", "buildings", "households", "residents", "worst_walk_m", "reason")
BUILDING_COLUMNS = ("building_id", "covered", "site_id", "walk_m", "reason")
WALK_DIGITS = 2
"""Walks are told to the centimetre."""


@dataclass(frozen=True, slots=True)
class CoverageQuery:
    """
    What is asked about coverage.

    Parameters
    ----------
    scope
        Which buildings.
    site_layer
        What covers them.
    rules
        How far and how fast people walk.
    """

    scope: Scope = WHOLE
    site_layer: SiteLayer = "sampling_sites"
    rules: CoverageRules = field(default_factory=CoverageRules)


def coverage_ground(workspace: Workspace, query: CoverageQuery) -> Ground:
    """
    Read the ground the coverage is measured on; its buildings are those of the answer.

    Raises
    ------
    UnknownAreaError
        If no area has the code asked for.
    """
    return read_ground(workspace, query.scope, reach_m=query.rules.reach_m)


def measure_coverage(workspace: Workspace, query: CoverageQuery) -> Coverage:
    """
    Measure which buildings of a scope the sites cover; kept until the project changes.

    Sites outside the scope count, as far as whoever asks may see them; people outside it, who
    may want them too, do not.

    Raises
    ------
    UnknownAreaError
        If no area has the code asked for.
    """
    layers = (*GROUND_LAYERS, query.site_layer)
    return workspace.once("coverage", query, lambda: _measure(workspace, query), of=layers)


def zones_geojson(workspace: Workspace, query: CoverageQuery) -> bytes:
    """
    Write the uncovered zones as GeoJSON, with the counts as `summary`.

    Raises
    ------
    UnknownAreaError
        If no area has the code asked for.
    """
    coverage = measure_coverage(workspace, query)
    zones = coverage.zones.assign(worst_walk_m=coverage.zones["worst_walk_m"].round(WALK_DIGITS))
    return collection_bytes(features_of(zones, ZONE_COLUMNS), _summary(coverage))


def buildings_geojson(workspace: Workspace, query: CoverageQuery) -> bytes:
    """
    Write every building as GeoJSON: its site, the walk there, and why it is not covered.

    Raises
    ------
    UnknownAreaError
        If no area has the code asked for.
    """
    coverage = measure_coverage(workspace, query)
    found = coverage.buildings
    buildings = (
        coverage_ground(workspace, query)
        .buildings[["building_id", "geometry"]]
        .assign(
            covered=found["is_covered"].astype(bool),
            site_id=found["site_id"],
            walk_m=found["walk_m"].round(WALK_DIGITS),
            reason=found["reason"].astype(str),
        )
    )
    features = features_of(buildings, BUILDING_COLUMNS, key="building_id")
    return collection_bytes(features, _summary(coverage))


def _summary(coverage: Coverage) -> dict[str, object]:
    return {"summary": asdict(coverage.summary), "rules": asdict(coverage.rules)}


def _measure(workspace: Workspace, query: CoverageQuery) -> Coverage:
    ground = coverage_ground(workspace, query)
    sites = _sites(workspace, query, ground)
    near = _cover(query, ground, sites)
    if query.scope.is_whole or not _may_find_more(workspace, query, near, sites):
        return near
    # There may be a site, or a way round, farther off: that is too far, not no path.
    wide = read_ground(workspace, query.scope, reach_m=math.inf)
    return _cover(query, wide, _sites(workspace, query, wide))


def _may_find_more(
    workspace: Workspace, query: CoverageQuery, near: Coverage, sites: gpd.GeoDataFrame
) -> bool:
    """Whether a site or a way that is farther off may change what was found."""
    reason = near.buildings["reason"]
    if reason.eq(Reason.NO_SITE).any():
        return _count_sites(workspace, query) > len(sites)
    ground, is_lost = coverage_ground(workspace, query), reason.eq(Reason.NO_PATH)
    points = active_sites(sites).geometry.to_numpy()
    return bool(is_lost.any()) and may_lead_farther(ground, points, ground.buildings[is_lost])


def _sites(workspace: Workspace, query: CoverageQuery, ground: Ground) -> gpd.GeoDataFrame:
    project = workspace.project
    around = box_around(ground.extent, project.metric_crs, margin_m=ground.margin_m)
    sites = project.read(query.site_layer, bbox=around)
    return seen_rows(workspace, query.scope.reach, query.site_layer, sites)


def _count_sites(workspace: Workspace, query: CoverageQuery) -> int:
    layer, reach = query.site_layer, query.scope.reach
    if reach is None:
        return workspace.project.count(layer)
    return len(seen_rows(workspace, reach, layer, workspace.project.read(layer)))


def _cover(query: CoverageQuery, ground: Ground, sites: gpd.GeoDataFrame) -> Coverage:
    return cover(
        ground.buildings,
        sites,
        network=WalkInput(ground.network, ground.entrances),
        rules=query.rules,
        extent=ground.extent,
    )
