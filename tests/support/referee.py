"""The same graph in networkx, to check walks by another engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

if TYPE_CHECKING:
    from geo.network import WalkGraph


def networkx_of(graph: WalkGraph) -> nx.Graph[int]:
    """Rebuild a walking graph from its plain arrays; of parallel edges the shortest stays."""
    peer: nx.Graph[int] = nx.Graph()
    peer.add_nodes_from(range(len(graph.node_xy)))
    for edge in np.argsort(-graph.length_m, kind="stable").tolist():
        tail, head = int(graph.tail[edge]), int(graph.head[edge])
        peer.add_edge(tail, head, weight=float(graph.length_m[edge]))
    return peer
