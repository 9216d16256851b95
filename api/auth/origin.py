"""Whether a browser sent a request from one of our own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from api.services.people import ForgedRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN = "same-origin"
BY_HAND = "none"
"""What a browser says of an address that somebody typed."""


def require_own_page(headers: Mapping[str, str]) -> None:
    """
    Refuse a request that does not come from one of our own pages.

    Parameters
    ----------
    headers
        Of the request, names in lower case. A browser tells in `Sec-Fetch-Site`, or at least
        in `Origin`; one that tells neither is refused.

    Raises
    ------
    ForgedRequestError
        If it comes from elsewhere, or does not tell.
    """
    if not is_own_page(headers):
        msg = "Expected a request from one of our own pages."
        raise ForgedRequestError(msg)


def is_own_page(headers: Mapping[str, str]) -> bool:
    """
    Tell whether a request says that it comes from one of our own pages.

    Examples
    --------
    >>> is_own_page({"host": "map.example", "origin": "https://map.example"})
    True
    >>> is_own_page({"host": "map.example", "origin": "null"}), is_own_page({})
    (False, False)
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site != OWN:
        return False
    origin = headers.get("origin")
    if origin is None:
        return site == OWN
    return urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""


def comes_from_elsewhere(headers: Mapping[str, str]) -> bool:
    """
    Tell whether a browser says that a request comes from another site.

    Examples
    --------
    >>> comes_from_elsewhere({}), comes_from_elsewhere({"sec-fetch-site": "cross-site"})
    (False, True)
    """
    is_told = "origin" in headers or headers.get("sec-fetch-site", BY_HAND) != BY_HAND
    return is_told and not is_own_page(headers)
