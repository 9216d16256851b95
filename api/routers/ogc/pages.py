"""The same resources as pages for people."""

from collections.abc import Sequence
from secrets import token_hex
from typing import Any

import numpy as np
from fastapi.responses import Response

from api.routers.ogc.answers import page_answer
from api.routers.ogc.documents import TITLE
from api.routers.ogc.links import ROOT
from api.routers.ogc.visit import Visit
from api.routers.pages import NONCE_BYTES, page_headers
from api.services.collections.asking import AFTER
from api.services.collections.offers import Offer
from api.services.collections.reading import Answer
from api.store.edits import StoredFeature
from geo.io.features import plain_value
from maps.assets import Assets
from maps.ogc import OgcPage, Place, sketch

COLLECTIONS = f"{ROOT}/collections"
MOST_DRAWN = 2_000

Trail = Sequence[tuple[str, str]]


def landing_page(visit: Visit) -> Response:
    """Give the landing page."""
    project = visit.reader.workspace.project
    content = {
        "root": ROOT,
        "address": visit.addresses.root,
        "attributions": project.attributions(),
    }
    return _answer(visit, _page(visit, "landing.html", project.name or TITLE, content))


def conformance_page(visit: Visit, conforms_to: Sequence[str]) -> Response:
    """Name what the service conforms to."""
    page = _page(visit, "conformance.html", "Conformance", {"conforms_to": conforms_to})
    return _answer(visit, page)


def api_page(visit: Visit) -> Response:
    """Show the OpenAPI document."""
    return _answer(visit, _page(visit, "api.html", "Interface", {}))


def collections_page(visit: Visit) -> Response:
    """List the collections."""
    rows = [
        {
            "name": offer.name,
            "title": _said(visit, offer.layer.title),
            "geometry": str(offer.layer.geometry),
            "href": f"{COLLECTIONS}/{offer.name}",
            "count": _count(visit, offer),
        }
        for offer in visit.reader.offers().values()
    ]
    return _answer(visit, _page(visit, "collections.html", "Collections", {"collections": rows}))


def collection_page(visit: Visit, offer: Offer) -> Response:
    """Describe one collection."""
    content = {
        "href": f"{COLLECTIONS}/{offer.name}",
        "count": _count(visit, offer),
        "columns": offer.columns,
        "references": list(offer.ground.references),
    }
    page = _page(visit, "collection.html", offer.layer.title, content, _above(visit))
    return _answer(visit, page)


def items_page(visit: Visit, offer: Offer, answer: Answer) -> Response:
    """Show some features of a collection as a table and a sketch."""
    positions = answer.page.positions
    rows = answer.index.table.iloc[positions]
    keys = rows[offer.layer.key].astype(str).tolist()
    hrefs = [f"{visit.addresses.item(offer.name, key)}?f=html" for key in keys]
    columns = [[plain_value(value) for value in rows[name].tolist()] for name in offer.column_names]
    shapes = answer.index.geometries(positions[:MOST_DRAWN])
    following = answer.page.following
    content = {
        "columns": offer.columns,
        "rows": [
            {"href": href, "cells": ["" if one is None else one for one in values]}
            for href, *values in zip(hrefs, *columns, strict=True)
        ],
        "matched": answer.page.matched,
        "sketch": sketch(
            [Place(*told) for told in zip(shapes.tolist(), keys, hrefs, strict=False)]
        ),
        "first": _first(visit),
        "next": None if following is None else visit.address_with(**{AFTER: str(following)}),
    }
    page = _page(visit, "items.html", offer.layer.title, content, _above(visit))
    return _answer(visit, page)


def item_page(visit: Visit, offer: Offer, feature: StoredFeature) -> Response:
    """Show one feature."""
    held = feature.values
    facts = [(column.title, plain_value(held[column.name])) for column in offer.columns]
    places = [] if feature.geometry is None else [Place(feature.geometry, feature.key, "#")]
    content = {
        "facts": [(title, "" if value is None else value) for title, value in facts],
        "sketch": sketch(places),
    }
    href = f"{COLLECTIONS}/{offer.name}/items?f=html"
    trail = [*_above(visit), (_said(visit, offer.layer.title), href)]
    return _answer(visit, _page(visit, "item.html", feature.key, content, trail))


def _page(
    visit: Visit, template: str, title: str, content: dict[str, Any], trail: Trail | None = None
) -> OgcPage:
    above = _root(visit) if trail is None else trail
    plain = OgcPage(template, title, visit.language, visit.request.url.path)
    query = {**visit.parameters, "f": "html"}
    is_root = template == "landing.html"
    return OgcPage(
        template=template,
        title=plain.say(title),
        language=plain.language,
        path=plain.path,
        query=query,
        trail=() if is_root else above,
        content=content,
    )


def _answer(visit: Visit, page: OgcPage) -> Response:
    nonce = token_hex(NONCE_BYTES)
    text = page.render(nonce=nonce, assets=Assets())
    return page_answer(text, page_headers(nonce), visit.language)


def _root(visit: Visit) -> list[tuple[str, str]]:
    return [(visit.reader.workspace.project.name or TITLE, f"{ROOT}?f=html")]


def _above(visit: Visit) -> list[tuple[str, str]]:
    return [*_root(visit), (_said(visit, "Collections"), f"{COLLECTIONS}?f=html")]


def _said(visit: Visit, message: str) -> str:
    return OgcPage("", "", visit.language, "").say(message)


def _count(visit: Visit, offer: Offer) -> int:
    index = visit.reader.index(offer)
    seen = visit.reader.seen(index)
    return len(index) if seen is None else int(np.count_nonzero(seen))


def _first(visit: Visit) -> str | None:
    if AFTER not in visit.parameters:
        return None
    kept = {name: value for name, value in visit.parameters.items() if name != AFTER}
    return OgcPage("", "", visit.language, visit.request.url.path, kept).address(f="html")
