"""Single features, as stored or as they once were: as a frame, and whether somebody sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from api.services.reach import seen_rows
from geo.crs import WGS84, to_metric, to_wgs84
from geo.layers import find_layer
from geo.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from api.services.rights import Person
    from api.services.workspace import Workspace
    from api.store.edits import StoredFeature, Version

Told = TypeVar("Told", "StoredFeature", "Version")
PLACE = "__place"


def feature_frame(
    metric_crs: str, layer_name: str, features: Sequence[StoredFeature | Version]
) -> gpd.GeoDataFrame:
    """
    Give features as a frame, as the store hands layers out.

    Parameters
    ----------
    metric_crs
        Of the project.
    layer_name
        A layer with geometry, which is theirs.
    features
        May be empty.

    Returns
    -------
    frame
        One row a feature, in order; RangeIndex, metric CRS, the declared columns.
    """
    columns = find_layer(layer_name).columns
    held = [one.values for one in features]  # noqa: PD011 - of a feature, not of a frame
    values = {
        column.name: pd.Series([values.get(column.name) for values in held], dtype=object)
        for column in columns
    }
    for column in columns:
        if column.kind is Kind.DATETIME:
            values[column.name] = pd.to_datetime(values[column.name], utc=True)
    shapes: NDArray[np.object_] = np.array([one.geometry for one in features], dtype=object)
    return to_metric(gpd.GeoDataFrame(values, geometry=shapes, crs=WGS84), metric_crs)


def sees(workspace: Workspace, person: Person, feature: StoredFeature | Version) -> bool:
    """
    Whether a feature lies in somebody's reach, at least partly, and they may see its layer.

    A table without geometry lies nowhere, so only those who see everywhere see its rows.
    """
    if not person.may_read(find_layer(feature.layer)):
        return False
    if person.areas is None:
        return True
    if feature.geometry is None:
        return False
    frame = feature_frame(workspace.project.metric_crs, feature.layer, [feature])
    return len(seen_rows(workspace, person.areas, feature.layer, frame)) > 0


def seen_among(workspace: Workspace, person: Person, features: Sequence[Told]) -> list[Told]:
    """
    Keep those of many features of one layer with geometry that somebody sees, as `sees` tells.

    Parameters
    ----------
    features
        In any order, which is kept.
    """
    placed = [one for one in features if one.geometry is not None]
    if person.areas is None or not placed:
        return [one for one in features if sees(workspace, person, one)]
    layer_name = placed[0].layer
    if not person.may_read(find_layer(layer_name)):
        return []
    frame = feature_frame(workspace.project.metric_crs, layer_name, placed)
    rows = frame.assign(**{PLACE: np.arange(len(frame))})
    kept = seen_rows(workspace, person.areas, layer_name, rows)
    return [placed[place] for place in kept[PLACE]]


def metric_shape(workspace: Workspace, shape: BaseGeometry) -> BaseGeometry:
    """Give a shape in WGS 84 in the project's metric CRS."""
    frame = gpd.GeoDataFrame(geometry=[shape], crs=WGS84)
    return to_metric(frame, workspace.project.metric_crs).geometry.iloc[0]


def wgs84_shape(workspace: Workspace, shape: BaseGeometry) -> BaseGeometry:
    """Give a shape in the project's metric CRS in WGS 84."""
    frame = gpd.GeoDataFrame(geometry=[shape], crs=workspace.project.metric_crs)
    return to_wgs84(frame).geometry.iloc[0]
