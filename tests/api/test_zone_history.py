"""What became of zones: versions, restoring, the timeline, and what was known when."""

from __future__ import annotations

from datetime import UTC, datetime
from time import sleep
from typing import TYPE_CHECKING, Any

import pytest
from shapely import box

from tests.support.zone_service import (
    EAST,
    EVERYWHERE,
    VIEWER,
    WEST,
    WHY,
    client_of,
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


def put(client: Client, sent: dict[str, Any], why: str = WHY, key: str = "z1") -> Any:  # noqa: ANN401 - JSON
    """Redraw a zone."""
    tag = client.get(f"/api/zones/{key}").headers["etag"]
    answer = client.send("PUT", f"/api/zones/{key}", sent | {"reason": why}, {"if-match": tag})
    assert answer.status_code == 200, answer.text
    return answer.json()


def delete(client: Client, key: str) -> None:
    """Delete a zone."""
    tag = client.get(f"/api/zones/{key}").headers["etag"]
    answer = client.send("DELETE", f"/api/zones/{key}?reason=over", headers={"if-match": tag})
    assert answer.status_code == 204, answer.text


def versions(client: Client, key: str = "z1") -> list[dict[str, Any]]:
    """List the versions of a zone."""
    found: list[dict[str, Any]] = client.get(f"/api/zones/{key}/versions").json()["versions"]
    return found


def test_versions_tell_who_did_what_and_why(client: Client) -> None:
    put(client, zone(house(300, 90)), "larger")
    delete(client, "z1")

    found = versions(client)

    assert [(one["number"], one["kind"], one["reason"]) for one in found] == [
        (3, "delete", "over"),
        (2, "replace", "larger"),
        (1, "create", found[2]["reason"]),
    ]
    assert [one["actor"] for one in found[:2]] == ["qian", "qian"]
    assert found[1]["feature"]["geometry"] == ground(house(300, 90))
    assert found[0]["feature"]["geometry"] == found[1]["feature"]["geometry"]


def test_who_is_not_staff_is_not_told_who_did_it(app: FastAPI, client: Client) -> None:
    put(client, zone(house(300, 90)))

    found = versions(client_of(app, VIEWER))

    assert all("actor" not in one for one in found)
    assert all("author" not in one["feature"]["properties"] for one in found)


def test_an_old_version_comes_back_as_the_newest(client: Client) -> None:
    before = client.get("/api/zones/z1").json()
    tag = put(client, zone(house(300, 90), level="control"))["etag"]

    path = "/api/zones/z1/versions/1/restore"
    answer = client.send("POST", path, {"reason": "back"}, {"if-match": tag})

    assert answer.status_code == 200, answer.text
    restored = answer.json()
    assert restored["geometry"] == before["geometry"]
    assert restored["properties"]["level"] == "lockdown"
    assert restored["properties"]["version"] == 3
    assert restored["properties"]["reason"] == "back (z1 ← 1)"
    assert answer.headers["etag"] == restored["etag"] != before["etag"]


def test_a_deleted_zone_comes_back(client: Client) -> None:
    shape = client.get("/api/zones/z1").json()["geometry"]
    delete(client, "z1")

    path = "/api/zones/z1/versions/1/restore"
    answer = client.send("POST", path, {"reason": "back"}, {"if-none-match": "*"})

    assert answer.status_code == 200, answer.text
    assert client.get("/api/zones/z1").json()["geometry"] == shape
    assert [one["kind"] for one in versions(client)] == ["create", "delete", "create"]


def test_restoring_needs_the_version_that_was_seen(client: Client) -> None:
    old = client.get("/api/zones/z1").headers["etag"]
    put(client, zone(house(300, 90)))
    path = "/api/zones/z1/versions/1/restore"

    problem(client.send("POST", path, {"reason": "back"}), 428)
    problem(client.send("POST", path, {"reason": "back"}, {"if-match": old}), 412)
    problem(client.send("POST", path, {"reason": "back"}, {"if-none-match": "*"}), 409)


def test_only_versions_there_are_can_come_back(client: Client) -> None:
    tag = client.get("/api/zones/z1").headers["etag"]
    headers = {"if-match": tag}

    for path in ("/api/zones/z1/versions/9/restore", "/api/zones/z9/versions/1/restore"):
        problem(client.send("POST", path, {"reason": "back"}, headers), 404)
    problem(client.send("POST", "/api/zones/z1/versions/0/restore", {"reason": "x"}, headers), 400)


def test_a_change_may_say_which_version_it_brings_back(client: Client) -> None:
    put(client, zone(house(300, 90)))
    now = client.get("/api/zones/z1").json()
    old = versions(client)[-1]["feature"]
    change = {"op": "replace", "id": "z1", "etag": now["etag"], "feature": old, "restores": 1}

    client.send("POST", "/api/zones/changes", {"reason": "back", "changes": [change]})

    assert versions(client)[0]["reason"] == "back (z1 ← 1)"


def test_versions_out_of_reach_are_not_told(app: FastAPI, client: Client) -> None:
    put(client, zone(house(0, 0)))

    assert [one["number"] for one in versions(client_of(app, WEST))] == [2]
    assert [one["number"] for one in versions(client_of(app, EAST))] == [1]
    problem(client_of(app, EAST).get("/api/zones/z1"), 404)


def test_nobody_restores_what_lay_elsewhere(app: FastAPI, client: Client) -> None:
    tag = put(client, zone(house(0, 0)))["etag"]

    path = "/api/zones/z1/versions/1/restore"
    answer = client_of(app, WEST).send("POST", path, {"reason": "x"}, {"if-match": tag})

    problem(answer, 404)


def test_zones_are_shown_as_they_were_known(client: Client) -> None:
    first = datetime.now(UTC)
    sleep(0.01)
    put(client, zone(house(300, 90)))
    second = datetime.now(UTC)
    sleep(0.01)
    delete(client, "z1")

    def known(at: datetime) -> list[Any]:
        text = at.isoformat().replace("+00:00", "Z")
        return [
            (one["etag"], one["geometry"])
            for one in client.get(f"/api/zones?known_at={text}").json()["features"]
        ]

    assert known(first) == [(None, ground(box(290, 90, 340, 120)))]
    assert known(second) == [(None, ground(house(300, 90)))]
    assert known(datetime.now(UTC)) == []


def test_the_timeline_tells_every_moment_the_map_changes(client: Client) -> None:
    period = {"valid_from_at": "2030-01-01T00:00:00Z", "valid_to_at": "2030-01-08T00:00:00Z"}
    client.send("POST", "/api/zones", zone(house(0, 0), key="n", **period) | {"reason": WHY})

    timeline = client.get("/api/zones/timeline").json()

    assert timeline["first"] == "2020-03-01T00:00:00Z"
    told = [(one["kind"], one["zones"]) for one in timeline["moments"]]
    assert told == [("begins", ["z1"]), ("saved", ["n"]), ("begins", ["n"]), ("ends", ["n"])]
    saved = timeline["moments"][1]
    assert (saved["reason"], saved["actor"]) == (WHY, "qian")
    assert saved["at"] <= timeline["now"]


def test_a_period_that_was_replaced_counts_only_while_it_held(client: Client) -> None:
    far, near = "2030-01-01T00:00:00Z", "2020-04-01T00:00:00Z"
    client.send("POST", "/api/zones", zone(house(0, 0), key="n", valid_to_at=far) | {"reason": WHY})
    put(client, zone(house(0, 0), valid_to_at=near), key="n")

    ends = [
        one["at"]
        for one in client.get("/api/zones/timeline").json()["moments"]
        if one["kind"] == "ends"
    ]

    assert ends == [near]


def test_the_timeline_tells_nothing_from_elsewhere(app: FastAPI, client: Client) -> None:
    put(client, zone(house(300, 90)))

    moments = client_of(app, WEST).get("/api/zones/timeline").json()["moments"]

    assert moments == []


def test_openings_are_told_with_the_fewest_posts(client: Client) -> None:
    client.send("POST", "/api/zones", zone(box(90, -20, 320, 150), key="o") | {"reason": WHY})

    answer = client.get("/api/zones/o/openings?band_m=30")

    assert answer.status_code == 200, answer.text
    openings = answer.json()
    summary = openings["summary"]
    assert summary["openings"] == len(openings["features"]) > 0
    assert summary["openings"] == summary["guarded"] + summary["closed"] + summary["open"]
    assert {one["properties"]["kind"] for one in openings["features"]} == {"opening"}
    draft = openings["draft"]
    assert draft is None or draft["properties"]["fewest_posts"] < summary["fewest_posts"]


def test_openings_of_a_foreign_zone_are_not_told(app: FastAPI) -> None:
    problem(client_of(app, WEST).get("/api/zones/z1/openings"), 404)
    problem(client_of(app, EAST).get("/api/zones/z1/openings?band_m=9999"), 400)
