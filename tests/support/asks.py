"""What may be asked about one thing on one side, and what whoever may not is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from shapely import box
from shapely.affinity import translate

from api.services.rights import EDITORS
from tests.support.sides import EAST, SIDE_M, WEST
from tests.support.zone_service import WHY, ground

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.services.rights import Role

    Body = Callable[["Thing"], Any]

OVER_BORDER = box(320, 20, 480, 60)
"""Drawn on both sides."""


class Kind(StrEnum):
    """Who may ask: everybody, or those who edit."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Thing:
    """
    One thing that is asked about.

    Parameters
    ----------
    side
        Where it lies.
    key
        Its id.
    etag
        As it is stored; empty for what is not there yet.
    """

    side: str
    key: str
    etag: str = ""

    def square(self, size_m: float = 60) -> dict[str, Any]:
        """Give a square on its side as GeoJSON."""
        east_m = SIDE_M if self.side == EAST else 0.0
        return ground(translate(box(20, 20, 20 + size_m, 20 + size_m), east_m))

    def zone(self) -> dict[str, Any]:
        """Give a zone on its side, as it is sent."""
        return {"type": "Feature", "geometry": self.square(), "properties": {"level": "control"}}


@dataclass(frozen=True, slots=True)
class Ask:
    """
    One thing to ask for.

    Parameters
    ----------
    route
        Method and path, as the service declares it.
    elsewhere
        Status where the thing lies beyond the areas of whoever asks.
    done
        Status where it does not.
    body
        What is sent.
    is_new
        Whether the thing is not there before.
    """

    route: str
    elsewhere: int = 404
    done: int = 200
    kind: Kind = Kind.READ
    body: Body | None = None
    query: str = ""
    condition: bool = False
    is_new: bool = False

    @property
    def method(self) -> str:
        """Of the request."""
        return self.route.partition(" ")[0]

    def path(self, thing: Thing) -> str:
        """Give the address of the request."""
        path = self.route.partition(" ")[2].replace("{number}", "1")
        return re.sub(r"\{[^}]+\}", thing.key, path) + self.query

    def sent(self, thing: Thing) -> Any:  # noqa: ANN401 - JSON
        """Give the body of the request."""
        return None if self.body is None else self.body(thing)

    def headers(self, thing: Thing) -> dict[str, str]:
        """Give the headers of the request."""
        return {"if-match": thing.etag} if self.condition else {}

    def status(self, role: Role, *, is_elsewhere: bool) -> int:
        """Give what somebody of a role is told."""
        if self.kind is Kind.WRITE and role not in EDITORS:
            return 403
        return self.elsewhere if is_elsewhere else self.done

    def __str__(self) -> str:
        """Name it."""
        return f"{self.route}{self.query}"


def _changes(op: str) -> Body:
    def body(thing: Thing) -> dict[str, Any]:
        named = {"id": thing.key, "etag": thing.etag} if op != "create" else {}
        drawn = {"feature": thing.zone()} if op != "delete" else {}
        return {"reason": WHY, "changes": [{"op": op, **named, **drawn}]}

    return body


def _reasoned(thing: Thing) -> dict[str, Any]:
    return {**thing.zone(), "reason": WHY}


def _taken(thing: Thing) -> dict[str, Any]:
    house = {"buildings": [f"{thing.side}-house"], "inside": True}
    return {"op": "take", "geometry": Thing(thing.side, "").square(230), **house}


def _band(thing: Thing) -> dict[str, Any]:
    return {"op": "band", "geometry": thing.square(), "band_m": 30}


ZONE = "/api/zones/{zone_id}"
ZONE_ASKS = (
    Ask(f"GET {ZONE}"),
    Ask(f"GET {ZONE}/versions"),
    Ask(f"GET {ZONE}/openings"),
    Ask(f"GET {ZONE}/openings", query="?band_m=30"),
    Ask("POST /api/zones/preview", body=_changes("replace")),
    Ask("POST /api/zones/preview", body=_changes("delete")),
    Ask("POST /api/zones/shapes", body=_taken),
    Ask("POST /api/zones/shapes", 403, body=_band),
    Ask("POST /api/zones", 403, 201, Kind.WRITE, _reasoned, is_new=True),
    Ask(f"PUT {ZONE}", 404, 200, Kind.WRITE, _reasoned, condition=True),
    Ask(f"DELETE {ZONE}", 404, 204, Kind.WRITE, query="?reason=x", condition=True),
    Ask("POST /api/zones/changes", 403, 200, Kind.WRITE, _changes("create"), is_new=True),
    Ask("POST /api/zones/changes", 404, 200, Kind.WRITE, _changes("replace")),
    Ask("POST /api/zones/changes", 404, 200, Kind.WRITE, _changes("delete")),
    Ask(
        f"POST {ZONE}/versions/{{number}}/restore",
        kind=Kind.WRITE,
        body=lambda _: {"reason": WHY},
        condition=True,
    ),
)
LISTS = ("GET /api/zones", "GET /api/zones/timeline", "GET /api/events", "GET /api/tokens")
"""Give each what is theirs to see."""
RECKONED = ("POST /api/zones/merge",)
"""Reckons with what is sent alone."""
TOKENS = ("POST /api/tokens", "DELETE /api/tokens/{prefix}")
"""Of people, not of places."""

ITEMS = "/ogc/collections/{collection}/items"
ITEM = f"{ITEMS}/{{item:path}}"
OGC_PLAIN = ("GET /ogc", "GET /ogc/", "GET /ogc/conformance", "GET /ogc/api")
"""Hold nothing of any place."""
OGC_OF_LAYERS = tuple(
    f"GET /ogc/collections{path}"
    for path in ("", "/{collection}", "/{collection}/schema", "/{collection}/queryables")
)
OGC_OF_FEATURES = (
    *(f"{method} {ITEMS}" for method in ("GET", "POST", "OPTIONS")),
    *(f"{method} {ITEM}" for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS")),
)
SIDES = (WEST, EAST)
