"""OpenStreetMap files drawn by hand: letters are nodes, words are ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from xml.etree import ElementTree as ET

import osmium
from shapely import LineString, Point, Polygon

from geo.io.imported import ReadOptions
from geo.io.osm import read_osm
from tests.support.drawing import points_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from geo.io.imported import Imported, Treatment

WEST_DEG = 116.0
SOUTH_DEG = 39.0
DIGITS = 7


class DrawnOsm:
    """
    A map with a node for each letter of a drawing.

    Parameters
    ----------
    drawing
        As for `points_of`, north up; node ids are the letters' code points.
    step_deg
        Distance between neighbouring cells.
    """

    def __init__(self, drawing: str, *, step_deg: float = 0.001) -> None:
        self.places = {
            letter: Point(
                round(WEST_DEG + place.x * step_deg, DIGITS),
                round(SOUTH_DEG + place.y * step_deg, DIGITS),
            )
            for letter, place in points_of(drawing, step_m=1).items()
        }
        self._root = ET.Element("osm", version="0.6")
        self._nodes = {letter: self._node(letter) for letter in self.places}

    def node(self, letter: str, tags: Mapping[str, str]) -> Self:
        """Give a node tags."""
        _add_tags(self._nodes[letter], tags)
        return self

    def way(self, way_id: int, letters: str, tags: Mapping[str, str]) -> Self:
        """Draw a way along letters; letters that are not in the drawing are absent nodes."""
        way = ET.SubElement(self._root, "way", id=str(way_id), version="1")
        for letter in letters:
            ET.SubElement(way, "nd", ref=str(ord(letter)))
        _add_tags(way, tags)
        return self

    def relation(
        self, relation_id: int, members: Sequence[tuple[str, int]], tags: Mapping[str, str]
    ) -> Self:
        """Make a multipolygon of ways, each with its role, unless the tags give another type."""
        relation = ET.SubElement(self._root, "relation", id=str(relation_id), version="1")
        for role, way_id in members:
            ET.SubElement(relation, "member", type="way", ref=str(way_id), role=role)
        _add_tags(relation, {"type": "multipolygon", **tags})
        return self

    def line(self, letters: str) -> LineString:
        """Give the line along letters."""
        return LineString([self.places[letter] for letter in letters])

    def polygon(self, letters: str, *holes: str) -> Polygon:
        """Give the polygon within letters, without the holes."""
        return Polygon(self.line(letters), [self.line(hole) for hole in holes])

    def write(self, path: Path) -> Path:
        """Write the map as XML, or as PBF where the name says so."""
        xml_path = path.with_name(f"{path.name}.xml.osm")
        ET.ElementTree(self._root).write(xml_path, encoding="utf-8", xml_declaration=True)
        if path.suffix != ".pbf":
            return xml_path.rename(path)
        with osmium.SimpleWriter(str(path)) as writer:
            for found in osmium.FileProcessor(str(xml_path)):
                writer.add(found)
        return path

    def read(self, folder: Path, options: ReadOptions | None = None) -> Imported:
        """Write the map as XML and read it."""
        return read_osm(self.write(folder / "drawn.osm"), options or ReadOptions())

    def _node(self, letter: str) -> ET.Element:
        place = self.places[letter]
        return ET.SubElement(
            self._root, "node", id=str(ord(letter)), version="1", lon=str(place.x), lat=str(place.y)
        )


def told(imported: Imported, layer: str) -> dict[str, tuple[Treatment, str]]:
    """Give the notes of a layer by id."""
    return {
        note.feature_id: (note.treatment, note.why)
        for note in imported.notes
        if note.layer == layer
    }


def _add_tags(element: ET.Element, tags: Mapping[str, str]) -> None:
    for key, value in tags.items():
        ET.SubElement(element, "tag", k=key, v=value)
