"""Pure computation on frames and arrays; `geo.io` alone touches files."""
