"""Control zones as GeoJSON features, with the entity tags that a change has to name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from geo.io.features import feature, geometry_texts
from geo.layers import ZONES

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from api.services.rights import Person
    from api.store.edits import StoredFeature, Version

LAYER = ZONES.name


def unknown_zone(key: str) -> str:
    """Say that there is no zone of that id."""
    return f"Expected the id of a zone, got {key!r}."


def zone_feature(zone: StoredFeature | Version, person: Person) -> dict[str, Any]:
    """Give a zone as a GeoJSON feature with its entity tag, with what the person may see."""
    names = [column.name for column in ZONES.columns if person.may_see(column)]
    properties = {name: zone.values.get(name) for name in names}
    return {**feature(zone.geometry, properties, zone.key), "etag": zone.etag}


def geometry_json(shape: BaseGeometry | None) -> dict[str, Any] | None:
    """Give a shape in WGS 84 as GeoJSON; `None` where there is none, or nothing in it."""
    if shape is None:
        return None
    (text,) = geometry_texts(np.array([shape], dtype=object))
    geometry: dict[str, Any] | None = orjson.loads(text)
    return geometry
