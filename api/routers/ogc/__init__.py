"""OGC API – Features over HTTP: Parts 1, 2 and 4, for every layer."""

from fastapi import APIRouter

from api.routers.ogc import changing, describing, reading

router = APIRouter(include_in_schema=False)
"""
These routes tell of themselves in a document of their own, `/ogc/api`, where each collection
has its literal path as QGIS wants it.
"""
for _part in (reading.router, describing.router, changing.router):
    router.include_router(_part)

__all__ = ["router"]
