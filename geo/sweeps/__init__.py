"""Door-to-door sweep routes for several teams."""
