"""The pages people look at."""

from dataclasses import replace
from secrets import token_hex
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse

from api.dependencies import AdmissionDep, DeskDep, Public
from api.routers.bodies import problems
from api.routers.parameters import PageParameters, no_parameters
from api.services.page import community_view
from maps.assets import Assets
from maps.page import community_page

NONCE_BYTES = 16
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
SWAGGER_JS = "swagger-ui-dist/swagger-ui-bundle.js"
SWAGGER_CSS = "swagger-ui-dist/swagger-ui.css"
OPENAPI_PATH = "/openapi.json"
DOCS_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Prevention map: interface</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{style}">
</head>
<body>
<main id="swagger-ui"></main>
<script src="{script}"></script>
<script nonce="{nonce}">
SwaggerUIBundle({{url: "{openapi}", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null}});
</script>
</body>
</html>
"""

router = APIRouter(tags=["pages"])


@router.get(
    "/",
    operation_id="show_community",
    summary="The community map",
    response_class=HTMLResponse,
    responses=problems(404, 422),
)
def get_community(
    desk: DeskDep, admission: AdmissionDep, parameters: Annotated[PageParameters, Query()]
) -> HTMLResponse:
    """Show the map of the community, and the same facts as tables beside it."""
    asked = parameters.page_query(desk.settings)
    query = replace(
        asked,
        scope=desk.seen(asked.scope),
        person=admission.person,
        csrf_token=admission.csrf_token,
    )
    view = community_view(desk.workspace, query)
    nonce = token_hex(NONCE_BYTES)
    page = community_page(view, nonce=nonce, assets=Assets())
    return HTMLResponse(page, headers=page_headers(nonce) | {"Content-Language": query.language})


@router.get("/docs", include_in_schema=False, dependencies=[Public, Depends(no_parameters)])
def get_docs() -> HTMLResponse:
    """Show the interface's documentation, from our own files."""
    assets = Assets()
    nonce = token_hex(NONCE_BYTES)
    page = DOCS_PAGE.format(
        style=assets.vendor_url(SWAGGER_CSS),
        script=assets.vendor_url(SWAGGER_JS),
        nonce=nonce,
        openapi=OPENAPI_PATH,
    )
    return HTMLResponse(page, headers=page_headers(nonce))


def page_headers(nonce: str) -> dict[str, str]:
    """
    Give the headers of a page.

    Parameters
    ----------
    nonce
        The one its own scripts carry; letters and digits, new for each answer.
    """
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": POLICY.format(nonce=nonce),
    }
