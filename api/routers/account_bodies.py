"""The shapes of what is told of people and their tokens."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from api.services.people import MAX_NAME
from api.services.rights import Role
from api.services.tokens import MAX_DAYS, MAX_DEVICE, USUAL_DAYS

MAX_AREAS = 1_000
Codes = Annotated[
    list[Annotated[str, Field(max_length=100)]] | None,
    Field(
        max_length=MAX_AREAS,
        description="Codes of areas with all below them.",
        examples=[["430204001001"]],
    ),
]


class MeOut(BaseModel):
    """Who is signed in."""

    name: Annotated[str, Field(examples=["li.wei"])]
    role: Role
    areas: Annotated[Codes, Field(description="Their areas; null for everywhere.")]
    may_edit: Annotated[bool, Field(description="Whether they may change zones.")]
    may_write: Annotated[bool, Field(description="Whether this sign-in may change anything.")]


class TokenIn(BaseModel):
    """What kind of token is wanted."""

    model_config = ConfigDict(extra="forbid")

    user: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=MAX_NAME,
            description="For whom; oneself where absent.",
            examples=["zhang.san"],
        ),
    ] = None
    device: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_DEVICE,
            description="What people call the device.",
            examples=["Zhang's phone"],
        ),
    ]
    may_write: Annotated[bool, Field(description="Whether it may change anything.")] = False
    days: Annotated[
        int, Field(ge=1, le=MAX_DAYS, description="Until it expires.", examples=[30])
    ] = USUAL_DAYS
    areas: Annotated[Codes, Field(description="Part of the user's areas; null for all.")] = None

    @field_validator("device")
    @classmethod
    def _check_device(cls, device: str) -> str:
        if not device.isprintable():
            msg = "Expected a name of printable signs"
            raise ValueError(msg)
        return device


class TokenOut(BaseModel, from_attributes=True):
    """A token, without what lets a device in."""

    prefix: Annotated[str, Field(examples=["k3v7q2xa"])]
    user_name: Annotated[str, Field(examples=["zhang.san"])]
    device: Annotated[str, Field(examples=["Zhang's phone"])]
    may_write: bool
    areas: Codes
    issued_by: Annotated[str, Field(examples=["li.wei"])]
    created_at: datetime
    expires_at: datetime
    last_used_at: Annotated[datetime | None, Field(description="To the minute.")]
    revoked_at: datetime | None

    @field_validator("areas", mode="before")
    @classmethod
    def _sort_areas(cls, areas: frozenset[str] | None) -> list[str] | None:
        return None if areas is None else sorted(areas)


class TokensOut(BaseModel):
    """Tokens, the newest first."""

    tokens: list[TokenOut]


class IssuedTokenOut(TokenOut):
    """A token that was just issued."""

    token: Annotated[
        str, Field(description="Shown once: `Authorization: Bearer …`.", examples=["pm_k3v7q2xa_…"])
    ]
    qr_svg: Annotated[str, Field(description="The same as a QR code.", examples=["<svg …/>"])]
