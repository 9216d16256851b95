"""Storage: the project file."""
