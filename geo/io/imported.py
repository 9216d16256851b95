"""What reading a source gives: layers in WGS 84, and an account of every object."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from geo.datum import Datum

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from geo.faults import Fault


class Treatment(StrEnum):
    """What was done with an object that could not be taken as it came."""

    SKIPPED = "skipped"
    REPAIRED = "repaired"


@dataclass(frozen=True, slots=True)
class Note:
    """
    One object that was skipped or repaired, and why.

    Parameters
    ----------
    layer
        Name of the layer it would have gone to.
    feature_id
        As in the source: `way/12`, `relation/3`, `row 7`.
    """

    layer: str
    feature_id: str
    treatment: Treatment
    why: str


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """
    How a source is to be read.

    Parameters
    ----------
    layer
        The layer a plain file goes to; taken from the file's or its inner layer's name
        where `None`. Ignored for OpenStreetMap.
    bbox
        West, south, east, north in WGS 84 degrees; features that touch it are kept.
    datum
        Datum of the coordinates in the source.
    buildings
        Known buildings (WGS 84), for tables that name a building instead of a position.
    """

    layer: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    datum: Datum = Datum.WGS84
    buildings: gpd.GeoDataFrame | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """
    One source, read.

    Parameters
    ----------
    source
        Name under which the rows are kept; `osm` for OpenStreetMap, else the file's stem.
    layers
        By layer name; WGS 84 (tables: no geometry); columns of the declaration only, and
        only those the source has; key filled and unique; any index.
    seen
        Objects found for each layer, before any was skipped.
    notes
        Every object that was skipped or repaired.
    faults
        Every fault; the rows they name are not in `layers`.
    attribution
        Source and licence to show on every map; empty if none is known.
    """

    source: str
    layers: dict[str, gpd.GeoDataFrame | pd.DataFrame]
    seen: dict[str, int]
    notes: tuple[Note, ...] = ()
    faults: tuple[Fault, ...] = ()
    attribution: str = ""
    warnings: tuple[str, ...] = field(default=())
