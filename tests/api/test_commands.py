"""The commands as people type them."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from api.cli import app
from tests.support.demo import demo_cookie
from tests.support.projects import small_project

if TYPE_CHECKING:
    from typer.testing import Result

COMMANDS = (
    "demo",
    "import",
    "export",
    "coverage",
    "openings",
    "sweep",
    "bulletin",
    "serve",
    "user",
    "token",
)
WAIT_S = 120
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the small community's project."""
    return small_project(tmp_path_factory.mktemp("small") / "small.gpkg")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def result_of(path: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return result


def test_every_command_explains_itself_with_an_example() -> None:
    listed = run("--help").stdout

    for command in COMMANDS:
        told = run(command, "--help")
        assert told.exit_code == 0
        assert f"Example: prevention-map {command}" in told.stdout
        assert f"  {command} " in listed


def test_coverage_writes_zones_and_buildings_and_sums_up(project: Path, tmp_path: Path) -> None:
    zones, buildings = tmp_path / "zones.geojson", tmp_path / "buildings.geojson"

    told = run("coverage", "--project", project, "--buildings", buildings, zones)

    assert told.exit_code == 0, told.stderr
    summary = result_of(zones)["summary"]
    assert list(summary) == [
        "buildings",
        "covered",
        "uncovered",
        "residents",
        "residents_covered",
        "residents_uncovered",
        "unreachable",
    ]
    assert summary["residents"] == summary["residents_covered"] + summary["residents_uncovered"]
    assert summary["buildings"] == 6
    assert summary["residents"] == 381
    assert summary["unreachable"] == 1
    zone = result_of(zones)["features"][0]["properties"]
    assert list(zone) == [
        "zone_id",
        "buildings",
        "households",
        "residents",
        "worst_walk_m",
        "reason",
    ]
    by_id = {
        feature["properties"]["building_id"]: feature["properties"]
        for feature in result_of(buildings)["features"]
    }
    assert by_id["b6"] == {
        "building_id": "b6",
        "covered": False,
        "site_id": None,
        "walk_m": None,
        "reason": "no_path",
    }
    assert by_id["b1"]["covered"]
    assert by_id["b1"]["site_id"] == "t1"
    assert "6 buildings:" in told.stderr


def test_straight_lines_leave_no_building_without_a_path(project: Path) -> None:
    told = run("coverage", "--project", project, "--straight-line", "-")

    assert json.loads(told.stdout)["summary"]["unreachable"] == 0
    assert "as the crow flies" in told.stderr


def test_coverage_of_an_area_counts_its_buildings_alone(project: Path) -> None:
    whole = json.loads(run("coverage", "--project", project, "--area", "c1", "-").stdout)
    west = json.loads(run("coverage", "--project", project, "--area", "c1-1", "-").stdout)
    east = json.loads(run("coverage", "--project", project, "--area", "c1-2", "-").stdout)

    counts = [result["summary"]["buildings"] for result in (whole, west, east)]
    assert counts == [6, 4, 2]


def test_a_sweep_visits_every_reachable_building_once_and_says_where_it_begins(
    project: Path, tmp_path: Path
) -> None:
    out = tmp_path / "routes.geojson"

    told = run("sweep", "--project", project, "--teams", 2, out)

    result = result_of(out)
    stops = [each for each in result["features"] if each["properties"]["kind"] == "stop"]
    routes = [each for each in result["features"] if each["properties"]["kind"] == "route"]
    assert sorted(stop["properties"]["building_id"] for stop in stops) == [
        "b1",
        "b2",
        "b3",
        "b4",
        "b5",
    ]
    assert [route["properties"]["team"] for route in routes] == [1, 2]
    assert {*routes[0]["properties"]} >= {"kind", "team", "stops", "walk_m", "work_s", "duration_s"}
    assert {*stops[0]["properties"]} >= {
        "kind",
        "team",
        "seq",
        "building_id",
        "arrive_s",
        "service_s",
        "households",
    }
    plan = result["plan"]
    assert plan["unreachable"] == ["b6"]
    assert plan["makespan_s"] >= plan["bound_s"] > 0
    assert plan["gap"] == pytest.approx(plan["makespan_s"] / plan["bound_s"] - 1, abs=1e-5)
    assert "begins at the project's office" in told.stderr
    assert "1 buildings unreachable (b6)" in told.stderr
    assert "bound" in told.stderr


def test_the_same_seed_gives_the_same_bytes(project: Path) -> None:
    one, other = (
        run("sweep", "--project", project, "--teams", 2, "--seed", 7, "-").stdout_bytes
        for _ in range(2)
    )

    assert one == other


def test_a_start_that_is_given_is_not_explained(project: Path) -> None:
    with_start = ("--start", "114.3020,30.5990")

    told = run("sweep", "--project", project, "--teams", 1, *with_start, "-")

    assert "begins at" not in told.stderr


@pytest.mark.parametrize(("suffix", "root"), [("gpx", "gpx"), ("kml", "kml")])
def test_routes_come_as_gpx_and_kml(project: Path, tmp_path: Path, suffix: str, root: str) -> None:
    out = tmp_path / f"routes.{suffix}"

    run("sweep", "--project", project, "--teams", 2, out)

    assert ET.parse(out).getroot().tag.endswith(root)  # noqa: S314 (our own file)


def test_the_bulletin_names_the_community_and_the_day(project: Path) -> None:
    told = run("bulletin", "--project", project, "--day", "2020-03-02", "--lang", "en", "-")

    assert "小社区" in told.stdout
    assert "March 2, 2020" in told.stdout
    assert "30 people are back at work" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("coverage", "--project", "none.gpkg", "-"), "none.gpkg"),
        (
            ("coverage", "--project", "{project}", "--area", "x", "-"),
            "Expected the code of an area",
        ),
        (("coverage", "--project", "{project}", "no/such/folder/out.geojson"), "No such file"),
        (("bulletin", "--project", "{project}", "--day", "2021-01-01", "-"), "Expected a day from"),
        (("sweep", "--project", "{project}", "--teams", "1", "--start", "0,0", "-"), "start"),
        (("serve", "--project", "none.gpkg"), "none.gpkg"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    project: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    for name in ("PREVENTION_PROJECT", "PREVENTION_HOST", "PREVENTION_PORT", "PREVENTION_DEMO"):
        monkeypatch.setenv(name, "0")

    told = run(*(argument.format(project=project) for argument in arguments))

    assert told.exit_code == 1
    assert words in told.stderr
    assert "Traceback" not in told.stderr
    assert told.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("coverage", "out.shp"), "ends in .geojson or .json"),
        (("coverage", "--area", "c1", "--bbox", "1,2,3,4", "-"), "an area or a box"),
        (("coverage", "--walk-minutes", "0", "-"), "walk-minutes"),
        (("sweep", "--teams", "0", "-"), "teams"),
        (("sweep", "--teams", "2", "out.pdf"), ".gpx"),
        (("sweep", "--teams", "2", "--start", "here", "-"), "LON,LAT"),
        (("bulletin", "--day", "yesterday", "-"), "latest"),
    ],
)
def test_wrong_options_are_told_before_anything_is_done(
    project: Path, arguments: tuple[str, ...], words: str
) -> None:
    command, *rest = arguments

    told = run(command, "--project", project, *rest)

    assert told.exit_code == 2
    assert words in told.stderr


