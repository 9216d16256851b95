"""Results are computed once, and kept no longer than the project stays as it is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from api.services.workspace import Results, Workspace
from tests.support.communities import drawn_community


def test_one_of_many_computes_and_the_others_wait() -> None:
    results, calls, ready = Results(), list[int](), Barrier(8)

    def compute() -> int:
        calls.append(1)
        Event().wait(0.05)
        return 42

    def ask(_: int) -> int:
        ready.wait()
        return results.get("answer", compute)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))

    assert answers == [42] * 8
    assert len(calls) == 1


def test_different_questions_do_not_wait_for_one_another() -> None:
    results, is_open = Results(), Event()

    def first() -> str:
        assert is_open.wait(5)
        return "first"

    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(results.get, "first", first)
        assert results.get("second", lambda: "second") == "second"
        is_open.set()
        assert pending.result(5) == "first"


def test_a_result_may_need_another() -> None:
    results = Results()

    assert results.get("outer", lambda: results.get("inner", lambda: 1) + 1) == 2


def test_a_failure_is_not_kept() -> None:
    results = Results()

    with pytest.raises(ZeroDivisionError):
        results.get("share", lambda: 1 // 0)

    assert results.get("share", lambda: 2) == 2


def test_nothing_at_all_is_a_result_too() -> None:
    results, calls = Results(), list[int]()

    for _ in range(2):
        assert results.get("none", lambda: calls.append(1)) is None

    assert len(calls) == 1


def test_what_was_not_used_for_longest_goes_first() -> None:
    results = Results(limit=2)
    for name in ("a", "b", "a", "c"):
        results.get(name, lambda name=name: name)  # type: ignore[misc]  # bound at once

    assert results.get("a", lambda: "again") == "a"
    assert results.get("b", lambda: "again") == "again"
    assert len(results) == 2


def test_a_change_of_the_project_asks_for_a_new_result() -> None:
    project = drawn_community()
    workspace = Workspace(project)
    numbers = iter(range(10))

    before = [workspace.once("number", None, lambda: next(numbers)) for _ in range(2)]
    project.revision += 1
    after = workspace.once("number", None, lambda: next(numbers))

    assert (before, after) == ([0, 0], 1)
