"""Every route of the service, and which tests ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.routing import APIRoute
from starlette.routing import Mount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.dependencies.models import Dependant
    from starlette.routing import BaseRoute

PUBLIC = {
    "GET /docs",
    "GET /health",
    "GET /login",
    "GET /openapi.json",
    "GET /static",
    "GET /welcome",
    "POST /login",
    "POST /login/demo",
    "POST /logout",
    "POST /welcome",
}
"""There for everybody."""


def every_route(routes: list[BaseRoute]) -> Iterator[tuple[str, Dependant | None]]:
    """Give every route with what it depends on, those inside included routers too."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from every_route(inner.routes)
        elif isinstance(route, APIRoute):
            for method in route.methods or ():
                yield f"{method} {route.path}", route.dependant
        else:
            assert isinstance(route, Mount), route
            yield f"GET {route.path}", None
