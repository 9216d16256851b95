"""What tests of the service share."""

from __future__ import annotations

from tests.support.postgis import postgis, postgis_server, small_postgis, small_template

__all__ = ["postgis", "postgis_server", "small_postgis", "small_template"]
