"""The real maps: what is counted agrees with what is written about them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import osmium
import pytest
import shapely

from geo.checks import find_faults
from geo.io.imported import Imported, ReadOptions, Treatment
from geo.io.osm import read_osm
from geo.layers import find_layer
from tests.support.real_data import real_data

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

BUPT = "beijing-bupt/bupt.osm.pbf"
GENEVA = "geneva/geneva.osm.pbf"
HONG_KONG = "hongkong/hongkong.osm.pbf"
GATE_LIKE = {"gate", "lift_gate", "swing_gate", "wicket_gate", "entrance"}


@cache
def _read(path: Path) -> Imported:
    return read_osm(path, ReadOptions())


def read(relative: str) -> Imported:
    """Read a real map once for all tests."""
    return _read(real_data(relative))


def skipped(imported: Imported, layer: str) -> list[str]:
    """Ids of the objects of a layer that were skipped."""
    return [
        note.feature_id
        for note in imported.notes
        if note.layer == layer and note.treatment is Treatment.SKIPPED
    ]


def kept(imported: Imported, layer: str) -> list[str]:
    """Keys of the rows of a layer."""
    frame = imported.layers[layer]
    return [str(key) for key in frame[find_layer(layer).key]]


def count(ids: Iterable[str], kind: str) -> int:
    """Count the ids of nodes, ways or relations."""
    return sum(each.startswith(f"{kind}/") for each in ids)


def seen_count(imported: Imported, layer: str, kind: str) -> int:
    """Count what was seen of a layer as nodes, ways or relations."""
    return count({*kept(imported, layer), *skipped(imported, layer)}, kind)


def test_bupt_counts_agree() -> None:
    bupt = read(BUPT)

    assert count(kept(bupt, "buildings"), "way") == 109
    assert count(kept(bupt, "buildings"), "relation") == 2
    assert seen_count(bupt, "streets", "way") == 194
    assert bupt.seen["entrances"] == 103
    owners = bupt.layers["entrances"]["building_id"].dropna()
    assert count(owners, "way") == 86
    gates = bupt.layers["gates"]
    assert gates["kind"].isin(GATE_LIKE).sum() == 28
    assert (gates["kind"] == "bollard").sum() == 16
    kinds = bupt.layers["barriers"]["kind"].value_counts()
    assert kinds[["fence", "wall", "hedge"]].tolist() == [23, 3, 4]
    assert bupt.layers["gates"].query("state == 'hours'")["opening_hours"].tolist() == [
        "Mo-Su 06:00-24:00"
    ]


def test_geneva_counts_agree() -> None:
    geneva = read(GENEVA)

    assert seen_count(geneva, "buildings", "way") == 11_761
    assert seen_count(geneva, "buildings", "relation") == 40
    assert count(kept(geneva, "buildings"), "way") == 11_641
    # The fortieth is cut by the box: its outer way is open, so no reader gives it a ring.
    assert count(skipped(geneva, "buildings"), "relation") == 1
    assert seen_count(geneva, "streets", "way") == 14_574
    assert geneva.seen["entrances"] == 139
    assert count(geneva.layers["entrances"]["building_id"].dropna(), "way") == 117
    gates = geneva.layers["gates"]
    is_node = gates["gate_id"].str.startswith("node/")
    assert (gates["kind"].isin(GATE_LIKE) & is_node).sum() == 409
    sectors = geneva.layers["premises"]["sector"].value_counts()
    # The 504th restaurant is an outline that the box cuts open.
    assert sectors[["amenity=restaurant", "amenity=pharmacy"]].tolist() == [503, 57]
    quarters = geneva.layers["areas"].query("code.str.startswith('relation/')")
    assert quarters["level"].tolist() == ["community"] * 3


def test_geneva_barriers_agree_with_a_plain_count_of_tags() -> None:
    geneva = read(GENEVA)
    path = real_data(GENEVA)
    wanted = {"fence": 2181, "wall": 225, "retaining_wall": 111, "hedge": 96}
    tagged = {
        f"way/{way.id}": way.tags["barrier"]
        for way in osmium.FileProcessor(str(path), osmium.osm.WAY).with_filter(
            osmium.filter.KeyFilter("barrier")
        )
        if isinstance(way, osmium.osm.Way)
    }

    seen = {*kept(geneva, "barriers"), *skipped(geneva, "barriers")}

    found = [tagged[each] for each in seen if each in tagged]
    assert {kind: found.count(kind) for kind in wanted} == wanted


def test_hong_kong_counts_agree() -> None:
    hong_kong = read(HONG_KONG)

    assert len(hong_kong.layers["buildings"]) == hong_kong.seen["buildings"] == 73_459
    assert hong_kong.seen["streets"] == 122_121
    assert hong_kong.seen["checkpoints"] == 42
    assert hong_kong.layers["gates"]["kind"].isin(GATE_LIKE).sum() == 66
    repaired = [note for note in hong_kong.notes if note.layer == "buildings"]
    assert len(repaired) == 40
    assert hong_kong.layers["buildings"].is_valid.all()


@pytest.mark.parametrize("relative", [BUPT, GENEVA, HONG_KONG])
def test_every_object_seen_is_a_row_or_is_told_and_keeps_the_contract(relative: str) -> None:
    imported = read(relative)

    for name, seen in imported.seen.items():
        rows = kept(imported, name) if name in imported.layers else []
        assert len(rows) + len(skipped(imported, name)) == seen, name
    for name, frame in imported.layers.items():
        assert find_faults(frame, find_layer(name), source=name, places=kept(imported, name)) == []
        assert frame.geometry.is_valid.all(), name


class _Assembled(osmium.SimpleHandler):
    """The building relations as osmium puts them together: a second opinion."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes: dict[str, str] = {}
        self._wkb = osmium.geom.WKBFactory()

    def area(self, area: osmium.osm.Area) -> None:
        if area.from_way() or area.tags.get("building", "no") == "no":
            return
        if area.num_rings()[0]:
            self.shapes[f"relation/{area.orig_id()}"] = self._wkb.create_multipolygon(area)


@pytest.mark.parametrize("relative", [BUPT, GENEVA])
def test_building_relations_have_the_shape_that_osmium_gives_them(relative: str) -> None:
    buildings = read(relative).layers["buildings"].set_index("building_id").geometry
    handler = _Assembled()
    handler.apply_file(str(real_data(relative)), locations=True)

    assert set(handler.shapes) == {each for each in buildings.index if each[0] == "r"}
    for each, wkb in handler.shapes.items():
        assert shapely.from_wkb(wkb).equals(buildings[each]), each


def test_every_vertex_of_a_street_is_a_node_to_the_last_bit() -> None:
    streets = read(BUPT).layers["streets"]
    nodes = {
        (node.lon, node.lat)
        for node in osmium.FileProcessor(str(real_data(BUPT)), osmium.osm.NODE)
        if isinstance(node, osmium.osm.Node)
    }

    positions = shapely.get_coordinates(streets.geometry.to_numpy())

    assert set(map(tuple, np.asarray(positions).tolist())) <= nodes
