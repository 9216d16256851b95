"""Everything one can leave a zone on, prepared once for any line that may be drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.crs import require_metric
from geo.network import attach, build_network, building_places
from geo.network.cuts import GATE_REACH_M, GATE_SNAP_M, is_near
from geo.network.graph import place_ids
from geo.openings.hours import checkpoints_at, gates_at

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.network import Network

ON_BARRIER_M = 0.05
"""A way that ends this near a wall ends at it."""
LEVEL_REACH_M = 0.5
"""Of ways this much farther than the nearest, a checkpoint stands on the lowest."""
SHORTEST_PIECE_M = 1e-4


@dataclass(frozen=True, slots=True)
class Homes:
    """
    Buildings, and the entrances their doors are known from.

    Parameters
    ----------
    buildings
        Polygons, metric CRS, with `building_id`.
    entrances
        Points, same CRS, columns of `geo.layers.ENTRANCES`; may be empty.
    """

    buildings: gpd.GeoDataFrame
    entrances: gpd.GeoDataFrame


@dataclass(frozen=True, slots=True)
class Pieces:
    """
    Ways as straight pieces between nodes.

    Parameters
    ----------
    node_xy
        Metres; shape (nodes, 2).
    node_place
        Number of each node's place: a wall or a closed gate parts nodes of one place.
    tail, head
        Nodes at the ends of each piece; shape (pieces,).
    way
        Position of the piece's street in `Ways.streets`.
    """

    node_xy: NDArray[np.float64]
    node_place: NDArray[np.int64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    way: NDArray[np.int64]

    @property
    def middles(self) -> NDArray[np.float64]:
        """Metres; shape (pieces, 2)."""
        return np.asarray((self.node_xy[self.tail] + self.node_xy[self.head]) / 2)

    @property
    def length_m(self) -> NDArray[np.float64]:
        """Metres of each piece."""
        ends = self.node_xy[self.head] - self.node_xy[self.tail]
        return np.asarray(np.hypot(ends[:, 0], ends[:, 1]))

    @property
    def lines(self) -> NDArray[np.object_]:
        """One two-point LineString a piece."""
        ends = np.stack([self.node_xy[self.tail], self.node_xy[self.head]], axis=1)
        return np.asarray(shapely.linestrings(ends))


@dataclass(frozen=True)
class Ways:
    """
    Walkable and drivable ways, cut at walls and closed gates, with the doors along them.

    Parameters
    ----------
    pieces
        Of every way.
    streets
        Attributes of the ways, and their lines; RangeIndex.
    network
        The same ways as a network, with its barriers and gates.
    gates
        With `is_timed`, as `geo.openings.hours.gates_at` gives it; RangeIndex.
    checkpoints
        Those that are staffed, with `level`, that of the way they stand on; RangeIndex.
    buildings
        With `building_id`; RangeIndex. Empty when not given.
    building_node
        Node of each building's door; -1 where it meets no way.
    is_shut
        Nodes where a way ends at a wall or a closed gate; shape (nodes,).
    """

    pieces: Pieces
    streets: gpd.GeoDataFrame
    network: Network
    gates: gpd.GeoDataFrame
    checkpoints: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    building_node: NDArray[np.int64]
    is_shut: NDArray[np.bool_]

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of the pieces."""
        return shapely.STRtree(self.pieces.lines)

    @cached_property
    def building_tree(self) -> shapely.STRtree:
        """Index of the buildings' outlines."""
        return shapely.STRtree(self.buildings.geometry.to_numpy())

    @cached_property
    def building_points(self) -> NDArray[np.object_]:
        """A point within each building."""
        return np.asarray(shapely.point_on_surface(self.buildings.geometry.to_numpy()))

    @cached_property
    def gate_reach_m(self) -> NDArray[np.float64]:
        """How near to each gate a way passes it: on it, or else as near as the nearest does."""
        points = np.asarray(shapely.centroid(self.gates.geometry.to_numpy()))
        reach_m = np.full(len(points), GATE_SNAP_M)
        (gate, _), distance_m = self.tree.query_nearest(
            points, max_distance=GATE_REACH_M, return_distance=True, all_matches=False
        )
        reach_m[gate] = np.maximum(distance_m, GATE_SNAP_M)
        return reach_m

    @cached_property
    def has_door(self) -> NDArray[np.bool_]:
        """Nodes at which somebody's door is; shape (nodes,)."""
        has_door = np.zeros(len(self.pieces.node_xy), dtype=bool)
        has_door[self.building_node[self.building_node >= 0]] = True
        return has_door


