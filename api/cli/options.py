"""What the commands share: options, their reading, and how errors are told."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.console import Console

from api.store.errors import StoreError
from geo.datum import Datum
from geo.errors import GeoError, UnknownLayerError

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILED = 1
INTERRUPTED = 130
MAX_LON_DEG = 180.0
MAX_LAT_DEG = 90.0
POSITION_PARTS = 2
BBOX_PARTS = 4

console = Console(stderr=True)
"""Where people are told things; standard output is for results."""


class Position(NamedTuple):
    """A place, WGS 84 degrees, longitude first."""

    lon_deg: float
    lat_deg: float


class BBox(NamedTuple):
    """A box, WGS 84 degrees."""

    west_deg: float
    south_deg: float
    east_deg: float
    north_deg: float


def parse_position(text: str) -> Position:
    """
    Read `LON,LAT`.

    Parameters
    ----------
    text
        WGS 84 degrees, longitude first.

    Raises
    ------
    typer.BadParameter
        If it is not two numbers within the ranges of longitude and latitude.

    Examples
    --------
    >>> parse_position("114.3, 30.6")
    Position(lon_deg=114.3, lat_deg=30.6)
    """
    position = Position(*_numbers(text, POSITION_PARTS, "LON,LAT"))
    _check_position(position)
    return position


def parse_bbox(text: str) -> BBox:
    """
    Read `WEST,SOUTH,EAST,NORTH`.

    Parameters
    ----------
    text
        WGS 84 degrees.

    Raises
    ------
    typer.BadParameter
        If it is not four numbers in range, or west is not west of east, or south not
        south of north.

    Examples
    --------
    >>> parse_bbox("6.1,46.1,6.2,46.3").north_deg
    46.3
    """
    bbox = BBox(*_numbers(text, BBOX_PARTS, "W,S,E,N"))
    _check_position(Position(bbox.west_deg, bbox.south_deg))
    _check_position(Position(bbox.east_deg, bbox.north_deg))
    if bbox.west_deg >= bbox.east_deg:
        msg = f"expected west before east, got {bbox.west_deg:g} and {bbox.east_deg:g}"
        raise typer.BadParameter(msg)
    if bbox.south_deg >= bbox.north_deg:
        msg = f"expected south before north, got {bbox.south_deg:g} and {bbox.north_deg:g}"
        raise typer.BadParameter(msg)
    return bbox


ProjectOption = Annotated[
    str,
    typer.Option(
        "--project",
        metavar="P.gpkg|URL",
        help="The project: one GeoPackage file, or postgresql://user@host/database?schema=NAME.",
    ),
]
BboxOption = Annotated[
    BBox | None,
    typer.Option(
        "--bbox",
        metavar="W,S,E,N",
        parser=parse_bbox,
        help="Only what touches this box, in WGS 84 degrees.",
    ),
]
DatumOption = Annotated[
    Datum,
    typer.Option(
        "--datum",
        help="Datum of the coordinates in the file; Chinese map services use gcj02 and bd09.",
    ),
]


@contextmanager
def told_errors() -> Iterator[None]:
    """
    Tell an expected error in its own words and end the command.

    Raises
    ------
    typer.Exit
        With 1 after an error of the data, the project file or the disk; with 130 when the
        person at the keyboard stops the command.
    """
    try:
        yield
    except KeyboardInterrupt:
        tell("Stopped; nothing was changed.")
        raise typer.Exit(INTERRUPTED) from None
    except (GeoError, UnknownLayerError, StoreError, OSError) as error:
        tell(f"Error: {_words(error)}")
        raise typer.Exit(FAILED) from None


def tell(text: str) -> None:
    """Tell something on standard error, as it stands; control characters are taken out."""
    clean = "".join(sign if sign.isprintable() or sign == "\n" else "�" for sign in text)
    console.print(clean, markup=False, highlight=False, soft_wrap=True)


def _words(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror}"
    return str(error)


def _numbers(text: str, count: int, form: str) -> tuple[float, ...]:
    parts = text.split(",")
    try:
        numbers = tuple(float(part) for part in parts)
    except ValueError:
        numbers = ()
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        msg = f"expected {form} in degrees, got {text!r}"
        raise typer.BadParameter(msg)
    return numbers


def _check_position(position: Position) -> None:
    if abs(position.lon_deg) > MAX_LON_DEG:
        msg = f"expected a longitude from -180 to 180, got {position.lon_deg:g}"
        raise typer.BadParameter(msg)
    if abs(position.lat_deg) > MAX_LAT_DEG:
        msg = (
            f"expected a latitude from -90 to 90, got {position.lat_deg:g}; "
            "longitude comes first, so the two may be swapped"
        )
        raise typer.BadParameter(msg)
