"""
The OpenAPI document of the collections, self-contained and with each collection's own paths.

QGIS takes the largest page from `components.parameters.limit`, and the properties it may filter
by from the parameters of `/collections/<the id>/items`; a path template would hide both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.routers.ogc.documents import DESCRIPTION, TITLE
from api.routers.ogc.negotiation import GEOJSON, HTML, JSON, OPENAPI, SCHEMA
from api.routers.ogc.schemas import (
    PROBLEM_SCHEMAS,
    answer_schemas,
    collection_schemas,
    column_schema,
    ref,
)
from api.services.collections.asking import AFTER, BBOX, BBOX_CRS, CRS, DATETIME, LIMIT_NAME
from api.services.collections.search import LIMIT, MAX_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.routers.ogc.links import Addresses
    from api.services.collections.offers import Offer
    from api.services.collections.reading import Reader

VERSION = "3.0.3"
API_VERSION = "0.1"
PROBLEM = "application/problem+json"
PROBLEMS = {
    400: "A parameter, a header or the body is not understood.",
    401: "Nobody is signed in.",
    403: "The person's role or areas do not allow it.",
    404: "There is no such thing.",
    406: "Nothing the client takes can be given.",
    409: "The id is taken.",
    412: "The feature is not the version that was meant.",
    413: "The body is too large.",
    415: "The body is of a kind that is not taken.",
    422: "The collection cannot hold what the body says.",
    428: "The change must say which version it is of.",
    429: "Too many attempts.",
    503: "The project is busy.",
}
READING = (400, 401, 403, 404, 406, 429, 503)
WRITING = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429, 503)

Document = dict[str, Any]


def openapi_document(reader: Reader, addresses: Addresses) -> Document:
    """Describe the collections that a person sees."""
    offers = reader.offers()
    return {
        "openapi": VERSION,
        "info": {"title": TITLE, "version": API_VERSION, "description": DESCRIPTION},
        "servers": [{"url": addresses.root}],
        "security": [{"bearer": []}, {"basic": []}],
        "tags": [{"name": "service"}, *({"name": name} for name in offers)],
        "paths": _service_paths() | _collections_paths(offers.values()),
        "components": _components(offers),
    }


def _service_paths() -> Document:
    return {
        "/": _got("landing", "Landing page", {JSON.media_type: ref("landing"), **_page()}),
        "/conformance": _got(
            "conformance", "Conformance", {JSON.media_type: ref("conformance"), **_page()}
        ),
        "/api": _got("api", "This document", {OPENAPI.media_type: {"type": "object"}, **_page()}),
        "/collections": _got(
            "collections", "Collections", {JSON.media_type: ref("collections"), **_page()}
        ),
    }


def _collections_paths(offers: Iterable[Offer]) -> Document:
    paths: Document = {}
    for offer in offers:
        paths |= _collection_paths(offer)
    return paths


def _collection_paths(offer: Offer) -> Document:
    place, name = f"/collections/{offer.name}", offer.name
    schema = {SCHEMA.media_type: {"type": "object"}}
    return {
        place: _got(
            f"{name}.read", offer.layer.title, {JSON.media_type: ref("collection"), **_page()}, name
        ),
        f"{place}/schema": _got(f"{name}.schema", "Schema of the features", schema, name),
        f"{place}/queryables": _got(f"{name}.queryables", "What may be asked", schema, name),
        f"{place}/items": _items(offer),
        f"{place}/items/{{featureId}}": _item(offer),
    }


def _items(offer: Offer) -> Document:
    name = offer.name
    content = {GEOJSON.media_type: ref(f"{name}.page"), **_page()}
    operation = _got(f"{name}.items", f"{offer.layer.title}: features", content, name)
    shared = (LIMIT_NAME, AFTER, BBOX, BBOX_CRS, CRS, DATETIME)
    operation["get"]["parameters"] += [_shared(one) for one in shared]
    operation["get"]["parameters"] += [_filter(offer, column.name) for column in offer.columns]
    return operation | {
        "post": _changed(
            offer, "create", ref(f"{name}.draft"), {201: "Created; `Location` says where."}
        )
    }


def _item(offer: Offer) -> Document:
    name = offer.name
    content = {GEOJSON.media_type: ref(f"{name}.feature"), **_page()}
    operation = _got(f"{name}.item", f"{offer.layer.title}: one feature", content, name)
    operation["get"]["parameters"].append(_shared(CRS))
    done = {200: "Done; the feature as was preferred.", 204: "Done."}
    draft, patch = ref(f"{name}.draft"), ref(f"{name}.patch")
    return operation | {
        "parameters": [_shared("featureId")],
        "put": _changed(offer, "replace", draft, done),
        "patch": _changed(offer, "update", patch, done),
        "delete": _changed(offer, "delete", None, {204: "Deleted."}),
    }


def _got(
    operation_id: str, summary: str, content: Mapping[str, Document], tag: str = "service"
) -> Document:
    told = {kind: {"schema": schema} for kind, schema in content.items()}
    responses = {
        "200": {"description": summary, "content": told},
        "304": {"description": "What the client holds is still so."},
    }
    return {
        "get": {
            "operationId": operation_id,
            "summary": summary,
            "tags": [tag],
            "parameters": [_shared("f"), _shared("lang")],
            "responses": responses | _problems(READING),
        }
    }


def _changed(offer: Offer, verb: str, schema: Document | None, done: Mapping[int, str]) -> Document:
    kind = "application/merge-patch+json" if verb == "update" else GEOJSON.media_type
    feature = {GEOJSON.media_type: {"schema": ref(f"{offer.name}.feature")}}
    # Other answers hold the feature only where the client prefers them to.
    responses = {
        str(status): {"description": told} | ({"content": feature} if status == 200 else {})  # noqa: PLR2004 (OK)
        for status, told in done.items()
    }
    headers = ["prefer", "reason"] if verb == "create" else ["ifMatch", "prefer", "reason"]
    operation = {
        "operationId": f"{offer.name}.{verb}",
        "summary": f"{offer.layer.title}: {verb} a feature",
        "tags": [offer.name],
        "parameters": [_shared(one) for one in (*headers, "contentCrs")],
        "responses": responses | _problems(WRITING),
    }
    body = {"required": True, "content": {kind: {"schema": schema}}}
    return operation if schema is None else operation | {"requestBody": body}


def _components(offers: Mapping[str, Offer]) -> Document:
    schemas = PROBLEM_SCHEMAS | answer_schemas()
    for offer in offers.values():
        schemas |= collection_schemas(offer)
    uris = list(next(iter(offers.values())).ground.references) if offers else []
    return {
        "parameters": _parameters(uris),
        "responses": {
            f"problem{status}": {
                "description": told,
                "content": {PROBLEM: {"schema": ref("problem")}},
            }
            for status, told in PROBLEMS.items()
        },
        "schemas": schemas,
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer"},
            "basic": {"type": "http", "scheme": "basic"},
        },
    }


def _parameters(uris: list[str]) -> Document:
    crs = {"type": "string", "format": "uri", "enum": uris}
    return {
        LIMIT_NAME: _query(
            LIMIT_NAME,
            "At most so many features on a page.",
            {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": LIMIT},
        ),
        AFTER: _query(
            AFTER,
            "Where a page begins, as the link `next` of the page before says it.",
            {"type": "integer", "minimum": 0, "maximum": 10**15, "default": 0},
        ),
        BBOX: _query(
            BBOX,
            "Features that touch this box: the lower corner, then the upper one.",
            {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
        ),
        BBOX_CRS: _query(BBOX_CRS, "Reference system of `bbox`.", crs),
        CRS: _query(CRS, "Reference system of the answer.", crs),
        DATETIME: _query(
            DATETIME,
            "Features that hold at a moment, or at some moment of a stretch of time.",
            {"type": "string", "example": "2020-03-25T08:00:00Z/.."},
        ),
        "f": _query("f", "Form of the answer.", {"type": "string", "enum": ["json", "html"]}),
        "lang": _query("lang", "Language of a page.", {"type": "string", "enum": ["zh", "en"]}),
        "featureId": {
            "name": "featureId",
            "in": "path",
            "required": True,
            "description": "Id of the feature.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        },
        "ifMatch": _header("If-Match", "Tag of the version that is meant."),
        "prefer": _header("Prefer", "`return=representation`, `handling=lenient`."),
        "reason": _header("Reason", "Why; what is not ASCII percent-encoded."),
        "contentCrs": _header("Content-Crs", "Reference system of the body, in <>."),
    }


def _query(name: str, description: str, schema: Document) -> Document:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
        "style": "form",
        "explode": False,
    }


def _header(name: str, description: str) -> Document:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string"}}


def _filter(offer: Offer, name: str) -> Document:
    column = offer.layer.column(name)
    return _query(name, f"Features whose {column.title} is this.", column_schema(column))


def _shared(name: str) -> Document:
    return {"$ref": f"#/components/parameters/{name}"}


def _problems(statuses: Iterable[int]) -> Document:
    return {str(status): {"$ref": f"#/components/responses/problem{status}"} for status in statuses}


def _page() -> Document:
    return {HTML.media_type: {"type": "string"}}
