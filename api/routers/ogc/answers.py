"""Answers with the headers they need."""

from __future__ import annotations

from hashlib import blake2b
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from fastapi.responses import HTMLResponse, Response

from api.dependencies import REVALIDATED, TAG_BYTES, matching_tag
from api.routers.ogc.negotiation import HTML

if TYPE_CHECKING:
    from collections.abc import Hashable

    from fastapi import Request

    from api.routers.ogc.negotiation import Form

VARIES = "Accept, Accept-Language, Authorization, Cookie"
CONTENT_CRS = "Content-Crs"
KEPT_PRIVATELY = {"Cache-Control": REVALIDATED, "Vary": VARIES}
WEAK = "W/"


def json_answer(document: Any, form: Form) -> Response:  # noqa: ANN401 - anything JSON has
    """Give a document."""
    return Response(orjson.dumps(document), media_type=form.media_type, headers=KEPT_PRIVATELY)


def page_answer(page: str, nonce_headers: dict[str, str], language: str) -> Response:
    """Give a page for a person."""
    headers = nonce_headers | {"Vary": VARIES, "Content-Language": language}
    return HTMLResponse(page, headers=headers, media_type=HTML.media_type)


def tag_of(*parts: Hashable) -> str:
    """Give a quoted tag that is another when any part is another."""
    return f'"{blake2b(repr(parts).encode(), digest_size=TAG_BYTES).hexdigest()}"'


def not_modified(request: Request, tag: str, *, is_weak: bool) -> Response | None:
    """
    Say that the client has the answer already, if it has.

    Parameters
    ----------
    tag
        Quoted.
    is_weak
        Whether it stands for what an answer says, not for its bytes.
    """
    held = matching_tag(request.headers.get("if-none-match", ""), tag)
    if held is None:
        return None
    headers = KEPT_PRIVATELY | {"ETag": f"{WEAK}{held}" if is_weak else held}
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
