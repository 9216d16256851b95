"""What a file holds, before any of it is understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from geo.schema import Layer


@dataclass(frozen=True, slots=True)
class RawLayer:
    """
    One inner layer or table as it stands.

    Parameters
    ----------
    label
        What faults call it: the file, or file and inner layer.
    rows
        Columns under the names of the source, RangeIndex.
    places
        Of each row, where it stands.
    row_ids
        Of each row, a number for a key of last resort.
    feature_ids
        Ids that the format itself gives to features; `None` where it has none.
    wkb
        Shapes as WKB, `None` for a table.
    crs
        In any words that pyproj takes; `None` if the file does not say.
    name_length
        How long names of columns can be in the format; 0 if there is no such limit.
    stray
        By row position: what was expected and what stood where nothing should stand.
    warnings
        What the reader of the format had to say.
    """

    label: str
    rows: pd.DataFrame
    places: list[str]
    row_ids: list[str]
    feature_ids: list[str] | None = None
    wkb: NDArray[np.object_] | None = None
    crs: str | None = None
    name_length: int = 0
    stray: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Container:
    """
    An opened file: the inner layers that hold anything, and how to read one.

    Parameters
    ----------
    names
        Inner layers or sheets, in the order of the file.
    read
        Reads the inner layer of that name, which is meant for that layer.
    attribution
        Source and licence that the file itself names; empty if it names none.
    """

    names: tuple[str, ...]
    read: Callable[[str, Layer], RawLayer]
    attribution: str = ""
