"""Use cases: read, compute, return. No web framework."""
