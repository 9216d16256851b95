from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from maps.assets import Assets
from maps.editor import editor_data
from maps.editor_texts import editor_texts
from maps.page import community_page
from maps.words import Words
from tests.support.pages import HOSTILE, empty_view, sample_view

if TYPE_CHECKING:
    from maps.text import Language
    from maps.view import CommunityView

SCRIPTS = Assets().static_dir / "js" / "editor"
SAID = re.compile(r"""\bsay\(\s*["`](\w+)["`]""")


def _data(view: CommunityView) -> dict[str, Any]:
    page = community_page(view, nonce="n", assets=Assets())
    (block,) = re.findall(r'id="page-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    read: dict[str, Any] = json.loads(block)
    return read


def test_a_page_that_no_service_answers_has_no_editor() -> None:
    assert editor_data(sample_view(), Words("en"), Assets()) is None
    assert _data(sample_view())["editor"] is None


@pytest.mark.parametrize("can_edit", [True, False])
def test_a_served_page_tells_the_editor_what_it_may(can_edit: bool) -> None:  # noqa: FBT001 (a parameter of the test)
    view = replace(sample_view(), is_served=True, can_edit=can_edit, person_name="li")

    editor = _data(view)["editor"]

    assert editor["canEdit"] is can_edit
    assert editor["geoman"].startswith("/static/vendor/@geoman-io/")
    assert list(editor["levels"]) == ["lockdown", "control", "precaution"]


def test_a_draft_is_kept_for_one_person_of_one_project() -> None:
    views = [
        replace(sample_view(name=name), is_served=True, person_name=person)
        for name in ("One", "Two")
        for person in ("li", "wang")
    ]

    assert len({_data(view)["editor"]["keep"] for view in views}) == 4


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_text_that_the_scripts_say_is_there(language: Language) -> None:
    texts = editor_texts(Words(language))
    said = {
        key
        for path in SCRIPTS.glob("*.js")
        for key in SAID.findall(path.read_text(encoding="utf-8"))
    }

    assert len(said) > 80
    assert said - set(texts) == set()


def test_the_editor_s_texts_are_chinese_on_a_chinese_page() -> None:
    english = editor_texts(Words("en"))
    chinese = editor_texts(Words("zh"))

    assert {key for key, text in chinese.items() if text == english[key]} == set()


def test_a_served_page_without_zones_keeps_a_place_for_them() -> None:
    page = community_page(replace(empty_view(), is_served=True), nonce="n", assets=Assets())

    assert 'data-part="list"' in page
    assert "skeleton" in page


def test_the_token_stands_in_the_page_as_text() -> None:
    view = replace(empty_view(), is_served=True, csrf_token=HOSTILE)

    page = community_page(view, nonce="n", assets=Assets())

    assert '<meta name="csrf-token" content="&lt;/script&gt;' in page
