"""Shapes worked on and previews of changes over HTTP: nothing is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from shapely import LineString, Polygon, box

from tests.support.zone_service import (
    EVERYWHERE,
    WEST,
    client_of,
    drawn,
    ground,
    house,
    problem,
    zone,
    zone_service,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI

    from tests.support.http import Client


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    """Serve the small community, whose one zone is z1."""
    with zone_service(tmp_path) as app:
        yield app


@pytest.fixture
def client(app: FastAPI) -> Client:
    """Give a client of a coordinator who works everywhere."""
    return client_of(app, EVERYWHERE)


def test_shapes_are_split_joined_and_fitted(client: Client) -> None:
    def worked_on(body: dict[str, Any]) -> list[Any]:
        answer = client.send("POST", "/api/zones/shapes", body)
        assert answer.status_code == 200, answer.text
        return [drawn(geometry) for geometry in answer.json()["geometries"]]

    whole = ground(box(0, 0, 100, 40))
    line = ground(LineString([(40, -10), (40, 50)]))
    pieces = worked_on({"op": "split", "geometry": whole, "line": line})
    joined = worked_on({"op": "join", "geometries": [ground(piece) for piece in pieces]})
    taken = worked_on(
        {"op": "take", "geometry": ground(box(0, 0, 130, 40)), "buildings": ["b2"], "inside": True}
    )

    assert [round(piece.area, -1) for piece in pieces] == [2400, 1600]
    assert joined[0].symmetric_difference(box(0, 0, 100, 40)).area < 5
    assert taken[0].covers(box(120, 10, 140, 22))


def test_a_line_that_does_not_cut_is_told_in_the_readers_language(client: Client) -> None:
    line = ground(LineString([(10, 10), (20, 20)]))
    body = {"op": "split", "geometry": ground(box(0, 0, 100, 40)), "line": line}

    english = client.send("POST", "/api/zones/shapes", body, {"accept-language": "en"})
    chinese = client.send("POST", "/api/zones/shapes", body, {"accept-language": "zh"})

    assert problem(english, 422)["code"] == "not_crossing"
    assert problem(english, 422)["detail"].isascii()
    assert not problem(chinese, 422)["detail"].isascii()


def test_buildings_out_of_reach_are_not_there_to_be_taken(app: FastAPI) -> None:
    body = {"op": "take", "geometry": ground(box(0, 0, 130, 40)), "inside": True}

    answer = client_of(app, WEST).send("POST", "/api/zones/shapes", body | {"buildings": ["b4"]})

    problem(answer, 404)


def test_a_preview_counts_and_stores_nothing(client: Client) -> None:
    changes = [{"op": "create", "feature": zone(house(10, 0), key="p")}]

    answer = client.send("POST", "/api/zones/preview", {"changes": changes})

    assert answer.status_code == 200, answer.text
    preview = answer.json()
    assert [one["id"] for one in preview["buildings"]["in"]] == ["b1"]
    assert preview["people"]["change"] == 60
    assert preview["faults"] == []
    problem(client.get("/api/zones/p"), 404)


def test_a_preview_tells_faults_beside_the_rest(client: Client) -> None:
    bow = Polygon([(0, 0), (50, 50), (50, 0), (0, 50)])
    changes = [{"op": "create", "feature": zone(bow, key="bow")}]

    answer = client.send("POST", "/api/zones/preview", {"changes": changes})

    assert answer.status_code == 200, answer.text
    assert [fault["code"] for fault in answer.json()["faults"]] == ["self_crossing"]
