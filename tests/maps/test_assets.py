from __future__ import annotations

import json
from typing import TYPE_CHECKING

import folium
import pytest
from folium.plugins import Draw

from maps.assets import (
    LINKS,
    STATIC_DIR,
    VENDORED,
    Assets,
    MissingAssetsError,
    UnknownAssetError,
    copy_vendored,
)
from maps.figure import PageFigure

if TYPE_CHECKING:
    from pathlib import Path

MAPS = STATIC_DIR.parent
FOLIUM_LEAFLET = "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js"


def _node_modules(folder: Path) -> Path:
    for name in VENDORED:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return folder


def test_every_vendored_file_is_copied_and_old_ones_go(tmp_path: Path) -> None:
    vendor = tmp_path / "vendor"
    (vendor / "old").mkdir(parents=True)

    count = copy_vendored(_node_modules(tmp_path / "node_modules"), vendor)

    copied = {str(path.relative_to(vendor)) for path in vendor.rglob("*") if path.is_file()}
    assert copied == set(VENDORED)
    assert count == len(VENDORED)
    assert not (vendor / "old").exists()


def test_a_missing_package_is_named_and_nothing_is_copied(tmp_path: Path) -> None:
    source = _node_modules(tmp_path / "node_modules")
    (source / "leaflet/dist/leaflet.js").unlink()

    with pytest.raises(MissingAssetsError, match=r"leaflet/dist/leaflet\.js.*npm ci"):
        copy_vendored(source, tmp_path / "vendor")

    assert not (tmp_path / "vendor").exists()


def test_every_file_that_was_declared_is_there() -> None:
    assets = Assets()

    for name in VENDORED:
        assert assets.vendor_url(name).startswith(f"/static/vendor/{name}?v=")
    assert {target for _, target in LINKS if target} <= set(VENDORED)


def test_the_address_changes_with_the_content(tmp_path: Path) -> None:
    file = tmp_path / "a.js"
    file.write_text("one")
    before = Assets(tmp_path).url("a.js")
    file.write_text("two, and longer")

    assert Assets(tmp_path).url("a.js") != before


def test_folium_s_own_links_are_local_or_dropped() -> None:
    assets = Assets()
    links = [url for _, url in [*folium.Map.default_js, *folium.Map.default_css]]

    local = [assets.link_url(url) for url in links]

    assert sorted(url.split("?")[0] for url in local if url) == [
        "/static/vendor/leaflet/dist/leaflet.css",
        "/static/vendor/leaflet/dist/leaflet.js",
    ]


def test_an_unknown_address_is_refused() -> None:
    with pytest.raises(UnknownAssetError, match=r"example\.org/tracker\.js"):
        Assets().link_url("https://example.org/tracker.js")


def test_without_the_vendor_folder_a_strict_page_tells_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(MissingAssetsError, match=r"npm ci.*python -m maps\.assets"):
        Assets(tmp_path).link_url(FOLIUM_LEAFLET)


def test_without_the_vendor_folder_a_lenient_page_keeps_folium_s_link(tmp_path: Path) -> None:
    assert Assets(tmp_path, is_strict=False).link_url(FOLIUM_LEAFLET) == FOLIUM_LEAFLET


def test_a_broken_vendor_folder_is_an_error_even_for_a_lenient_page(tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()

    with pytest.raises(MissingAssetsError):
        Assets(tmp_path, is_strict=False).link_url(FOLIUM_LEAFLET)


def test_a_figure_refuses_a_plugin_that_nobody_declared() -> None:
    figure = PageFigure("page.html", {}, nonce="n", assets=Assets())
    chart = folium.Map(tiles=None)
    chart.add_to(figure)
    chart.add_child(Draw())  # type: ignore[no-untyped-call]  # folium leaves it so

    with pytest.raises(UnknownAssetError, match="draw"):
        figure.render()


def test_a_page_leaves_folium_s_shared_lists_alone() -> None:
    before = list(folium.Map.default_js), list(folium.Map.default_css)
    figure = PageFigure("page.html", {}, nonce="n", assets=Assets())

    figure.add_child(folium.Map(tiles=None))

    assert (folium.Map.default_js, folium.Map.default_css) == before


def test_the_lock_file_names_no_address_and_checks_every_package() -> None:
    text = (MAPS / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]

    assert "http" not in text
    assert "resolved" not in text
    assert all("integrity" in entry for name, entry in packages.items() if name)
    assert "ignore-scripts=true" in (MAPS / ".npmrc").read_text()
