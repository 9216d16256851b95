"""Serves a page and the static files under the policy that the service sends, for a browser."""

from __future__ import annotations

import mimetypes
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from maps.assets import STATIC_DIR, STATIC_URL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NONCE = "n0nce4tests"
POLICY = (
    f"default-src 'self'; script-src 'self' 'nonce-{NONCE}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@contextmanager
def served(page: Callable[[str], str]) -> Iterator[str]:
    """
    Serve on a free port of this machine while the context lasts.

    Parameters
    ----------
    page
        Gives the document for the path and query of an address.

    Returns
    -------
    base
        Address without a slash at its end.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(page))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(page: Callable[[str], str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path.startswith(STATIC_URL):
                self._file(path.removeprefix(STATIC_URL))
            else:
                self._answer(200, "text/html; charset=utf-8", page(self.path).encode())

        def _file(self, name: str) -> None:
            file = (STATIC_DIR / name).resolve()
            if not file.is_relative_to(STATIC_DIR) or not file.is_file():
                self._answer(404, "text/plain", b"")
                return
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            self._answer(200, kind, file.read_bytes())

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: tests are quiet."""

    return Handler
