"""Scripts, styles and fonts, from our own folder."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from fastapi.staticfiles import StaticFiles

if TYPE_CHECKING:
    from os import stat_result

    from starlette.responses import Response
    from starlette.types import Scope

VERSIONED = "public, max-age=31536000, immutable"
REVALIDATED = "no-cache"


class OwnFiles(StaticFiles):
    """
    Files that browsers may keep.

    An address with `?v=` names one content for ever; any other is asked for again each time.
    """

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Answer with a file, and say how long it may be kept."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        is_versioned = "v" in parse_qs(scope["query_string"].decode("latin-1"))
        response.headers["Cache-Control"] = VERSIONED if is_versioned else REVALIDATED
        return response