def prepare_ways(
    streets: gpd.GeoDataFrame,
    barriers: gpd.GeoDataFrame,
    gates: gpd.GeoDataFrame,
    checkpoints: gpd.GeoDataFrame,
    *,
    homes: Homes | None = None,
) -> Ways:
    """
    Prepare what openings are looked for on; good for every line drawn in these surroundings.

    Parameters
    ----------
    streets
        Lines, metric CRS, columns of `geo.layers.STREETS`. What is neither walkable nor
        drivable is left out; unknown counts as walkable. May be empty.
    barriers, gates
        Lines and points, same CRS; may be empty. A gate `state` of `hours` counts as open:
        for a moment, hand in what `geo.openings.hours.gates_at` gives.
    checkpoints
        Points, same CRS; may be empty. For a moment: `geo.openings.hours.checkpoints_at`.
    homes
        Buildings, same CRS. With them a way with a door is not taken for a dead end, and
        what nobody lives on needs no post.

    Raises
    ------
    CrsError
        If the layers are not in one metric CRS.
    """
    require_metric(streets, barriers, gates, checkpoints)
    passable = _passable(streets)
    known_gates = gates.reset_index(drop=True)
    known_gates = known_gates if "is_timed" in known_gates else gates_at(known_gates, None)
    network = build_network(passable.assign(is_walkable=True), barriers, known_gates)
    buildings = streets.iloc[:0] if homes is None else homes.buildings.reset_index(drop=True)
    pieces, building_node = _with_doors(network, passable, homes)
    ways = Ways(
        pieces=pieces,
        streets=passable,
        network=network,
        gates=known_gates,
        checkpoints=_staffed(checkpoints).assign(level=0),
        buildings=buildings,
        building_node=building_node,
        is_shut=_shut_ends(network, pieces),
    )
    return replace(ways, checkpoints=ways.checkpoints.assign(level=_levels(ways)))


def split_pieces(
    pieces: Pieces, piece: NDArray[np.int64], at_m: NDArray[np.float64]
) -> tuple[Pieces, NDArray[np.int64]]:
    """
    Split pieces at stops.

    Parameters
    ----------
    piece, at_m
        Which piece each stop is on, and metres from its tail; in any order. Stops at a
        piece's ends, or twice in one place, are passed over.

    Returns
    -------
    split
        The nodes of old, then one for each stop.
    owner
        Position of the piece each new piece is a part of.
    """
    length_m = pieces.length_m
    is_inner = (at_m > SHORTEST_PIECE_M) & (at_m < length_m[piece] - SHORTEST_PIECE_M)
    steps = np.rint(at_m[is_inner] / SHORTEST_PIECE_M).astype(np.int64)
    stops = np.unique(np.stack([piece[is_inner], steps], axis=1), axis=0)
    on, share = stops[:, 0], stops[:, 1] * SHORTEST_PIECE_M / length_m[stops[:, 0]]
    owner = np.repeat(np.arange(len(length_m)), np.bincount(on, minlength=len(length_m)) + 1)
    ended = np.arange(len(on)) + on  # each stop ends the piece of that position
    new = len(pieces.node_xy) + np.arange(len(on))
    tail, head = pieces.tail[owner], pieces.head[owner]
    head[ended], tail[ended + 1] = new, new
    start = pieces.node_xy[pieces.tail[on]]
    xy = start + (pieces.node_xy[pieces.head[on]] - start) * share[:, None]
    place = pieces.node_place.max(initial=-1) + 1 + np.arange(len(on))
    split = Pieces(
        node_xy=np.vstack([pieces.node_xy, xy]),
        node_place=np.concatenate([pieces.node_place, place]),
        tail=tail,
        head=head,
        way=pieces.way[owner],
    )
    return split, owner


