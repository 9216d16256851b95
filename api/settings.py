"""What a deployment may set, read once, where the process starts."""

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from geo.coverage import WALK_MINUTES, WALK_SPEED_M_S
from maps.text import Language

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def _data_home() -> Path:
    """Give the folder for a user's data: `XDG_DATA_HOME`, else the usual one."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


class Settings(BaseSettings):
    """
    Settings of the service; each may be given as `PREVENTION_<NAME>` in the environment.

    Examples
    --------
    >>> Settings(host="0.0.0.0").is_loopback, Settings().is_loopback
    (False, True)
    """

    model_config = SettingsConfigDict(env_prefix="PREVENTION_", frozen=True, extra="forbid")

    project: Annotated[
        Path | str | None,
        Field(
            description="The project that is served: a GeoPackage file, or the URL of a PostGIS "
            "database, postgresql://user@host/database?schema=prevention.",
            repr=False,  # a URL may hold a password
        ),
    ] = None
    home: Annotated[
        Path,
        Field(description="Folder of the demo project; in the user's data folder if not set."),
    ] = Field(default_factory=lambda: _data_home() / "prevention-map")
    host: Annotated[
        str,
        Field(
            min_length=1,
            description="Address to listen on; browsers sign in over HTTPS alone on any but a "
            "loopback address.",
        ),
    ] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535, description="TCP port; 0 takes a free one.")] = 8000
    allowed_hosts: Annotated[
        tuple[str, ...],
        Field(
            description="Host names, as a JSON list, under which the service answers; empty "
            "means the loopback names on a loopback address, and any name on another address.",
        ),
    ] = ()
    tls_cert: Annotated[
        Path | None, Field(description="Certificate for HTTPS, with its chain, as a PEM file.")
    ] = None
    tls_key: Annotated[
        Path | None, Field(description="Private key of that certificate, as a PEM file.")
    ] = None
    tls_proxies: Annotated[
        tuple[str, ...],
        Field(
            description="Addresses, as a JSON list, of proxies in front that speak HTTPS; what "
            "they say of who asks is believed.",
        ),
    ] = ()
    session_idle_hours: Annotated[
        float, Field(gt=0, le=720, description="Hours after which an unused sign-in ends.")
    ] = 12.0
    session_days: Annotated[
        float, Field(gt=0, le=90, description="Days after which any sign-in ends.")
    ] = 7.0
    demo: Annotated[
        bool,
        Field(
            description="Let everybody sign in to the demo by a click; only on a loopback "
            "address, and only with the demo project.",
        ),
    ] = False
    max_body_mb: Annotated[
        float, Field(gt=0, le=1024, description="Largest body of a request that is read, in MiB.")
    ] = 8.0
    language: Annotated[
        Language, Field(description="Language of pages and bulletins where none is asked for.")
    ] = "zh"
    title: Annotated[
        str, Field(description="Title of the map; empty takes the area's or the project's name.")
    ] = ""
    walk_minutes: Annotated[
        float,
        Field(gt=0, le=180, description="Longest walk to a site, in minutes, where none is asked."),
    ] = WALK_MINUTES
    walk_speed_m_s: Annotated[
        float, Field(gt=0, le=5, description="Walking speed, in metres a second.")
    ] = WALK_SPEED_M_S
    teams: Annotated[
        int, Field(ge=0, le=500, description="Teams of the sweep a page draws; 0 for none.")
    ] = 4
    page_max_buildings: Annotated[
        int,
        Field(gt=0, description="Buildings one page draws; of a larger project it draws a box."),
    ] = 6000
    page_box_m: Annotated[float, Field(gt=0, description="Side of that box, in metres.")] = 2000.0

    @model_validator(mode="after")
    def _check_tls(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            msg = "Expected tls_cert and tls_key together."
            raise ValueError(msg)
        return self

    @property
    def speaks_https(self) -> bool:
        """Whether browsers reach the service over HTTPS."""
        return self.tls_cert is not None or bool(self.tls_proxies)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """
    Whether a host name or address means this machine alone.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("192.168.1.5")
    (True, True, False)
    """
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
