"""
Objects and positions from an OpenStreetMap file.

The file is passed through three times: nodes, whose positions osmium keeps; ways and
relations with a tag of interest; untagged ways that are members of those relations. So the
objects may stand in any order. Lines come from osmium as WKB and become shapes all at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import osmium
import shapely

from geo.errors import ReadError
from geo.io.imported import Treatment
from geo.io.osm.elements import Elements, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from geo.io.osm.elements import Tags

PREMISES_KEYS = (
    "shop",
    "amenity",
    "office",
    "craft",
    "industrial",
    "healthcare",
    "tourism",
    "man_made",
)
NODE_KEYS = ("entrance", "building", "barrier", "military", *PREMISES_KEYS)
WAY_KEYS = ("building", "highway", "barrier", "landuse", "boundary", *PREMISES_KEYS)
POLYGON_RELATIONS = frozenset({"multipolygon", "boundary"})
Thing = osmium.osm.Node | osmium.osm.Way | osmium.osm.Relation
FORMS = {".osm": "osm", ".pbf": "pbf"}
THINGS = (osmium.osm.Node, osmium.osm.Way, osmium.osm.Relation)
KIND_NAMES = {"n": "node", "w": "way", "r": "relation"}


class Member(NamedTuple):
    """A way that belongs to a relation."""

    way_id: str
    role: str


@dataclass(frozen=True, slots=True)
class Objects:
    """
    What a file holds.

    Parameters
    ----------
    nodes, ways
        Points and lines.
    relations
        Multipolygons and boundaries, without shapes as yet.
    members
        The ways of each relation, in the order of `relations`.
    member_ways
        Lines that have no tag of interest and are members of a relation.
    unreadable
        Ids of objects whose tags are no text.
    """

    nodes: Elements
    ways: Elements
    relations: Elements
    members: tuple[tuple[Member, ...], ...]
    member_ways: Elements
    unreadable: tuple[str, ...]


@dataclass(slots=True)
class _Gathered:
    """Objects as they come; of several versions the last stays."""

    tags: dict[str, Tags] = field(default_factory=dict)
    wkbs: dict[str, str | None] = field(default_factory=dict)
    pieces: dict[str, list[list[tuple[float, float]]]] = field(default_factory=dict)
    troubles: dict[str, Trouble] = field(default_factory=dict)

    def elements(self) -> Elements:
        shapes = shapely.from_wkb(np.array(list(self.wkbs.values()), dtype=np.object_))
        places = {each: place for place, each in enumerate(self.wkbs)}
        for each, pieces in self.pieces.items():
            shapes[places[each]] = _line_of(pieces)
        return Elements(tuple(self.tags), tuple(self.tags.values()), shapes, self.troubles)


def read_objects(path: Path) -> Objects:
    """
    Take from a file every object that may belong to a layer.

    Raises
    ------
    ReadError
        If the file cannot be read to its end, is no OpenStreetMap file, or holds none of
        these objects.
    """
    _require_content(path)
    objects = _Reader(path).read()
    if not any(map(len, (objects.nodes, objects.ways, objects.relations))):
        msg = f"{path.name}: expected OpenStreetMap objects such as buildings, got none."
        raise ReadError(msg)
    return objects


def _require_content(path: Path) -> None:
    if not path.is_file():
        msg = f"{path.name}: expected a file, got none of that name."
        raise ReadError(msg)
    if path.stat().st_size == 0:
        msg = f"{path.name}: expected an OpenStreetMap file, got an empty one."
        raise ReadError(msg)


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path
        # One handler for all passes: it remembers whether nodes came unsorted.
        self._locations = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
        self._locations.ignore_errors()
        self._wkb = osmium.geom.WKBFactory()
        self._unreadable: list[str] = []

    def read(self) -> Objects:
        nodes = self._read_nodes()
        ways, relations, members = self._read_ways_and_relations()
        member_ways = self._read_member_ways(members, ways.tags)
        return Objects(
            nodes=nodes,
            ways=ways.elements(),
            relations=relations.elements(),
            members=tuple(members.values()),
            member_ways=member_ways.elements(),
            unreadable=tuple(dict.fromkeys(self._unreadable)),
        )

    def _read_nodes(self) -> Elements:
        tags: dict[str, Tags] = {}
        positions: dict[str, tuple[float, float]] = {}
        keys = osmium.filter.KeyFilter(*NODE_KEYS)
        for node in self._pass(osmium.osm.NODE, self._locations, keys):
            each, read = f"node/{node.id}", self._tags(node)
            if read is None or not isinstance(node, osmium.osm.Node):
                continue
            tags[each] = read
            is_placed = node.location.valid()
            positions[each] = (node.lon, node.lat) if is_placed else (np.nan, np.nan)
        points, is_lost = _points(positions.values())
        lost = [each for each, is_gone in zip(tags, is_lost, strict=True) if is_gone]
        trouble = Trouble(Treatment.SKIPPED, "the node has no position")
        return Elements(tuple(tags), tuple(tags.values()), points, dict.fromkeys(lost, trouble))

    def _read_ways_and_relations(
        self,
    ) -> tuple[_Gathered, _Gathered, dict[str, tuple[Member, ...]]]:
        ways, relations = _Gathered(), _Gathered()
        members: dict[str, tuple[Member, ...]] = {}
        keys = osmium.filter.KeyFilter(*WAY_KEYS)
        for found in self._pass(osmium.osm.WAY | osmium.osm.RELATION, self._locations, keys):
            tags = self._tags(found)
            if tags is None:
                continue
            if isinstance(found, osmium.osm.Way):
                self._add_way(ways, found, tags)
            elif isinstance(found, osmium.osm.Relation) and tags.get("type") in POLYGON_RELATIONS:
                each = f"relation/{found.id}"
                relations.tags[each], relations.wkbs[each] = tags, None
                members[each] = _members(found)
        return ways, relations, members

    def _read_member_ways(
        self, members: dict[str, tuple[Member, ...]], known: dict[str, Tags]
    ) -> _Gathered:
        gathered = _Gathered()
        named = {member.way_id for each in members.values() for member in each}
        missing = named.difference(known)
        if not missing:
            return gathered
        for way in self._pass(osmium.osm.WAY, self._locations, *_id_filters(missing)):
            if isinstance(way, osmium.osm.Way) and f"way/{way.id}" in missing:
                self._add_way(gathered, way, {})
        return gathered

    def _add_way(self, gathered: _Gathered, way: osmium.osm.Way, tags: Tags) -> None:
        each = f"way/{way.id}"
        gathered.tags[each] = tags
        gathered.pieces.pop(each, None)
        gathered.troubles.pop(each, None)
        try:
            gathered.wkbs[each] = self._wkb.create_linestring(way)
        except (RuntimeError, osmium.InvalidLocationError):
            gathered.wkbs[each] = None
            self._add_broken_way(gathered, way)

    def _add_broken_way(self, gathered: _Gathered, way: osmium.osm.Way) -> None:
        each = f"way/{way.id}"
        positions = [self._position(node) for node in way.nodes]
        pieces = _pieces(positions)
        lost_count = positions.count(None)
        if pieces:
            gathered.pieces[each] = pieces
        if lost_count:
            treatment = Treatment.REPAIRED if pieces else Treatment.SKIPPED
            why = f"{lost_count} of {len(positions)} nodes have no position"
            gathered.troubles[each] = Trouble(treatment, why)
        elif not pieces:
            distinct_count = len(set(positions))
            why = f"the way has {distinct_count} point{'' if distinct_count == 1 else 's'}"
            gathered.troubles[each] = Trouble(Treatment.SKIPPED, why)

    def _position(self, node: osmium.osm.NodeRef) -> tuple[float, float] | None:
        if node.location.valid():
            return node.lon, node.lat
        return self._drafts.get(node.ref)

    @cached_property
    def _drafts(self) -> dict[int, tuple[float, float]]:
        """Positions of nodes that were never uploaded: osmium keeps none for their ids below 0."""
        return {
            node.id: (node.lon, node.lat)
            for node in self._pass(osmium.osm.NODE)
            if isinstance(node, osmium.osm.Node) and node.id < 0 and node.location.valid()
        }

    def _tags(self, found: Thing) -> Tags | None:
        try:
            return {tag.k: tag.v for tag in found.tags}
        except UnicodeDecodeError:
            self._unreadable.append(f"{KIND_NAMES[found.type_str()]}/{found.id}")
            return None

    def _pass(
        self, entities: osmium.osm.osm_entity_bits, *filters: osmium._osmium.HandlerLike
    ) -> Iterator[Thing]:
        form = FORMS.get(self._path.suffix.lower(), "")
        processor = osmium.FileProcessor(osmium.io.File(str(self._path), form), entities)
        for each in filters:
            processor = processor.with_filter(each)
        try:
            for found in processor:
                if isinstance(found, THINGS) and not found.deleted:
                    yield found
        except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
            msg = f"{self._path.name}: expected a whole OpenStreetMap file, got: {error}."
            raise ReadError(msg) from error


def _id_filters(way_ids: set[str]) -> tuple[osmium.filter.IdFilter, ...]:
    numbers = [int(way_id.removeprefix("way/")) for way_id in way_ids]
    # osmium filters by no id below 0, which a draft has.
    return () if min(numbers) < 0 else (osmium.filter.IdFilter(numbers),)


def _members(relation: osmium.osm.Relation) -> tuple[Member, ...]:
    return tuple(
        Member(f"way/{member.ref}", member.role)
        for member in relation.members
        if member.type == "w"
    )


def _points(
    positions: Iterable[tuple[float, float]],
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    pairs = np.array(list(positions), dtype=np.float64).reshape(-1, 2)
    is_lost = np.isnan(pairs[:, 0])
    points = np.full(len(pairs), None, dtype=np.object_)
    points[~is_lost] = shapely.points(pairs[~is_lost])
    return points, is_lost


def _pieces(
    positions: list[tuple[float, float] | None],
) -> list[list[tuple[float, float]]]:
    runs = []
    for is_known, run in groupby(positions, key=lambda position: position is not None):
        distinct = [position for position, _ in groupby(run) if position is not None]
        if is_known and len(distinct) > 1:
            runs.append(distinct)
    return runs


def _line_of(pieces: list[list[tuple[float, float]]]) -> shapely.Geometry:
    lines = [shapely.LineString(piece) for piece in pieces]
    return lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)
