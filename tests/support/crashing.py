"""
A process that writes with several threads, and dies in the middle, again and again.

Started as `python -m tests.support.crashing PROJECT`. It reads from its input how many writes
are to be acknowledged before the next death, one number a line, and answers each with one line
of JSON: the writes that were acknowledged. What is needed is imported once; each writer is a
fork that is killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import NoReturn

from shapely import box

from api.store.edits import Act, Edit, EditKind
from api.store.project import Project

THREADS = 4
SHAPE = box(114.301, 30.597, 114.302, 30.598)
AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


def die_often(path: Path) -> None:
    """Kill a writer for every line of the input."""
    for death, line in enumerate(sys.stdin):
        acknowledged = _writes_until_death(path, death, int(line))
        sys.stdout.write(json.dumps(acknowledged) + "\n")
        sys.stdout.flush()


def _writes_until_death(path: Path, death: int, limit: int) -> list[list[object]]:
    reading, writing = os.pipe()
    writer = os.fork()
    if writer == 0:
        os.close(reading)
        _write_for_ever(path, death, writing)
    os.close(writing)
    with os.fdopen(reading) as told:
        lines = [told.readline() for _ in range(limit)]
        os.kill(writer, signal.SIGKILL)
        # What was told before it died was acknowledged too.
        lines += [line for line in told if line.endswith("\n")]
    os.waitpid(writer, 0)
    return [json.loads(line) for line in lines]


def _write_for_ever(path: Path, death: int, told: int) -> NoReturn:
    project = Project.open(path)
    for thread in range(THREADS):
        Thread(target=_keep_writing, args=(project, f"d{death}t{thread}", told)).start()
    while True:
        signal.pause()


def _keep_writing(project: Project, name: str, told: int) -> None:
    act = Act(name, "until it dies", AT)
    tag: str | None = None
    number = 0
    while True:
        number += 1
        kind = EditKind.CREATE if tag is None else EditKind.REPLACE
        values = {"level": "control", "name": str(number)}
        (stored,) = project.edit([Edit(kind, "zones", name, values, SHAPE, tag)], act)
        tag = None if stored is None else stored.etag
        os.write(told, (json.dumps([name, number, tag]) + "\n").encode())


if __name__ == "__main__":
    die_often(Path(sys.argv[1]))
