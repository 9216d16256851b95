"""The parameters of requests; a name that is not declared here is refused."""

import re
from contextlib import suppress
from datetime import date
from typing import Annotated, Literal, Self

from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from api.services.coverage import CoverageQuery
from api.services.focus import Focus
from api.services.layers import MAX_PAGE_LIMIT, PAGE_LIMIT, LayerQuery
from api.services.page import PageQuery, SweepWish
from api.services.scope import Scope, parse_box, parse_place
from api.services.sweeps import MAX_SEED, MAX_TEAMS, SweepQuery
from api.settings import Settings
from geo.coverage import CoverageRules
from maps.text import Language
from maps.view import SiteLayer

MAX_TEXT = 100
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _parse_day(value: object) -> date:
    """Read a day as it stands in an address; only one form, so that a number is none."""
    with suppress(ValueError):
        if isinstance(value, str) and ISO_DAY.fullmatch(value):
            return date.fromisoformat(value)
    msg = "Expected a day such as 2020-03-25"
    raise ValueError(msg)


Day = Annotated[date, BeforeValidator(_parse_day)]
DayPath = Annotated[
    Literal["latest"] | date,
    BeforeValidator(lambda value: value if value == "latest" else _parse_day(value)),
    Path(
        description="A day with reports, or the last one.",
        openapi_examples={
            "latest": {"summary": "The last day with reports", "value": "latest"},
            "day": {"summary": "A day", "value": "2020-03-25"},
        },
    ),
]
LayerPath = Annotated[
    str, Path(description="Name of a layer.", max_length=MAX_TEXT, examples=["buildings"])
]
SweepPath = Annotated[
    str,
    Path(
        description="Id of a plan, as `/api/sweeps` gives it.",
        max_length=5 * MAX_TEXT,
        examples=["teams-4~seed-1"],
    ),
]
PrefixPath = Annotated[
    str, Path(description="Prefix of a token.", max_length=MAX_TEXT, examples=["k3v7q2xa"])
]
TeamPath = Annotated[int, Path(ge=1, le=MAX_TEAMS, description="Counted from 1.", examples=[1])]


class Parameters(BaseModel):
    """No parameters at all; others add theirs."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def no_parameters(_parameters: Annotated[Parameters, Query()]) -> None:
    """Refuse every parameter, for endpoints that take none."""


class LanguageParameters(Parameters):
    """The language of an answer."""

    lang: Annotated[
        Language | None,
        Field(description="Language of the answer; a setting where absent.", examples=["zh"]),
    ] = None


class LoginParameters(LanguageParameters):
    """Where to go on to after signing in."""

    next: Annotated[
        str,
        Field(max_length=20 * MAX_TEXT, description="Path to go on to.", examples=["/"]),
    ] = "/"


class KeyParameters(LanguageParameters):
    """The key of a one-time link."""

    key: Annotated[str, Field(max_length=MAX_TEXT, description="Of the link.", examples=["k"])] = ""


class BoxParameters(Parameters):
    """A box."""

    bbox: Annotated[
        str | None,
        Field(
            max_length=MAX_TEXT,
            description="West, south, east, north in WGS 84 degrees.",
            examples=["113.14,27.82,113.16,27.84"],
        ),
    ] = None

    @field_validator("bbox")
    @classmethod
    def _check_box(cls, text: str | None) -> str | None:
        if text is not None:
            parse_box(text)
        return text


class ScopeParameters(BoxParameters):
    """Which part of the project."""

    area: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=MAX_TEXT,
            description="Code of an area; not together with `bbox`.",
            examples=["430204001001"],
        ),
    ] = None

    @model_validator(mode="after")
    def _check_scope(self) -> Self:
        _ = self.scope
        return self

    @property
    def scope(self) -> Scope:
        """The scope that is meant."""
        return Scope(area=self.area, bbox=parse_box(self.bbox) if self.bbox is not None else None)


class CoverageParameters(ScopeParameters):
    """What is asked about coverage."""

    sites: Annotated[
        SiteLayer, Field(description="What covers the buildings.", examples=["sampling_sites"])
    ] = "sampling_sites"
    walk_minutes: Annotated[
        float | None,
        Field(
            gt=0,
            le=180,
            allow_inf_nan=False,
            description="Longest walk, in minutes; a setting where absent.",
            examples=[15],
        ),
    ] = None
    straight_line: Annotated[
        bool,
        Field(description="Measure as the crow flies, not along streets.", examples=[False]),
    ] = False

    def rules(self, settings: Settings) -> CoverageRules:
        """Give the rules that are meant, the settings' where none were asked for."""
        asked = self.walk_minutes
        return CoverageRules(
            walk_minutes=settings.walk_minutes if asked is None else asked,
            speed_m_s=settings.walk_speed_m_s,
            is_straight_line=self.straight_line,
        )

    def query(self, settings: Settings) -> CoverageQuery:
        """Give the question that is meant."""
        return CoverageQuery(self.scope, self.sites, self.rules(settings))


