"""What people name as the place of a project: a file, or the URL of a database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from api.store.geopackage import GeoPackagePlace
from api.store.postgis import PostgisPlace, is_database_url

if TYPE_CHECKING:
    from api.store.medium import Location, Place


def place_at(location: Location) -> Place:
    """
    Give the place that is meant.

    Raises
    ------
    NotAProjectError
        If it is a URL that cannot be read.

    Examples
    --------
    >>> place_at("folder/town.gpkg").label
    'town.gpkg'
    >>> place_at("postgresql://me:secret@db/town?schema=east").label
    'postgresql://me:***@db/town?schema=east'
    """
    text = str(location)
    return PostgisPlace.named(text) if is_database_url(text) else GeoPackagePlace(Path(text))
