"""
Zipped Shapefiles in.

Members are unpacked under names of our own into a folder that goes away again, so that no
name inside the archive reaches a path, and no archive unpacks to more than is allowed.
"""

from __future__ import annotations

import zlib
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from geo.errors import ReadError
from geo.io.limits import KIB, MAX_SHAPEFILE_BYTES
from geo.io.raw import Container, RawLayer
from geo.io.vector import read_shapefile

if TYPE_CHECKING:
    from zipfile import ZipInfo

ZIP_ERRORS = (BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, zlib.error)
NEEDED = (".shp", ".shx", ".dbf")
PARTS = (*NEEDED, ".prj", ".cpg")
SHP_MAGIC = b"\x00\x00\x27\x0a"
SHP_HEADER_BYTES = 100
DBF_LANGUAGE_AT = 29
DBF_TEXTS_AT = 8
MAX_MEMBERS = 10_000
COPY_BYTES = 256 * KIB


def open_zip(path: Path) -> Container:
    """
    Open an archive that holds one Shapefile or several.

    Raises
    ------
    ReadError
        If the archive is broken, unpacks to too much, or holds no Shapefile.
    """
    try:
        with ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except ZIP_ERRORS as error:
        msg = f"{path.name}: expected a zip archive, got a broken one ({error})."
        raise ReadError(msg) from error
    check_unpacked_size(path.name, members, MAX_SHAPEFILE_BYTES)
    shapefiles = _shapefiles(members)
    if not shapefiles:
        msg = f"{path.name}: expected a Shapefile (.shp) inside, got none."
        raise ReadError(msg)

    def read(inner: str, _layer: object) -> RawLayer:
        return _unpack_and_read(path, inner, shapefiles[inner])

    held = [name for name, parts in shapefiles.items() if _holds_shapes(parts)]
    return Container(tuple(held), read)


def check_unpacked_size(label: str, members: list[ZipInfo], limit_bytes: int) -> None:
    """
    Refuse an archive by its directory, before anything is unpacked.

    Raises
    ------
    ReadError
        If it has too many members or they unpack to more than the limit.
    """
    total = sum(member.file_size for member in members)
    if total > limit_bytes:
        msg = f"{label}: expected at most {limit_bytes:,} bytes unpacked, got {total:,}."
        raise ReadError(msg)
    if len(members) > MAX_MEMBERS:
        msg = f"{label}: expected at most {MAX_MEMBERS:,} files inside, got {len(members):,}."
        raise ReadError(msg)


def _shapefiles(members: list[ZipInfo]) -> dict[str, dict[str, ZipInfo]]:
    parts: dict[PurePosixPath, dict[str, ZipInfo]] = {}
    for member in members:
        inside = PurePosixPath(member.filename.replace("\\", "/"))
        if inside.suffix.lower() in PARTS and not inside.name.startswith("."):
            parts.setdefault(inside.with_suffix(""), {})[inside.suffix.lower()] = member
    complete = {stem: found for stem, found in parts.items() if ".shp" in found}
    stems = [stem.name for stem in complete]
    return {
        stem.name if stems.count(stem.name) == 1 else str(stem): found
        for stem, found in complete.items()
    }


def _holds_shapes(parts: dict[str, ZipInfo]) -> bool:
    return parts[".shp"].file_size > SHP_HEADER_BYTES


def _unpack_and_read(path: Path, inner: str, parts: dict[str, ZipInfo]) -> RawLayer:
    label = f"{path.name} ({inner})"
    missing = [suffix for suffix in NEEDED if suffix not in parts]
    if missing:
        msg = f"{label}: expected {', '.join(NEEDED)}, got no {', '.join(missing)}."
        raise ReadError(msg)
    with TemporaryDirectory(prefix="prevention-map-") as folder:
        try:
            _unpack(path, parts, Path(folder))
        except ZIP_ERRORS as error:
            msg = f"{label}: expected files that can be unpacked, got {error}."
            raise ReadError(msg) from error
        shapes = Path(folder) / "part.shp"
        with shapes.open("rb") as file:
            if file.read(len(SHP_MAGIC)) != SHP_MAGIC:
                msg = f"{label}: expected a Shapefile, got another kind of file."
                raise ReadError(msg)
        return read_shapefile(shapes, label, _encoding(Path(folder)))


def _unpack(path: Path, parts: dict[str, ZipInfo], folder: Path) -> None:
    with ZipFile(path) as archive:
        for suffix, member in parts.items():
            target = folder / f"part{suffix}"
            with archive.open(member) as packed, target.open("wb") as unpacked:
                while block := packed.read(COPY_BYTES):
                    unpacked.write(block)


def _encoding(folder: Path) -> str | None:
    table = (folder / "part.dbf").read_bytes()
    language = table[DBF_LANGUAGE_AT : DBF_LANGUAGE_AT + 1]
    if (folder / "part.cpg").exists() or language != b"\x00":
        return None
    texts = table[int.from_bytes(table[DBF_TEXTS_AT : DBF_TEXTS_AT + 2], "little") :]
    try:
        texts.decode("utf-8")
    except UnicodeDecodeError:
        return "GB18030"
    return "UTF-8"
