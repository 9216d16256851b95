from __future__ import annotations

import struct

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from api.store.blobs import (
    decode_geometries,
    decode_geometry,
    edge_of,
    edges_of,
    encode_geometries,
    encode_geometry,
    is_empty,
)
from api.store.geometry import promoted, unwrapped

lon_deg = st.floats(-180, 180, allow_nan=False)
lat_deg = st.floats(-90, 90, allow_nan=False)
positions = st.tuples(lon_deg, lat_deg)
shapes = st.one_of(
    st.builds(Point, lon_deg, lat_deg),
    st.builds(LineString, st.lists(positions, min_size=2, max_size=6)),
    st.builds(Polygon, st.lists(positions, min_size=3, max_size=6)),
)


def _array(*geometries: object) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    return array


def test_a_blob_is_what_the_standard_says_byte_by_byte() -> None:
    blob = encode_geometry(Point(1, 2))

    assert blob is not None
    magic, version, flags, srs = struct.unpack_from("<2sBBi", blob)
    assert (magic, version, flags, srs) == (b"GP", 0, 0b11, 4326)
    assert struct.unpack_from("<4d", blob, 8) == (1, 1, 2, 2)
    assert blob[40:] == shapely.to_wkb(Point(1, 2), byte_order=1)


@settings(max_examples=40, deadline=None)
@given(st.lists(shapes, max_size=5))
def test_what_goes_in_comes_out(geometries: list[shapely.Geometry]) -> None:
    blobs = encode_geometries(_array(*geometries))

    for before, after in zip(geometries, decode_geometries(blobs), strict=True):
        assert shapely.equals_identical(before, after)


@settings(max_examples=40, deadline=None)
@given(st.lists(shapes, min_size=1, max_size=5))
def test_edges_are_those_of_the_shapes(geometries: list[shapely.Geometry]) -> None:
    blobs = [blob for blob in encode_geometries(_array(*geometries)) if blob is not None]

    west, east, south, north = edges_of(blobs).T
    np.testing.assert_array_equal(
        np.column_stack([west, south, east, north]), shapely.bounds(_array(*geometries))
    )
    assert [edge_of(blobs[0], position) for position in range(4)] == edges_of(blobs)[0].tolist()


def test_missing_and_empty_shapes_are_stored_as_nothing() -> None:
    assert encode_geometries(_array(None, Polygon())) == [None, None]
    assert decode_geometry(None) is None
    assert is_empty(None) is None
    assert edge_of(None, 0) is None


def test_heights_are_left_out() -> None:
    assert decode_geometry(encode_geometry(Point(1, 2, 3))) == Point(1, 2)


@pytest.mark.parametrize(
    ("flags", "envelope"),
    [
        pytest.param(0b0000_0001, b"", id="without envelope"),
        pytest.param(0b0000_0010, struct.pack(">4d", 3, 5, 4, 6), id="big endian"),
        pytest.param(0b0000_0101, struct.pack("<6d", 3, 5, 4, 6, 0, 9), id="with heights"),
        pytest.param(0b0000_1001, struct.pack("<8d", 3, 5, 4, 6, 0, 9, 0, 9), id="and measures"),
    ],
)
def test_headers_of_other_programs_are_read(flags: int, envelope: bytes) -> None:
    order = "<" if flags & 1 else ">"
    head = struct.pack(f"{order}2sBBi", b"GP", 0, flags, 4326)
    blob = head + envelope + shapely.to_wkb(box(3, 4, 5, 6))

    assert decode_geometry(blob) == box(3, 4, 5, 6)
    assert [edge_of(blob, position) for position in range(4)] == [3, 5, 4, 6]
    assert edges_of([blob]).tolist() == [[3, 5, 4, 6]]
    assert is_empty(blob) == 0


@pytest.mark.parametrize("flags", [0b0001_0001, 0b0000_0001])
def test_empty_shapes_of_other_programs_have_no_edges(flags: int) -> None:
    blob = struct.pack("<2sBBi", b"GP", 0, flags, 4326) + shapely.to_wkb(Polygon())

    assert is_empty(blob) == 1
    assert edge_of(blob, 0) is None
    assert np.isnan(edges_of([blob])).all()


def test_single_parts_are_wrapped_for_storing_and_unwrapped_for_reading() -> None:
    two_parts = MultiPolygon([box(0, 0, 1, 1), box(2, 2, 3, 3)])
    line = LineString([(0, 0), (1, 1)])
    given_shapes = _array(Point(1, 2), line, box(0, 0, 1, 1), two_parts, None)

    stored = promoted(given_shapes)

    assert [shape and shape.geom_type for shape in stored] == [
        "Point",
        "MultiLineString",
        "MultiPolygon",
        "MultiPolygon",
        None,
    ]
    assert unwrapped(stored).tolist() == given_shapes.tolist()
