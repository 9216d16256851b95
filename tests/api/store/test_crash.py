"""What was acknowledged is there, however the process dies."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from api.store.project import Project
from tests.support.projects import small_project

ROOT = Path(__file__).parents[3]
DEATHS = 20
MOST_WRITES = 20


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX systems do")
def test_no_acknowledged_write_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    path = small_project(tmp_path / "small.gpkg")
    limits = np.random.default_rng(1).integers(0, MOST_WRITES, DEATHS).tolist()
    lines = "".join(f"{limit}\n" for limit in limits)
    command = [sys.executable, "-m", "tests.support.crashing", str(path)]

    done = subprocess.run(
        command, cwd=ROOT, input=lines, check=True, capture_output=True, text=True
    )

    deaths = [json.loads(line) for line in done.stdout.splitlines()]
    acknowledged = [tuple(write) for death in deaths for write in death]
    assert len(deaths) == DEATHS
    assert len(acknowledged) >= sum(limits)
    _assert_file_is_sound(path)
    with Project.open(path) as project:
        _assert_all_are_there(project, acknowledged)


def _assert_file_is_sound(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("SELECT rtreecheck('rtree_zones_geom')").fetchone() == ("ok",)
        rows = file.execute("SELECT fid FROM zones ORDER BY fid").fetchall()
        assert file.execute("SELECT id FROM rtree_zones_geom ORDER BY id").fetchall() == rows


def _assert_all_are_there(project: Project, acknowledged: list[tuple[str, int, str]]) -> None:
    kept = {(one.key, one.number): one for one in project.changes_since(0, limit=100_000)}
    for name, number, tag in acknowledged:
        assert kept[name, number].etag == tag
    edits = [entry for entry in project.audit(100_000) if entry.action != "import"]
    changed = {(entry.key, int(entry.after["values"]["name"])) for entry in edits}
    assert len(edits) == len(kept)
    assert changed == set(kept)
    last = {name: max(number for key, number in kept if key == name) for name, _ in kept}
    for name, number in last.items():
        assert project.feature("zones", name).etag == kept[name, number].etag
    assert project.count("zones") == len(last) + 1
