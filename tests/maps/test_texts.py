"""Every text of the page is in the Chinese catalogue, and the design's tokens agree."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

from geo.layers import LAYERS
from geo.schema import Audience
from maps import style
from maps.assets import STATIC_DIR, Assets
from maps.page import community_page
from maps.premises import STATE_TITLES
from maps.routes import DOOR_TITLES
from maps.text import LOCALE_DIR, catalogue
from maps.words import Words
from tests.support.pages import empty_view, sample_view

if TYPE_CHECKING:
    from collections.abc import Iterator

MAPS = Path(style.__file__).parent
DRAWN = ("areas", "buildings", "gates", "checkpoints", "sampling_sites", "zones", "premises")
GAPS = re.compile(r"\{\w+\}")


def _said_in_code() -> Iterator[str]:
    for path in (*MAPS.glob("*.py"), *MAPS.glob("panels/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="say"), args=[ast.Constant(value=str(message))]
                ):
                    yield message


def _said_in_templates() -> Iterator[str]:
    for path in MAPS.glob("templates/**/*.html"):
        yield from re.findall(r'\b_\("([^"]+)"\)', path.read_text(encoding="utf-8"))


def _declared() -> Iterator[str]:
    for name in DRAWN:
        for column in LAYERS[name].columns:
            if column.audience is Audience.ALL and column.estimate_of is None:
                yield column.title


MESSAGES = sorted(
    {
        *_said_in_code(),
        *_said_in_templates(),
        *_declared(),
        *STATE_TITLES.values(),
        *DOOR_TITLES.values(),
    }
)
CHOICES = sorted(
    (f"{name}.{column.name}", value)
    for name in DRAWN
    for column in LAYERS[name].columns
    for value in column.allowed
)


def test_the_search_for_messages_finds_them() -> None:
    assert {"Layers", "Stops in order", "Property management", "Never reported"} <= set(MESSAGES)


def test_every_message_is_translated_and_keeps_its_gaps() -> None:
    texts = catalogue("zh", "page")

    assert [message for message in MESSAGES if texts.gettext(message) == message] == []
    for message in MESSAGES:
        assert set(GAPS.findall(texts.gettext(message))) == set(GAPS.findall(message)), message


def test_every_choice_is_translated() -> None:
    texts = catalogue("zh", "page")

    left = [choice for choice in CHOICES if texts.pgettext(*choice) == choice[1]]
    assert left == []


def test_the_catalogue_holds_nothing_that_nobody_says() -> None:
    text = (LOCALE_DIR / "zh" / "page.po").read_text(encoding="utf-8")
    plain = re.sub(r'msgctxt "[^"]*"\nmsgid "[^"]*"', "", text)
    listed = set(re.findall(r'^msgid "(.+)"$', plain, flags=re.MULTILINE))

    titles = {column.title for layer in LAYERS.values() for column in layer.columns}
    assert listed <= {*MESSAGES, *titles}


def test_no_english_message_is_left_on_the_chinese_page() -> None:
    for view in (sample_view("zh", name="楼"), empty_view("zh")):
        page = community_page(view, nonce="n", assets=Assets())
        texts = {text.strip() for text in re.findall(r"[>\"]([^<>\"]+)[<\"]", page)}

        assert texts & (set(MESSAGES) - {"Level", "Name"}) == set()


def test_numbers_are_written_the_same_in_both_languages() -> None:
    assert Words("zh").count(12_345) == Words("en").count(12_345) == "12\u202f345"
    assert Words("zh").duration(12_000) == "3 小时 20 分钟"


def test_the_style_sheet_has_the_colours_of_the_map() -> None:
    tokens = (STATIC_DIR / "css" / "tokens.css").read_text(encoding="utf-8")

    for name in ("INK", "MUTED", "BLUE", "VERMILION", "GREEN", "ORANGE", "PURPLE"):
        assert f"--{name.lower()}: {getattr(style, name).lower()};" in tokens


def test_white_numbers_can_be_read_on_every_team_colour() -> None:
    for colour in style.TEAM_COLOURS:
        assert _contrast_with_white(colour) >= 4.5


def _contrast_with_white(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
