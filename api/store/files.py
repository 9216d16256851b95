"""A new file that takes its place only when it is whole."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

from api.store.errors import ProjectExistsError, ProjectMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOGS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file that is open."""


@contextmanager
def growing_file(path: Path) -> Iterator[Path]:
    """
    Give a hidden path beside the place of a file; what grows there is moved into place.

    After an error nothing is left of it.

    Raises
    ------
    ProjectExistsError
        If there is a file already.
    ProjectMissingError
        If there is no folder to make it in.
    """
    check_place(path)
    growing = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        yield growing
        _put_in_place(growing, path)
    finally:
        _remove(growing, *_logs(growing))


def check_place(path: Path) -> None:
    """
    Refuse a place where a new file cannot stand.

    Raises
    ------
    ProjectExistsError
        If there is a file already.
    ProjectMissingError
        If there is no folder to make it in.
    """
    if path.exists():
        msg = f"{path}: expected no file of that name, there is one."
        raise ProjectExistsError(msg)
    if not path.parent.is_dir():
        msg = f"{path.parent}: expected a folder, there is none."
        raise ProjectMissingError(msg)


def _put_in_place(growing: Path, path: Path) -> None:
    _flush(growing)
    check_place(path)
    # SQLite would read the log of a file that once stood here into the new one.
    _remove(*_logs(path))
    growing.replace(path)
    if os.name == "posix":
        _flush(path.parent)


def _logs(path: Path) -> list[Path]:
    return [path.with_name(path.name + log) for log in LOGS]


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
