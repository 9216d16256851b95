"""GCJ-02 and BD-09, the shifted coordinates of Chinese map services, both ways."""

from __future__ import annotations

from enum import StrEnum


class Datum(StrEnum):
    """Datum of the coordinates in a file."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"
