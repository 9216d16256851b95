"""
Pages of about 500 out of 200,000 buildings, beside pygeoapi and tipg on the same data.

Every service answers `items?bbox=…&limit=1000` for the same boxes over one kept connection, ours
signed in and with paging and a reference system asked for. What counts is the CPU time of the
server's whole process tree, and of PostgreSQL's, per request; rounds of the services take turns.

Run with `python -m benchmarks.items [--project P.gpkg]`; without a project a city is made up. For
the peers name a database and the interpreters they are installed in:

    PREVENTION_BENCH_DATABASE=postgresql://user@127.0.0.1:5432/db
    PREVENTION_BENCH_PYGEOAPI=/path/to/python
    PREVENTION_BENCH_TIPG=/path/to/python

Ours is then served from that database as well, out of a schema that is made for it and dropped
afterwards, from which the peers read too. A peer that is not named is left out with a word.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import geopandas as gpd
import numpy as np
import psycopg
import shapely

from api.services.people import add_user
from api.services.rights import Person, Role
from api.services.tokens import TokenWish, issue_token
from api.services.workspace import Workspace
from api.store.project import Project
from geo.crs import WGS84
from geo.io.imported import Imported

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

COUNT = 200_000
WANTED = 500
REQUESTS = 150
ROUNDS = 3
WARM_UP = 20
FIRST_PORT = 8_900
START_S = 120.0
SCHEMA = "prevention_bench"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
NOBODY_CAN_SIGN_IN = "no password fits"


@dataclass(frozen=True, slots=True)
class Server:
    """
    A service that is measured.

    Parameters
    ----------
    path
        To which the parameters of a question are added.
    more
        Further parameters.
    """

    name: str
    process: subprocess.Popen[bytes]
    port: int
    path: str
    more: str = ""
    token: str = ""

    def connect(self) -> HTTPConnection:
        """Open a connection that is kept."""
        return HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, connection: HTTPConnection, query: str, **headers: str) -> tuple[int, bytes]:
        """Ask once."""
        told = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        connection.request("GET", f"{self.path}{query}", headers=told | headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


class Measure(NamedTuple):
    """What one round took."""

    cpu_ms: float
    wall_ms: float
    features: float
    kilobytes: float


def made_up_city(count: int, seed: int = 1) -> gpd.GeoDataFrame:
    """Draw so many turned rectangles, about 1,100 to the square kilometre."""
    rng = np.random.default_rng(seed)
    side_deg = np.sqrt(count / 1_100) / 111
    middle = rng.random((count, 2)) * side_deg + [114.0, 30.5]
    half = rng.uniform(3e-5, 1e-4, (count, 2))
    turn = rng.random(count) * np.pi
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    turned = np.stack(
        [
            corners[:, 0] * np.cos(turn)[:, None] - corners[:, 1] * np.sin(turn)[:, None],
            corners[:, 0] * np.sin(turn)[:, None] + corners[:, 1] * np.cos(turn)[:, None],
        ],
        axis=-1,
    )
    rings = middle[:, None, :] + turned * half[:, None, :]
    floors = rng.integers(1, 33, count)
    return gpd.GeoDataFrame(
        {
            "building_id": [f"way/{number}" for number in range(count)],
            "name": [f"{number % 400}号楼" for number in range(count)],
            "street_name": [f"{number % 97} Nathan Road" for number in range(count)],
            "area_code": [f"c{number % 50}" for number in range(count)],
            "use": ["residential"] * count,
            "floors": floors,
            "households": floors * 2,
            "residents": floors * 5,
        },
        geometry=shapely.polygons(rings),
        crs=WGS84,
    )


def boxes_of(bounds: NDArray[np.float64], seed: int = 2) -> list[str]:
    """Give random boxes with about the wanted number of buildings in each, as parameters."""
    rng = np.random.default_rng(seed)
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    boxes = []
    for start in rng.choice(len(bounds), REQUESTS):
        reach = np.abs(middles - middles[start]).max(axis=1)
        half = np.partition(reach, WANTED)[WANTED]
        west, south = middles[start] - half
        east, north = middles[start] + half
        boxes.append(f"?bbox={west:.6f},{south:.6f},{east:.6f},{north:.6f}&limit=1000")
    return boxes


def tree_cpu_s(pid: int) -> float:
    """Give the CPU seconds a process and all below it have taken."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    own = sum(int(field) for field in fields[11:13]) * TICK_S
    return own + sum(map(tree_cpu_s, children))


