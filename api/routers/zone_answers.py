"""What is answered about control zones, as the OpenAPI document tells it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.routers.bodies import FeatureOut, ProblemOut
from api.routers.zone_bodies import TRIANGLE, Level

ETAG = '"9ae45f0fa1307dec6d7cebcf3c833d1e"'
MOMENT = "2020-03-25T08:00:00Z"
GeometryOut = Annotated[dict[str, Any], Field(examples=[TRIANGLE])]


class ZoneValuesOut(BaseModel):
    """What is known of a zone besides its shape; `author` is for staff."""

    zone_id: Annotated[str, Field(examples=["z1"])]
    name: str | None
    level: Level
    valid_from_at: Annotated[str | None, Field(examples=[MOMENT])]
    valid_to_at: Annotated[str | None, Field(examples=[MOMENT])]
    version: int | None
    reason: str | None
    author: str | None = None


class ControlZoneOut(FeatureOut):
    """A control zone as a feature."""

    properties: ZoneValuesOut  # type: ignore[assignment]  # narrower than any object
    etag: Annotated[
        str | None, Field(examples=[ETAG], description="Null of what is but remembered.")
    ]


class HeldOut(BaseModel):
    """How much the zones of one level hold."""

    level: Level
    buildings: Annotated[int, Field(examples=[4])]
    households: Annotated[int, Field(examples=[96])]
    people: Annotated[int, Field(examples=[240])]


class ControlZonesOut(BaseModel):
    """The control zones."""

    type: Literal["FeatureCollection"]
    at: str | None
    known_at: str | None
    seq: Annotated[int, Field(description="Of the last change; events go on from there.")]
    held: list[HeldOut]
    overlaps: Annotated[
        dict[str, Any] | None,
        Field(
            description="A MultiPolygon where levels overlap; its member `parts` tells of each "
            "part the level that holds there, and the milder ones."
        ),
    ]
    features: list[ControlZoneOut]


class SavedOut(BaseModel):
    """What changes have made."""

    seq: int
    features: list[ControlZoneOut]
    deleted: list[str]


class VersionOut(BaseModel):
    """What one edit made of a zone; `actor` is for staff."""

    number: int
    kind: Literal["create", "replace", "delete"]
    at: Annotated[str, Field(examples=[MOMENT])]
    actor: str | None = None
    reason: str
    feature: ControlZoneOut


class VersionsOut(BaseModel):
    """The versions of a zone, the newest first."""

    versions: list[VersionOut]


class MomentOut(BaseModel):
    """A moment at which the map of zones changes."""

    at: Annotated[str, Field(examples=[MOMENT])]
    kind: Literal["saved", "begins", "ends"]
    zones: list[str]
    actor: str | None = None
    reason: str | None = None


class TimelineOut(BaseModel):
    """All moments at which the map of zones changes."""

    first: str | None
    now: str
    moments: list[MomentOut]


class OpeningsSummaryOut(BaseModel):
    """How many openings a boundary has, and the fewest posts that seal it."""

    openings: Annotated[int, Field(examples=[5])]
    guarded: Annotated[int, Field(examples=[1])]
    closed: Annotated[int, Field(examples=[1])]
    open: Annotated[int, Field(examples=[3])]
    fewest_posts: Annotated[int, Field(examples=[2])]


class OpeningsOut(BaseModel):
    """The openings of a zone as points."""

    type: Literal["FeatureCollection"]
    summary: OpeningsSummaryOut
    posts: Annotated[dict[str, list[str]], Field(description="Where the fewest posts stand.")]
    draft: Annotated[
        FeatureOut | None, Field(description="The line within the band that needs fewer posts.")
    ]
    draft_posts: Annotated[list[FeatureOut], Field(description="Where the draft's posts stand.")]
    features: list[FeatureOut]


class ShapesOut(BaseModel):
    """Shapes that were worked on; nothing is stored."""

    geometries: list[GeometryOut]
    draft: Annotated[
        FeatureOut | None, Field(description="Of a band: the shape with its figures.")
    ] = None
    draft_posts: Annotated[
        list[FeatureOut] | None, Field(description="Of a band: where its posts stand.")
    ] = None


class MergeOut(BaseModel):
    """What two shapes that were made from one make together."""

    merged: GeometryOut | None
    clashes: Annotated[dict[str, Any] | None, Field(description="Where they contradict.")]


class ChangeOut(BaseModel):
    """How many there are now, how many more or fewer, and which."""

    now: int
    change: int
    unknown: Annotated[int, Field(description="Buildings whose number is not known.")]
    entering: Annotated[list[dict[str, str | None]], Field(alias="in")]
    leaving: Annotated[list[dict[str, str | None]], Field(alias="out")]


class OpeningsChangeOut(BaseModel):
    """The openings of the changed zones, and which of them are new or gone."""

    now: dict[str, Any]
    counts: dict[str, int]
    gained: list[FeatureOut]
    lost: list[FeatureOut]
    fewest_posts: int | None


class FaultOut(BaseModel):
    """One thing that is wrong with one change."""

    index: int
    id: str
    code: Annotated[str, Field(examples=["self_crossing"])]
    detail: str
    geometry: Annotated[dict[str, Any] | None, Field(description="Where on the map.")]


class FaultsOut(ProblemOut):
    """Zones would break the rules."""

    faults: list[FaultOut]


class ConflictOut(BaseModel):
    """A zone that somebody else has changed meanwhile."""

    id: str
    base: ControlZoneOut | None
    current: ControlZoneOut | None
    mine: FeatureOut | None
    merged: GeometryOut | None
    clashes: dict[str, Any] | None
    merged_properties: dict[str, Any] | None
    clashing: list[str]


class ConflictsOut(ProblemOut):
    """Somebody else was first; nothing was saved."""

    conflicts: list[ConflictOut]


class PreviewOut(BaseModel):
    """What changes would do."""

    at: Annotated[str, Field(examples=[MOMENT])]
    buildings: ChangeOut
    households: ChangeOut
    people: ChangeOut
    sites: ChangeOut
    gates: ChangeOut
    levels: list[dict[str, Any]]
    moved: list[dict[str, Any]]
    blocks: list[dict[str, str | None]]
    teams: list[dict[str, int]]
    openings: OpeningsChangeOut
    half_inside: list[dict[str, Any]]
    overlaps: dict[str, Any] | None
    faults: list[FaultOut]