SeedField = Annotated[
    int, Field(ge=0, le=MAX_SEED, description="Same seed, same plan.", examples=[1])
]
StartField = Annotated[
    str | None,
    Field(
        max_length=MAX_TEXT,
        description="Longitude and latitude where all teams set out, WGS 84 degrees; the "
        "project's office where absent, else a street near the middle of the buildings.",
        examples=["113.15,27.83"],
    ),
]


def _check_start(text: str | None) -> str | None:
    if text is not None:
        parse_place(text)
    return text


class SweepParameters(ScopeParameters):
    """What is asked of a plan."""

    teams: Annotated[
        int, Field(ge=1, le=MAX_TEAMS, description="How many teams set out.", examples=[4])
    ]
    seed: SeedField = 1
    start: StartField = None

    _check_start = field_validator("start")(_check_start)

    def query(self, settings: Settings) -> SweepQuery:
        """Give the question that is meant."""
        return SweepQuery(
            scope=self.scope,
            teams=self.teams,
            seed=self.seed,
            start=parse_place(self.start) if self.start else None,
            speed_m_s=settings.walk_speed_m_s,
        )


class LayerParameters(BoxParameters):
    """Which features of a layer."""

    limit: Annotated[
        int,
        Field(ge=1, le=MAX_PAGE_LIMIT, description="At most so many features.", examples=[100]),
    ] = PAGE_LIMIT
    offset: Annotated[
        int, Field(ge=0, le=10**9, description="Leave out so many first.", examples=[0])
    ] = 0

    def query(self, layer: str) -> LayerQuery:
        """Give the question that is meant."""
        bbox = parse_box(self.bbox) if self.bbox is not None else None
        return LayerQuery(layer, bbox, self.limit, self.offset)


class PageParameters(CoverageParameters):
    """What the page of a community shows."""

    lang: Annotated[
        Language | None, Field(description="Language of the page.", examples=["zh"])
    ] = None
    day: Annotated[
        Day | None,
        Field(
            description="Day of the reopening figures; the last where absent.",
            examples=["2020-03-25"],
        ),
    ] = None
    teams: Annotated[
        int | None,
        Field(
            ge=0,
            le=MAX_TEAMS,
            description="Teams of the sweep that is drawn; 0 for none.",
            examples=[4],
        ),
    ] = None
    seed: SeedField = 1
    start: StartField = None

    _check_start = field_validator("start")(_check_start)

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, asked: object) -> object:
        """Take a field that a form sent empty for one that was not sent."""
        if not isinstance(asked, dict):
            return asked
        return {name: value for name, value in asked.items() if value != ""}

    def page_query(self, settings: Settings) -> PageQuery:
        """Give the question that is meant."""
        return PageQuery(
            language=self.lang or settings.language,
            scope=self.scope,
            day=self.day,
            site_layer=self.sites,
            rules=self.rules(settings),
            sweep=SweepWish(
                teams=settings.teams if self.teams is None else self.teams,
                seed=self.seed,
                start=parse_place(self.start) if self.start else None,
                is_asked=self.teams is not None,
            ),
            focus=Focus(settings.page_max_buildings, settings.page_box_m),
            title=settings.title,
            address=self._address(),
        )

    def _address(self) -> dict[str, str]:
        asked = self.model_dump(mode="json", exclude_unset=True, exclude_none=True)
        return {name: json_text(value) for name, value in asked.items()}


def json_text(value: object) -> str:
    """
    Write a parameter as it stands in an address.

    Examples
    --------
    >>> json_text(True), json_text(15.0), json_text("a b")
    ('true', '15', 'a b')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
