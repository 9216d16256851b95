"""What is sent about control zones; a member that is not declared here is refused."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from unicodedata import category

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from api.services.openings import MAX_BAND_M

MAX_REASON = 500
MAX_NAME = 200
MAX_ID = 100
MAX_ETAG = 200
MAX_CHANGES = 200
MAX_GEOMETRIES = 200
MAX_BUILDINGS = 5_000
UNWRITABLE = frozenset({"Cc", "Cs"})
"""Unicode's categories of control characters and of halves of characters."""
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
TRIANGLE = {
    "type": "Polygon",
    "coordinates": [[[114.3, 30.6], [114.301, 30.6], [114.301, 30.601], [114.3, 30.6]]],
}


def _writable(text: str) -> str:
    """Refuse characters that no keyboard writes; some databases cannot hold them."""
    if any(category(sign) in UNWRITABLE and sign not in "\n\t" for sign in text):
        msg = "Expected text without control characters"
        raise ValueError(msg)
    return text


def _clean(text: str) -> str:
    return _writable(text).strip()


def _said(text: str) -> str:
    if not text:
        msg = "Expected some text"
        raise ValueError(msg)
    return text


def _moment_text(value: object) -> object:
    """Take a moment as ISO 8601 writes it; a number is none."""
    if value is not None and not isinstance(value, str):
        msg = "Expected a moment such as 2020-03-25T08:00:00Z"
        raise ValueError(msg)
    return value


def _near(moment: datetime) -> datetime:
    if not EARLIEST <= moment <= LATEST:
        msg = f"Expected a moment between {EARLIEST.year} and {LATEST.year}"
        raise ValueError(msg)
    return moment.astimezone(UTC)


Text = Annotated[str, AfterValidator(_clean)]
Reason = Annotated[
    Text,
    AfterValidator(_said),
    Field(max_length=MAX_REASON, description="Why; goes into the history.", examples=["新增一例"]),
]
Writable = Annotated[str, AfterValidator(_writable)]
Key = Annotated[Writable, Field(min_length=1, max_length=MAX_ID, examples=["z1"])]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_moment_text),
    AfterValidator(_near),
    Field(examples=["2020-03-25T08:00:00Z"]),
]
Tag = Annotated[
    str,
    Field(
        max_length=MAX_ETAG,
        pattern=r'^"[\x21\x23-\x7e]+"$',
        description="The feature's `etag`, as it was read.",
        examples=['"9ae45f0fa1307dec6d7cebcf3c833d1e"'],
    ),
]
Level = Literal["lockdown", "control", "precaution"]
Ignored = Annotated[Any, Field(description="Ignored: the service sets it.", default=None)]


class Body(BaseModel):
    """Something sent; others add their members."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class GeometryIn(BaseModel):
    """A GeoJSON geometry, WGS 84, longitude first."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: Literal[
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
    ]
    coordinates: list[Any] = []


Geometry = Annotated[GeometryIn, Field(examples=[TRIANGLE])]


class ZoneValuesIn(Body):
    """What is known of a zone besides its shape."""

    name: Annotated[Text | None, Field(max_length=MAX_NAME, examples=["4号楼"])] = None
    level: Level
    valid_from_at: Moment | None = None
    valid_to_at: Moment | None = None
    zone_id: Key | None = None
    version: Ignored
    reason: Ignored
    author: Ignored

    @property
    def own(self) -> dict[str, Any]:
        """What is taken from here; the service sets the rest."""
        return self.model_dump(include={"name", "level", "valid_from_at", "valid_to_at"})


class ZoneIn(Body):
    """A zone as a GeoJSON feature; as it was read, it may be sent back."""

    type: Literal["Feature"]
    id: Key | None = None
    geometry: Geometry | None
    properties: ZoneValuesIn
    etag: Ignored
    bbox: Ignored

    @property
    def key(self) -> str | None:
        """Its id, wherever it stands; the member `id` goes before."""
        return self.id if self.id is not None else self.properties.zone_id


class ReasonedZoneIn(ZoneIn):
    """A zone, and why it becomes so."""

    reason: Reason


class ReasonIn(Body):
    """Why something is done."""

    reason: Reason


class RestoringIn(Body):
    """What any new shape of a zone may come from."""

    restores: Annotated[
        int | None, Field(ge=1, le=10**9, description="The version that this brings back.")
    ] = None


class CreateIn(RestoringIn):
    """A new zone."""

    op: Literal["create"]
    feature: ZoneIn


class ReplaceIn(RestoringIn):
    """A zone that becomes another."""

    op: Literal["replace"]
    id: Key
    etag: Tag | None = None
    feature: ZoneIn


class DeleteIn(Body):
    """A zone that goes."""

    op: Literal["delete"]
    id: Key
    etag: Tag | None = None


ChangeIn = Annotated[CreateIn | ReplaceIn | DeleteIn, Field(discriminator="op")]
Changes = Annotated[list[ChangeIn], Field(min_length=1, max_length=MAX_CHANGES)]


class ChangesIn(Body):
    """Changes that are made together, all of them or none."""

    reason: Reason
    changes: Changes


class PreviewIn(Body):
    """Changes whose effect is asked for."""

    changes: Changes
    reason: Ignored


class SplitIn(Body):
    """A shape to be cut in two or more along a line."""

    op: Literal["split"]
    geometry: Geometry
    line: Geometry


class JoinIn(Body):
    """Shapes to become one."""

    op: Literal["join"]
    geometries: Annotated[list[Geometry], Field(min_length=1, max_length=MAX_GEOMETRIES)]


class TakeIn(Body):
    """A shape to hold some buildings whole, or to leave them out whole."""

    op: Literal["take"]
    geometry: Geometry
    buildings: Annotated[list[Key], Field(min_length=1, max_length=MAX_BUILDINGS)]
    inside: bool


class ShareIn(Body):
    """Shapes whose common borders are to have the same vertices."""

    op: Literal["share"]
    geometries: Annotated[list[Geometry], Field(min_length=1, max_length=MAX_GEOMETRIES)]


class BandIn(Body):
    """A shape whose border may move within a band, to need fewer posts."""

    op: Literal["band"]
    geometry: Geometry
    band_m: Annotated[float, Field(gt=0, le=MAX_BAND_M, allow_inf_nan=False, examples=[30])]


ShapesIn = Annotated[
    SplitIn | JoinIn | TakeIn | ShareIn | BandIn,
    Field(discriminator="op"),
]


class MergeIn(Body):
    """Two shapes that were made from one."""

    base: Geometry
    mine: Geometry
    theirs: Geometry
