"""The landing page, what the service conforms to, its interface, and its collections."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.routers.ogc.answers import json_answer
from api.routers.ogc.documents import (
    CONFORMS_TO,
    TITLE,
    collection_document,
    collections_document,
    landing_document,
    queryables_document,
    schema_document,
)
from api.routers.ogc.links import ROOT, itself
from api.routers.ogc.negotiation import (
    HTML,
    JSON,
    OPENAPI_FORMS,
    PLAIN_FORMS,
    SCHEMA_FORMS,
)
from api.routers.ogc.openapi import openapi_document
from api.routers.ogc.pages import (
    api_page,
    collection_page,
    collections_page,
    conformance_page,
    landing_page,
)
from api.routers.ogc.reading import CollectionPath
from api.routers.ogc.visit import VisitDep

router = APIRouter(prefix=ROOT)


@router.get("")
@router.get("/")
def get_landing(visit: VisitDep) -> Response:
    """Give the landing page."""
    visit.take_none()
    form = visit.form(PLAIN_FORMS)
    if form == HTML:
        return landing_page(visit)
    project = visit.reader.workspace.project
    links = visit.addresses.landing_links(form)
    return json_answer(landing_document(project.name or TITLE, project.attributions(), links), form)


@router.get("/conformance")
def get_conformance(visit: VisitDep) -> Response:
    """Name what the service conforms to."""
    visit.take_none()
    form = visit.form(PLAIN_FORMS)
    if form == HTML:
        return conformance_page(visit, CONFORMS_TO)
    return json_answer({"conformsTo": list(CONFORMS_TO)}, form)


@router.get("/api")
def get_api(visit: VisitDep) -> Response:
    """Give the OpenAPI document of the collections, or a page that shows it."""
    visit.take_none()
    form = visit.form(OPENAPI_FORMS)
    if form == HTML:
        return api_page(visit)
    return json_answer(openapi_document(visit.reader, visit.addresses), form)


@router.get("/collections")
def get_collections(visit: VisitDep) -> Response:
    """Give all collections."""
    visit.take_none()
    form = visit.form(PLAIN_FORMS)
    if form == HTML:
        return collections_page(visit)
    links = itself(visit.addresses.collections, form, (JSON, HTML))
    return json_answer(collections_document(visit.reader, visit.addresses, JSON, links), form)


@router.get("/collections/{collection}")
def get_collection(collection: CollectionPath, visit: VisitDep) -> Response:
    """Give one collection."""
    visit.take_none()
    form = visit.form(PLAIN_FORMS)
    offer = visit.reader.offer(collection)
    if form == HTML:
        return collection_page(visit, offer)
    return json_answer(collection_document(visit.reader, offer, visit.addresses, JSON), form)


@router.get("/collections/{collection}/schema")
def get_schema(collection: CollectionPath, visit: VisitDep) -> Response:
    """Give the schema of a collection's features."""
    visit.take_none()
    form = visit.form(SCHEMA_FORMS)
    offer = visit.reader.offer(collection)
    address = f"{visit.addresses.collection(offer.name)}/schema"
    return json_answer(schema_document(offer, address), form)


@router.get("/collections/{collection}/queryables")
def get_queryables(collection: CollectionPath, visit: VisitDep) -> Response:
    """Give what a collection's features may be asked by."""
    visit.take_none()
    form = visit.form(SCHEMA_FORMS)
    offer = visit.reader.offer(collection)
    address = f"{visit.addresses.collection(offer.name)}/queryables"
    return json_answer(queryables_document(offer, address), form)
