"""One thread that writes for many: commits shared, failures told, nothing lost."""

from __future__ import annotations

import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from threading import Event
from time import sleep
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from api.store.connection import open_engine
from api.store.errors import BrokenProjectError, ProjectBusyError, ProjectClosedError
from api.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DONE = "the first is done"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "marks.gpkg"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mark (name TEXT PRIMARY KEY)")
    return path


@pytest.fixture
def engine(path: Path) -> Iterator[sa.Engine]:
    engine = open_engine(path, busy_wait_s=0.05)
    yield engine
    engine.dispose()


@pytest.fixture
def writer(engine: sa.Engine) -> Iterator[Writer]:
    writer = Writer(engine, group_limit=50)
    yield writer
    writer.close()


@pytest.fixture
def commits(engine: sa.Engine) -> list[str]:
    seen: list[str] = []
    event.listen(engine, "commit", lambda _: seen.append("commit"))
    return seen


def _mark(name: str) -> Callable[[sa.Connection], str]:
    def work(connection: sa.Connection) -> str:
        connection.execute(sa.text("INSERT INTO mark VALUES (:name)"), {"name": name})
        return name

    return work


def _marks(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM mark")}


def _together(
    writer: Writer, pool: ThreadPoolExecutor, works: list[Callable[[sa.Connection], str]]
) -> list[Future[str]]:
    """Have the works wait while another call is under way, so that they share a commit."""
    is_under_way, may_end = Event(), Event()

    def hold(_: sa.Connection) -> str:
        is_under_way.set()
        may_end.wait(10)
        return DONE

    holding = pool.submit(writer.call, hold)
    is_under_way.wait(10)
    waiting = [pool.submit(writer.call, work) for work in works]
    while writer.waiting_count < len(works):
        sleep(0.001)
    may_end.set()
    wait([holding, *waiting], timeout=10)
    assert holding.result() == DONE
    return waiting


def test_what_is_handed_back_is_in_the_file(writer: Writer, path: Path) -> None:
    for name in ("a", "b"):
        assert writer.call(_mark(name)) == name
        assert name in _marks(path)


def test_many_calls_share_one_commit(writer: Writer, path: Path, commits: list[str]) -> None:
    names = [f"m{number}" for number in range(40)]
    with ThreadPoolExecutor(41) as pool:
        done = _together(writer, pool, [_mark(name) for name in names])
    assert [one.result() for one in done] == names
    assert len(commits) == 2
    assert _marks(path) == set(names)


def test_a_group_has_a_limit(writer: Writer, commits: list[str]) -> None:
    with ThreadPoolExecutor(121) as pool:
        _together(writer, pool, [_mark(f"m{number}") for number in range(120)])
    assert len(commits) == 1 + 3


def test_a_call_that_fails_takes_back_its_own_alone(
    writer: Writer, path: Path, commits: list[str]
) -> None:
    def fail(connection: sa.Connection) -> str:
        _mark("half")(connection)
        msg = "no"
        raise ValueError(msg)

    with ThreadPoolExecutor(4) as pool:
        before, failed, after = _together(writer, pool, [_mark("x"), fail, _mark("y")])

    assert (before.result(), after.result()) == ("x", "y")
    with pytest.raises(ValueError, match="no"):
        failed.result()
    assert _marks(path) == {"x", "y"}
    assert len(commits) == 2


def test_a_commit_that_fails_is_told_to_everybody_in_it(
    writer: Writer, engine: sa.Engine, path: Path
) -> None:
    def fail(_: sa.Connection) -> str:
        msg = "what it saw is taken back"
        raise ValueError(msg)

    def refuse(_: sa.Connection) -> None:
        msg = "the disk is full"
        raise BrokenProjectError(msg)

    with ThreadPoolExecutor(4) as pool:
        event.listen(engine, "commit", refuse)
        told = [pool.submit(writer.call, work) for work in (_mark("x"), fail, _mark("y"))]
        errors = [one.exception(10) for one in told]
    event.remove(engine, "commit", refuse)
    assert [str(error) for error in errors] == ["the disk is full"] * 3
    assert _marks(path) == set()
    assert writer.call(_mark("z")) == "z"


def test_trouble_with_the_database_ends_the_whole_group(writer: Writer, path: Path) -> None:
    def break_off(connection: sa.Connection) -> str:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("SELECT * FROM nowhere")
        return "unreachable"

    with ThreadPoolExecutor(4) as pool:
        told = _together(writer, pool, [_mark("x"), break_off, _mark("y")])

    assert all(isinstance(one.exception(), sa.exc.SQLAlchemyError) for one in told)
    assert _marks(path) == set()
    assert writer.call(_mark("z")) == "z"


def test_everybody_hears_that_another_program_is_writing(writer: Writer, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(3) as pool:
            told = [pool.submit(writer.call, _mark(name)) for name in "abc"]
            errors = [one.exception(10) for one in told]
        other.execute("ROLLBACK")
    assert {type(error) for error in errors} == {ProjectBusyError}
    assert writer.call(_mark("a")) == "a"


def test_what_waits_is_written_before_it_closes(engine: sa.Engine, path: Path) -> None:
    writer = Writer(engine)
    with ThreadPoolExecutor(21) as pool:
        done = _together(writer, pool, [_mark(f"m{number}") for number in range(20)])
        writer.close()
    assert len(_marks(path)) == len(done) == 20


def test_a_closed_writer_takes_nothing(writer: Writer) -> None:
    writer.call(_mark("a"))
    writer.close()
    writer.close()
    with pytest.raises(ProjectClosedError):
        writer.call(_mark("b"))


def test_one_that_never_wrote_closes_too(engine: sa.Engine) -> None:
    Writer(engine).close()


def test_every_commit_waits_for_the_disk(writer: Writer) -> None:
    def ask(connection: sa.Connection) -> tuple[int, str]:
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        return synchronous, journal

    full = 2
    assert writer.call(ask) == (full, "wal")
