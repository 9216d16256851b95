"""
Scripts and styles of the pages: from npm, copied beside our own, never from elsewhere.

`python -m maps.assets` copies the files of `VENDORED` from `maps/node_modules` (made by
`npm ci` in `maps/`) to `maps/static/vendor`, which git ignores and a wheel carries.

::

    AssetError (RuntimeError)
    ├── MissingAssetsError  the vendor folder is not there, or not whole
    └── UnknownAssetError   a page asks for an address that nobody declared
"""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from pathlib import Path

STATIC_DIR = Path(__file__).parent / "static"
VENDOR_DIR = STATIC_DIR / "vendor"
NODE_MODULES = Path(__file__).parent / "node_modules"
STATIC_URL = "/static/"
HASH_BYTES = 6

VENDORED = (
    "leaflet/dist/leaflet.js",
    "leaflet/dist/leaflet.css",
    "leaflet/LICENSE",
    "leaflet.fullscreen/Control.FullScreen.js",
    "leaflet.fullscreen/Control.FullScreen.css",
    "leaflet.fullscreen/icon-fullscreen.svg",
    "leaflet.fullscreen/LICENSE",
    "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.min.js",
    "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.css",
    "@geoman-io/leaflet-geoman-free/LICENSE",
    "echarts/dist/echarts.common.min.js",
    "echarts/LICENSE",
    "echarts/NOTICE",
    "swagger-ui-dist/swagger-ui-bundle.js",
    "swagger-ui-dist/swagger-ui.css",
    "swagger-ui-dist/favicon-32x32.png",
    "swagger-ui-dist/LICENSE",
    "swagger-ui-dist/NOTICE",
)

# What Folium links, by the end of the address: a file of ours, or nothing where no part of
# our pages uses it (we make no Folium icons and no Folium popups).
LINKS: tuple[tuple[re.Pattern[str], str | None], ...] = tuple(
    (re.compile(pattern), target)
    for pattern, target in (
        (r"/leaflet@[\d.]+/dist/leaflet\.js$", "leaflet/dist/leaflet.js"),
        (r"/leaflet@[\d.]+/dist/leaflet\.css$", "leaflet/dist/leaflet.css"),
        (r"Control\.FullScreen(\.min)?\.js$", "leaflet.fullscreen/Control.FullScreen.js"),
        (r"Control\.FullScreen(\.min)?\.css$", "leaflet.fullscreen/Control.FullScreen.css"),
        (r"/jquery-[\d.]+\.min\.js$", None),
        (r"/bootstrap@[\d.]+/dist/(js|css)/bootstrap\.(bundle\.)?min\.(js|css)$", None),
        (r"/bootstrap-glyphicons\.css$", None),
        (r"/fontawesome-free@[\d.]+/css/all\.min\.css$", None),
        (r"/leaflet\.awesome-markers\.(js|css)$", None),
        (r"/leaflet\.awesome\.rotate\.min\.css$", None),
    )
)


class AssetError(RuntimeError):
    """A page cannot be given the files it needs."""


class MissingAssetsError(AssetError):
    """The vendor folder is not there, or not whole."""


class UnknownAssetError(AssetError):
    """A page asks for an address that nobody declared."""


@dataclass(frozen=True, slots=True)
class Assets:
    """
    Where pages find their files.

    Parameters
    ----------
    static_dir
        What is served at `STATIC_URL`; holds `js`, `css` and, once copied, `vendor`.
    is_strict
        Whether third-party files must be there. Otherwise, and only where the vendor folder
        is missing altogether, links stay as Folium made them.
    """

    static_dir: Path = field(default=STATIC_DIR)
    is_strict: bool = True

    def url(self, name: str) -> str:
        """
        Give the address of a file below `static_dir`, with its content's hash.

        Raises
        ------
        MissingAssetsError
            If there is no such file.
        """
        path = self.static_dir / name
        if not path.is_file():
            msg = f"Expected {path}; run `npm ci` in maps/, then `python -m maps.assets`."
            raise MissingAssetsError(msg)
        return f"{STATIC_URL}{name}?v={_content_hash(path, path.stat().st_mtime_ns)}"

    def vendor_url(self, name: str) -> str:
        """Give the address of one of `VENDORED`."""
        return self.url(f"vendor/{name}")

    def link_url(self, url: str) -> str | None:
        """
        Give the local address for one that Folium links, or nothing where it is not used.

        Raises
        ------
        UnknownAssetError
            If nobody declared that address.
        MissingAssetsError
            If the file was not copied.
        """
        if url.startswith(STATIC_URL):
            return url
        for pattern, target in LINKS:
            if pattern.search(url):
                return None if target is None else self._local_or_remote(target, url)
        msg = f"Expected an address declared in maps.assets, got {url}."
        raise UnknownAssetError(msg)

    def modules(self) -> dict[str, str]:
        """Map the address of each of our scripts to the one with its content's hash."""
        scripts = sorted((self.static_dir / "js").rglob("*.js"))
        names = [path.relative_to(self.static_dir).as_posix() for path in scripts]
        return {f"{STATIC_URL}{name}": self.url(name) for name in names}

    def _local_or_remote(self, target: str, url: str) -> str:
        if not self.is_strict and not (self.static_dir / "vendor").is_dir():
            return url
        return self.vendor_url(target)


def copy_vendored(node_modules: Path = NODE_MODULES, vendor_dir: Path = VENDOR_DIR) -> int:
    """
    Copy the files of `VENDORED`, in place of those that were there.

    Returns
    -------
    count
        How many files were copied.

    Raises
    ------
    MissingAssetsError
        If `node_modules` lacks any of them; every missing file is named, nothing is copied.
    """
    missing = [name for name in VENDORED if not (node_modules / name).is_file()]
    if missing:
        told = ", ".join(missing)
        msg = f"Expected in {node_modules}: {told}. Run `npm ci` in maps/ first."
        raise MissingAssetsError(msg)
    shutil.rmtree(vendor_dir, ignore_errors=True)
    for name in VENDORED:
        target = vendor_dir / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(node_modules / name, target)
    return len(VENDORED)


@cache
def _content_hash(path: Path, _changed_ns: int) -> str:
    return blake2b(path.read_bytes(), digest_size=HASH_BYTES).hexdigest()


def main() -> int:
    """Copy the files for the command line; tell how many, or what is missing."""
    try:
        count = copy_vendored()
    except MissingAssetsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{count} files copied to {VENDOR_DIR}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
