"""The language of whoever reads an answer."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from maps.text import LANGUAGES

if TYPE_CHECKING:
    from maps.text import Language


def reader_language(accept: str, *, asked: str = "", default: Language) -> Language:
    """
    Give the language for a reader.

    Parameters
    ----------
    accept
        The `Accept-Language` header.
    asked
        A language that was asked for by name; one we have wins.
    default
        Where neither says anything.

    Examples
    --------
    >>> reader_language("en-GB,en;q=0.9,zh;q=0.8", default="zh")
    'en'
    >>> reader_language("en", asked="zh", default="en"), reader_language("fr", default="zh")
    ('zh', 'zh')
    """
    wishes = [(1.0, asked), *sorted(_wishes(accept), key=lambda wish: -wish[0])]
    for share, tag in wishes:
        for language in LANGUAGES:
            if share > 0 and tag.strip().lower().partition("-")[0] == language:
                return language
    return default


def _wishes(accept: str) -> list[tuple[float, str]]:
    """Give each language tag with its weight."""
    wishes = []
    for part in accept.split(","):
        tag, _, weight = part.partition(";q=")
        with suppress(ValueError):
            wishes.append((float(weight or 1), tag))
    return wishes
