"""
The service, put together.

`create_app()` without arguments reads its settings from the environment, so that a server
can start it by name: ``uvicorn --factory api.main:create_app``.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

import orjson
from fastapi import Depends, FastAPI
from fastapi.responses import Response
from starlette.middleware.gzip import GZipMiddleware

from api.auth.guard import Guard
from api.dependencies import KEPT_ANSWERS, Public
from api.problems import add_problem_handlers
from api.routers import (
    coverage,
    events,
    health,
    layers,
    login,
    openings,
    pages,
    reopening,
    sweeps,
    tokens,
    zone_history,
    zone_shapes,
    zones,
)
from api.routers.bodylimit import BodyLimit
from api.routers.edge import Edge, served_hosts
from api.routers.ogc import router as ogc_router
from api.routers.parameters import PageParameters, no_parameters
from api.routers.static import OwnFiles
from api.routers.streams import WakeOnChange, ending_when_told
from api.services.collections.indexes import Indexes
from api.services.demo import check_demo
from api.services.events import Hub
from api.services.page import community_view
from api.services.sessions import SessionLife
from api.services.workspace import Results, Workspace
from api.settings import Settings
from api.store.errors import ProjectMissingError, StoreError
from api.store.project import Project
from geo.errors import GeoError
from maps.assets import STATIC_DIR

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.services.workspace import ProjectReader

ROUTED = (
    pages,
    login,
    layers,
    coverage,
    sweeps,
    reopening,
    tokens,
    # What is named goes before what has an id in its place.
    zone_history,
    zone_shapes,
    openings,
    zones,
    events,
    health,
)
API_VERSION = "0.1"
COMPRESSED_FROM_BYTES = 1_000
COMPRESSION_LEVEL = 1
DESCRIPTION = """
One map of a community for epidemic prevention: its layers, what sampling sites and
checkpoints do not cover, control zones and the openings in their boundaries, routes of a
door-to-door sweep, and the daily reopening figures.

Whoever asks is signed in, by a browser's session or with `Authorization: Bearer`, and is told
of nothing outside their areas. Features are changed under the tag they were read with
(`If-Match`); the same layers are served by OGC API – Features under `/ogc`.

Positions are WGS 84, longitude first. Answers carry a strong `ETag`; ask again with
`If-None-Match`. Errors are RFC 9457 problem documents; a parameter that is not declared is
one of them.
"""
TAGS = [
    {"name": "layers", "description": "What the project holds."},
    {"name": "coverage", "description": "What is not covered."},
    {"name": "sweeps", "description": "Who knocks where, in which order."},
    {"name": "reopening", "description": "What has reopened."},
    {"name": "zones", "description": "Who may not go where, and until when."},
    {"name": "events", "description": "What changes, as it changes."},
    {"name": "people", "description": "Who is signed in, and tokens of devices."},
    {"name": "pages", "description": "For people."},
    {"name": "service", "description": "For those who run it."},
]


def create_app(settings: Settings | None = None, project: ProjectReader | None = None) -> FastAPI:
    """
    Build the service.

    Parameters
    ----------
    settings
        Read from the environment where `None`.
    project
        What is served; the settings' project file where `None`, closed with the service.

    Raises
    ------
    StoreError
        If the project file cannot be used, the settings name none, or they ask to let everybody
        into what is not the demo.
    """
    settings = settings or Settings()
    opened = None
    if project is None:
        project = opened = _open(settings)
    app = FastAPI(
        title="Prevention map",
        version=API_VERSION,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=partial(_lifespan, opened),
    )
    app.state.settings = settings
    app.state.workspace = Workspace(project)
    if settings.demo:
        check_demo(app.state.workspace, is_loopback=settings.is_loopback)
    app.state.answers = Results(limit=KEPT_ANSWERS)
    app.state.guard = Guard(project.accounts, session_life(settings))
    app.state.hub = Hub(app.state.workspace)
    app.state.indexes = Indexes(project)
    _add_routes(app)
    add_problem_handlers(app)
    app.add_middleware(WakeOnChange, hub=app.state.hub)
    app.add_middleware(BodyLimit, max_mb=settings.max_body_mb)
    app.add_middleware(
        GZipMiddleware, minimum_size=COMPRESSED_FROM_BYTES, compresslevel=COMPRESSION_LEVEL
    )
    app.add_middleware(Edge, hosts=served_hosts(settings))
    return app


def session_life(settings: Settings) -> SessionLife:
    """Give how long browsers stay signed in."""
    return SessionLife(
        idle=timedelta(hours=settings.session_idle_hours),
        whole=timedelta(days=settings.session_days),
    )


def prepare_page(app: FastAPI) -> None:
    """
    Compute what the plain page shows, so that whoever asks first does not wait for it.

    An expected error is left to be told to whoever asks.
    """
    query = PageParameters().page_query(app.state.settings)
    with suppress(GeoError, LookupError, StoreError):
        community_view(app.state.workspace, query)


def _open(settings: Settings) -> Project:
    if settings.project is None:
        msg = "Expected the setting PREVENTION_PROJECT to name a project file, got none."
        raise ProjectMissingError(msg)
    return Project.open(settings.project)


@asynccontextmanager
async def _lifespan(opened: Project | None, app: FastAPI) -> AsyncIterator[None]:
    """Make the first page ready while the service starts; close the project at the end."""
    if opened is not None:
        Thread(target=prepare_page, args=[app], daemon=True).start()
    with ending_when_told(app.state.hub):
        yield
    app.state.hub.close()
    app.state.guard.stop()
    if opened is not None:
        opened.close()


def _add_routes(app: FastAPI) -> None:
    # Asked far more often than all others: the first that is looked at.
    app.include_router(ogc_router)
    for module in ROUTED:
        app.include_router(module.router)

    @app.get(
        pages.OPENAPI_PATH, include_in_schema=False, dependencies=[Public, Depends(no_parameters)]
    )
    def get_openapi() -> Response:
        """Give the OpenAPI document."""
        return Response(orjson.dumps(app.openapi()), media_type="application/json")

    app.mount("/static", OwnFiles(directory=STATIC_DIR), name="static")
