"""
Areas: complete administrative boundaries, and named residential areas as communities.

Levels of boundaries by `admin_level`, as China uses them: 2 to 4 province, 5 city, 6 and 7
district, 8 and 9 street, 10 community, 11 and 12 grid. The code is `ref` where that is a
Chinese division code (6, 9 or 12 digits) that occurs once, else the id of the object. An
area belongs to the smallest boundary of a higher level that holds a point inside it; a
residential area ranks below all boundaries.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.io.osm.rows import rows_of
from geo.io.osm.tags import name_of
from geo.layers import AREAS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.io.osm.elements import Elements, Tags
    from geo.io.osm.rows import LayerRows

LEVEL_OF_ADMIN_LEVEL = {
    "2": "province",
    "3": "province",
    "4": "province",
    "5": "city",
    "6": "district",
    "7": "district",
    "8": "street",
    "9": "street",
    "10": "community",
    "11": "grid",
    "12": "grid",
}
RESIDENTIAL_LEVEL = "community"
RESIDENTIAL_RANK = 13
DIVISION_CODE_LENGTHS = (6, 9, 12)


def read_areas(found: Elements) -> LayerRows:
    """
    Give the layer `areas`.

    Parameters
    ----------
    found
        Polygons of closed ways and relations, or none with a trouble.
    """
    wanted = found.where(is_area)
    rows = rows_of(AREAS, wanted, {"level": _level, "name": name_of})
    if rows.frame.empty:
        return rows
    kept = wanted.with_shape()
    codes = _codes(kept)
    parents = _parents(kept.shapes, np.array([_rank(tags) for tags in kept.tags]))
    parent_codes = [codes[parent] if parent >= 0 else None for parent in parents]
    return replace(rows, frame=_coded(rows.frame, codes, parent_codes))


def is_area(tags: Tags) -> bool:
    """Whether an outline is a boundary of a known level or a residential area with a name."""
    return _is_boundary(tags) or (
        tags.get("landuse") == "residential" and name_of(tags) is not None
    )


def _is_boundary(tags: Tags) -> bool:
    is_administrative = tags.get("boundary") == "administrative"
    return is_administrative and tags.get("admin_level") in LEVEL_OF_ADMIN_LEVEL


def _level(tags: Tags) -> str:
    return LEVEL_OF_ADMIN_LEVEL[tags["admin_level"]] if _is_boundary(tags) else RESIDENTIAL_LEVEL


def _rank(tags: Tags) -> int:
    return int(tags["admin_level"]) if _is_boundary(tags) else RESIDENTIAL_RANK


def _codes(found: Elements) -> list[str]:
    refs = [tags.get("ref", "") if _is_boundary(tags) else "" for tags in found.tags]
    occurring = Counter(refs)
    return [
        ref if _is_division_code(ref) and occurring[ref] == 1 else each
        for each, ref in zip(found.ids, refs, strict=True)
    ]


def _is_division_code(ref: str) -> bool:
    return ref.isascii() and ref.isdigit() and len(ref) in DIVISION_CODE_LENGTHS


def _parents(shapes: NDArray[np.object_], ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Position of the parent of each area, -1 for none."""
    boundaries = np.flatnonzero(ranks < RESIDENTIAL_RANK)
    tree = shapely.STRtree(shapes[boundaries])
    inner, places = tree.query(shapely.point_on_surface(shapes), predicate="within")
    pairs = pd.DataFrame({"inner": inner, "outer": boundaries[places]})
    pairs["rank"] = ranks[pairs["outer"]]
    pairs["size"] = shapely.area(shapes[pairs["outer"]])
    higher = pairs[pairs["rank"] < ranks[pairs["inner"]]]
    nearest = higher.sort_values(["rank", "size"], ascending=[False, True]).drop_duplicates("inner")
    parents = np.full(len(shapes), -1, dtype=np.int64)
    parents[nearest["inner"]] = nearest["outer"]
    return parents


def _coded(
    areas: gpd.GeoDataFrame, codes: Sequence[str], parent_codes: Sequence[str | None]
) -> gpd.GeoDataFrame:
    coded = areas.assign(code=pd.array(codes, dtype="str"))
    if not any(parent_codes):
        return coded
    return coded.assign(parent_code=pd.array(parent_codes, dtype="str"))
