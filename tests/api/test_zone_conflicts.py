"""Two who change one zone: the second is told, and nothing is overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from shapely import box, union

from tests.support.people import ADMIN
from tests.support.zone_service import (
    EAST,
    EVERYWHERE,
    WEST,
    WHY,
    client_of,
    drawn,
    ground,
    house,
    problem,
    served_project,
    zone,
    zone_service,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI

    from tests.support.http import Client

SAVERS = 50
ROUNDS = 3
BASE = box(0, 0, 90, 40)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    """Serve the small community with one more zone, `a`."""
    with zone_service(tmp_path) as app:
        yield with_zone(app)


@pytest.fixture
def on_postgis(small_postgis: str) -> Iterator[Client]:
    """Give the same client of the same community in a database."""
    with served_project(small_postgis) as app:
        yield client_of(with_zone(app), EVERYWHERE)


def with_zone(app: FastAPI) -> FastAPI:
    """Draw the zone `a`."""
    sent = zone(BASE, key="a", name="A", level="control") | {"reason": WHY}
    assert client_of(app, ADMIN).send("POST", "/api/zones", sent).status_code == 201
    return app


@pytest.fixture
def client(app: FastAPI) -> Client:
    """Give a client of a coordinator who works everywhere."""
    return client_of(app, EVERYWHERE)


def put(client: Client, tag: str, sent: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """Redraw the zone `a`."""
    return client.send("PUT", "/api/zones/a", sent | {"reason": WHY}, {"if-match": tag})


def test_who_names_no_version_changes_nothing(client: Client) -> None:
    sent = zone(house(0, 0), key="a") | {"reason": WHY}
    changes = [{"op": "delete", "id": "a"}]
    body = {"reason": WHY, "changes": changes}

    for headers in ({}, {"if-match": "*"}, {"if-match": ""}):
        problem(client.send("PUT", "/api/zones/a", sent, headers), 428)
        problem(client.send("DELETE", "/api/zones/a?reason=x", headers=headers), 428)
    told = problem(client.send("POST", "/api/zones/changes", body), 428)

    assert told["ids"] == ["a"]
    assert client.get("/api/zones/a").json()["properties"]["version"] == 1


def test_a_weak_or_unknown_tag_is_of_no_version(client: Client) -> None:
    tag = client.get("/api/zones/a").headers["etag"]

    for stale in (f"W/{tag}", '"other"', "nothing"):
        problem(put(client, stale, zone(house(0, 0))), 412)
    assert put(client, f'"other", {tag}', zone(house(0, 0))).status_code == 200


def test_the_second_gets_both_versions_and_what_they_make_together(client: Client) -> None:
    tag = client.get("/api/zones/a").headers["etag"]
    theirs = zone(union(BASE, box(90, 0, 110, 40)), name="A", level="lockdown")
    mine = zone(union(BASE, box(-20, 0, 0, 40)), name="mine", level="control")
    assert put(client, tag, theirs).status_code == 200

    told = problem(put(client, tag, mine), 412)

    (conflict,) = told["conflicts"]
    assert conflict["id"] == "a"
    assert conflict["base"]["etag"] == tag
    assert conflict["base"]["geometry"] == ground(BASE)
    assert conflict["current"]["geometry"] == theirs["geometry"]
    assert conflict["mine"]["geometry"] == mine["geometry"]
    assert conflict["clashes"] is None
    assert drawn(conflict["merged"]).symmetric_difference(box(-20, 0, 110, 40)).area < 5
    merged = conflict["merged_properties"]
    assert (merged["name"], merged["level"]) == ("mine", "lockdown")
    assert conflict["clashing"] == []

    sent = zone(house(0, 0)) | {"geometry": conflict["merged"]}
    saved = put(client, conflict["current"]["etag"], sent | {"properties": merged})
    assert saved.status_code == 200
    assert saved.json()["properties"]["version"] == 3


def test_changes_that_touch_are_a_choice(client: Client) -> None:
    tag = client.get("/api/zones/a").headers["etag"]
    assert put(client, tag, zone(box(0, 0, 70, 40), name="B")).status_code == 200

    told = problem(put(client, tag, zone(box(0, 0, 50, 40), name="C")), 412)

    (conflict,) = told["conflicts"]
    assert conflict["merged"] is None
    assert drawn(conflict["clashes"]).intersects(box(60, 10, 80, 30))
    assert conflict["clashing"] == ["level", "name"] or conflict["clashing"] == ["name"]


def test_a_zone_that_is_gone_is_a_conflict_too(client: Client) -> None:
    tag = client.get("/api/zones/a").headers["etag"]
    client.send("DELETE", "/api/zones/a?reason=x", headers={"if-match": tag})

    (conflict,) = problem(put(client, tag, zone(BASE)), 412)["conflicts"]

    assert conflict["current"] is None
    assert conflict["base"]["geometry"] == ground(BASE)


def test_a_stale_deletion_deletes_nothing(client: Client) -> None:
    tag = client.get("/api/zones/a").headers["etag"]
    put(client, tag, zone(house(0, 0)))

    answer = client.send("DELETE", "/api/zones/a?reason=x", headers={"if-match": tag})

    (conflict,) = problem(answer, 412)["conflicts"]
    assert conflict["mine"] is None
    assert client.get("/api/zones/a").status_code == 200


def test_a_stale_zone_holds_back_the_others_of_its_save(client: Client) -> None:
    tags = {key: client.get(f"/api/zones/{key}").headers["etag"] for key in ("a", "z1")}
    put(client, tags["a"], zone(house(0, 0)))
    changes = [
        {"op": "replace", "id": key, "etag": tag, "feature": zone(house(60, 60))}
        for key, tag in tags.items()
    ]

    answer = client.send("POST", "/api/zones/changes", {"reason": WHY, "changes": changes})

    assert [one["id"] for one in problem(answer, 412)["conflicts"]] == ["a"]
    assert client.get("/api/zones/z1").headers["etag"] == tags["z1"]


def test_of_a_zone_that_has_left_ones_reach_nothing_is_told(app: FastAPI, client: Client) -> None:
    tag = client.get("/api/zones/a").headers["etag"]
    assert put(client, tag, zone(house(400, 0))).status_code == 200

    answer = put(client_of(app, WEST), tag, zone(house(0, 0)))

    assert answer.status_code == 404
    assert client_of(app, EAST).get("/api/zones/a").status_code == 200


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_second_is_told_in_their_language(client: Client, language: str) -> None:
    headers = {"if-match": '"old"', "accept-language": language}
    sent = zone(BASE) | {"reason": WHY}

    told = problem(client.send("PUT", "/api/zones/a", sent, headers), 412)

    assert told["detail"].isascii() == (language == "en")
    assert told["title"].isascii() == (language == "en")


@pytest.mark.parametrize("medium", ["client", "on_postgis"])
def test_of_fifty_who_save_at_once_one_wins(request: pytest.FixtureRequest, medium: str) -> None:
    client: Client = request.getfixturevalue(medium)
    for round_number in range(1, ROUNDS + 1):
        tag = client.get("/api/zones/a").headers["etag"]
        requests = [
            ("PUT", "/api/zones/a", zone(house(number, 0), name=str(number)) | {"reason": WHY})
            for number in range(SAVERS)
        ]

        answers = client.send_all(requests, {"if-match": tag})

        won = [answer.json() for answer in answers if answer.status_code == 200]
        assert len(won) == 1
        assert sorted(answer.status_code for answer in answers) == [200] + [412] * (SAVERS - 1)
        assert client.get("/api/zones/a").json() == won[0]
        versions = client.get("/api/zones/a/versions").json()["versions"]
        assert len(versions) == 1 + round_number
        assert versions[0]["feature"] == won[0]


def test_shapes_of_two_are_merged_before_anything_is_saved(client: Client) -> None:
    body = {
        "base": ground(BASE),
        "mine": ground(box(-20, 0, 90, 40)),
        "theirs": ground(box(0, 0, 110, 40)),
    }

    merged = client.send("POST", "/api/zones/merge", body).json()

    assert drawn(merged["merged"]).symmetric_difference(box(-20, 0, 110, 40)).area < 5
    assert merged["clashes"] is None
