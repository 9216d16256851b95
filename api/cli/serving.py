"""Commands that serve a project: demo, serve."""

import errno
import os
import socket
import webbrowser
from contextlib import closing, suppress
from pathlib import Path
from threading import Timer
from typing import Annotated, Any
from urllib.parse import urlencode

import typer
import uvicorn

from api.auth.guard import utc_now
from api.cli.options import FAILED, ProjectOption, tell, told_errors
from api.cli.session import read_settings, working
from api.services.demo import ensure_demo_users
from api.services.importing import import_sources
from api.services.sessions import INVITATION_LIFE, invite_first
from api.services.workspace import Workspace
from api.settings import Settings
from api.store.medium import Location
from api.store.places import place_at
from api.store.project import Project
from geo.io.demo import demo_folder

APP = "api.main:create_app"
DEMO_FILE = "demo.gpkg"
OPEN_AFTER_S = 1.0
HOUR_S = 3600
BACKLOG = 2048
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
"""Warnings and errors on standard error; requests are not logged, addresses hold places."""

PortOption = Annotated[
    int | None,
    typer.Option(
        "--port", min=0, max=65_535, help="TCP port; 8000 unless PREVENTION_PORT is set; 0 any."
    ),
]
OpenOption = Annotated[bool, typer.Option("--open", help="Open the map in a browser.")]
CertOption = Annotated[
    Path | None,
    typer.Option(
        "--tls-cert", metavar="CERT.pem", help="Certificate for HTTPS; PREVENTION_TLS_CERT else."
    ),
]
KeyOption = Annotated[
    Path | None,
    typer.Option("--tls-key", metavar="KEY.pem", help="Its private key; PREVENTION_TLS_KEY else."),
]


def demo_command(
    *,
    port: PortOption = None,
    project: Annotated[
        Path | None,
        typer.Option("--project", metavar="P.gpkg", help="Where the demo project is or goes."),
    ] = None,
    open_browser: OpenOption = False,
) -> None:
    """Make the demo project if there is none, and serve it."""
    settings = read_settings()
    place = settings.home / DEMO_FILE if project is None else project
    with told_errors():
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            with working("Making the demo project"):
                import_sources([demo_folder()], place)
            tell(f"Demo project made: {place}")
            tell("The very first page may take a minute: the route planner is being compiled.")
        with Project.open(place) as opened:
            ensure_demo_users(Workspace(opened), utc_now())
    chosen = _chosen(settings, project=place, host="127.0.0.1", port=port, demo=True)
    _serve(chosen, open_browser=open_browser)


def serve_command(
    *,
    project: ProjectOption,
    host: Annotated[
        str | None,
        typer.Option(
            "--host", help="Address to listen on; 127.0.0.1 unless PREVENTION_HOST is set."
        ),
    ] = None,
    port: PortOption = None,
    tls_cert: CertOption = None,
    tls_key: KeyOption = None,
    open_browser: OpenOption = False,
) -> None:
    """Serve the map of a project."""
    settings = read_settings()
    chosen = _chosen(
        settings, project=project, host=host, port=port, tls_cert=tls_cert, tls_key=tls_key
    )
    if (chosen.tls_cert is None) != (chosen.tls_key is None):
        msg = "expected --tls-cert and --tls-key together"
        raise typer.BadParameter(msg)
    _serve(chosen, open_browser=open_browser)


def _chosen(settings: Settings, **given: object) -> Settings:
    return settings.model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )


def _serve(settings: Settings, *, open_browser: bool) -> None:
    """Serve until told to stop."""
    with told_errors():
        _pass_on(settings)
        config = uvicorn.Config(
            APP,
            factory=True,
            log_config=LOGGING,
            access_log=False,
            server_header=False,
            ssl_certfile=settings.tls_cert,
            ssl_keyfile=settings.tls_key,
            proxy_headers=bool(settings.tls_proxies),
            forwarded_allow_ips=list(settings.tls_proxies),
        )
        config.load()
        with closing(_listening(settings)) as listener:
            _tell_place(settings, listener, open_browser=open_browser)
            with suppress(KeyboardInterrupt):
                uvicorn.Server(config).run(sockets=[listener])


def _pass_on(settings: Settings) -> None:
    """Put into the environment what the service reads from there when it starts by name."""
    os.environ["PREVENTION_PROJECT"] = str(settings.project)
    os.environ["PREVENTION_HOST"] = settings.host
    os.environ["PREVENTION_PORT"] = str(settings.port)
    os.environ["PREVENTION_DEMO"] = str(settings.demo)


def _listening(settings: Settings) -> socket.socket:
    """Take the port, or tell why it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    address = (settings.host, settings.port)
    try:
        return socket.create_server(address, family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            tell(f"Error: port {settings.port} is taken; choose another with --port.")
        else:
            tell(f"Error: cannot listen on {settings.host}:{settings.port}: {error.strerror}.")
        raise typer.Exit(FAILED) from None


def _shown(project: Location | None) -> str:
    """Name a project; never with a password."""
    return "" if project is None else place_at(project).name


def _tell_place(settings: Settings, listener: socket.socket, *, open_browser: bool) -> None:
    port = listener.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    if not settings.is_loopback and not settings.speaks_https:
        tell(
            "Warning: browsers sign in here over HTTPS alone; give --tls-cert and --tls-key, or "
            "name the proxies that speak HTTPS in PREVENTION_TLS_PROXIES. Tokens of devices "
            "would cross the network in the clear."
        )
    url = f"{'https' if settings.tls_cert else 'http'}://{host}:{port}/"
    typer.echo(f"Serving {_shown(settings.project)} at {url} (Ctrl-C stops it)")
    _tell_invitation(settings, url)
    if open_browser:
        timer = Timer(OPEN_AFTER_S, webbrowser.open, [url])
        timer.daemon = True
        timer.start()


def _tell_invitation(settings: Settings, url: str) -> None:
    """Print the link of the first admin where there is nobody yet."""
    if settings.project is None:
        return
    with Project.open(settings.project) as project:
        key = invite_first(project.accounts, utc_now())
    if key is not None:
        hours = INVITATION_LIFE.total_seconds() / HOUR_S
        typer.echo(f"Nobody may sign in yet. Good once, for {hours:.0f} hours, the first admin's:")
        typer.echo(f"{url}welcome?{urlencode({'key': key})}")
