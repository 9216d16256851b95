"""Whole files: formats, boxes, datums, and files that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import osmium
import pytest
import shapely
from pandas.testing import assert_frame_equal

from geo.datum import Datum, shift
from geo.errors import ReadError
from geo.io.imported import ReadOptions
from geo.io.osm import read_osm
from tests.support.osm_files import DrawnOsm

if TYPE_CHECKING:
    from pathlib import Path

TOWN = """
    a b . e f
    d c . h g
    i j k l m
    """


def town() -> DrawnOsm:
    """Draw two buildings with a door on a street with a gate."""
    return (
        DrawnOsm(TOWN)
        .way(1, "abcda", {"building": "apartments"})
        .way(2, "efghe", {"building": "office", "name": "大楼"})
        .way(3, "ijklm", {"highway": "residential"})
        .node("c", {"entrance": "main"})
        .node("k", {"barrier": "gate", "locked": "yes"})
    )


def test_xml_and_pbf_give_the_same(tmp_path: Path) -> None:
    xml = read_osm(town().write(tmp_path / "town.osm"), ReadOptions())
    pbf = read_osm(town().write(tmp_path / "town.osm.pbf"), ReadOptions())

    assert xml.seen == pbf.seen == {"buildings": 2, "entrances": 1, "streets": 1, "gates": 1}
    for name, frame in xml.layers.items():
        assert_frame_equal(frame, pbf.layers[name])


def test_the_source_and_its_licence_are_named(tmp_path: Path) -> None:
    imported = town().read(tmp_path)

    assert imported.source == "osm"
    assert imported.attribution == "© OpenStreetMap contributors, ODbL 1.0"
    assert imported.faults == ()
    assert imported.warnings == ()


def test_the_box_keeps_what_touches_it_uncut_and_tells_what_lies_outside(tmp_path: Path) -> None:
    drawn = town()
    corner = drawn.places["c"]

    imported = drawn.read(
        tmp_path, ReadOptions(bbox=(corner.x, corner.y - 0.0011, 116.0015, 39.01))
    )

    assert imported.layers["buildings"]["building_id"].tolist() == ["way/1"]
    assert imported.layers["streets"].geometry[0].equals(drawn.line("ijklm"))
    assert imported.seen["buildings"] == 2
    assert "gates" not in imported.layers
    assert imported.warnings == (
        "1 of 2 buildings lie outside the box.",
        "1 of 1 gates lie outside the box.",
    )


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_a_shifted_file_is_shifted_back_and_shared_nodes_stay_shared(
    tmp_path: Path, datum: Datum
) -> None:
    drawn = town()

    imported = drawn.read(tmp_path, ReadOptions(datum=datum))

    lon, lat = shift([drawn.places["k"].x], [drawn.places["k"].y], source=datum, target=Datum.WGS84)
    (gate,) = imported.layers["gates"].geometry
    (street,) = imported.layers["streets"].geometry
    assert gate.coords[0] == pytest.approx((lon[0], lat[0]), abs=1e-9)
    assert gate.distance(drawn.places["k"]) > 0.001
    assert gate.coords[0] in set(street.coords)
    assert imported.layers["entrances"]["building_id"].tolist() == ["way/1"]


def test_objects_may_stand_in_any_order(tmp_path: Path) -> None:
    path = town().write(tmp_path / "town.osm")
    ordered = read_osm(path, ReadOptions())
    head, *objects = path.read_text("utf-8").replace("</osm>", "").split("<way ")
    start = head.index("<node")
    turned = "".join(f"<way {each}" for each in objects) + head[start:] + "</osm>"
    path.write_text(head[:start] + turned, "utf-8")

    imported = read_osm(path, ReadOptions())

    for name, frame in ordered.layers.items():
        assert_frame_equal(frame, imported.layers[name])
    assert imported.notes == ()


def test_drafts_that_were_never_uploaded_are_read(tmp_path: Path) -> None:
    path = town().write(tmp_path / "draft.osm")
    text = path.read_text("utf-8")
    path.write_text(text.replace('ref="', 'ref="-').replace('id="', 'id="-'), "utf-8")

    imported = read_osm(path, ReadOptions())

    assert imported.notes == ()
    assert imported.layers["buildings"]["building_id"].tolist() == ["way/-1", "way/-2"]
    assert imported.layers["streets"].geometry[0].equals(town().line("ijklm"))
    assert imported.layers["entrances"]["building_id"].tolist() == ["way/-1"]


def test_drafts_of_relations_are_read(tmp_path: Path) -> None:
    drawn = DrawnOsm(TOWN).way(1, "abcda", {}).relation(2, [("outer", 1)], {"building": "yes"})
    path = drawn.write(tmp_path / "draft.osm")
    text = path.read_text("utf-8")
    path.write_text(text.replace('ref="', 'ref="-').replace('id="', 'id="-'), "utf-8")

    buildings = read_osm(path, ReadOptions()).layers["buildings"]

    assert buildings["building_id"].tolist() == ["relation/-2"]
    assert buildings.geometry[0].equals(drawn.polygon("abcda"))


def test_the_case_of_the_suffix_does_not_matter(tmp_path: Path) -> None:
    path = town().write(tmp_path / "town.osm").rename(tmp_path / "TOWN.OSM")

    assert read_osm(path, ReadOptions()).seen["buildings"] == 2


def test_of_two_versions_of_an_object_the_last_is_taken(tmp_path: Path) -> None:
    drawn = town().way(1, "efghe", {"building": "dormitory"})

    buildings = drawn.read(tmp_path).layers["buildings"].set_index("building_id")

    assert buildings["use"]["way/1"] == "dormitory"
    assert buildings.geometry["way/1"].equals(drawn.polygon("efghe"))
    assert buildings.index.is_unique


def test_a_tagged_node_without_position_is_skipped(tmp_path: Path) -> None:
    path = town().write(tmp_path / "town.osm")
    lost = '<node id="7"><tag k="shop" v="bakery"/></node>'
    path.write_text(path.read_text("utf-8").replace("<way", f"{lost}<way", 1), "utf-8")

    imported = read_osm(path, ReadOptions())

    (note,) = imported.notes
    assert (note.layer, note.feature_id) == ("premises", "node/7")
    assert note.why == "the node has no position"
    assert imported.seen["premises"] == 1
    assert "premises" not in imported.layers


def test_tags_that_are_no_text_lose_one_object_only(tmp_path: Path) -> None:
    path = tmp_path / "odd.osm.pbf"
    drawn = town().way(9, "ijklm", {"highway": "path", "name": "XXXX"})
    xml_path = drawn.write(tmp_path / "odd.osm")
    plain = osmium.io.File(str(path), "pbf,pbf_compression=none")
    with osmium.SimpleWriter(plain) as writer:
        for found in osmium.FileProcessor(str(xml_path)):
            writer.add(found)
    path.write_bytes(path.read_bytes().replace(b"XXXX", b"\xff\xfe\xff\xfe"))

    imported = read_osm(path, ReadOptions())

    assert imported.layers["streets"]["street_id"].tolist() == ["way/3"]
    assert imported.warnings == ("Tags that are no text, left out: way/9.",)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.osm", b"", "an empty one"),
        ("empty.osm.pbf", b"", "an empty one"),
        ("page.osm", b"<html>not found</html>", "whole OpenStreetMap file"),
        ("cut.osm", b'<osm version="0.6"><node id="1" lat="1" lon="2"/><way id="3"', "whole"),
        ("junk.osm", b'<osm version="0.6"><node id="x" lat="1" lon="2"/></osm>', "illegal id"),
        ("junk.osm", b'<osm version="0.6"><node id="1" lat="?" lon="2"/></osm>', "coordinate"),
        ("text.osm.pbf", b"hello, this is no map", "whole OpenStreetMap file"),
        ("bare.osm", b'<osm version="0.6"></osm>', "got none"),
        ("bare.osm", b'<osm version="0.6"><node id="1" lat="1" lon="2"/></osm>', "got none"),
    ],
)
def test_what_is_no_map_is_refused_with_its_name(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(ReadError, match=f"{name}.*{message}"):
        read_osm(path, ReadOptions())


def test_a_file_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = town().write(tmp_path / "cut.osm.pbf")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - len(whole) // 3])

    with pytest.raises(ReadError, match=r"cut\.osm\.pbf"):
        read_osm(path, ReadOptions())


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="none of that name"):
        read_osm(tmp_path / "nowhere.osm", ReadOptions())


def test_positions_keep_the_precision_of_the_file(tmp_path: Path) -> None:
    drawn = town()

    streets = drawn.read(tmp_path).layers["streets"]

    expected = shapely.get_coordinates(drawn.line("ijklm"))
    assert np.array_equal(shapely.get_coordinates(streets.geometry[0]), expected)
