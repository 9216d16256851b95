"""Shapes of zones cut, joined and fitted to each other; nothing is stored."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import shapely

from api.services.conflicts import merged_shapes
from api.services.openings import draft_feature, draft_posts, seen_openings, zone_openings
from api.services.reach import reach_of, seen_rows
from api.services.shapes import MalformedShapeError, parse_shape
from api.services.sight import wgs84_shape
from api.services.zone_errors import (
    CannotDrawError,
    ChangeFault,
    OutsideReachError,
    ZoneFaultsError,
)
from api.services.zone_features import geometry_json
from api.services.zone_rules import metric_shapes
from geo.borders import join, share_vertices, split, take_whole
from geo.errors import BorderError
from geo.zones import outside_fault, zone_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from api.services.rights import Person
    from api.services.workspace import Workspace

    Json = Mapping[str, Any]


class UnknownBuildingsError(LookupError):
    """No buildings have those ids, or none that the person may see."""


def split_shape(workspace: Workspace, geometry: Json, line: Json) -> list[Json]:
    """
    Cut a shape along a line.

    Parameters
    ----------
    geometry, line
        GeoJSON, WGS 84.

    Returns
    -------
    geometries
        GeoJSON, the largest piece first.

    Raises
    ------
    ZoneFaultsError
        If the shape is no sound zone, or either is no geometry.
    CannotDrawError
        If the line does not cut it.
    """
    (shape,) = sound_shapes(workspace, [geometry])
    (blade,) = metric_shapes(workspace, read_shapes([line]))
    with _told():
        pieces = split(shape, blade)
    return told_shapes(workspace, pieces)


def join_shapes(workspace: Workspace, geometries: Sequence[Json]) -> list[Json]:
    """Join shapes that touch into one; otherwise as `split_shape`."""
    shapes = sound_shapes(workspace, geometries)
    with _told():
        joined = join(shapes)
    return told_shapes(workspace, [joined])


def share_borders(workspace: Workspace, geometries: Sequence[Json]) -> list[Json]:
    """Give neighbours the same vertices on common borders; otherwise as `split_shape`."""
    shapes = sound_shapes(workspace, geometries)
    with _told():
        shared = share_vertices(shapes)
    return told_shapes(workspace, shared)


def take_buildings(
    workspace: Workspace,
    person: Person,
    geometry: Json,
    building_ids: Sequence[str],
    *,
    is_inside: bool,
) -> list[Json]:
    """
    Lead the border of a shape round whole buildings.

    Parameters
    ----------
    is_inside
        Whether the buildings come into the shape, or out of it.

    Raises
    ------
    UnknownBuildingsError
        If the person sees no building of an id.
    ZoneFaultsError, CannotDrawError
        As for `split_shape`.
    """
    (shape,) = sound_shapes(workspace, [geometry])
    outlines = _outlines(workspace, person, building_ids)
    with _told():
        taken = take_whole(shape, outlines, inside=is_inside)
    return told_shapes(workspace, [taken])


def draft_line(
    workspace: Workspace, person: Person, geometry: Json, band_m: float
) -> dict[str, Any]:
    """
    Look for a line within a band around a shape's border that needs fewer posts.

    Returns
    -------
    draft
        For JSON: `geometries` (one, or none if no line needs fewer), `draft` as a feature or
        null, and `draft_posts`, where its posts stand.

    Raises
    ------
    ZoneFaultsError
        If the shape is no sound zone.
    OutsideReachError
        If it reaches beyond the person's areas.
    """
    (shape,) = sound_shapes(workspace, [geometry])
    _refuse_outside(workspace, person, shape)
    found = seen_openings(workspace, person, zone_openings(workspace, shape, band_m=band_m))
    draft = draft_feature(found)
    return {
        "geometries": [] if draft is None else [draft["geometry"]],
        "draft": draft,
        "draft_posts": draft_posts(found),
    }


def merge_three(workspace: Workspace, base: Json, mine: Json, theirs: Json) -> dict[str, Any]:
    """Merge two shapes that were made from one; see `conflicts.merged_shapes`."""
    shapes = read_shapes([base, mine, theirs])
    _refuse_unsound(metric_shapes(workspace, shapes), workspace)
    return merged_shapes(workspace, *shapes)


def sound_shapes(workspace: Workspace, geometries: Sequence[Json]) -> list[BaseGeometry]:
    """
    Read shapes that could be zones, in the project's metric CRS.

    Raises
    ------
    ZoneFaultsError
        With everything that is wrong with any of them.
    """
    shapes = list(metric_shapes(workspace, read_shapes(geometries)))
    _refuse_unsound(shapes, workspace)
    return shapes


def read_shapes(geometries: Sequence[Json]) -> list[BaseGeometry]:
    """
    Read GeoJSON geometries, WGS 84.

    Raises
    ------
    ZoneFaultsError
        If one is no geometry.
    """
    shapes = []
    for index, geometry in enumerate(geometries):
        try:
            shapes.append(parse_shape(geometry))
        except MalformedShapeError as error:
            raise ZoneFaultsError([ChangeFault(index, "", error.code, {}, None)]) from None
    return shapes


def told_shapes(workspace: Workspace, shapes: Iterable[BaseGeometry]) -> list[Json]:
    """Give shapes in the project's metric CRS as GeoJSON."""
    told = (geometry_json(wgs84_shape(workspace, shape)) for shape in shapes)
    return [geometry for geometry in told if geometry is not None]


@contextmanager
def _told() -> Iterator[None]:
    """Tell what stands in the way of drawing so that a person understands it."""
    try:
        yield
    except BorderError as error:
        raise CannotDrawError(error.code, str(error)) from None


def _refuse_unsound(shapes: Iterable[BaseGeometry], workspace: Workspace) -> None:
    faults = [
        ChangeFault(
            index,
            "",
            fault.code,
            fault.figures,
            None if fault.place is None else wgs84_shape(workspace, fault.place),
        )
        for index, shape in enumerate(shapes)
        for fault in zone_faults(shape, within=None)
    ]
    if faults:
        raise ZoneFaultsError(faults)


def _refuse_outside(workspace: Workspace, person: Person, shape: BaseGeometry) -> None:
    fault = outside_fault(shape, reach_of(workspace, person))
    if fault is not None and fault.place is not None:
        raise OutsideReachError(wgs84_shape(workspace, fault.place))


def _outlines(
    workspace: Workspace, person: Person, building_ids: Sequence[str]
) -> list[BaseGeometry]:
    buildings = workspace.project.read("buildings")
    named = buildings[buildings["building_id"].isin(building_ids)]
    seen = seen_rows(workspace, person.areas, "buildings", named.reset_index(drop=True))
    unknown = sorted(set(building_ids) - set(seen["building_id"]))
    if unknown:
        msg = f"Expected ids of buildings, got {', '.join(unknown[:10])}."
        raise UnknownBuildingsError(msg)
    return list(shapely.make_valid(seen.geometry.to_numpy()))
