"""
Buildings: closed ways and multipolygon relations tagged `building`, except `building=no`.

A way that is the outer way of a building relation is that building drawn again, without its
courts; it is skipped, so that nobody is counted twice.

`building=yes` takes its use from the other tags, if they tell one; else the use
stays unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.io.imported import Note, Treatment
from geo.io.osm.elements import Trouble
from geo.io.osm.rows import rows_of
from geo.io.osm.tags import count_of, height_m_of, name_of, says
from geo.layers import BUILDINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.io.osm.elements import Elements, Tags
    from geo.io.osm.rows import LayerRows

FLOORS_MAX = int(BUILDINGS.column("floors").maximum or 0)
HEIGHT_MAX_M = BUILDINGS.column("height_m").maximum or 0.0
USE_SEPARATOR = ";"

BUILDING_VALUES_OF_USE = {
    "residential": (
        "apartments bungalow cabin detached farm ger house houseboat residential "
        "semidetached_house static_caravan stilt_house terrace tree_house trullo annexe villa"
    ),
    "dormitory": "dormitory barracks",
    "mixed": "mixed mixed_use",
    "commercial": "commercial retail supermarket kiosk hotel shop mall hostel restaurant bank",
    "office": "office",
    "industrial": "industrial warehouse manufacture factory works",
    "education": "school university college kindergarten education",
    "health": "hospital clinic",
    "public": (
        "bakehouse cathedral chapel church civic community_centre fire_station gatehouse "
        "government grandstand gymnasium library monastery mosque museum pavilion police "
        "presbytery public religious riding_hall shrine sports_centre sports_hall stadium "
        "synagogue temple theatre toilets town_hall townhall"
    ),
    "transport": (
        "bridge carport garage garages hangar parking station train_station transportation"
    ),
    "other": (
        "allotment_house barn boathouse bunker collapsed conservatory construction container "
        "cowshed damaged digester farm_auxiliary greenhouse guardhouse hut military outbuilding "
        "pagoda pumping_station roof ruins service shed ship slurry_tank stable storage_tank sty "
        "substation tech_cab tent tower transformer_tower triumphal_arch water_tower"
    ),
}
AMENITIES_OF_USE = {
    "commercial": "bank bar cafe cinema fast_food fuel marketplace nightclub pub restaurant",
    "education": "college kindergarten language_school music_school prep_school school university",
    "health": "clinic dentist doctors hospital",
    "public": (
        "arts_centre community_centre conference_centre courthouse fire_station library "
        "place_of_worship police post_office public_building social_facility theatre toilets "
        "townhall"
    ),
    "transport": "bicycle_parking bus_station ferry_terminal motorcycle_parking parking",
}
USE_OF_BUILDING = {
    value: use for use, values in BUILDING_VALUES_OF_USE.items() for value in values.split()
}
USE_OF_AMENITY = {
    value: use for use, values in AMENITIES_OF_USE.items() for value in values.split()
}
USE_OF_KEY = {
    "shop": "commercial",
    "tourism": "commercial",
    "office": "office",
    "craft": "industrial",
    "industrial": "industrial",
    "healthcare": "health",
}


def read_buildings(areas: Elements, relation_of: Mapping[str, str]) -> LayerRows:
    """
    Give the layer `buildings`.

    Parameters
    ----------
    areas
        Polygons, or none with a trouble.
    relation_of
        Ids of relations by the ids of their outer ways.
    """
    found = _without_doubles(areas.where(is_building), relation_of)
    return rows_of(
        BUILDINGS,
        found,
        {
            "name": name_of,
            "number": lambda tags: tags.get("addr:housenumber"),
            "street_name": lambda tags: tags.get("addr:street"),
            "use": use_of,
            "floors": _floors,
            "height_m": lambda tags: height_m_of(tags.get("height"), maximum_m=HEIGHT_MAX_M),
            "households": lambda tags: count_of(tags.get("building:flats"), minimum=0),
        },
        _junk_floors(found),
    )


def is_building(tags: Tags) -> bool:
    """Whether an outline is a building."""
    return says(tags, "building")


def use_of(tags: Tags) -> str | None:
    """
    Tell the use of a building; `None` where the tags do not.

    Examples
    --------
    >>> use_of({"building": "apartments"}), use_of({"building": "yes", "amenity": "school"})
    ('residential', 'education')
    >>> use_of({"building": "apartments", "shop": "bakery"}), use_of({"building": "yes"})
    ('mixed', None)
    """
    stated = tags.get("building:use", tags["building"]).split(USE_SEPARATOR)
    uses = {USE_OF_BUILDING[value.strip()] for value in stated if value.strip() in USE_OF_BUILDING}
    if len(uses) > 1 or ("residential" in uses and says(tags, "shop")):
        return "mixed"
    return next(iter(uses), None) or _use_beside(tags)


def _without_doubles(found: Elements, relation_of: Mapping[str, str]) -> Elements:
    shapes = found.shapes.copy()
    drawn = {each for each, shape in zip(found.ids, shapes, strict=True) if shape is not None}
    troubles = {}
    for place, each in enumerate(found.ids):
        if relation_of.get(each) in drawn:
            shapes[place] = None
            told = f"the outline is drawn again by {relation_of[each]}"
            troubles[place] = Trouble(Treatment.SKIPPED, told)
    return found.reshaped(shapes, troubles)


def _use_beside(tags: Tags) -> str | None:
    amenity = USE_OF_AMENITY.get(tags.get("amenity", ""))
    return amenity or next((use for key, use in USE_OF_KEY.items() if says(tags, key)), None)


def _floors(tags: Tags) -> int | None:
    return count_of(tags.get("building:levels"), minimum=1, maximum=FLOORS_MAX)


def _junk_floors(found: Elements) -> list[Note]:
    return [
        Note(
            BUILDINGS.name,
            each,
            Treatment.REPAIRED,
            f"building:levels={tags['building:levels']} is no number of floors; left out",
        )
        for each, tags in zip(found.ids, found.tags, strict=True)
        if "building:levels" in tags and _floors(tags) is None and each not in found.troubles
    ]
