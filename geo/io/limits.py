"""How much of a file is read at most, so that a hostile or mistaken one cannot take the machine."""

from __future__ import annotations

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

MAX_FILE_BYTES = 2 * GIB
# GDAL holds a GeoJSON feature by feature, yet all shapes and values end up in memory.
MAX_GEOJSON_BYTES = GIB
MAX_CSV_BYTES = 256 * MIB
MAX_WORKBOOK_BYTES = 200 * MIB
MAX_SHAPEFILE_BYTES = GIB

MAX_COLUMNS = 1000
MAX_TEXT_LENGTH = 10_000
