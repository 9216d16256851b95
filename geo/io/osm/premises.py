"""
Premises: shops, restaurants, firms, services, pharmacies and health care.

Nodes, and outlines as a point inside them. The category is the first that a tag tells, in
the order of `_sector`; `sector` keeps that tag (`shop=bakery`). Offices of the state,
parties and embassies are no enterprises and are left to other layers; so is what is vacant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from geo.io.osm.elements import joined
from geo.io.osm.rows import rows_of
from geo.io.osm.source import PREMISES_KEYS
from geo.io.osm.tags import name_of
from geo.layers import PREMISES

if TYPE_CHECKING:
    from geo.io.osm.elements import Elements, Tags
    from geo.io.osm.rows import LayerRows

AMENITIES_OF_CATEGORY = {
    "pharmacy": "pharmacy",
    "health": "clinic dentist doctors health_post hospital",
    "catering": "bar bbq_restaurant biergarten cafe canteen fast_food food_court ice_cream pub "
    "restaurant",
    "retail": "fuel marketplace",
    "services": "bank bureau_de_change car_rental car_wash cinema coworking_space driving_school "
    "internet_cafe karaoke_box language_school money_transfer music_school nightclub "
    "payment_centre post_office prep_school stripclub studio vehicle_inspection veterinary",
}
SHOPS_OF_CATEGORY = {
    "pharmacy": "pharmacy",
    "services": "beauty bookmaker copyshop dry_cleaning estate_agent funeral_directors "
    "hairdresser insurance laundry locksmith lottery massage nail_salon optometrist pawnbroker "
    "pet_grooming photo_studio rental repair shoe_repair tailor tattoo ticket travel_agency",
}
HEALTH_CARE_OF_CATEGORY = {"pharmacy": "pharmacy"}
OFFICES_OF_CATEGORY = {"health": "physician therapist"}
LODGINGS = frozenset({"apartment", "guest_house", "hostel", "hotel", "motel"})
NOT_IN_BUSINESS = frozenset({"no", "vacant", "disused", "closed"})
OFFICES_OF_NO_ENTERPRISE = frozenset(
    {"administrative", "diplomatic", "government", "political_party", "religion"}
)


def _by_value(values: dict[str, str]) -> dict[str, str]:
    return {each: category for category, listed in values.items() for each in listed.split()}


CATEGORY_OF_AMENITY = _by_value(AMENITIES_OF_CATEGORY)
CATEGORY_OF_SHOP = _by_value(SHOPS_OF_CATEGORY)
CATEGORY_OF_HEALTH_CARE = _by_value(HEALTH_CARE_OF_CATEGORY)
CATEGORY_OF_OFFICE = _by_value(OFFICES_OF_CATEGORY)


def read_premises(nodes: Elements, areas: Elements) -> LayerRows:
    """
    Give the layer `premises`.

    Parameters
    ----------
    nodes
        Points.
    areas
        Polygons of ways and relations, or none with a trouble.
    """
    outlines = areas.where(_is_premises)
    found = joined(
        nodes.where(_is_premises), outlines.reshaped(shapely.point_on_surface(outlines.shapes))
    )
    return rows_of(
        PREMISES, found, {"name": name_of, "category": category_of, "sector": _sector_text}
    )


def category_of(tags: Tags) -> str | None:
    """
    Tell the category of premises; `None` for what is none.

    Examples
    --------
    >>> category_of({"amenity": "cafe"}), category_of({"shop": "bakery"})
    ('catering', 'retail')
    >>> category_of({"office": "government"}) is None
    True
    """
    found = _sector(tags)
    return found[0] if found else None


def _is_premises(tags: Tags) -> bool:
    return _sector(tags) is not None


def _sector_text(tags: Tags) -> str | None:
    found = _sector(tags)
    return f"{found[1]}={tags[found[1]]}" if found else None


def _sector(tags: Tags) -> tuple[str, str] | None:
    if tags.keys().isdisjoint(PREMISES_KEYS):
        return None
    candidates = (
        (CATEGORY_OF_AMENITY.get(tags.get("amenity", "")), "amenity"),
        (_category_in(tags, "shop", CATEGORY_OF_SHOP, "retail"), "shop"),
        (_category_in(tags, "healthcare", CATEGORY_OF_HEALTH_CARE, "health"), "healthcare"),
        ("services" if tags.get("tourism") in LODGINGS else None, "tourism"),
        (_category_of_office(tags), "office"),
        (_category_in(tags, "craft", {}, "enterprise"), "craft"),
        (_category_in(tags, "industrial", {}, "enterprise"), "industrial"),
        ("enterprise" if tags.get("man_made") == "works" else None, "man_made"),
    )
    return next(((category, key) for category, key in candidates if category), None)


def _category_of_office(tags: Tags) -> str | None:
    if tags.get("office") in OFFICES_OF_NO_ENTERPRISE:
        return None
    return _category_in(tags, "office", CATEGORY_OF_OFFICE, "enterprise")


def _category_in(tags: Tags, key: str, special: dict[str, str], usual: str) -> str | None:
    value = tags.get(key, "no")
    return None if value in NOT_IN_BUSINESS else special.get(value, usual)
