"""Features: pages of a collection, and single ones."""

from datetime import UTC, datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Path
from fastapi.responses import Response

from api.routers.ogc.answers import CONTENT_CRS, KEPT_PRIVATELY, WEAK, not_modified, tag_of
from api.routers.ogc.links import ROOT, Link, itself, link
from api.routers.ogc.negotiation import GEOJSON, HTML, ITEM_FORMS, Form
from api.routers.ogc.pages import item_page, items_page
from api.routers.ogc.swift import SwiftRoute
from api.routers.ogc.visit import Visit, VisitDep
from api.routers.preconditions import shown_tag
from api.services.collections.asking import AFTER, CRS, parse_items, parse_reference, refuse_others
from api.services.collections.encoding import feature_text
from api.services.collections.offers import Offer
from api.services.collections.reading import Answer
from api.services.collections.reference import Reference
from api.store.edits import StoredFeature

MAX_KEY = 1_000

router = APIRouter(prefix=ROOT, route_class=SwiftRoute)

CollectionPath = Annotated[str, Path(max_length=100)]
ItemPath = Annotated[str, Path(max_length=MAX_KEY)]


@router.get("/collections/{collection}/items")
def get_items(collection: CollectionPath, visit: VisitDep) -> Response:
    """Give one page of the features of a collection."""
    form = visit.form(ITEM_FORMS)
    offer = visit.reader.offer(collection)
    query = parse_items(visit.asked, offer.ground)
    index = visit.reader.index(offer)
    tag = tag_of(index.label, visit.reader.view(offer), form, visit.request.url.query)
    if form == HTML:
        return items_page(visit, offer, visit.reader.answer(index, query))
    unchanged = not_modified(visit.request, tag, is_weak=True)
    if unchanged is not None:
        return unchanged
    answer = visit.reader.answer(index, query)
    headers = KEPT_PRIVATELY | {
        "ETag": f"{WEAK}{tag}",
        CONTENT_CRS: f"<{query.reference.uri}>",
        "OGC-NumberMatched": str(answer.page.matched),
        "OGC-NumberReturned": str(len(answer.texts)),
    }
    body = _collection(visit, offer, answer, form)
    return Response(body, media_type=form.media_type, headers=headers)


@router.get("/collections/{collection}/items/{item:path}")
def get_item(collection: CollectionPath, item: ItemPath, visit: VisitDep) -> Response:
    """Give one feature."""
    form = visit.form(ITEM_FORMS)
    offer = visit.reader.offer(collection)
    refuse_others(visit.asked, {CRS})
    reference = parse_reference(CRS, visit.asked.get(CRS), offer.ground)
    feature = visit.reader.item(offer, item)
    if form == HTML:
        return item_page(visit, offer, feature)
    tag = shown_tag(feature.etag, visit.reader.person)
    unchanged = not_modified(visit.request, tag, is_weak=False)
    if unchanged is not None:
        return unchanged
    return feature_answer(visit, offer, feature, reference, form)


def feature_answer(
    visit: Visit, offer: Offer, feature: StoredFeature, reference: Reference, form: Form = GEOJSON
) -> Response:
    """Give a feature with its tag."""
    tag = shown_tag(feature.etag, visit.reader.person)
    headers = KEPT_PRIVATELY | {"ETag": tag, CONTENT_CRS: f"<{reference.uri}>"}
    links = visit.addresses.item_links(offer.name, feature.key, form)
    held = feature.values
    values = {name: held[name] for name in offer.column_names}
    text = feature_text(feature.key, values, feature.geometry, reference)
    body = text[:-1] + b',"links":' + orjson.dumps(links) + b"}"
    return Response(body, media_type=form.media_type, headers=headers)


def _collection(visit: Visit, offer: Offer, answer: Answer, form: Form) -> bytes:
    head = {
        "type": "FeatureCollection",
        "timeStamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "numberMatched": answer.page.matched,
        "numberReturned": len(answer.texts),
        "links": _links(visit, offer, answer, form),
    }
    opened = orjson.dumps(head)[:-1] + b',"features":[\n'
    if not answer.texts:
        return opened + b"]}\n"
    separated: list[bytes | memoryview] = [b",\n"] * (2 * len(answer.texts) + 1)
    separated[0], separated[-1] = opened, b"\n]}\n"
    separated[1::2] = answer.texts
    return b"".join(separated)


def _links(visit: Visit, offer: Offer, answer: Answer, form: Form) -> list[Link]:
    query = visit.request.url.query
    place = visit.addresses.items(offer.name)
    links = itself(f"{place}?{query}" if query else place, form, (GEOJSON, HTML))
    links.append(
        link("collection", visit.addresses.collection(offer.name), "application/json", "Collection")
    )
    if answer.page.following is not None:
        address = visit.address_with(**{AFTER: str(answer.page.following)})
        links.append(link("next", address, form.media_type, "Next page"))
    return links
