"""The index of a layer answers as a plain search through all features would."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from api.services.collections.index import LayerIndex
from api.services.collections.indexes import Indexes
from api.services.collections.places import Places
from api.services.collections.reference import CRS84, references
from api.services.collections.search import ItemsQuery, find_page
from api.services.collections.windows import Window, parse_window
from api.store.edits import Act, Edit, EditKind
from api.store.frames import table_of
from api.store.project import Project
from geo.layers import BUILDINGS, LAYERS, OFFICES
from tests.support.projects import small_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geo.schema import Layer

ACT = Act("li", "test", datetime(2020, 3, 1, tzinfo=UTC))
places = st.floats(min_value=0, max_value=10, allow_nan=False)
sides = st.floats(min_value=0, max_value=3, allow_nan=False)


@st.composite
def boxes(draw: st.DrawFn) -> tuple[float, float, float, float]:
    """Draw a box anywhere in ten by ten degrees."""
    west, south = draw(places), draw(places)
    return west, south, west + draw(sides), south + draw(sides)


@given(bounds=st.lists(boxes(), max_size=150), asked=boxes())
def test_boxes_that_touch_are_found_and_no_others(
    bounds: list[tuple[float, float, float, float]], asked: tuple[float, float, float, float]
) -> None:
    rows = np.array(bounds, dtype=float).reshape(-1, 4)
    west, south, east, north = asked

    found = sorted(Places.of(rows).touching(asked).tolist())

    expected = [
        place
        for place, (w, s, e, n) in enumerate(bounds)
        if w <= east and e >= west and s <= north and n >= south
    ]
    assert found == expected


@given(
    turned=st.lists(st.tuples(places, places, st.floats(0.1, 2), st.floats(0, 3)), max_size=60),
    asked=boxes(),
)
@settings(max_examples=60)
def test_shapes_that_touch_a_box_are_found_and_no_others(
    turned: list[tuple[float, float, float, float]], asked: tuple[float, float, float, float]
) -> None:
    shapes = [
        shapely.affinity.rotate(box(x, y, x + side, y + side / 3), angle, use_radians=True)
        for x, y, side, angle in turned
    ]
    index = LayerIndex.of(BUILDINGS, ("building_id",), "s", rows_of(BUILDINGS, shapes))

    found = index.within(Window((asked,))).tolist()

    wanted = parse_window(",".join(map(str, asked))).boxes[0]
    assert found == [
        place for place, shape in enumerate(shapes) if shape.intersects(box_of(wanted))
    ]


def box_of(asked: tuple[float, float, float, float]) -> shapely.Geometry:
    west, south, east, north = asked
    return shapely.MultiPoint([(west, south), (east, south), (west, north), (east, north)]).envelope


def rows_of(layer: Layer, shapes: list[Any]) -> gpd.GeoDataFrame:
    keys = [f"k{number}" for number in range(len(shapes))]
    empty = [None] * (len(layer.column_names) - 1)
    table = table_of(layer, [(None, key, *empty) for key in keys])
    geometry = np.array([*shapes, None], dtype=object)[:-1]
    frame = gpd.GeoDataFrame(table, geometry=geometry, crs="EPSG:4326")
    return frame.set_index(np.arange(1, len(shapes) + 1) * 3)


@given(steps=st.lists(st.tuples(st.integers(0, 14), st.booleans()), max_size=12))
@settings(max_examples=25, deadline=None)
def test_an_index_that_was_changed_is_the_one_that_would_be_made_anew(
    steps: list[tuple[int, bool]],
) -> None:
    stored = {f"k{number}": (number * 3 + 3, Point(number, number)) for number in range(10)}
    index = index_of(stored)
    fresh_fid = 100

    for number, is_gone in steps:
        key = f"k{number}"
        if is_gone:
            stored.pop(key, None)
            index = index.without(key)
            continue
        fresh_fid += 1
        fid = stored[key][0] if key in stored else fresh_fid
        stored[key] = fid, Point(number + fresh_fid / 1_000, 1)
        index = index.changed(one_row(key, *stored[key]))

    anew = index_of(stored)
    everything = np.arange(len(anew))
    assert index.fids.tolist() == anew.fids.tolist()
    assert index.texts(everything, CRS84) == anew.texts(everything, CRS84)
    mercator = references("EPSG:32650")["http://www.opengis.net/def/crs/EPSG/0/3857"]
    assert index.texts(everything, mercator) == anew.texts(everything, mercator)
    assert index.bounds.tolist() == anew.bounds.tolist()
    assert index.table.equals(anew.table)
    assert (index.table.dtypes == anew.table.dtypes).all()


def index_of(stored: dict[str, tuple[int, Point]]) -> LayerIndex:
    by_row = sorted((fid, key, shape) for key, (fid, shape) in stored.items())
    table = table_of(OFFICES, [(None, key, None) for _, key, _ in by_row])
    shapes = np.array([*(shape for _, _, shape in by_row), None], dtype=object)[:-1]
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")
    frame = frame.set_index(np.array([fid for fid, _, _ in by_row], dtype="int64"))
    return LayerIndex.of(OFFICES, OFFICES.column_names, "s", frame)


def one_row(key: str, fid: int, shape: Point) -> gpd.GeoDataFrame:
    table = table_of(OFFICES, [(None, key, None)])
    frame = gpd.GeoDataFrame(table, geometry=np.array([shape], dtype=object), crs="EPSG:4326")
    return frame.set_index(np.array([fid]))


class Counting:
    """A project that counts how often a layer is read."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.reads = 0

    def read_rows(self, layer_name: str) -> gpd.GeoDataFrame:
        """Read, and count."""
        self.reads += 1
        return self._project.read_rows(layer_name)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the project has
        return getattr(self._project, name)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Open the small community."""
    with Project.open(small_project(tmp_path / "small.gpkg")) as project:
        yield project


def office(number: int, kind: EditKind = EditKind.CREATE) -> Edit:
    shape = None if kind is EditKind.DELETE else Point(114.3 + number / 1e4, 30.6)
    return Edit(kind, "offices", f"n{number}", {}, shape)


def keys(index: LayerIndex) -> list[str]:
    texts = index.texts(np.arange(len(index)), CRS84)
    return [json.loads(bytes(text))["id"] for text in texts]


def test_our_own_edits_are_taken_in_without_reading_the_layer_again(project: Project) -> None:
    source = Counting(project)
    indexes = Indexes(source)
    first = indexes.get(OFFICES, OFFICES.column_names)

    project.edit([office(1), office(2)], ACT)
    project.edit([office(1, EditKind.DELETE)], ACT)
    second = indexes.get(OFFICES, OFFICES.column_names)

    assert (keys(first), keys(second)) == (["o1"], ["o1", "n2"])
    assert source.reads == 1
    assert first.label != second.label


def test_edits_of_another_layer_leave_an_index_as_it_is(project: Project) -> None:
    source = Counting(project)
    indexes = Indexes(source)
    first = indexes.get(BUILDINGS, BUILDINGS.column_names)

    project.edit([office(1)], ACT)
    second = indexes.get(BUILDINGS, BUILDINGS.column_names)

    assert source.reads == 1
    assert first.label == second.label
    assert first.fids is second.fids


def test_what_another_process_did_is_read_anew(project: Project, tmp_path: Path) -> None:
    source = Counting(project)
    indexes = Indexes(source)
    indexes.get(OFFICES, OFFICES.column_names)

    with Project.open(tmp_path / "small.gpkg") as other:
        other.edit([office(1)], ACT)
    project.edit([office(2)], ACT)

    assert keys(indexes.get(OFFICES, OFFICES.column_names)) == ["o1", "n1", "n2"]
    assert source.reads == 2


def test_pages_hold_every_feature_once_whatever_is_edited_between_them(project: Project) -> None:
    project.edit([office(number) for number in range(20)], ACT)
    indexes, found, after = Indexes(project), [], 0
    gone = iter(range(0, 20, 2))

    while after is not None:
        index = indexes.get(OFFICES, OFFICES.column_names)
        page = find_page(index, ItemsQuery(limit=4, after=after), None)
        found += [keys(index)[place] for place in page.positions.tolist()]
        after = page.following  # type: ignore[assignment]  # the loop ends where there is none
        project.edit([office(next(gone), EditKind.DELETE)], ACT)
        project.edit([office(100 + len(found))], ACT)
        if len(found) > 60:
            break

    stays = {f"n{number}" for number in range(1, 20, 2)} | {"o1"}
    assert len(found) == len(set(found))
    assert stays <= set(found)


def test_every_spatial_layer_can_be_indexed(project: Project) -> None:
    indexes = Indexes(project)

    for layer in LAYERS.values():
        if layer.geometry is not None:
            index = indexes.get(layer, layer.column_names)
            assert keys(index) == project.read_rows(layer.name)[layer.key].tolist()
