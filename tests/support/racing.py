"""Many who save one feature at the same moment."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING

from shapely.affinity import translate

from api.store.edits import Act, Edit, EditKind, StaleFeatureError

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.store.edits import StoredFeature
    from api.store.project import Project

START_AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
STEP_DEG = 1e-6


@dataclass(frozen=True, slots=True)
class Round:
    """
    What became of those who saved at the same moment.

    Parameters
    ----------
    winners
        Names of those whose save was stored.
    stale_count
        How many were told that somebody was faster.
    told
        Author of the state that each of them was told of.
    new_versions
        How many versions were kept.
    """

    winners: tuple[str, ...]
    stale_count: int
    told: Counter[str]
    new_versions: int


def race(
    project: Project, *, rounds: int, savers: int, layer: str = "zones", key: str = "z1"
) -> list[Round]:
    """
    Let many save one feature from the same state of it, again and again.

    Parameters
    ----------
    project
        Holds the feature.
    rounds
        How often.
    savers
        How many at a time, each in a thread of its own.
    """
    with ThreadPoolExecutor(savers) as pool:
        return [_run(project, pool, savers, project.feature(layer, key)) for _ in range(rounds)]


def _run(project: Project, pool: ThreadPoolExecutor, savers: int, start: StoredFeature) -> Round:
    before = project.last_seq()
    starting = Barrier(savers)
    names = [f"saver {number}" for number in range(savers)]
    saves = [pool.submit(_saver(project, start, number, starting)) for number in range(savers)]
    told = [save.result() for save in saves]
    return Round(
        winners=tuple(name for name, author in zip(names, told, strict=True) if author is None),
        stale_count=sum(author is not None for author in told),
        told=Counter(author for author in told if author is not None),
        new_versions=len(project.changes_since(before)),
    )


def _saver(
    project: Project, start: StoredFeature, number: int, starting: Barrier
) -> Callable[[], str | None]:
    act = Act(f"saver {number}", "a race", START_AT + timedelta(seconds=number))
    shape = None if start.geometry is None else translate(start.geometry, STEP_DEG * (number + 1))
    edit = Edit(EditKind.REPLACE, start.layer, start.key, start.values, shape, start.etag)

    def save() -> str | None:
        starting.wait()
        try:
            project.edit([edit], act)
        except StaleFeatureError as error:
            (conflict,) = error.conflicts
            return "" if conflict.current is None else str(conflict.current.values["author"])
        return None

    return save
