"""Schemas of the OpenAPI document: of features, of what makes them, and of all other answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.services.collections.bodies import MAX_KEY, MAX_TEXT
from api.services.collections.filters import MAX_WHOLE
from geo.schema import Geometry, Kind

if TYPE_CHECKING:
    from api.services.collections.offers import Offer
    from geo.schema import Column

Document = dict[str, Any]

TEXT: Document = {"type": "string"}
COUNT: Document = {"type": "integer", "minimum": 0}
POSITION: Document = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3}
KINDS: dict[Kind, Document] = {
    Kind.TEXT: {"type": "string", "maxLength": MAX_TEXT},
    Kind.INTEGER: {"type": "integer", "minimum": -MAX_WHOLE, "maximum": MAX_WHOLE},
    Kind.NUMBER: {"type": "number"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.DATETIME: {"type": "string", "format": "date-time"},
}
PARTS: dict[Geometry, tuple[str, ...]] = {
    Geometry.POINT: ("Point",),
    Geometry.LINE: ("LineString", "MultiLineString"),
    Geometry.POLYGON: ("Polygon", "MultiPolygon"),
}
LINE: Document = {"type": "array", "items": POSITION, "minItems": 2}
RING: Document = {"type": "array", "items": POSITION, "minItems": 4}
COORDINATES: dict[str, Document] = {
    "Point": POSITION,
    "LineString": LINE,
    "MultiLineString": {"type": "array", "items": LINE, "minItems": 1},
    "Polygon": {"type": "array", "items": RING, "minItems": 1},
    "MultiPolygon": {
        "type": "array",
        "items": {"type": "array", "items": RING, "minItems": 1},
        "minItems": 1,
    },
}


def ref(name: str) -> Document:
    """Refer to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def column_schema(column: Column) -> Document:
    """Give the schema of a column's values that are not missing."""
    told = dict(KINDS[column.kind])
    if column.allowed:
        return {"type": "string", "enum": list(column.allowed)}
    if column.minimum is not None:
        told["minimum"] = column.minimum
    if column.maximum is not None:
        told["maximum"] = column.maximum
    return told


def collection_schemas(offer: Offer) -> Document:
    """Give the schemas of a collection's features, pages of them, and what makes them."""
    name = offer.name
    return {
        f"{name}.geometry": {"oneOf": [_shape(kind) for kind in _kinds(offer)]},
        f"{name}.feature": _feature(offer),
        f"{name}.page": _page(offer),
        f"{name}.draft": _draft(offer),
        f"{name}.patch": _patch(offer),
    }


def _kinds(offer: Offer) -> tuple[str, ...]:
    return PARTS[offer.layer.geometry] if offer.layer.geometry else ()


def _shape(kind: str) -> Document:
    return _object({"type": _only(kind), "coordinates": COORDINATES[kind]}, "type", "coordinates")


def _feature(offer: Offer) -> Document:
    columns = {column.name: _nullable(column_schema(column)) for column in offer.columns}
    return _object(
        {
            "type": _only("Feature"),
            "id": TEXT,
            "geometry": {"nullable": True, "allOf": [ref(f"{offer.name}.geometry")]},
            "properties": _object(columns, *columns),
            "links": {"type": "array", "items": ref("link")},
        },
        "type",
        "id",
        "geometry",
        "properties",
    )


def _page(offer: Offer) -> Document:
    return _object(
        {
            "type": _only("FeatureCollection"),
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": COUNT,
            "numberReturned": COUNT,
            "links": {"type": "array", "items": ref("link")},
            "features": {"type": "array", "items": ref(f"{offer.name}.feature")},
        },
        "type",
        "features",
        "links",
        "numberMatched",
        "numberReturned",
        "timeStamp",
    )


def _draft(offer: Offer) -> Document:
    required = [
        column.name
        for column in offer.columns
        if column.is_required and column.name != offer.layer.key
    ]
    properties = _object(_given(offer), *required) | {"additionalProperties": False}
    return _object(
        {
            "type": _only("Feature"),
            "id": {"type": "string", "minLength": 1, "maxLength": MAX_KEY},
            "geometry": ref(f"{offer.name}.geometry"),
            "properties": properties,
        },
        "type",
        "geometry",
        *(["properties"] if required else []),
    )


def _patch(offer: Offer) -> Document:
    properties = _object(_given(offer)) | {"additionalProperties": False}
    members = {"geometry": ref(f"{offer.name}.geometry"), "properties": properties}
    return _object(members) | {"additionalProperties": False}


def _given(offer: Offer) -> Document:
    """Give the properties that are the client's to give."""
    given = [column for column in offer.columns if not offer.is_stamped(column)]
    return {
        column.name: column_schema(column)
        if column.is_required
        else _nullable(column_schema(column))
        for column in given
        if column.name != offer.layer.key
    }


def _nullable(schema: Document) -> Document:
    held = schema | {"nullable": True}
    return held | {"enum": [*schema["enum"], None]} if "enum" in schema else held


def _only(value: str) -> Document:
    return {"type": "string", "enum": [value]}


def _object(properties: Document, *required: str) -> Document:
    told: Document = {"type": "object", "properties": properties}
    return told | {"required": list(required)} if required else told


def _extent() -> Document:
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}
    moment = {"type": "string", "format": "date-time", "nullable": True}
    interval = {"type": "array", "items": moment, "minItems": 2, "maxItems": 2}
    spatial = {"bbox": {"type": "array", "items": box, "minItems": 1}, "crs": TEXT}
    temporal = {"interval": {"type": "array", "items": interval, "minItems": 1}, "trs": TEXT}
    return _object({"spatial": _object(spatial, "bbox"), "temporal": _object(temporal)}, "spatial")


def answer_schemas() -> Document:
    """Give the schemas of answers other than features."""
    links = {"type": "array", "items": ref("link")}
    texts = {"type": "array", "items": TEXT}
    collection = {
        "id": TEXT,
        "title": TEXT,
        "description": TEXT,
        "itemType": TEXT,
        "extent": _extent(),
        "crs": texts,
        "storageCrs": TEXT,
        "supportsNonAutogeneratedResourceIds": {"type": "boolean"},
        "links": links,
    }
    return {
        "link": _object(
            {"rel": TEXT, "type": TEXT, "title": TEXT, "href": TEXT}, "rel", "type", "href"
        ),
        "landing": _object({"title": TEXT, "description": TEXT, "links": links}, "links"),
        "conformance": _object({"conformsTo": texts}, "conformsTo"),
        "collection": _object(collection, "id", "links", "crs", "extent"),
        "collections": _object(
            {
                "links": links,
                "crs": texts,
                "collections": {"type": "array", "items": ref("collection")},
            },
            "links",
            "collections",
        ),
    }


PROBLEM_SCHEMAS: Document = {
    "problem": _object(
        {
            "type": TEXT,
            "title": TEXT,
            "status": {"type": "integer"},
            "instance": TEXT,
            "detail": TEXT,
            "errors": {"type": "array", "items": {"type": "object"}},
        },
        "type",
        "title",
        "status",
    )
}
