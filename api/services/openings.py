"""Openings in the boundaries of a project's zones."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from api.services.features import features_of
from api.services.reach import reach_of, seen_rows
from api.services.scope import box_around
from api.store.edits import UnknownFeatureError
from geo.io.features import collection_bytes
from geo.openings import (
    Homes,
    State,
    checkpoints_at,
    draft_band,
    gates_at,
    prepare_ways,
    survey_zone,
)
from geo.zones import outside_fault

if TYPE_CHECKING:
    from datetime import datetime

    from shapely.geometry.base import BaseGeometry

    from api.services.rights import Person
    from api.services.workspace import Workspace
    from geo.openings import Draft, Survey, Ways

LAYERS_READ = ("streets", "barriers", "gates", "checkpoints", "buildings", "entrances")
CELL_M = 1_000.0
"""What is read goes to full cells, so that a line that is dragged reads the same again."""
MARGIN_M = 400.0
"""Read at least this far around a zone: farther than what a dead end may be."""
MAX_BAND_M = 200.0
BESIDE_M = 20.0
"""Openings so near a person's areas are theirs to see."""
OPENING_COLUMNS = (
    "kind",
    "opening_id",
    "state",
    "street",
    "street_id",
    "checkpoint_id",
    "gate_id",
    "is_walkable",
    "is_drivable",
    "is_timed",
    "has_unknown_hours",
    "needs_post",
)
DRAFT_COLUMNS = ("kind", "zone_id", "fewest_posts", "openings", "moved_m", "band_m", "posts")
METRE_DIGITS = 1


@dataclass(frozen=True, slots=True)
class ZoneOpenings:
    """
    The openings of a zone.

    Parameters
    ----------
    zone_id
        Empty for a shape that is not stored.
    survey
        Its openings, metric CRS, and the fewest posts that seal it.
    band_m
        How far the line might move for a draft; `None` where no draft was asked for.
    draft
        The zone with its line moved so that fewer posts seal it; `None` if none does.
    """

    zone_id: str
    survey: Survey
    band_m: float | None = None
    draft: Draft | None = None

    @property
    def summary(self) -> dict[str, int]:
        """How many openings there are, how many of each state, and the fewest posts."""
        states = self.survey.openings["state"]
        counts = {state.value: int(states.eq(state).sum()) for state in State}
        return {"openings": len(states), **counts, "fewest_posts": self.survey.posts.count}


def zone_openings(
    workspace: Workspace,
    zone: str | BaseGeometry,
    *,
    band_m: float | None = None,
    at: datetime | None = None,
) -> ZoneOpenings:
    """
    Find the openings of a zone; kept until the project changes.

    Parameters
    ----------
    zone
        Id of a stored zone, or a valid shape in the project's metric CRS.
    band_m
        Look for a draft whose line lies within so many metres of the zone's; up to
        `MAX_BAND_M`.
    at
        The moment, by the clock of the place, for which gates with hours count as open or
        closed and checkpoints as staffed; without it such gates count as open.

    Raises
    ------
    UnknownFeatureError
        If no zone has that id.
    ValueError
        If `band_m` is not above 0, or beyond `MAX_BAND_M`.
    """
    if band_m is not None and not 0 < band_m <= MAX_BAND_M:
        msg = f"Expected a band above 0 and up to {MAX_BAND_M:g} m, got {band_m:g}."
        raise ValueError(msg)
    zone_id, shape = (zone, _stored(workspace, zone)) if isinstance(zone, str) else ("", zone)

    def find() -> ZoneOpenings:
        ways = ways_around(workspace, shape, reach_m=band_m or 0.0, at=at)
        draft = None if band_m is None else draft_band(ways, shape, band_m=band_m)
        return ZoneOpenings(zone_id, survey_zone(ways, shape), band_m, draft)

    return workspace.once("zone openings", (zone_id, shape.wkb, band_m, at), find)


def seen_openings(workspace: Workspace, person: Person, found: ZoneOpenings) -> ZoneOpenings:
    """
    Keep what somebody may see of the openings of a zone, which may reach beyond their areas.

    Openings and posts up to `BESIDE_M` around the areas stay, and a draft only where they
    could save it. The posts are still those that seal the whole zone.
    """
    reach = reach_of(workspace, person)
    if reach is None:
        return found
    openings, posts = found.survey
    is_near = shapely.dwithin(reach, openings.geometry.to_numpy(), BESIDE_M)
    near = openings[is_near].reset_index(drop=True)
    ids = frozenset(near["opening_id"])
    kept = replace(
        posts,
        count=sum(one in ids for one in posts.opening_ids),
        opening_ids=tuple(one for one in posts.opening_ids if one in ids),
        staffed_ids=tuple(one for one in posts.staffed_ids if one in ids),
        doors_outside=_seen_buildings(workspace, person, posts.doors_outside),
    )
    draft = found.draft
    is_own = draft is not None and outside_fault(draft.shape, reach) is None
    survey = found.survey._replace(openings=near, posts=kept)
    return replace(found, survey=survey, draft=draft if is_own else None)


