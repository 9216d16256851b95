"""Secrets that let somebody in, and what is kept of them."""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import b32encode
from hashlib import sha256

SECRET_BYTES = 32
PREFIX_BYTES = 5
TOKEN_FORM = re.compile(r"pm_([a-z2-7]{8})_[A-Za-z0-9_-]{43}")


def new_secret() -> str:
    """Give 32 random bytes as text that may stand in an address."""
    return secrets.token_urlsafe(SECRET_BYTES)


def new_token() -> tuple[str, str]:
    """
    Give a new token's prefix, and the whole token.

    Examples
    --------
    >>> prefix, token = new_token()
    >>> prefix_of(token) == prefix
    True
    """
    prefix = b32encode(secrets.token_bytes(PREFIX_BYTES)).decode().lower()
    return prefix, f"pm_{prefix}_{new_secret()}"


def prefix_of(token: str) -> str | None:
    """
    Give the prefix of a token; `None` if it has not the form of one.

    Examples
    --------
    >>> prefix_of("pm_abcdefgh_" + "x" * 43), prefix_of("hello")
    ('abcdefgh', None)
    """
    found = TOKEN_FORM.fullmatch(token)
    return found[1] if found else None


def digest_of(secret: str) -> str:
    """Give what is kept of a secret: it cannot be turned back, and random bytes not guessed."""
    return sha256(secret.encode()).hexdigest()


def csrf_token_of(secret: str) -> str:
    """
    Give the token that a page of a session shows with everything it changes.

    It follows from the session's secret and is nowhere kept; who knows it learns nothing of
    the secret.
    """
    return hmac.new(secret.encode(), b"csrf", sha256).hexdigest()


def are_equal(one: str, other: str) -> bool:
    """Compare two secrets in a time that tells nothing of them."""
    return hmac.compare_digest(one.encode(), other.encode())
