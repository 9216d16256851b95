"""Small forms that a page sends, read without a library that takes files."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from starlette.requests import Request

MAX_FORM_BYTES = 8_192
MAX_FIELDS = 20
FORM_TYPE = "application/x-www-form-urlencoded"
HOME = "/"


async def read_form(request: Request) -> dict[str, str]:
    """
    Read the fields of a form; of a field sent twice, the last.

    Returns
    -------
    fields
        Empty for a body that is too long, of another type, or no form at all.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        return {}
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_FORM_BYTES:
            return {}
    return _fields(body)


def local_path(text: str) -> str:
    r"""
    Give the path to go on to, if it is one of ours; else the first page.

    Examples
    --------
    >>> local_path("/reopening?day=latest"), local_path("//evil.example/"), local_path("/\\evil")
    ('/reopening?day=latest', '/', '/')
    """
    is_clean = text.isascii() and text.isprintable() and "\\" not in text
    if not is_clean or not text.startswith("/") or text.startswith("//"):
        return HOME
    try:
        parts = urlsplit(text)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else text.partition("#")[0]


def _fields(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError:
        return {}
