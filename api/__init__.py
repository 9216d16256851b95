"""The service, the command line and the storage: puts things together."""
