"""The layers over HTTP."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from api.dependencies import DeskDep
from api.routers.bodies import GeoJson, LayerPageOut, LayersOut, problems
from api.routers.parameters import LayerParameters, LayerPath, no_parameters
from api.services.layers import LayerPage, list_layers, read_layer_page

router = APIRouter(prefix="/api/layers", tags=["layers"])


@router.get(
    "",
    operation_id="list_layers",
    summary="Layers",
    response_model=LayersOut,
    responses=problems(),
    dependencies=[Depends(no_parameters)],
)
def get_layers(desk: DeskDep) -> Response:
    """List the layers with their columns and the number of their features."""

    def body() -> bytes:
        layers = LayersOut.model_validate(
            {"layers": list_layers(desk.workspace, desk.person)}, from_attributes=True
        )
        return layers.model_dump_json().encode()

    return desk.give(None, body)


@router.get(
    "/{layer}",
    operation_id="read_layer",
    summary="Features of a layer",
    response_model=LayerPageOut,
    response_class=GeoJson,
    responses=problems(404),
)
def get_layer(
    layer: LayerPath, desk: DeskDep, parameters: Annotated[LayerParameters, Query()]
) -> Response:
    """Give a page of the features in reach, with the columns that whoever asks may see."""

    def body() -> bytes:
        page = read_layer_page(desk.workspace, parameters.query(layer), desk.person)
        return page.as_geojson(_links(layer, parameters, page))

    return desk.give(parameters, body, media_type=GeoJson.media_type)


def _links(layer: str, parameters: LayerParameters, page: LayerPage) -> list[dict[str, str]]:
    """Link the page itself and those beside it, by paths without a host."""
    offset, limit = parameters.offset, parameters.limit
    offsets = {"self": offset}
    if offset + limit < page.matched:
        offsets["next"] = offset + limit
    if offset > 0:
        offsets["prev"] = max(offset - limit, 0)
    return [
        {
            "rel": rel,
            "href": f"/api/layers/{layer}?{_address(parameters, place)}",
            "type": str(GeoJson.media_type),
        }
        for rel, place in offsets.items()
    ]


def _address(parameters: LayerParameters, offset: int) -> str:
    asked = {} if parameters.bbox is None else {"bbox": parameters.bbox}
    return urlencode(asked | {"limit": parameters.limit, "offset": offset}, safe=",")
