"""The shapes of answers, as the OpenAPI document tells them."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.problems import MEDIA_TYPE as PROBLEM_TYPE
from api.services import features
from geo.coverage import Reason

BUILDING = {
    "type": "Feature",
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[113.15, 27.83], [113.1502, 27.83], [113.1502, 27.8301], [113.15, 27.83]]],
    },
}


class GeoJson(JSONResponse):
    """GeoJSON, WGS 84, longitude first; given as bytes, described as the JSON it is."""

    media_type = features.MEDIA_TYPE

    def render(self, content: bytes) -> bytes:
        """Send what was written already."""
        return content


class ProblemOut(BaseModel):
    """An error as RFC 9457 tells it."""

    type: Annotated[str, Field(examples=["/problems/unknown-layer"])]
    title: Annotated[str, Field(examples=["No such layer"])]
    status: Annotated[int, Field(examples=[404])]
    instance: Annotated[str, Field(examples=["/api/layers/houses"])]
    detail: str | None = None
    errors: list[dict[str, str]] | None = None


class LinkOut(BaseModel):
    """A link to another resource."""

    rel: Annotated[str, Field(examples=["next"])]
    href: Annotated[str, Field(examples=["/api/layers/buildings?limit=100&offset=100"])]
    type: Annotated[str, Field(examples=[features.MEDIA_TYPE])]


class FeatureOut(BaseModel):
    """A GeoJSON feature."""

    type: Literal["Feature"]
    id: str | None = None
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


class LayerPageOut(BaseModel):
    """Some features of a layer."""

    type: Literal["FeatureCollection"]
    numberMatched: Annotated[int, Field(examples=[59])]  # noqa: N815 (OGC's word)
    numberReturned: Annotated[int, Field(examples=[1])]  # noqa: N815 (OGC's word)
    links: list[LinkOut]
    features: Annotated[
        list[FeatureOut],
        Field(examples=[[{**BUILDING, "id": "B01", "properties": {"floors": 6}}]]),
    ]


class ColumnOut(BaseModel, from_attributes=True):
    """A column of a layer."""

    name: Annotated[str, Field(examples=["floors"])]
    title: Annotated[str, Field(examples=["Floors"])]
    kind: Annotated[str, Field(examples=["integer"])]
    is_required: bool
    allowed: Annotated[tuple[str, ...], Field(description="Empty for any text.")]
    minimum: float | None
    maximum: float | None


class LayerOut(BaseModel, from_attributes=True):
    """A layer, and how many features the project has of it."""

    name: Annotated[str, Field(examples=["buildings"])]
    title: Annotated[str, Field(examples=["Buildings"])]
    geometry: Annotated[str, Field(examples=["Polygon"])]
    key: Annotated[str, Field(examples=["building_id"])]
    count: Annotated[int, Field(examples=[59])]
    columns: list[ColumnOut]


class LayersOut(BaseModel):
    """All layers."""

    layers: list[LayerOut]


class CoverageSummaryOut(BaseModel):
    """Covered and uncovered always add up to all."""

    buildings: Annotated[int, Field(examples=[59])]
    covered: Annotated[int, Field(examples=[48])]
    uncovered: Annotated[int, Field(examples=[11])]
    residents: Annotated[int, Field(examples=[1565])]
    residents_covered: Annotated[int, Field(examples=[1286])]
    residents_uncovered: Annotated[int, Field(examples=[279])]
    unreachable: Annotated[int, Field(examples=[0], description="Buildings without a path.")]


class ZonePropertiesOut(BaseModel):
    """An uncovered zone."""

    zone_id: Annotated[str, Field(examples=["1"])]
    buildings: Annotated[int, Field(examples=[4])]
    households: Annotated[int, Field(examples=[61])]
    residents: Annotated[int, Field(examples=[150])]
    worst_walk_m: Annotated[
        float | None, Field(examples=[1312.4], description="Null where there is no path.")
    ]
    reason: Reason


class ZoneOut(FeatureOut):
    """An uncovered zone as a feature."""

    properties: ZonePropertiesOut  # type: ignore[assignment]  # narrower than any object


class CoverageRulesOut(BaseModel):
    """What was asked."""

    walk_minutes: Annotated[float, Field(examples=[15.0])]
    speed_m_s: Annotated[float, Field(examples=[1.2])]
    is_straight_line: bool


class CoverageOut(BaseModel):
    """What is not covered."""

    type: Literal["FeatureCollection"]
    summary: CoverageSummaryOut
    rules: CoverageRulesOut
    features: list[ZoneOut]


class CoveredBuildingPropertiesOut(BaseModel):
    """A building and the site it is assigned to, or else the nearest."""

    building_id: Annotated[str, Field(examples=["B01"])]
    covered: bool
    site_id: Annotated[str | None, Field(examples=["S01"])]
    walk_m: Annotated[
        float | None, Field(examples=[412.7], description="Null where there is no path.")
    ]
    reason: Annotated[Reason, Field(description="Empty where it is covered.")]


class CoveredBuildingOut(FeatureOut):
    """A building as a feature."""

    properties: CoveredBuildingPropertiesOut  # type: ignore[assignment]  # narrower as well


class CoveredBuildingsOut(BaseModel):
    """Every building, covered or not."""

    type: Literal["FeatureCollection"]
    summary: CoverageSummaryOut
    rules: CoverageRulesOut
    features: list[CoveredBuildingOut]


class PlanOut(BaseModel):
    """How good a plan is."""

    makespan_s: Annotated[float, Field(examples=[11940.0], description="The longest duration.")]
    bound_s: Annotated[float, Field(examples=[11800.0], description="No plan can be shorter.")]
    gap: Annotated[float, Field(examples=[0.0119], description="Makespan over bound, less one.")]
    walk_m: Annotated[float, Field(examples=[6200.5], description="Of all teams.")]
    unreachable: Annotated[list[str], Field(description="Buildings no way leads to.")]
    seed: Annotated[int, Field(examples=[1])]
    start_kind: Literal["given", "office", "middle"]


class SweepOut(BaseModel):
    """A plan: a line a team, and its stops in order."""

    type: Literal["FeatureCollection"]
    id: Annotated[str, Field(examples=["teams-4~seed-1"])]
    plan: PlanOut
    links: list[LinkOut]
    features: list[FeatureOut]


class RouteOut(BaseModel):
    """The line of one team, and its stops in order."""

    type: Literal["FeatureCollection"]
    features: list[FeatureOut]


class FiguresOut(BaseModel, from_attributes=True):
    """Figures of one group of premises."""

    code: Annotated[str, Field(examples=["catering"])]
    name: Annotated[str, Field(examples=["catering"])]
    premises: Annotated[int, Field(examples=[92])]
    reopened: Annotated[int, Field(examples=[92])]
    employees: Annotated[int, Field(examples=[240])]
    staff_back: Annotated[int, Field(examples=[212])]
    reopened_change: Annotated[int | None, Field(examples=[3])]
    staff_back_change: Annotated[int | None, Field(examples=[8])]
    carried: Annotated[int, Field(examples=[2], description="Last report carried forward.")]
    missing: Annotated[int, Field(examples=[0], description="Never reported.")]


class TrendPointOut(BaseModel, from_attributes=True):
    """All premises on one day."""

    day: date
    premises: int
    reopened: int
    staff_back: int


class ReopeningOut(BaseModel, from_attributes=True):
    """The figures of one day."""

    day: date
    total: FiguresOut
    by_category: list[FiguresOut]
    by_area: list[FiguresOut]
    trend: list[TrendPointOut]


class HealthOut(BaseModel):
    """That the service runs, and on what."""

    status: Literal["ok"]
    version: Annotated[str, Field(examples=["0.1.0"])]
    revision: Annotated[int, Field(examples=[3], description="Raised by every import.")]


def problems(*statuses: int, is_public: bool = False) -> dict[int | str, dict[str, Any]]:
    """
    Declare the errors of an endpoint for the OpenAPI document; 400 is always one.

    Parameters
    ----------
    is_public
        Whether nobody needs to be signed in; else 401 and 429 are errors too.
    """
    told = {400: "A parameter is unknown or out of range.", 404: "There is no such thing."}
    told |= {422: "The data break their contract."}
    told |= {401: "Nobody is signed in.", 403: "Role or areas do not allow it."}
    told |= {429: "Too many attempts.", 503: "The project or the service is busy."}
    told |= {409: "The id is taken.", 412: "Somebody else was first.", 413: "Too much at once."}
    told |= {428: "It is not said which version is meant."}
    always = (400,) if is_public else (400, 401, 429)
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    return {
        status: {"description": told[status], "content": content} for status in (*always, *statuses)
    }
