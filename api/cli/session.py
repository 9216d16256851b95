"""What a command works in: settings, an open project, results written whole or not at all."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING

import typer
from pydantic import ValidationError

from api.cli.options import FAILED, tell, told_errors
from api.services.reopening import UnknownDayError
from api.services.scope import Scope, UnknownAreaError
from api.services.workspace import Workspace
from api.settings import Settings
from api.store.project import Project
from geo.io.writing import write_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from api.cli.options import BBox
    from api.store.medium import Location

STDOUT = "-"
QUIET_S = 2.0
"""Work that takes longer says what it is doing."""


@contextmanager
def open_workspace(project: Location, doing: str) -> Iterator[Workspace]:
    """
    Open a project for one command; expected errors are told and end the command.

    Parameters
    ----------
    project
        A file, or the URL of a database.
    doing
        What the command does, told once it takes longer than `QUIET_S`.

    Raises
    ------
    typer.Exit
        With 1 after an expected error.
    """
    with told_errors(), _told_lookups(), working(doing), Project.open(project) as opened:
        yield Workspace(opened)


@contextmanager
def working(doing: str) -> Iterator[None]:
    """Tell what is being done once it takes longer than `QUIET_S`."""
    timer = Timer(QUIET_S, tell, [f"{doing} …"])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def read_settings() -> Settings:
    """
    Read the settings from the environment.

    Raises
    ------
    typer.Exit
        With 1 if one of them is out of range; each is told.
    """
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors():
            name = "_".join(str(part) for part in fault["loc"])
            tell(f"Error: setting PREVENTION_{name.upper()}: {fault['msg']}")
        raise typer.Exit(FAILED) from None


def scope_of(area: str | None, bbox: BBox | None) -> Scope:
    """
    Give the scope that two options mean together.

    Raises
    ------
    typer.BadParameter
        If both are given.
    """
    try:
        return Scope(area=area, bbox=bbox)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def check_suffix(out: Path, suffixes: Collection[str]) -> str:
    """
    Give the suffix of a file to be written, lower case; the first for standard output.

    Raises
    ------
    typer.BadParameter
        If it is none of those that can be written.
    """
    first, *_ = suffixes
    suffix = first if str(out) == STDOUT else out.suffix.lower()
    if suffix not in suffixes:
        msg = f"expected a file name that ends in {' or '.join(suffixes)}, got {out.name!r}"
        raise typer.BadParameter(msg, param_hint="OUT")
    return suffix


def write_out(out: Path, content: bytes) -> None:
    """
    Write a result to standard output (`-`), or to a file that appears only when it is whole.

    Raises
    ------
    OSError
        If the folder is not there, or may not be written.
    """
    if str(out) == STDOUT:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    write_bytes(content, out)


@contextmanager
def _told_lookups() -> Iterator[None]:
    try:
        yield
    except (UnknownAreaError, UnknownDayError) as error:
        tell(f"Error: {error}")
        raise typer.Exit(FAILED) from None
