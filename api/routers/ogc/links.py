"""Addresses of the collections, and links to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from api.routers.ogc.negotiation import GEOJSON, HTML, JSON, OPENAPI, SCHEMA

if TYPE_CHECKING:
    from api.routers.ogc.negotiation import Form

Link = dict[str, str]

ROOT = "/ogc"
RELATION = "http://www.opengis.net/def/rel/ogc/1.0/"
QUERYABLES = f"{RELATION}queryables"
SCHEMA_RELATION = f"{RELATION}schema"
CONFORMANCE = f"{RELATION}conformance"
DATA = f"{RELATION}data"


@dataclass(frozen=True, slots=True)
class Addresses:
    """
    Where things are.

    Parameters
    ----------
    base
        Address of the service, without a slash at its end.
    """

    base: str

    @property
    def root(self) -> str:
        """The landing page."""
        return f"{self.base}{ROOT}"

    @property
    def collections(self) -> str:
        """All collections."""
        return f"{self.root}/collections"

    def collection(self, name: str) -> str:
        """One collection."""
        return f"{self.collections}/{name}"

    def items(self, name: str) -> str:
        """Its features."""
        return f"{self.collection(name)}/items"

    def item(self, name: str, key: str) -> str:
        """One feature."""
        return f"{self.items(name)}/{quote(key, safe='')}"

    def landing_links(self, form: Form) -> list[Link]:
        """Give the links of the landing page."""
        api, conformance = f"{self.root}/api", f"{self.root}/conformance"
        return [
            *itself(self.root, form, (JSON, HTML)),
            link("service-desc", api, OPENAPI.media_type, "API definition"),
            link("service-doc", f"{api}?f=html", HTML.media_type, "API documentation"),
            link("conformance", conformance, JSON.media_type, "Conformance classes"),
            link(CONFORMANCE, conformance, JSON.media_type, "Conformance classes"),
            link("data", self.collections, JSON.media_type, "Collections"),
            link(DATA, self.collections, JSON.media_type, "Collections"),
        ]

    def collection_links(self, name: str, form: Form) -> list[Link]:
        """Give the links of a collection."""
        place = self.collection(name)
        schema = f"{place}/schema"
        return [
            *itself(place, form, (JSON, HTML)),
            link("items", self.items(name), GEOJSON.media_type, "Features as GeoJSON"),
            link("items", f"{self.items(name)}?f=html", HTML.media_type, "Features as a page"),
            link("describedby", schema, SCHEMA.media_type, "Schema of the features"),
            link(SCHEMA_RELATION, schema, SCHEMA.media_type, "Schema of the features"),
            link(QUERYABLES, f"{place}/queryables", SCHEMA.media_type, "What may be asked"),
        ]

    def item_links(self, name: str, key: str, form: Form) -> list[Link]:
        """Give the links of a feature."""
        up = link("collection", self.collection(name), JSON.media_type, "Collection")
        return [*itself(self.item(name, key), form, (GEOJSON, HTML)), up]


def link(rel: str, href: str, media_type: str, title: str) -> Link:
    """Give one link."""
    return {"rel": rel, "type": media_type, "title": title, "href": href}


def itself(address: str, form: Form, forms: tuple[Form, ...]) -> list[Link]:
    """
    Link an answer itself, and the same in the other forms there are.

    Parameters
    ----------
    address
        May have parameters.
    form
        Of the answer.
    forms
        One for each name of a form.
    """
    alternates = [
        link("alternate", in_form(address, other), other.media_type, "In another form")
        for other in forms
        if other.name != form.name
    ]
    return [link("self", address, form.media_type, "This document"), *alternates]


def in_form(address: str, form: Form) -> str:
    """
    Give the address of something in a form.

    Examples
    --------
    >>> in_form("http://h/items?limit=5&f=html", JSON)
    'http://h/items?limit=5&f=json'
    """
    place, _, query = address.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith("f=")]
    return f"{place}?{'&'.join([*kept, f'f={form.name}'])}"
