"""The service as its clients meet it."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from api.main import create_app
from api.settings import Settings
from geo.errors import CrsError
from tests.support.communities import MemoryProject, drawn_community, place_deg
from tests.support.http import Client

if TYPE_CHECKING:
    import geopandas as gpd
    import httpx

SNAPSHOT = Path(__file__).parent / "openapi.json"
PATHS = (
    "/",
    "/api/bulletins/{day}",
    "/api/coverage",
    "/api/coverage/buildings",
    "/api/events",
    "/api/layers",
    "/api/layers/{layer}",
    "/api/me",
    "/api/reopening/{day}",
    "/api/sweeps",
    "/api/sweeps/{sweep_id}",
    "/api/sweeps/{sweep_id}/routes/{team}",
    "/api/sweeps/{sweep_id}/routes/{team}.{form}",
    "/api/tokens",
    "/api/tokens/{prefix}",
    "/api/zones",
    "/api/zones/changes",
    "/api/zones/merge",
    "/api/zones/preview",
    "/api/zones/shapes",
    "/api/zones/timeline",
    "/api/zones/{zone_id}",
    "/api/zones/{zone_id}/openings",
    "/api/zones/{zone_id}/versions",
    "/api/zones/{zone_id}/versions/{number}/restore",
    "/health",
)
WORKING = (
    "/",
    "/?lang=en&area=W&teams=2&day=2020-03-24&sites=checkpoints&walk_minutes=5",
    "/api/bulletins/latest",
    "/api/coverage",
    "/api/coverage/buildings",
    "/api/layers",
    "/api/layers/buildings",
    "/api/reopening/latest",
    "/api/sweeps?teams=2",
    "/api/sweeps/teams-2~seed-1",
    "/api/sweeps/teams-2~seed-1/routes/1",
    "/api/sweeps/teams-2~seed-1/routes/1.geojson",
    "/api/sweeps/teams-2~seed-1/routes/1.gpx",
    "/api/sweeps/teams-2~seed-1/routes/1.kml",
    "/docs",
    "/health",
    "/openapi.json",
)
TAGGED = tuple(path for path in WORKING if path.startswith("/api/"))


@pytest.fixture
def project() -> MemoryProject:
    """Draw the community."""
    return drawn_community()


@pytest.fixture
def client(project: MemoryProject) -> Client:
    """Give a client of the service on the drawn community."""
    return Client(create_app(Settings(), project))


@dataclass
class BrokenProject(MemoryProject):
    """A project that cannot be read."""

    error: Exception = field(default_factory=RuntimeError)

    def read(
        self, layer_name: str, *, bbox: tuple[float, float, float, float] | None = None
    ) -> gpd.GeoDataFrame:
        """Fail."""
        del layer_name, bbox
        raise self.error


def problem_of(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["type"]
    assert problem["title"]
    return problem


def test_every_route_is_listed_here() -> None:
    document = create_app(Settings(), drawn_community()).openapi()

    own = [path for path in document["paths"] if not path.startswith("/ogc")]
    assert sorted(own) == sorted(PATHS)


def test_the_interface_is_the_one_that_was_approved() -> None:
    # To approve a change: python -m tests.api.approve_openapi
    document = create_app(Settings(), drawn_community()).openapi()

    assert document == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_every_parameter_has_a_description_and_an_example() -> None:
    document = create_app(Settings(), drawn_community()).openapi()
    parameters = [
        (path, parameter)
        for path, methods in document["paths"].items()
        for method in methods.values()
        for parameter in method.get("parameters", [])
    ]

    assert len(parameters) > 20
    for path, parameter in parameters:
        assert parameter.get("description"), (path, parameter["name"])
        has_example = (
            parameter.keys() & {"example", "examples"} or "examples" in parameter["schema"]
        )
        assert has_example, (path, parameter["name"])


@pytest.mark.parametrize("path", WORKING)
def test_every_resource_answers_and_carries_the_security_headers(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200, answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "geolocation=(self)" in answer.headers["permissions-policy"]
    assert "default-src" in answer.headers["content-security-policy"]
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize("path", WORKING)
def test_unknown_parameters_are_refused_everywhere(client: Client, path: str) -> None:
    glue = "&" if "?" in path else "?"

    problem = problem_of(client.get(f"{path}{glue}colour=red"), 400)

    fault = {"in": "query", "name": "colour", "detail": "not a parameter of this resource"}
    assert problem["errors"] == [fault]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/?lang=fr", "lang"),
        ("/?day=25.3.2020", "day"),
        ("/?day=1585094400", "day"),
        ("/?area=W&bbox=1,2,3,4", ""),
        ("/api/coverage?bbox=1,2,3", "bbox"),
        ("/api/coverage?bbox=3,2,1,4", "bbox"),
        ("/api/coverage?bbox=nan,2,1,4", "bbox"),
        ("/api/coverage?walk_minutes=0", "walk_minutes"),
        ("/api/coverage?walk_minutes=nan", "walk_minutes"),
        ("/api/coverage?sites=shops", "sites"),
        ("/api/layers/buildings?limit=0", "limit"),
        ("/api/layers/buildings?offset=-1", "offset"),
        ("/api/layers/buildings?limit=many", "limit"),
        ("/api/sweeps", "teams"),
        ("/api/sweeps?teams=0", "teams"),
        ("/api/sweeps?teams=2&start=39.75,217", "start"),
        ("/api/sweeps/teams-2~seed-1/routes/first", "team"),
        ("/api/sweeps/teams-2~seed-1/routes/1.pdf", "form"),
        ("/api/reopening/2020-02-30", "day"),
        ("/api/reopening/today", "day"),
    ],
)
def test_parameters_out_of_range_are_refused_by_name(client: Client, path: str, name: str) -> None:
    problem = problem_of(client.get(path), 400)

    assert [fault["name"] for fault in problem["errors"]] == [name]
    assert "Value error" not in problem["detail"]


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("/api/layers/houses", "unknown-layer"),
        ("/api/layers/reports", "unknown-layer"),
        ("/api/coverage?area=X", "unknown-area"),
        ("/?area=X", "unknown-area"),
        ("/api/sweeps?teams=2&area=X", "unknown-area"),
        ("/api/sweeps/teams-2", "unknown-sweep"),
        ("/api/sweeps/teams-02~seed-1", "unknown-sweep"),
        ("/api/sweeps/teams-501~seed-1", "unknown-sweep"),
        ("/api/sweeps/teams-2~seed-1/routes/3", "unknown-team"),
        ("/api/reopening/2020-03-26", "unknown-day"),
        ("/api/bulletins/2020-03-23", "unknown-day"),
        ("/?day=2020-03-26", "unknown-day"),
    ],
)
def test_what_is_not_there_is_told_as_such(client: Client, path: str, slug: str) -> None:
    problem = problem_of(client.get(path), 404)

    assert problem["type"] == f"/problems/{slug}"
    assert "Expected" in problem["detail"]


@pytest.mark.parametrize("path", ["/nowhere", "/api", "/api/layers/", "/static/js/none.js"])
def test_unknown_paths_are_problems_too(client: Client, path: str) -> None:
    assert problem_of(client.get(path), 404)["instance"] == path


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_can_be_written(client: Client, method: str) -> None:
    answer = client.request(method, "/api/layers")

    problem_of(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD"


def test_a_start_in_the_sea_is_a_problem_of_the_data(client: Client) -> None:
    problem = problem_of(client.get("/api/sweeps?teams=2&start=121.5,38.0"), 422)

    assert problem["type"] == "/problems/unusable-start"


@pytest.mark.parametrize("error", [RuntimeError("disk on fire"), CrsError("no metres")])
def test_our_own_bugs_are_logged_and_not_told(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(create_app(Settings(), BrokenProject(rows={}, error=error)))

    answer = client.get("/api/coverage", {"x-request-id": "r-1"})

    problem = problem_of(answer, 500)
    assert problem.keys() == {"type", "title", "status", "instance"}
    assert answer.headers["x-request-id"] == "r-1"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "Request r-1 for /api/coverage failed" in caplog.text
    assert str(error) in caplog.text


@pytest.mark.parametrize("path", TAGGED)
def test_an_answer_that_did_not_change_is_not_sent_again(client: Client, path: str) -> None:
    first = client.get(path)
    tag = first.headers["etag"]

    again = client.get(path, {"if-none-match": f'"other", {tag}'})

    assert tag.startswith('"')
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == tag


def test_the_same_question_is_answered_with_the_same_bytes_by_another_process() -> None:
    clients = [Client(create_app(Settings(), drawn_community())) for _ in range(2)]

    for path in TAGGED:
        one, other = (client.get(path) for client in clients)
        assert one.content == other.content, path
        assert one.headers["etag"] == other.headers["etag"]


def test_an_import_shows_without_a_restart(project: MemoryProject, client: Client) -> None:
    before = client.get("/api/layers/offices")
    project.rows["offices"] = []
    project.revision += 1

    after = client.get("/api/layers/offices", {"if-none-match": before.headers["etag"]})

    assert after.status_code == 200
    assert (before.json()["numberMatched"], after.json()["numberMatched"]) == (1, 0)


def test_compressed_answers_have_their_own_tag(client: Client) -> None:
    plain = client.get("/api/coverage")

    packed = client.get("/api/coverage", {"accept-encoding": "gzip"})
    again = client.get("/api/coverage", {"if-none-match": packed.headers["etag"]})

    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert packed.headers["etag"] == plain.headers["etag"][:-1] + '-gzip"'
    assert again.status_code == 304
    assert "accept-encoding" in packed.headers["vary"].lower()
    assert len(gzip.compress(plain.content, 1)) < len(plain.content)


@pytest.mark.parametrize("path", ["/", "/api/coverage", "/health"])
def test_head_gives_the_headers_alone(client: Client, path: str) -> None:
    answer = client.request("HEAD", path)

    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers.get("etag") == client.get(path).headers.get("etag")


def test_many_who_ask_at_once_share_one_computation(project: MemoryProject, client: Client) -> None:
    answers = client.request_all([("GET", "/api/sweeps?teams=2")] * 8)

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert project.reads.count("buildings") == 1


def test_pages_of_a_layer_hold_every_feature_once(client: Client) -> None:
    path, ids = "/api/layers/buildings?limit=4", []
    while path:
        page = client.get(path).json()
        ids += [feature["id"] for feature in page["features"]]
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")

    assert ids == ["H1", "H2", "H3", "H4", "H5", "H6"]
    assert page["numberMatched"] == 6
    assert page["numberReturned"] == 2
    assert [link["rel"] for link in page["links"]] == ["self", "prev"]


def test_a_box_selects_what_touches_it(client: Client) -> None:
    west, south = place_deg(390, -5)
    east, north = place_deg(730, 40)

    page = client.get(f"/api/layers/buildings?bbox={west},{south},{east},{north}").json()

    assert [feature["id"] for feature in page["features"]] == ["H2", "H3"]
    assert page["numberMatched"] == 2


def test_the_bulletin_is_plain_text_in_the_language_asked_for(client: Client) -> None:
    english, chinese = (
        client.get("/api/bulletins/latest?lang=en"),
        client.get("/api/bulletins/latest"),
    )

    assert english.headers["content-type"] == "text/plain; charset=utf-8"
    assert english.headers["content-language"] == "en"
    assert "8 people are back at work" in english.text
    assert chinese.headers["content-language"] == "zh"
    assert "8人" in chinese.text


def test_a_service_without_a_project_says_which_setting_is_missing() -> None:
    with pytest.raises(RuntimeError, match="PREVENTION_PROJECT"):
        create_app(Settings())
