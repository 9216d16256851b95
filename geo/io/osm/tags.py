"""What tags say: names, numbers, yes and no."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.io.osm.elements import Tags

NAME_KEYS = ("name", "name:zh", "name:en")
NEGATIVE = frozenset({"no", "none", "false", "0"})
METRES_PER_FOOT = 0.3048
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
HEIGHT = re.compile(r"(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>m|metres|meters|ft|')?")


def words(text: str) -> frozenset[str]:
    """Give the words of a text, for sets of tag values."""
    return frozenset(text.split())


def says(tags: Tags, key: str) -> bool:
    """
    Whether a tag is there and does not say no.

    Examples
    --------
    >>> says({"building": "yes"}, "building"), says({"building": "no"}, "building")
    (True, False)
    """
    return tags.get(key, "no") not in NEGATIVE


def name_of(tags: Tags) -> str | None:
    """
    Give the local name, else the Chinese, else the English one.

    Examples
    --------
    >>> name_of({"name:en": "West gate", "name:zh": "西门"})
    '西门'
    """
    return next((tags[key].strip() for key in NAME_KEYS if tags.get(key, "").strip()), None)


def numbers_in(text: str) -> tuple[float, ...]:
    """
    Read a list of numbers as people write it; empty if one of them is none.

    Examples
    --------
    >>> numbers_in("3;4"), numbers_in("2,5"), numbers_in("-1"), numbers_in("many")
    ((3.0, 4.0), (2.5,), (-1.0,), ())
    """
    parts = [part.strip() for part in text.split(";")]
    if not all(NUMBER.fullmatch(part) for part in parts):
        return ()
    return tuple(float(part.replace(",", ".")) for part in parts)


def count_of(text: str | None, *, minimum: int, maximum: float = math.inf) -> int | None:
    """
    Read a count: the largest of a list, halves rounded up, `None` outside the bounds.

    Examples
    --------
    >>> [count_of(text, minimum=1, maximum=200) for text in ("3;4", "2.5", "-1", "x", None)]
    [4, 3, None, None, None]
    """
    numbers = numbers_in(text) if text else ()
    if not numbers or not minimum <= math.ceil(max(numbers)) <= maximum:
        return None
    return math.ceil(max(numbers))


def height_m_of(text: str | None, *, maximum_m: float) -> float | None:
    """
    Read a height in metres or feet; `None` if it is none or is too high.

    Examples
    --------
    >>> [height_m_of(text, maximum_m=1000) for text in ("12", "12.5 m", "10 ft", "tall")]
    [12.0, 12.5, 3.048, None]
    """
    found = HEIGHT.fullmatch(text.strip()) if text else None
    if found is None:
        return None
    number = float(found["number"].replace(",", "."))
    height_m = number * METRES_PER_FOOT if found["unit"] in {"ft", "'"} else number
    return height_m if height_m <= maximum_m else None