def _passable(streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    missing = pd.Series(pd.NA, index=streets.index, dtype="boolean")
    is_walkable = streets.get("is_walkable", missing).astype("boolean").fillna(value=True)
    is_drivable = streets.get("is_drivable", missing).astype("boolean").fillna(value=False)
    level = streets["level"].fillna(0).astype(int) if "level" in streets else 0
    known = streets.assign(
        is_walkable=is_walkable.astype(bool), is_drivable=is_drivable.astype(bool), level=level
    )
    return known[known["is_walkable"] | known["is_drivable"]].reset_index(drop=True)


def _staffed(checkpoints: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    known = checkpoints if "is_staffed" in checkpoints else checkpoints_at(checkpoints, None)
    return known[known["is_staffed"]].reset_index(drop=True)


def _with_doors(
    network: Network, streets: gpd.GeoDataFrame, homes: Homes | None
) -> tuple[Pieces, NDArray[np.int64]]:
    """Pieces of every way, split where a door meets a walkable one."""
    if homes is None:
        return _pieces(network.node_xy, network.tail, network.head, network.street), np.empty(
            0, int
        )
    is_walked = streets["is_walkable"].to_numpy()[network.street]
    walked = replace(
        network,
        tail=network.tail[is_walked],
        head=network.head[is_walked],
        street=network.street[is_walked],
    )
    doors, _ = building_places(homes.buildings, homes.entrances)
    graph = attach(walked, doors, origins=range(len(doors)))
    # The first part of each segment begins at a node of the network, the others at a door.
    owner = np.cumsum(graph.tail < len(network.node_xy)) - 1
    pieces = _pieces(
        graph.node_xy,
        np.concatenate([graph.tail, network.tail[~is_walked]]),
        np.concatenate([graph.head, network.head[~is_walked]]),
        np.concatenate([walked.street[owner], network.street[~is_walked]]),
    )
    return pieces, graph.place_node


def _pieces(
    node_xy: NDArray[np.float64],
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    way: NDArray[np.int64],
) -> Pieces:
    place = place_ids(node_xy) if len(node_xy) else np.empty(0, dtype=np.int64)
    return Pieces(node_xy, place, tail, head, way)


def _shut_ends(network: Network, pieces: Pieces) -> NDArray[np.bool_]:
    """Which nodes are ends of ways at a wall or a closed gate."""
    count = len(pieces.node_xy)
    degree = np.bincount(np.concatenate([pieces.tail, pieces.head]), minlength=count)
    ends = np.flatnonzero(degree == 1)
    points = np.asarray(shapely.points(pieces.node_xy[ends]))
    is_parted = np.bincount(pieces.node_place)[pieces.node_place[ends]] > 1
    is_walled = np.zeros(len(ends), dtype=bool)
    is_walled[network.barrier_tree.query(points, "dwithin", ON_BARRIER_M)[0]] = True
    is_walled &= ~is_near(points, network.open_gates, GATE_REACH_M)
    is_shut = np.zeros(count, dtype=bool)
    is_shut[ends] = is_parted | is_walled | is_near(points, network.closed_gates, GATE_SNAP_M)
    return is_shut


def _levels(ways: Ways) -> NDArray[np.int64]:
    """Level of the way each checkpoint stands on; of ways one above the other the lowest."""
    points = ways.checkpoints.geometry.to_numpy()
    level = np.zeros(len(points), dtype=np.int64)
    if not len(points) or not len(ways.pieces.tail):
        return level
    found, _ = ways.tree.query_nearest(points, all_matches=False)
    _, nearest_m = ways.tree.query_nearest(points, all_matches=False, return_distance=True)
    for checkpoint, distance_m in zip(found.tolist(), nearest_m.tolist(), strict=True):
        near = ways.tree.query(points[checkpoint], "dwithin", distance_m + LEVEL_REACH_M)
        levels = ways.streets["level"].to_numpy()[ways.pieces.way[near]]
        level[checkpoint] = min(levels.tolist(), key=lambda each: (abs(each), each))
    return level
