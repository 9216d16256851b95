"""Which part of a project is asked about, and the ground it stands on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely
from shapely import Polygon, box

from api.services.reach import area_codes, codes_within, ground_within
from geo.crs import WGS84, to_metric, to_wgs84
from geo.network import build_network, building_places, leads_outside

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from api.services.reach import Areas
    from api.services.workspace import Box, Workspace
    from geo.network import Network

MIN_MARGIN_M = 400.0
"""Streets are read at least this far around a scope, so that walks may leave it. What cannot be
reached so is looked for once more with every street of the project."""
WAY_LAYERS = ("streets", "barriers", "gates")
GROUND_LAYERS = ("areas", "buildings", "entrances", *WAY_LAYERS)
"""What the ground of a scope is made of."""
EDGE_M = 1.0
SIDE_PIECES = 128
AREAS_TOLD = 10
MAX_LON_DEG = 180.0
MAX_LAT_DEG = 90.0
DEGREE_DIGITS = 7
"""A centimetre."""
NOWHERE: Box = (180.0, -90.0, 180.0, -90.0)
"""A box that touches nothing: no project reaches the south pole."""


class UnknownAreaError(LookupError):
    """No area has that code."""


@dataclass(frozen=True, slots=True)
class Scope:
    """
    Which part of a project is asked about: the whole, an area, or a box.

    Parameters
    ----------
    area
        Code of an area.
    bbox
        West, south, east, north in WGS 84 degrees.
    reach
        Codes of the areas that bound whoever asks; `None` for everywhere. The whole is then
        these areas, a box is cut to them, and areas elsewhere are not there.

    Raises
    ------
    ValueError
        If both an area and a box are given, or the box is not one.
    """

    area: str | None = None
    bbox: Box | None = None
    reach: Areas = None

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if self.area is not None and self.bbox is not None:
            msg = "Expected an area or a box, got both."
            raise ValueError(msg)
        if self.bbox is not None:
            check_box(self.bbox)

    @property
    def is_whole(self) -> bool:
        """Whether the whole project is meant."""
        return self.area is None and self.bbox is None and self.reach is None


WHOLE = Scope()


@dataclass(frozen=True, slots=True)
class Ground:
    """
    What lies within a scope, and what one needs to walk there.

    Parameters
    ----------
    buildings
        Those whose middle lies within the extent; RangeIndex.
    entrances, streets, barriers, gates
        Within the extent and `margin_m` around it.
    network
        Built from these streets, barriers and gates.
    extent
        The area or the box, metric CRS; `None` for the whole project.
    margin_m
        How far around the extent was read, in metres.
    """

    buildings: gpd.GeoDataFrame
    entrances: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    gates: gpd.GeoDataFrame
    network: Network
    extent: BaseGeometry | None
    margin_m: float


def check_box(bbox: Box) -> None:
    """
    Refuse a box that is none.

    Parameters
    ----------
    bbox
        West, south, east, north in WGS 84 degrees.

    Raises
    ------
    ValueError
        If a number is not finite or out of range, or the corners are swapped.
    """
    west, south, east, north = bbox
    if not all(map(math.isfinite, bbox)):
        msg = "Expected four finite numbers."
        raise ValueError(msg)
    if not -MAX_LON_DEG <= west < east <= MAX_LON_DEG:
        msg = f"Expected west < east within ±180, got {west:g} and {east:g}."
        raise ValueError(msg)
    if not -MAX_LAT_DEG <= south < north <= MAX_LAT_DEG:
        msg = f"Expected south < north within ±90, got {south:g} and {north:g}; longitude first."
        raise ValueError(msg)


def parse_box(text: str) -> Box:
    """
    Read `west,south,east,north`.

    Raises
    ------
    ValueError
        If it is not four numbers that make a box in WGS 84 degrees.

    Examples
    --------
    >>> parse_box("6.1,46.1,6.2,46.3")
    (6.1, 46.1, 6.2, 46.3)
    """
    west, south, east, north = _numbers(text, 4, "west,south,east,north")
    check_box((west, south, east, north))
    return west, south, east, north


def parse_place(text: str) -> tuple[float, float]:
    """
    Read `longitude,latitude`.

    Raises
    ------
    ValueError
        If it is not two numbers within the range of WGS 84 degrees.

    Examples
    --------
    >>> parse_place("116.35,39.96")
    (116.35, 39.96)
    """
    lon_deg, lat_deg = _numbers(text, 2, "longitude,latitude")
    if abs(lon_deg) > MAX_LON_DEG or abs(lat_deg) > MAX_LAT_DEG:
        msg = f"Expected a longitude within ±180, then a latitude within ±90; got {text!r}."
        raise ValueError(msg)
    return lon_deg, lat_deg


def read_ground(workspace: Workspace, scope: Scope, *, reach_m: float = 0.0) -> Ground:
    """
    Read what lies within a scope and around it; kept until the project changes.

    Parameters
    ----------
    reach_m
        How far outside the extent walks may lead, in metres; `math.inf` reads every street.

    Raises
    ------
    UnknownAreaError
        If no area has the code asked for.
    """
    margin_m = max(reach_m, MIN_MARGIN_M)
    asked = (scope, margin_m)
    return workspace.once("ground", asked, lambda: _ground(workspace, *asked), of=GROUND_LAYERS)


def may_lead_farther(
    ground: Ground, origins: NDArray[np.object_], buildings: gpd.GeoDataFrame
) -> bool:
    """
    Tell whether buildings that no origin reaches may be reached on streets farther off.

    Parameters
    ----------
    origins
        Points in the project's metric CRS.
    buildings
        Of the ground.
    """
    if ground.extent is None:
        return False
    places, _ = building_places(buildings, ground.entrances)
    west, south, east, north = ground.extent.bounds
    margin_m = ground.margin_m
    bounds = (west - margin_m, south - margin_m, east + margin_m, north + margin_m)
    return leads_outside(ground.network, origins, places, bounds)


def extent_of(workspace: Workspace, scope: Scope) -> BaseGeometry | None:
    """
    Give the polygon of a scope in the project's metric CRS; `None` for the whole project.

    Returns
    -------
    extent
        Empty where a box lies outside the reach, or the project has none of its areas.

    Raises
    ------
    UnknownAreaError
        If no area in reach has the code asked for.
    """
    reach = ground_within(workspace, scope.reach)
    if scope.bbox is not None:
        frame = gpd.GeoDataFrame(geometry=[box(*scope.bbox)], crs=WGS84)
        asked = to_metric(frame, workspace.project.metric_crs).geometry.iloc[0]
        return asked if reach is None else _common_ground(asked, reach)
    if scope.area is None:
        return reach
    check_area(workspace, scope)
    areas = workspace.project.read("areas")
    return areas[areas["code"] == scope.area].geometry.union_all()


def check_area(workspace: Workspace, scope: Scope) -> None:
    """
    Refuse a scope whose area is not there for whoever asks.

    Raises
    ------
    UnknownAreaError
        If no area in reach has the code asked for.
    """
    codes = codes_within(workspace, scope.reach)
    known = area_codes(workspace) if codes is None else codes
    if scope.area is not None and scope.area not in known:
        raise UnknownAreaError(_unknown_area(scope.area, known))


def community_name(workspace: Workspace) -> str:
    """Give the name of the project's one community, or else the project's own."""
    areas = workspace.project.read("areas")
    names = areas.loc[areas["level"] == "community", "name"].dropna()
    return str(names.iloc[0]) if len(names) == 1 else workspace.project.name


def box_around(extent: BaseGeometry | None, metric_crs: str, *, margin_m: float) -> Box | None:
    """
    Give the box in WGS 84 degrees that holds an extent and a margin around it.

    Parameters
    ----------
    extent
        In `metric_crs`; `None` gives `None`.
    margin_m
        In metres; `math.inf` gives `None`.
    """
    if extent is None or math.isinf(margin_m):
        return None
    if extent.is_empty:
        return NOWHERE
    around = box(*extent.buffer(margin_m + EDGE_M).bounds)
    # A straight side in metres is bent in degrees: its middle may lie beyond both its ends.
    bent = shapely.segmentize(around, around.length / SIDE_PIECES)
    west, south, east, north = to_wgs84(
        gpd.GeoDataFrame(geometry=[bent], crs=metric_crs)
    ).total_bounds
    return float(west), float(south), float(east), float(north)


def within(frame: gpd.GeoDataFrame, extent: BaseGeometry | None) -> gpd.GeoDataFrame:
    """
    Keep the features whose middle lies within an extent.

    Parameters
    ----------
    frame
        Any shapes, metric CRS.
    extent
        Same CRS; `None` keeps all.

    Returns
    -------
    kept
        With a new RangeIndex.
    """
    return _meeting(frame, shapely.point_on_surface(frame.geometry.values), extent)


def touching(frame: gpd.GeoDataFrame, extent: BaseGeometry | None) -> gpd.GeoDataFrame:
    """
    Keep the features that touch an extent.

    Parameters
    ----------
    frame
        Any shapes, metric CRS.
    extent
        Same CRS; `None` keeps all.

    Returns
    -------
    kept
        With a new RangeIndex.
    """
    return _meeting(frame, frame.geometry.to_numpy(), extent)


def _meeting(
    frame: gpd.GeoDataFrame, shapes: NDArray[np.object_], extent: BaseGeometry | None
) -> gpd.GeoDataFrame:
    """Keep the features whose shape, one a feature, meets an extent."""
    if extent is None:
        return frame
    shapely.prepare(extent)
    return frame[shapely.intersects(extent, shapes)].reset_index(drop=True)


def _ground(workspace: Workspace, scope: Scope, margin_m: float) -> Ground:
    project = workspace.project
    extent = extent_of(workspace, scope)
    inner = box_around(extent, project.metric_crs, margin_m=0)
    outer = box_around(extent, project.metric_crs, margin_m=margin_m)
    streets, barriers, gates, network = workspace.once(
        "streets", outer, lambda: _walkable(workspace, outer), of=WAY_LAYERS
    )
    return Ground(
        buildings=within(project.read("buildings", bbox=inner), extent),
        entrances=project.read("entrances", bbox=outer),
        streets=streets,
        barriers=barriers,
        gates=gates,
        network=network,
        extent=extent,
        margin_m=margin_m,
    )


def _walkable(
    workspace: Workspace, bbox: Box | None
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame, Network]:
    """Read streets, barriers and gates, and build their network."""
    streets, barriers, gates = (
        workspace.project.read(layer, bbox=bbox) for layer in ("streets", "barriers", "gates")
    )
    return streets, barriers, gates, build_network(streets, barriers, gates)


def _common_ground(one: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    """Give what two extents share; where they only touch, that is nothing."""
    common: BaseGeometry = one.intersection(other)
    return common if common.area > 0 else Polygon()


def _unknown_area(code: str, known: frozenset[str]) -> str:
    if not known:
        return f"Expected the code of an area, got {code!r}; the project holds no areas."
    told = ", ".join(sorted(known)[:AREAS_TOLD])
    more = ", …" if len(known) > AREAS_TOLD else ""
    return f"Expected the code of an area ({told}{more}), got {code!r}."


def _numbers(text: str, count: int, form: str) -> tuple[float, ...]:
    try:
        numbers = tuple(round(float(part), DEGREE_DIGITS) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        msg = f"Expected {form} in degrees, got {text!r}."
        raise ValueError(msg)
    return numbers
