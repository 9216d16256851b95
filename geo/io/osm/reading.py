"""A whole OpenStreetMap file, read into the layers it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import shapely

from geo.io.imported import Imported
from geo.io.osm.areas import is_area, read_areas
from geo.io.osm.barriers import read_barriers
from geo.io.osm.buildings import is_building, read_buildings
from geo.io.osm.checkpoints import read_checkpoints
from geo.io.osm.elements import joined, to_wgs84_positions
from geo.io.osm.entrances import read_entrances
from geo.io.osm.gates import read_gates
from geo.io.osm.premises import category_of, read_premises
from geo.io.osm.relations import OUTER_ROLES, shaped
from geo.io.osm.rings import outlines
from geo.io.osm.source import read_objects
from geo.io.osm.streets import read_streets

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from geo.datum import Datum
    from geo.io.imported import ReadOptions
    from geo.io.osm.elements import Elements, Tags
    from geo.io.osm.rows import LayerRows
    from geo.io.osm.source import Objects

SOURCE = "osm"
ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"


class _Shapes(NamedTuple):
    nodes: Elements
    lines: Elements
    polygons: Elements
    """Of relations."""
    outlines: Elements
    """Of closed ways, then of relations."""
    relation_of: dict[str, str]
    """Relations by their outer ways."""


def read_osm(path: Path, options: ReadOptions) -> Imported:
    """
    Read buildings, entrances, streets, barriers, gates, checkpoints, premises and areas.

    Parameters
    ----------
    path
        `.osm` (XML) or `.osm.pbf`.
    options
        `bbox` keeps what touches it, uncut; `datum` is that of the file's coordinates.
        `layer` and `buildings` are ignored.

    Returns
    -------
    imported
        Keys are `node/1`, `way/12`, `relation/3`. A layer with no rows is absent; `seen`
        counts the whole file, with what was skipped and what lies outside `bbox`, and
        `warnings` tell how many those outside are. Every object seen is a row, is in a
        note, or is outside.

    Raises
    ------
    ReadError
        If the file is empty, cut short, no OpenStreetMap file, or holds nothing for any layer.
    """
    objects = read_objects(path)
    found = [_within(rows, options.bbox) for rows in _layers(_shapes(objects, options.datum))]
    outside = [_told_outside(rows, kept) for rows, kept in found]
    return Imported(
        source=SOURCE,
        layers={kept.layer.name: kept.frame for _, kept in found if len(kept.frame)},
        seen={kept.layer.name: kept.seen_count for _, kept in found if kept.seen_count},
        notes=tuple(note for _, kept in found for note in kept.notes),
        attribution=ATTRIBUTION,
        warnings=(*filter(None, outside), *_told_unreadable(objects.unreadable)),
    )


def _shapes(objects: Objects, datum: Datum) -> _Shapes:
    nodes, lines, member_lines = to_wgs84_positions(
        (objects.nodes, objects.ways, objects.member_ways), datum
    )
    usable = joined(lines, member_lines).with_shape()
    polygons = shaped(
        objects.relations, objects.members, dict(zip(usable.ids, usable.shapes, strict=True))
    )
    closed = outlines(_outlined(lines, objects))
    return _Shapes(nodes, lines, polygons, joined(closed, polygons), _relation_of(objects))


def _relation_of(objects: Objects) -> dict[str, str]:
    """Only building relations matter here, for a way may be the edge of two areas."""
    return {
        member.way_id: each
        for each, tags, members in zip(
            objects.relations.ids, objects.relations.tags, objects.members, strict=True
        )
        for member in members
        if member.role in OUTER_ROLES and is_building(tags)
    }


def _outlined(lines: Elements, objects: Objects) -> Elements:
    """Ways that stand for an area of their own, rather than for a piece of a boundary."""
    pieces = {member.way_id for members in objects.members for member in members}
    wanted = lines.where(_is_outline)
    is_ring = shapely.is_closed(wanted.shapes)
    return wanted.take(
        [
            place
            for place, (each, tags) in enumerate(zip(wanted.ids, wanted.tags, strict=True))
            if "boundary" not in tags or (is_ring[place] and each not in pieces)
        ]
    )


def _is_outline(tags: Tags) -> bool:
    return is_building(tags) or is_area(tags) or category_of(tags) is not None


def _layers(shapes: _Shapes) -> Iterable[LayerRows]:
    buildings = read_buildings(shapes.outlines, shapes.relation_of)
    return (
        read_areas(shapes.outlines),
        buildings,
        read_entrances(shapes.nodes, buildings.frame),
        read_streets(shapes.lines, shapes.polygons),
        read_barriers(shapes.lines, shapes.polygons),
        read_gates(shapes.nodes, shapes.lines),
        read_checkpoints(shapes.nodes),
        read_premises(shapes.nodes, shapes.outlines),
    )


def _within(
    rows: LayerRows, bbox: tuple[float, float, float, float] | None
) -> tuple[LayerRows, LayerRows]:
    if bbox is None:
        return rows, rows
    is_touching = rows.frame.intersects(shapely.box(*bbox))
    return rows, replace(rows, frame=rows.frame[is_touching].reset_index(drop=True))


def _told_outside(rows: LayerRows, kept: LayerRows) -> str:
    count = len(rows.frame) - len(kept.frame)
    return f"{count} of {len(rows.frame)} {rows.layer.name} lie outside the box." if count else ""


def _told_unreadable(ids: tuple[str, ...]) -> tuple[str, ...]:
    return (f"Tags that are no text, left out: {', '.join(ids)}.",) if ids else ()
