"""The cookie of a browser session."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

    from starlette.requests import Request
    from starlette.responses import Response

COOKIE = "__Host-session"
"""The prefix binds it to this host, over HTTPS or on this very machine."""


def session_secret(request: Request) -> str:
    """Give the secret a browser sent; empty for none."""
    return request.cookies.get(COOKIE, "")


def give_cookie(response: Response, secret: str, life: timedelta) -> None:
    """Let a browser keep the secret of its session."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(life.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )


def take_cookie(response: Response) -> None:
    """Let a browser forget its session."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