def test_a_failure_leaves_the_last_result_as_it_was(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "zones.geojson"
    out.write_text("before", encoding="utf-8")

    run("coverage", "--project", project, "--area", "x", out)

    assert out.read_text(encoding="utf-8") == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["zones.geojson"]


def test_a_wrong_setting_is_told_by_its_name(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREVENTION_WALK_MINUTES", "long")

    told = run("coverage", "--project", project, "-")

    assert told.exit_code == 1
    assert "PREVENTION_WALK_MINUTES" in told.stderr


def test_settings_change_what_commands_do(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREVENTION_WALK_MINUTES", "0.5")

    told = run("coverage", "--project", project, "-")

    assert "within 0.5 min" in told.stderr


def test_a_port_in_use_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PREVENTION_PROJECT", "PREVENTION_HOST", "PREVENTION_PORT"):
        monkeypatch.setenv(name, "0")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        told = run("serve", "--project", project, "--port", port)

    assert told.exit_code == 1
    assert f"port {port} is taken" in told.stderr


def test_the_demo_is_made_and_served_by_a_process_of_its_own(tmp_path: Path) -> None:
    place = tmp_path / "made" / "demo.gpkg"
    command = [sys.executable, "-m", "api.cli", "demo", "--port", "0", "--project", str(place)]

    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as served:
        try:
            assert served.stdout is not None
            url = served.stdout.readline().split(" at ")[1].split(" ")[0]
            cookie = demo_cookie(url)
            asked = Request(f"{url}api/bulletins/latest", headers={"Cookie": cookie})  # noqa: S310 (our own)
            with urlopen(asked, timeout=WAIT_S) as answer:  # noqa: S310 (our own)
                bulletin = answer.read().decode()
        finally:
            served.terminate()

    assert place.is_file()
    assert "社区复工人员1894人。其中，复工企业107家、员工1300人，餐饮92家212人" in bulletin
