"""What a client prefers (RFC 7240), and which conditions it sets (RFC 9110, section 13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from api.dependencies import compressed_tag
from api.services.collections.asking import Ground
from api.services.collections.errors import ParameterError
from api.services.collections.reference import CRS84, Reference
from api.services.collections.writing import ANY

CONTENT_CRS = "Content-Crs"
REASON = "Reason"
MAX_REASON = 500
COMPRESSED = compressed_tag('""')[1:]

Handling = Literal["strict", "lenient"]
Return = Literal["representation", "minimal"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """
    What a client prefers.

    Parameters
    ----------
    handling
        Whether to pass over what can be passed over in a body; `None` if nothing is said.
    returned
        Whether the answer to a change is to hold the feature; `None` if nothing is said.
    """

    handling: Handling | None = None
    returned: Return | None = None

    @property
    def applied(self) -> str:
        """What of it was done, for `Preference-Applied`; empty for nothing."""
        told = {"handling": self.handling, "return": self.returned}
        return ", ".join(f"{name}={value}" for name, value in told.items() if value)


def parse_preferences(header: str) -> Preferences:
    """
    Read a `Prefer` header; of a preference that comes twice the first counts.

    Examples
    --------
    >>> parse_preferences("return=representation; foo, handling=strict").applied
    'handling=strict, return=representation'
    >>> parse_preferences("respond-async").applied
    ''
    """
    told: dict[str, str] = {}
    for part in header.split(","):
        name, _, value = part.partition(";")[0].partition("=")
        told.setdefault(name.strip().lower(), value.strip().strip('"').lower())
    handling, returned = told.get("handling"), told.get("return")
    return Preferences(
        handling="strict" if handling == "strict" else _lenient(handling),
        returned="representation" if returned == "representation" else _minimal(returned),
    )


def parse_if_match(header: str | None) -> tuple[str, ...]:
    """
    Read an `If-Match` header; a weak tag stands for no version and never matches.

    Returns
    -------
    tags
        Quoted, as of the uncompressed feature; empty where there is no header.

    Examples
    --------
    >>> parse_if_match('"a-gzip", W/"b"'), parse_if_match("*"), parse_if_match(None)
    (('"a"', 'W/"b"'), ('*',), ())
    """
    if header is None:
        return ()
    if header.strip() == ANY:
        return (ANY,)
    tags = (tag.strip() for tag in header.split(","))
    return tuple(_uncompressed(tag) for tag in tags) or ('""',)


def parse_content_crs(header: str | None, ground: Ground) -> Reference:
    """
    Read a `Content-Crs` header; the default where there is none.

    Raises
    ------
    ParameterError
        If the collection does not have that reference system.
    """
    if header is None:
        return CRS84
    known = ground.references.get(header.strip().removeprefix("<").removesuffix(">"))
    if known is None:
        told = f"Expected one of {', '.join(ground.references)}, in angle brackets."
        raise ParameterError(CONTENT_CRS, told, place="header")
    return known


def parse_reason(header: str) -> str:
    """
    Read a `Reason` header: text, with what is not ASCII percent-encoded as in an address.

    Raises
    ------
    ParameterError
        If it is too long or holds control characters.

    Examples
    --------
    >>> parse_reason("%E4%B8%A4%E4%BE%8B")
    '两例'
    """
    reason = unquote(header).strip()
    if len(reason) > MAX_REASON or not reason.isprintable():
        told = f"Expected printable text of at most {MAX_REASON} characters."
        raise ParameterError(REASON, told, place="header")
    return reason


def _lenient(value: str | None) -> Handling | None:
    return "lenient" if value == "lenient" else None


def _minimal(value: str | None) -> Return | None:
    return "minimal" if value == "minimal" else None


def _uncompressed(tag: str) -> str:
    return f'{tag.removesuffix(COMPRESSED)}"' if tag.endswith(COMPRESSED) else tag
