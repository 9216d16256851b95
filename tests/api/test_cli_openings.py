"""The command `openings` as people type it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from api.cli import app
from tests.support.projects import small_project

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the small community's project, whose zone lies behind a closed gate."""
    return small_project(tmp_path_factory.mktemp("small") / "small.gpkg")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["openings", *(str(argument) for argument in arguments)])


def test_openings_are_written_with_a_summary(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "openings.geojson"

    told = run("--project", project, "--zone", "z1", out)

    assert told.exit_code == 0, told.stderr
    written: dict[str, Any] = json.loads(out.read_text())
    assert written["type"] == "FeatureCollection"
    assert list(written["summary"]) == ["openings", "guarded", "closed", "open", "fewest_posts"]
    kinds = {feature["properties"]["kind"] for feature in written["features"]}
    assert kinds == {"opening"}
    for feature in written["features"]:
        assert feature["geometry"]["type"] == "Point"
        assert feature["properties"]["state"] in {"guarded", "closed", "open"}
        assert feature["properties"]["street"] == "东巷"
    assert "openings:" in told.stderr


def test_a_band_and_standard_output_are_understood(project: Path) -> None:
    told = run("--project", project, "--zone", "z1", "--band", 20, "--at", "2020-03-25T09:00", "-")

    assert told.exit_code == 0, told.stderr
    assert json.loads(told.stdout)["summary"]["openings"] == 2
    assert "No line within 20 m needs fewer." in told.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--zone", "nowhere", "-"), 1, "zones nowhere: there is no such feature."),
        (("--zone", "z1", "openings.txt"), 2, "ends in"),
        (("--zone", "z1", "--band", "0", "-"), 2, "--band"),
        (("--zone", "z1", "--band", "900", "-"), 2, "200"),
        (("--zone", "z1", "--at", "noon", "-"), 2, "noon"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(
    project: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    told = run("--project", project, *arguments)

    assert told.exit_code == code
    assert words in told.stderr


def test_the_command_explains_itself_with_an_example() -> None:
    assert "Example: prevention-map openings" in run("--help").stdout
