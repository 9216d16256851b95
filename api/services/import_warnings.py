"""What is odd about an import, though it breaks no contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from geo.crs import to_metric
from geo.mismatch import datum_mismatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.services.filling import Holdings
    from api.store.project import Project
    from geo.io.imported import Imported

PREMISES_TOLD = 5


def find_warnings(
    imported: Sequence[Imported], held: Holdings, project: Project
) -> tuple[str, ...]:
    """
    Say what a person should look at.

    Parameters
    ----------
    imported
        What is to come in.
    held
        What the project holds.
    project
        The project, before anything comes in.
    """
    found = (_lost_premises(imported, held), _mixed_datums(imported, held, project))
    return tuple(warning for warning in found if warning)


def _lost_premises(imported: Sequence[Imported], held: Holdings) -> str | None:
    known = set(held.premises["premises_id"]) | _ids(imported, "premises")
    lost = sorted(_ids(imported, "reports") - known)
    if not lost:
        return None
    told = ", ".join(lost[:PREMISES_TOLD]) + (" …" if len(lost) > PREMISES_TOLD else "")
    return f"Reports name {len(lost)} premises that the project does not hold: {told}."


def _ids(imported: Sequence[Imported], layer_name: str) -> set[str]:
    tables = (one.layers[layer_name] for one in imported if layer_name in one.layers)
    return {premises_id for table in tables for premises_id in table["premises_id"]}


def _mixed_datums(imported: Sequence[Imported], held: Holdings, project: Project) -> str | None:
    buildings, streets = _brought(imported, "buildings"), _brought(imported, "streets")
    if buildings is None and streets is None:
        return None
    buildings = held.buildings if buildings is None else buildings
    streets = project.read_wgs84("streets") if streets is None else streets
    crs = project.metric_crs
    return datum_mismatch(to_metric(buildings, crs), to_metric(streets, crs))


def _brought(imported: Sequence[Imported], layer_name: str) -> gpd.GeoDataFrame | None:
    layers = (one.layers[layer_name] for one in imported if layer_name in one.layers)
    frames = [rows for rows in layers if isinstance(rows, gpd.GeoDataFrame) and len(rows)]
    return pd.concat(frames, ignore_index=True) if frames else None