def postgres_cpu_s() -> float:
    """Give the CPU seconds of every process of PostgreSQL on this machine."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if "(postgres)" in text:
            total += sum(int(field) for field in text.rpartition(")")[2].split()[11:13]) * TICK_S
    return total


def cpu_s(server: Server, *, is_database: bool) -> float:
    """Give what a service and its database have taken until now."""
    return tree_cpu_s(server.process.pid) + (postgres_cpu_s() if is_database else 0.0)


def measure(server: Server, queries: Sequence[str], *, is_database: bool) -> Measure:
    """Ask everything once."""
    connection = server.connect()
    bodies = []
    begun, spent = time.perf_counter(), cpu_s(server, is_database=is_database)
    for query in queries:
        status, body = server.get(connection, query + server.more)
        assert status == 200, (server.name, status, body[:300])
        bodies.append(body)
    wall = time.perf_counter() - begun
    cpu = cpu_s(server, is_database=is_database) - spent
    connection.close()
    return Measure(
        cpu_ms=cpu / len(queries) * 1e3,
        wall_ms=wall / len(queries) * 1e3,
        features=float(np.mean([len(json.loads(body)["features"]) for body in bodies[:20]])),
        kilobytes=float(np.mean([len(body) for body in bodies])) / 1e3,
    )


@contextmanager
def started(
    command: Sequence[str], environment: dict[str, str], server: dict[str, str], port: int
) -> Iterator[Server]:
    """Start a service, wait until it answers, and stop it afterwards."""
    process = subprocess.Popen(  # noqa: S603 (interpreters the caller names)
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    running = Server(process=process, port=port, **server)
    try:
        _wait(running)
        yield running
    finally:
        process.terminate()
        process.wait(20)


def _wait(server: Server) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if server.process.poll() is not None:
            sys.exit(f"{server.name} ended with {server.process.returncode} before it answered.")
        try:
            connection = server.connect()
            status, _ = server.get(connection, "?limit=1")
            connection.close()
        except (OSError, HTTPException):
            status = 0
        if status == 200:
            return
        time.sleep(0.3)
    sys.exit(f"{server.name} did not answer within {START_S:g} s.")


@contextmanager
def ours(location: Path | str, port: int, *, name: str = "ours") -> Iterator[Server]:
    """Start our service on a project, and sign in."""
    command = [sys.executable, "-m", "api.cli", "serve", "--project", str(location)]
    command += ["--port", str(port)]
    told = {"name": name, "path": "/ogc/collections/buildings/items", "token": sign_in(location)}
    with started(command, {}, told | {"more": f"&crs={CRS84}"}, port) as server:
        yield server


@contextmanager
def tipg(interpreter: str, database: str, port: int) -> Iterator[Server]:
    """Start tipg on the schema of the project."""
    command = [interpreter, "-m", "uvicorn", "tipg.main:app", "--port", str(port)]
    environment = {"DATABASE_URL": database, "TIPG_DB_SCHEMAS": json.dumps([SCHEMA])}
    told = {"name": "tipg", "path": f"/collections/{SCHEMA}.buildings/items"}
    with started(command, environment, told, port) as server:
        yield server


@contextmanager
def pygeoapi(interpreter: str, database: str, folder: Path, port: int) -> Iterator[Server]:
    """Start pygeoapi on the schema of the project, under the same server as the others."""
    config, openapi = folder / "pygeoapi.json", folder / "openapi.json"
    config.write_text(json.dumps(_pygeoapi_config(database, port)))
    environment = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    tool = Path(interpreter).with_name("pygeoapi")
    subprocess.run(  # noqa: S603 (the caller names it)
        [tool, "openapi", "generate", config, "--output-file", openapi],
        env=os.environ | environment,
        check=True,
    )
    command = [interpreter, "-m", "uvicorn", "pygeoapi.starlette_app:APP", "--port", str(port)]
    told = {"name": "pygeoapi", "path": "/collections/buildings/items", "more": "&f=json"}
    with started(command, environment, told, port) as server:
        yield server


def _pygeoapi_config(database: str, port: int) -> dict[str, object]:
    """Write its configuration in JSON, which is YAML."""
    parts = urlsplit(database)
    nowhere = "http://127.0.0.1/"
    provider = {
        "type": "feature",
        "name": "PostgreSQL",
        "data": {
            "host": parts.hostname,
            "port": parts.port or 5432,
            "dbname": parts.path.lstrip("/"),
            "user": parts.username,
            "password": parts.password or "",
            "search_path": [SCHEMA, "public"],
        },
        "id_field": "fid",
        "table": "buildings",
        "geom_field": "geom",
        "count": False,
    }
    words = {"title": "t", "description": "d", "keywords": ["k"]}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "language": "en-US",
            "limits": {"default_items": 10, "max_items": 10_000},
            "map": {"url": nowhere, "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": words | {"terms_of_service": "t", "url": nowhere},
            "license": {"name": "none", "url": nowhere},
            "provider": {"name": "n", "url": nowhere},
            "contact": {"name": "n", "email": "n@example.org"},
        },
        "resources": {
            "buildings": {
                "type": "collection",
                **words,
                "links": [],
                "extents": {"spatial": {"bbox": [-180, -90, 180, 90]}},
                "providers": [provider],
            }
        },
    }


def fill(location: Path | str, buildings: gpd.GeoDataFrame) -> None:
    """Make a project of buildings."""
    imported = Imported("bench", {"buildings": buildings}, {"buildings": len(buildings)})
    with Project.build(location, metric_crs="EPSG:32650", name="bench") as project:
        project.write([imported])


def drop_schema(database: str) -> None:
    """Take away the schema this benchmark makes."""
    with psycopg.connect(database) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def sign_in(location: Path | str) -> str:
    """Give a token that reads everything."""
    with Project.open(location) as project:
        workspace, now = Workspace(project), datetime.now(UTC)
        person = Person("bench", Role.ADMIN, None)
        if project.accounts.user(person.name) is None:
            add_user(workspace, person, NOBODY_CAN_SIGN_IN, now)
        text, _ = issue_token(workspace, person, TokenWish("bench", "bench"), now)
        return text


def tell(name: str, rounds: Sequence[Measure], first: float | None) -> float:
    """Print one line; give the median of the CPU time."""
    cpu, wall, features, size = (float(np.median(column)) for column in zip(*rounds, strict=True))
    ratio = "" if first is None else f"   {cpu / first:6.1f} × ours"
    told = f"{cpu:8.2f} ms CPU {wall:8.2f} ms  {features:6.0f} features {size:7.0f} kB"
    print(f"{name:28} {told}{ratio}")
    return cpu


def compare(servers: Sequence[Server], boxes: Sequence[str], *, is_database: bool) -> None:
    """Measure the services in turns, and print what each took."""
    for server in servers:
        measure(server, boxes[:WARM_UP], is_database=is_database)
    rounds: dict[str, list[Measure]] = {server.name: [] for server in servers}
    for _ in range(ROUNDS):
        for server in servers:
            rounds[server.name].append(measure(server, boxes, is_database=is_database))
    first: float | None = None
    for name, measured in rounds.items():
        cpu = tell(name, measured, first)
        first = cpu if first is None else first


def look_closer(server: Server, boxes: Sequence[str]) -> None:
    """Measure what only ours is asked: another reference system, 304, and single features."""
    turned = [query + f"&crs={MERCATOR}" for query in boxes[:60]]
    plain = Server(server.name, server.process, server.port, server.path, "", server.token)
    tell("ours, EPSG:3857", [measure(plain, turned, is_database=False)], None)
    connection = plain.connect()
    status, body = plain.get(connection, "?limit=100")
    keys = [feature["id"] for feature in json.loads(body)["features"]]
    for name, path, headers in (
        ("ours, 304", boxes[0], {"If-None-Match": _tag(plain, connection, boxes[0])}),
        ("ours, one feature", f"/{keys[0].replace('/', '%2F')}", {}),
    ):
        spent = tree_cpu_s(plain.process.pid)
        for _ in range(300):
            status, body = plain.get(connection, path, **headers)
        spent = tree_cpu_s(plain.process.pid) - spent
        print(f"{name:28} {spent / 300 * 1e3:8.2f} ms CPU   {status}, {len(body)} bytes")
    connection.close()


def _tag(server: Server, connection: HTTPConnection, query: str) -> str:
    connection.request(
        "GET", f"{server.path}{query}", headers={"Authorization": f"Bearer {server.token}"}
    )
    answer = connection.getresponse()
    answer.read()
    return answer.headers["ETag"]


def in_schema(database: str) -> str:
    """Name the project that is made in a database."""
    return f"{database}{'&' if '?' in database else '?'}schema={SCHEMA}"


def prepared(stack: ExitStack, folder: Path) -> tuple[Path, str | None]:
    """Give the project that is served, and the database that holds the same, if one is named."""
    location = folder / "bench.gpkg"
    if "--project" in sys.argv:
        location = Path(sys.argv[sys.argv.index("--project") + 1])
        with Project.open(location) as project:
            city = project.read_wgs84("buildings")
    else:
        city = made_up_city(COUNT)
        fill(location, city)
    database = os.environ.get("PREVENTION_BENCH_DATABASE")
    if database:
        drop_schema(database)
        stack.callback(drop_schema, database)
        fill(in_schema(database), city)
    return location, database


def peers(stack: ExitStack, folder: Path, database: str | None) -> list[Server]:
    """Start the peers that are named."""
    found = []
    by_pygeoapi = _named("PREVENTION_BENCH_PYGEOAPI", database)
    if by_pygeoapi and database:
        served = pygeoapi(by_pygeoapi, database, folder, FIRST_PORT + 1)
        found.append(stack.enter_context(served))
    by_tipg = _named("PREVENTION_BENCH_TIPG", database)
    if by_tipg and database:
        found.append(stack.enter_context(tipg(by_tipg, database, FIRST_PORT + 2)))
    return found


def _named(name: str, database: str | None) -> str:
    interpreter = os.environ.get(name, "")
    if not interpreter or not database:
        print(f"A peer is left out: set {name} and PREVENTION_BENCH_DATABASE.")
    return interpreter


def main() -> None:
    """Measure and print."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        location, database = prepared(stack, folder)
        with Project.open(location) as project:
            boxes = boxes_of(project.read_rows("buildings").bounds.to_numpy())
            print(f"{project.count('buildings')} buildings, {REQUESTS} boxes, {ROUNDS} rounds")
        first = stack.enter_context(ours(location, FIRST_PORT))
        servers = [first]
        if database:
            there = ours(in_schema(database), FIRST_PORT + 3, name="ours, database")
            servers.append(stack.enter_context(there))
        servers += peers(stack, folder, database)
        compare(servers, boxes, is_database=bool(database))
        look_closer(first, boxes)
        status = Path(f"/proc/{first.process.pid}/status").read_text()
        print(next(line for line in status.splitlines() if line.startswith("VmHWM")))


if __name__ == "__main__":
    main()
