"""What is asked of a collection, and which features answer it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from api.services.collections.filters import passes
from api.services.collections.periods import holds_in, is_temporal
from api.services.collections.reference import CRS84

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from api.services.collections.filters import Filter
    from api.services.collections.index import LayerIndex
    from api.services.collections.periods import Period
    from api.services.collections.reference import Reference
    from api.services.collections.windows import Window

LIMIT = 1_000
MAX_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """
    Which features of a collection are asked for.

    Parameters
    ----------
    window
        Those that touch it.
    period
        Those that hold in it, where the layer tells when its features hold.
    filters
        Those that pass every one.
    reference
        In which their geometries are wanted.
    limit
        At most so many, 1 to `MAX_LIMIT`.
    after
        Those that come after this row of the store.
    """

    window: Window | None = None
    period: Period | None = None
    filters: tuple[Filter, ...] = ()
    reference: Reference = CRS84
    limit: int = LIMIT
    after: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """
    Some of the features that answer a question.

    Parameters
    ----------
    positions
        In the index, rising.
    matched
        How many there are on all pages.
    following
        `after` of the next page; `None` on the last.
    """

    positions: NDArray[np.int64]
    matched: int
    following: int | None


def find_page(index: LayerIndex, query: ItemsQuery, seen: NDArray[np.bool_] | None) -> Page:
    """
    Find the features of one page.

    Pages go by the rows of the store: whatever is created, changed or deleted meanwhile, a
    feature that stays is on exactly one of them.

    Parameters
    ----------
    seen
        Which features the person sees; `None` for all.
    """
    found = _find(index, query, seen)
    begin = int(np.searchsorted(index.fids[found], query.after, side="right"))
    positions = found[begin : begin + query.limit]
    is_last = begin + query.limit >= len(found)
    following = None if is_last else int(index.fids[positions[-1]])
    return Page(positions, len(found), following)


def _find(
    index: LayerIndex, query: ItemsQuery, seen: NDArray[np.bool_] | None
) -> NDArray[np.int64]:
    found = np.arange(len(index)) if query.window is None else index.within(query.window)
    if seen is not None:
        found = found[seen[found]]
    for wish in query.filters:
        found = found[passes(index.table[wish.column].iloc[found], wish)]
    if query.period is not None and is_temporal(index.layer):
        found = found[holds_in(index.table.iloc[found], query.period)]
    return found
