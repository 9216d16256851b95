"""
OpenStreetMap in: `.osm` (XML) and `.osm.pbf`.

`source` takes objects and positions from the file, `rings` makes polygons of them, one
module a layer says which tags it takes and what they mean, and `reading` puts them together.
"""

from __future__ import annotations

from geo.io.osm.reading import read_osm

__all__ = ["read_osm"]