def ways_around(
    workspace: Workspace,
    shape: BaseGeometry,
    *,
    reach_m: float = 0.0,
    at: datetime | None = None,
) -> Ways:
    """
    Prepare the ways in and around a shape; kept until the project changes.

    Parameters
    ----------
    shape
        In the project's metric CRS.
    reach_m
        How much farther than `MARGIN_M` around it, in metres.
    at
        As for `zone_openings`.
    """
    cells = None if shape.is_empty else _cells(shape, MARGIN_M + reach_m)
    layers = workspace.once(
        "opening layers", cells, lambda: _read(workspace, cells), of=LAYERS_READ
    )
    gates, checkpoints = gates_at(layers["gates"], at), checkpoints_at(layers["checkpoints"], at)
    states = tuple(gates.get("state", ())), tuple(checkpoints["is_staffed"])
    return workspace.once(
        "opening ways",
        (cells, states),
        lambda: prepare_ways(
            layers["streets"],
            layers["barriers"],
            gates,
            checkpoints,
            homes=Homes(layers["buildings"], layers["entrances"]),
        ),
        of=LAYERS_READ,
    )


def openings_features(found: ZoneOpenings) -> list[dict[str, Any]]:
    """Give the openings of a zone as GeoJSON Points of the kind `opening`."""
    return features_of(_told(found.survey, "opening"), OPENING_COLUMNS, key="opening_id")


def draft_feature(found: ZoneOpenings) -> dict[str, Any] | None:
    """Give the draft as a GeoJSON Polygon of the kind `draft`; `None` without one."""
    if found.draft is None:
        return None
    draft, survey = found.draft, found.draft.survey
    row = {
        "kind": "draft",
        "zone_id": found.zone_id or None,
        "fewest_posts": survey.posts.count,
        "openings": len(survey.openings),
        "moved_m": round(draft.moved_m, METRE_DIGITS),
        "band_m": found.band_m,
        "posts": [list(survey.posts.opening_ids)],
    }
    frame = gpd.GeoDataFrame(row, geometry=[draft.shape], crs=survey.openings.crs)
    return features_of(frame, DRAFT_COLUMNS)[0]


def draft_posts(found: ZoneOpenings) -> list[dict[str, Any]]:
    """Give the posts of the draft as GeoJSON Points of the kind `post`."""
    if found.draft is None:
        return []
    told = _told(found.draft.survey, "post")
    return features_of(told[told["needs_post"]], OPENING_COLUMNS, key="opening_id")


def openings_members(found: ZoneOpenings) -> dict[str, Any]:
    """Give what a collection of openings tells beside them: `summary` and `posts`."""
    posts = found.survey.posts
    return {
        "summary": found.summary,
        "posts": {
            "opening_ids": list(posts.opening_ids),
            "staffed_ids": list(posts.staffed_ids),
            "doors_outside": list(posts.doors_outside),
        },
    }


def openings_geojson(found: ZoneOpenings) -> bytes:
    """Write the openings of a zone as GeoJSON, and the draft with its posts if there is one."""
    draft = draft_feature(found)
    features = [*openings_features(found), *([draft] if draft else []), *draft_posts(found)]
    return collection_bytes(features, openings_members(found))


def _seen_buildings(
    workspace: Workspace, person: Person, building_ids: tuple[str, ...]
) -> tuple[str, ...]:
    if not building_ids:
        return ()
    buildings = workspace.project.read("buildings")
    named = buildings[buildings["building_id"].isin(building_ids)].reset_index(drop=True)
    seen = seen_rows(workspace, person.areas, "buildings", named)["building_id"]
    return tuple(one for one in building_ids if seen.eq(one).any())


def _stored(workspace: Workspace, zone_id: str) -> BaseGeometry:
    zones = workspace.project.read("zones")
    shapes = zones.geometry[zones["zone_id"] == zone_id].dropna()
    if shapes.empty:
        msg = f"zones {zone_id}: there is no such feature."
        raise UnknownFeatureError(msg)
    return shapes.iloc[0]


def _cells(shape: BaseGeometry, margin_m: float) -> tuple[float, float, float, float]:
    west, south, east, north = shape.bounds
    return (
        math.floor((west - margin_m) / CELL_M) * CELL_M,
        math.floor((south - margin_m) / CELL_M) * CELL_M,
        math.ceil((east + margin_m) / CELL_M) * CELL_M,
        math.ceil((north + margin_m) / CELL_M) * CELL_M,
    )


def _read(
    workspace: Workspace, cells: tuple[float, float, float, float] | None
) -> dict[str, gpd.GeoDataFrame]:
    project = workspace.project
    extent = shapely.box(*cells) if cells else None
    around = box_around(extent, project.metric_crs, margin_m=0)
    return {name: project.read(name, bbox=around) for name in LAYERS_READ}


def _told(survey: Survey, kind: str) -> gpd.GeoDataFrame:
    return survey.openings.assign(
        kind=kind,
        state=survey.openings["state"].astype(str),
        needs_post=survey.openings["opening_id"].isin(survey.posts.opening_ids),
    )
