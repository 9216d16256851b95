"""How people and devices are let in over HTTP."""
