"""Pages of the collections: every text in both languages, nothing from data as markup."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from shapely import LineString, MultiPoint, MultiPolygon, Point, Polygon, box

from geo.layers import LAYERS
from geo.schema import Kind
from maps import ogc
from maps.assets import Assets
from maps.ogc import OgcPage, Place, sketch
from maps.text import LOCALE_DIR

TEMPLATES = Path(ogc.__file__).parent / "templates" / "ogc"
HOSTILE = "<img src=x onerror=alert(1)>"


def said() -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html")]
    messages = {message for text in texts for message in re.findall(r'\bsay\("([^"]+)"\)', text)}
    for layer in LAYERS.values():
        if layer.geometry is not None:
            messages |= {layer.title, str(layer.geometry), "Conformance", "Interface"}
            messages |= {column.title for column in layer.columns}
    return messages | {kind.value for kind in Kind}


def test_every_text_is_translated() -> None:
    page = OgcPage("landing.html", "t", "zh", "/ogc")

    assert [message for message in sorted(said()) if page.say(message) == message] == []


def test_the_catalogue_holds_nothing_that_nobody_says() -> None:
    text = (LOCALE_DIR / "zh" / "ogc.po").read_text(encoding="utf-8")

    listed = set(re.findall(r'^msgid "(.+)"$', text, flags=re.MULTILINE))
    assert listed - said() == set()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_title_from_data_is_no_markup(language: str) -> None:
    page = OgcPage(
        "item.html",
        HOSTILE,
        "zh" if language == "zh" else "en",
        "/ogc/collections/x/items/1",
        content={"facts": [("Name", HOSTILE)], "sketch": sketch([hostile_place()])},
    )

    text = page.render(nonce="n", assets=Assets())

    assert HOSTILE not in text
    assert "&lt;img" in text
    assert ("zh-CN" if language == "zh" else 'lang="en"') in text


def hostile_place() -> Place:
    return Place(Point(114, 30), HOSTILE, '#"><script>')


def test_a_sketch_is_north_up_and_as_wide_as_the_ground() -> None:
    """A square of metres at 60° north spans twice as many degrees from west to east."""
    square = box(10, 60, 10.02, 60.01)

    (svg,) = [ET.fromstring(sketch([Place(square, "s", "#s")]))]  # noqa: S314 - of our own making
    path = svg.find("./a/path")

    assert path is not None
    corners = [
        tuple(map(float, part.split())) for part in path.attrib["d"].removeprefix("M").split("L")
    ]
    xs, ys = zip(*corners, strict=True)
    assert max(xs) - min(xs) == pytest.approx(max(ys) - min(ys), rel=0.01)
    assert corners[0][1] > corners[1][1] or corners[1][1] > corners[2][1]


def test_every_kind_of_shape_is_drawn() -> None:
    shapes = [
        Point(1, 1),
        MultiPoint([(1, 1), (2, 2)]),
        LineString([(0, 0), (1, 1)]),
        Polygon([(0, 0), (4, 0), (4, 4)], [[(2, 1), (3, 1), (3, 2)]]),
        MultiPolygon([box(0, 0, 1, 1), box(2, 2, 3, 3)]),
    ]

    text = sketch([Place(shape, str(number), "#") for number, shape in enumerate(shapes)])

    assert text.count("<a ") == 5
    assert text.count("<circle") == 2
    assert text.count("M") == 1 + 2 + 2
    assert sketch([]) == ""
    assert sketch([Place(Polygon(), "e", "#")]) == ""
