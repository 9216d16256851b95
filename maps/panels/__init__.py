"""The tabs beside the map: the same facts as tables."""
