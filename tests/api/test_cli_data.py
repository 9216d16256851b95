"""`import` and `export` as they are typed: what they print, write and return."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from api.cli.data import export_command, import_command
from api.cli.options import (
    BBox,
    Position,
    parse_bbox,
    parse_position,
    tell,
    told_errors,
)
from api.store.project import Project
from geo.crs import to_wgs84
from geo.io.writing import write_layer
from geo.layers import LAYERS
from tests.support.projects import small_layers, small_project

ROOT = Path(__file__).parents[2]
STOPPED_WHILE_READING = """
import os, signal, sys
from pathlib import Path
from api.cli.options import told_errors
from api.services.importing import import_sources

def stop(step):
    if step == "Writing the project":
        os.kill(os.getpid(), signal.SIGINT)

import typer
app = typer.Typer()

@app.command()
def run(source: Path, project: Path) -> None:
    with told_errors():
        import_sources([source], project, progress=stop)

app()
"""

app = typer.Typer()
app.command("import")(import_command)
app.command("export")(export_command)


@pytest.fixture
def gates(tmp_path: Path) -> Path:
    path = tmp_path / "gates.geojson"
    write_layer(to_wgs84(small_layers()["gates"]), LAYERS["gates"], path)
    return path


def _run(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return done.exit_code, done.stdout, done.stderr


def test_an_import_tells_its_counts_and_reports(gates: Path, tmp_path: Path) -> None:
    report = tmp_path / "r.json"
    code, out, told = _run("import", gates, "--project", tmp_path / "p.gpkg", "--report", report)

    assert (code, out) == (0, "")
    assert told.splitlines()[1].split() == ["gates", "1", "1", "0", "0", "0", "0", "0"]
    (source,) = json.loads(report.read_text())["sources"]
    assert source["layers"]["gates"]["new"] == 1


def test_options_reach_the_import(gates: Path, tmp_path: Path) -> None:
    project = tmp_path / "p.gpkg"
    code, _, _ = _run(
        *("import", gates, "--project", project, "--layer", "gates", "--datum", "gcj02"),
        *("--source", "survey", "--crs", "EPSG:4547", "--bbox", "114,30,115,31", "--keep-good"),
    )

    assert code == 0
    with Project.open(project) as opened:
        assert opened.metric_crs == "EPSG:4547"
        assert opened.count("gates") == 1
        assert (
            opened.read_wgs84("gates").geometry.iloc[0]
            != (to_wgs84(small_layers()["gates"]).geometry.iloc[0])
        )
    with closing(sqlite3.connect(project)) as file:
        assert file.execute("SELECT source FROM gates").fetchall() == [("survey",)]


def test_faults_are_listed_and_nothing_is_imported(gates: Path, tmp_path: Path) -> None:
    content = json.loads(gates.read_text())
    content["features"][0]["properties"]["state"] = "ajar"
    gates.write_text(json.dumps(content))
    report = tmp_path / "r.json"

    code, out, told = _run("import", gates, "--project", tmp_path / "p.gpkg", "--report", report)

    assert (code, out) == (1, "")
    assert "gates.geojson" in told
    assert "ajar" in told
    assert "--keep-good" in told
    assert json.loads(report.read_text())["faults"][0]["column"] == "state"
    assert not (tmp_path / "p.gpkg").exists()


def test_kept_rows_are_told_beside_the_faults(gates: Path, tmp_path: Path) -> None:
    content = json.loads(gates.read_text())
    good = content["features"][0]
    bad = {**good, "id": "g2", "properties": {**good["properties"], "gate_id": "g2", "state": "?"}}
    gates.write_text(json.dumps({**content, "features": [good, *[bad]]}))

    code, _, told = _run("import", gates, "--project", tmp_path / "p.gpkg", "--keep-good")

    assert code == 0
    assert "Left out for 1 fault:" in told


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--bbox", "30,114,31,115", "longitude comes first"),
        ("--bbox", "115,30,114,31", "west before east"),
        ("--bbox", "1,2,3", "W,S,E,N"),
        ("--datum", "wgs72", "gcj02"),
        ("--report", "no/such/folder/r.json", "no folder"),
    ],
)
def test_a_wrong_option_is_a_usage_error(
    gates: Path, tmp_path: Path, option: str, value: str, told: str
) -> None:
    code, _, error = _run("import", gates, "--project", tmp_path / "p.gpkg", option, value)

    assert code == 2
    assert told in " ".join(error.replace("│", " ").split())
    assert not (tmp_path / "p.gpkg").exists()


def test_a_newer_project_is_told(gates: Path, tmp_path: Path) -> None:
    path = small_project(tmp_path / "p.gpkg")
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE project SET value = '99' WHERE key = 'schema_version'")
        file.commit()

    code, _, told = _run("import", gates, "--project", path)

    assert code == 1
    assert told.startswith("Error: ")
    assert "newer prevention-map" in told


def test_an_export_goes_to_a_file_or_to_standard_output(tmp_path: Path) -> None:
    path = small_project(tmp_path / "p.gpkg")

    code, out, told = _run("export", "--project", path, "--layer", "gates", "-")
    assert code == 0
    assert json.loads(out)["features"][0]["properties"]["gate_id"] == "g1"
    assert told == "1 gates written to standard output.\n"

    for suffix in (".geojson", ".gpkg", ".csv", ".xlsx"):
        target = tmp_path / f"gates{suffix}"
        assert _run("export", "--project", path, "--layer", "gates", target)[0] == 0
        assert target.stat().st_size > 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--layer", "gates", "x.pdf"), 2, ".geojson"),
        (("--layer", "houses", "x.csv"), 1, "buildings"),
        (("--layer", "gates", "no/such/x.csv"), 1, "no/such"),
    ],
)
def test_an_export_that_cannot_be_is_told(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    path = small_project(tmp_path / "p.gpkg")
    done, out, told = _run("export", "--project", path, *arguments)
    assert (done, out) == (code, "")
    assert words in told


def test_a_missing_project_is_told(tmp_path: Path) -> None:
    code, _, told = _run("export", "--project", tmp_path / "no.gpkg", "--layer", "gates", "-")
    assert code == 1
    assert "there is no such project" in told


@pytest.mark.skipif(os.name != "posix", reason="interrupts as POSIX systems do")
def test_an_interrupted_import_changes_nothing(gates: Path, tmp_path: Path) -> None:
    path = small_project(tmp_path / "p.gpkg")
    before = path.read_bytes()
    command = [sys.executable, "-c", STOPPED_WHILE_READING, str(gates), str(path)]

    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)

    assert done.returncode == 128 + signal.SIGINT
    assert done.stderr == "Stopped; nothing was changed.\n"
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["gates.geojson", "p.gpkg"]


def test_positions_and_boxes_are_read() -> None:
    assert parse_position("114.3,30.6") == Position(114.3, 30.6)
    assert parse_bbox("6,46,7,47") == BBox(6, 46, 7, 47)


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "a,b", "nan,1", "181,0", "0,91", "inf,0"])
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        parse_position(text)


@pytest.mark.parametrize("text", ["1,2,1,3", "1,3,2,3", "1,2,3,4,5", "1,2,3,x", "-181,0,1,1"])
def test_what_is_no_box_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        parse_bbox(text)


def test_control_characters_from_data_do_not_reach_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell("[red]a\x1b[2Jb")
    assert capsys.readouterr().err == "[red]a�[2Jb\n"


def test_a_bug_is_not_dressed_up_as_an_expected_error() -> None:
    with pytest.raises(KeyError), told_errors():
        raise KeyError
