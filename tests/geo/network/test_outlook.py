from __future__ import annotations

import numpy as np
import pytest
from shapely import LineString, Point, box

from geo.network import build_network, leads_outside
from tests.support.layers import barriers_of, gates_of, streets_of

BOUNDS = (0.0, 0.0, 1000.0, 1000.0)
HOME = LineString([(100, 100), (900, 100)])
WITHIN = LineString([(100, 500), (900, 500)])
ACROSS = LineString([(100, 500), (1200, 500)])


@pytest.mark.parametrize(
    ("other", "house", "expected"),
    [
        (ACROSS, box(490, 510, 510, 530), True),  # its street goes on outside
        (WITHIN, box(490, 510, 510, 530), False),  # its street ends within
        (ACROSS, box(490, 700, 510, 720), False),  # no street is near
        (ACROSS, box(490, 110, 510, 130), False),  # only the origin's own street is near
    ],
)
def test_only_a_part_that_crosses_the_bounds_may_be_joined_out_there(
    other: LineString, house: object, *, expected: bool
) -> None:
    network = build_network(streets_of([HOME, other]), barriers_of(), gates_of())
    origins = np.array([Point(200, 100)], dtype=object)
    places = np.array([house], dtype=object)

    assert leads_outside(network, origins, places, BOUNDS) is expected


def test_an_origin_off_the_network_has_no_part_of_its_own() -> None:
    network = build_network(streets_of([ACROSS]), barriers_of(), gates_of())
    far, house = np.array([Point(0, 0)], dtype=object), np.array([Point(500, 510)], dtype=object)

    assert leads_outside(network, far, house, BOUNDS)


def test_without_streets_nothing_leads_anywhere() -> None:
    network = build_network(streets_of([]), barriers_of(), gates_of())
    spot = np.array([Point(0, 0)], dtype=object)

    assert not leads_outside(network, spot, spot, BOUNDS)
