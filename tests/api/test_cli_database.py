"""Commands on a project that is kept in a database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from api.cli.data import export_command, import_command
from api.cli.serving import _shown
from api.settings import Settings
from api.store.project import Project
from geo.io.demo import demo_folder

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer()
app.command("import")(import_command)
app.command("export")(export_command)

UNREACHABLE = "postgresql://me:hunter2@127.0.0.1:1/town"


def _run(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return done.exit_code, done.stdout, done.stderr


def test_the_demo_is_imported_twice_and_exported(postgis: str, tmp_path: Path) -> None:
    report = tmp_path / "r.json"
    first, _, told = _run("import", demo_folder(), "--project", postgis, "--report", report)
    assert first == 0, told
    with Project.open(postgis) as project:
        counts, revision = project.counts(), project.revision

    again, _, told = _run("import", demo_folder(), "--project", postgis)
    assert again == 0, told
    out = tmp_path / "houses.geojson"
    assert _run("export", "--project", postgis, "--layer", "buildings", out)[0] == 0

    with Project.open(postgis) as project:
        assert (project.counts(), project.revision) == (counts, revision + 1)
    assert len(json.loads(out.read_bytes())["features"]) == counts["buildings"]
    assert json.loads(report.read_bytes())["project"].startswith("postgresql://postgres@127")


def test_an_import_that_fails_leaves_no_schema(postgis: str, tmp_path: Path) -> None:
    bad = tmp_path / "gates.csv"
    bad.write_text("gate_id,state,lon,lat\ng1,nonsense,114.3,30.6\n", encoding="utf-8")
    code, _, told = _run("import", bad, "--project", postgis)
    assert code == 1
    assert "nonsense" in told
    assert _run("export", "--project", postgis, "--layer", "gates", "-")[0] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", demo_folder(), "--project", UNREACHABLE),
        ("export", "--project", UNREACHABLE, "--layer", "gates", "-"),
        ("export", "--project", "postgresql://x:hunter2:y/z", "--layer", "gates", "-"),
    ],
)
def test_no_message_holds_the_password(arguments: tuple[object, ...]) -> None:
    code, out, told = _run(*arguments)
    assert code == 1
    assert told.startswith("Error: ")
    assert "hunter2" not in out + told


def test_settings_and_what_is_told_of_them_hide_the_password() -> None:
    settings = Settings(project=UNREACHABLE)
    assert settings.project == UNREACHABLE
    assert "hunter2" not in repr(settings)
    assert _shown(settings.project) == "postgresql://me:***@127.0.0.1:1/town"
