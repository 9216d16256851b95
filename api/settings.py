"""What a deployment may set, read once, where the process starts."""

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

from pydantic import Field
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
        Path | None, Field(description="The project file that is served, one GeoPackage.")
    ] = None
    home: Annotated[
        Path,
        Field(description="Folder of the demo project; in the user's data folder if not set."),
    ] = Field(default_factory=lambda: _data_home() / "prevention-map")
    host: Annotated[
        str,
        Field(
            min_length=1,
            description="Address to listen on. There is no sign-in: anything but a loopback "
            "address lets everybody on the network read the map.",
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
