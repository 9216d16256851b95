"""Text on pages: the one escape for what comes from data, and the catalogues."""

from __future__ import annotations

from functools import cache
from gettext import NullTranslations
from html import escape as _escape
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
LOCALE_DIR = Path(__file__).parent / "locale"


def escape(value: object) -> str:
    """
    Make a value from data safe inside HTML, quotes included; nothing becomes an empty text.

    Examples
    --------
    >>> escape("<b>'1'</b>")
    '&lt;b&gt;&#x27;1&#x27;&lt;/b&gt;'
    >>> escape(None)
    ''
    """
    return "" if value is None else _escape(str(value), quote=True)


@cache
def catalogue(language: Language, domain: str) -> NullTranslations:
    """
    Give the translations of a domain; the source language is English.

    Parameters
    ----------
    language
        `en` gives the messages as they stand in the code.
    domain
        Name of the `.po` file below `maps/locale/<language>/`, such as `page`.

    Examples
    --------
    >>> catalogue("en", "page").gettext("Layers")
    'Layers'
    """
    path = LOCALE_DIR / language / f"{domain}.po"
    if not path.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled, domain)
