from __future__ import annotations

import ast
import importlib
import importlib.metadata
import json
import re
from pathlib import Path

import pytest

from api.settings import Settings
from geo.layers import LAYERS
from geo.schema import Audience, Kind

ROOT = Path(__file__).parents[1]
RINGS = ("geo", "maps", "api")
SOURCES = sorted(path for ring in RINGS for path in (ROOT / ring).rglob("*.py"))
SOURCES = [path for path in SOURCES if "node_modules" not in path.parts]


def test_the_generic_import_names_belong_to_us_alone() -> None:
    owners = {
        distribution.name
        for distribution in importlib.metadata.distributions()
        for file in distribution.files or ()
        if file.parts[0] in RINGS
    }

    assert owners == {"prevention-map"}
    for ring in RINGS:
        assert importlib.import_module(ring).__file__ == str(ROOT / ring / "__init__.py")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_one_module_converts_between_reference_systems(path: Path) -> None:
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"to_crs", "set_crs"}
    ]

    assert not calls or path == ROOT / "geo" / "crs.py"


def test_files_stay_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SOURCES}

    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_no_layer_has_room_for_a_residents_name_or_number() -> None:
    personal = re.compile(r"person|resident_name|surname|id_number|identity|phone|身份证|姓名|电话")

    for layer in LAYERS.values():
        for column in layer.columns:
            assert not any(personal.search(name) for name in (column.name, *column.aliases))


def test_every_layer_is_keyed_and_its_estimates_name_a_column() -> None:
    for layer in LAYERS.values():
        assert layer.columns[0].name == layer.key
        assert layer.column(layer.key).kind is Kind.TEXT
        assert layer.column(layer.key).audience is Audience.ALL
        assert set(layer.unique) <= set(layer.column_names)
        for column in layer.columns:
            assert column.estimate_of is None or column.estimate_of in layer.column_names


def test_what_users_may_set_or_fill_in_is_documented() -> None:
    told = "\n".join(path.read_text() for path in sorted((ROOT / "docs").glob("*.md")))

    for name in LAYERS:
        assert f"`{name}`" in told, f"docs name no layer {name}"
    for name in Settings.model_fields:
        assert f"`{name}`" in told, f"docs name no setting {name}"
    for path in json.loads((ROOT / "tests" / "api" / "openapi.json").read_text())["paths"]:
        assert f"`{path}`" in told, f"docs name no address {path}"


def test_lock_files_name_no_address() -> None:
    for name in ("requirements.lock", "maps/package-lock.json"):
        assert not re.search(r"https?://", (ROOT / name).read_text()), name
