"""The walking network: built from streets, cut at barriers and closed gates, walked on."""

from geo.network.attaching import attach
from geo.network.graph import Network, build_network
from geo.network.outlook import leads_outside
from geo.network.places import building_places
from geo.network.walking import WalkGraph

__all__ = ["Network", "WalkGraph", "attach", "build_network", "building_places", "leads_outside"]
