"""
A PostgreSQL server of our own with PostGIS, thrown away when the tests are done.

Where it is not installed, tests that need it are skipped; where `PREVENTION_POSTGIS` is
`required` they fail instead.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

import psycopg
import pytest

from api.store.postgis import DEFAULT_SCHEMA
from api.store.project import Project
from tests.support.projects import METRIC_CRS, small_import

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "postgres"
"""Whose server it is where the tests run as root, which PostgreSQL refuses to do."""

DATABASE = "prevention"
TEMPLATE = "small_community"
START_WITHIN_S = 60.0
STOP_WITHIN_S = 30.0
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "on",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "logging_collector": "off",
}


@pytest.fixture(scope="session")
def postgis_server() -> Iterator[str]:
    """Give the URL of an empty database with PostGIS."""
    binaries = _binaries()
    if binaries is None:
        _do_without("no PostgreSQL server with PostGIS is installed")
    with running_server(binaries) as url:
        yield url


@pytest.fixture
def postgis(postgis_server: str) -> str:
    """Give the place of a project that is nowhere yet."""
    return f"{postgis_server}?schema=test_{secrets.token_hex(6)}"


@pytest.fixture(scope="session")
def small_template(postgis_server: str) -> str:
    """Give the name of a database that holds the small community, to make copies of."""
    make_database(postgis_server, TEMPLATE, DATABASE)
    url = _sibling(postgis_server, TEMPLATE)
    with Project.build(url, metric_crs=METRIC_CRS, name="Small community") as project:
        project.write([small_import()])
    return TEMPLATE


@pytest.fixture
def small_postgis(postgis_server: str, small_template: str) -> str:
    """Give the URL of a database of its own that holds the small community."""
    name = f"small_{secrets.token_hex(6)}"
    make_database(postgis_server, name, small_template)
    return _sibling(postgis_server, name)


def make_database(server: str, name: str, template: str) -> None:
    """Make a database as a copy of another, to which nobody may be connected."""
    with psycopg.connect(_sibling(server, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())


@contextmanager
def running_server(binaries: Path) -> Iterator[str]:
    """Run a server in a folder of its own; it is stopped and removed at the end."""
    with TemporaryDirectory(prefix="prevention-postgis-") as folder:
        data = Path(folder) / "data"
        _give_to_account(Path(folder))
        _initialise(binaries, data)
        port = _free_port()
        with (Path(folder) / "log").open("wb") as log:
            server = _start(binaries, data, port, log.fileno())
            try:
                yield _prepared(server, port)
            finally:
                _stop(server)


def sql(place: str, *statements: str) -> list[tuple[object, ...]]:
    """Run statements as another program would, in the schema of a project; give the last rows."""
    url, _, schema = place.partition("?schema=")
    schema = schema or DEFAULT_SCHEMA
    with psycopg.connect(url, options=f"-csearch_path={schema},public") as connection:
        for statement in statements:
            found = connection.execute(statement.encode())
        return found.fetchall() if found.description else []


def _sibling(url: str, name: str) -> str:
    return f"{url.rpartition('/')[0]}/{name}"


def _binaries() -> Path | None:
    """Find the newest server that has PostGIS beside it."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if _has_postgis(folder)), None)


def _has_postgis(folder: Path) -> bool:
    config = folder / "pg_config"
    if not (folder / "initdb").is_file() or not config.is_file():
        return False
    told = subprocess.run([config, "--sharedir"], check=True, capture_output=True, text=True)
    return (Path(told.stdout.strip()) / "extension" / "postgis.control").is_file()


def _do_without(reason: str) -> NoReturn:
    if os.environ.get("PREVENTION_POSTGIS") == "required":
        pytest.fail(f"PREVENTION_POSTGIS: {reason}")
    pytest.skip(f"{reason} (PREVENTION_POSTGIS=required makes this a failure)")


def _is_root() -> bool:
    return os.name == "posix" and os.geteuid() == 0


def _account() -> str | None:
    return ACCOUNT if _is_root() else None


def _give_to_account(folder: Path) -> None:
    account = _account()
    if account is not None:
        shutil.chown(folder, account)


def _initialise(binaries: Path, data: Path) -> None:
    command: list[str | Path] = [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        ACCOUNT,
        "-A",
        "trust",
        "-E",
        "UTF8",
    ]
    made = subprocess.run(
        [*command, "--locale=C", "--no-sync", "--no-instructions"],
        check=False,
        capture_output=True,
        text=True,
        user=_account(),
        cwd=data.parent,
    )
    if made.returncode:
        pytest.fail(f"initdb: {made.stderr}")


def _start(binaries: Path, data: Path, port: int, log: int) -> subprocess.Popen[bytes]:
    told = [f"-c{name}={value}" for name, value in OPTIONS.items()]
    command: list[str | Path] = [
        binaries / "postgres",
        "-D",
        data,
        "-p",
        str(port),
        "-k",
        data.parent,
    ]
    return subprocess.Popen(
        [*command, *told], stdout=log, stderr=log, user=_account(), cwd=data.parent
    )


def _prepared(server: subprocess.Popen[bytes], port: int) -> str:
    """Wait for the server, make the database, and give its URL."""
    url = f"postgresql://{ACCOUNT}@127.0.0.1:{port}"
    with closing(_connected(server, f"{url}/postgres")) as connection:
        connection.autocommit = True
        connection.execute(f"CREATE DATABASE {DATABASE}".encode())
    with psycopg.connect(f"{url}/{DATABASE}", autocommit=True) as connection:
        connection.execute("CREATE EXTENSION postgis")
    return f"{url}/{DATABASE}"


def _connected(server: subprocess.Popen[bytes], url: str) -> psycopg.Connection:
    give_up_at = time.monotonic() + START_WITHIN_S
    while True:
        try:
            return psycopg.connect(url, connect_timeout=5)
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > give_up_at:
                raise
            time.sleep(0.1)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGQUIT)  # at once: nothing of it is needed again
    try:
        server.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
