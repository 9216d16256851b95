"""The headers by which a client says which version of a thing it means."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header

from api.services.rights import Person

MAX_HEADER = 1_000
COMPRESSED = "-gzip"
FOR_ALL = "-all"
TAG = re.compile(r'(W/)?"([^"]*)"')

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=MAX_HEADER,
        description="The `ETag` of the version that was seen; needed for every change.",
        examples=['"9ae45f0fa1307dec6d7cebcf3c833d1e"'],
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        max_length=MAX_HEADER,
        description="`*` says that nothing is there.",
        examples=["*"],
    ),
]


@dataclass(frozen=True, slots=True)
class Conditions:
    """Which version of a thing, or nothing at all, has to be there."""

    if_match: str | None
    if_none_match: str | None

    @property
    def is_for_nothing(self) -> bool:
        """Whether nothing has to be there."""
        return (self.if_none_match or "").strip() == "*"


async def _conditions(if_match: IfMatch = None, if_none_match: IfNoneMatch = None) -> Conditions:
    return Conditions(if_match, if_none_match)


ConditionsDep = Annotated[Conditions, Depends(_conditions)]


def shown_tag(etag: str, person: Person) -> str:
    """
    Give the entity tag of a feature as somebody is shown it.

    A strong tag stands for one sequence of bytes, and who is no staff gets fewer columns. Only
    staff change features, so the tag they are given is that of the feature as it is stored.

    Parameters
    ----------
    etag
        Of the feature as it is stored.
    """
    return etag if person.sees_staff_columns else f'{etag[:-1]}{FOR_ALL}"'


def expected_tag(if_match: str | None, current: str | None = None) -> str | None:
    """
    Give the one entity tag that a change is of; `None` where the client names none.

    `*` names none: it would overwrite what nobody has seen. A weak tag stands for no one
    version, so it is given as it came, and matches nothing.

    Parameters
    ----------
    if_match
        The header as it came.
    current
        Of what is stored; chosen if it is among several.

    Examples
    --------
    >>> expected_tag('"1-gzip"'), expected_tag('"0", "1"', '"1"'), expected_tag("*")
    ('"1"', '"1"', None)
    >>> expected_tag('W/"1"', '"1"')
    'W/"1"'
    """
    if if_match is None or if_match.strip() in {"", "*"}:
        return None
    tags = [_strong(text) for is_weak, text in TAG.findall(if_match) if not is_weak]
    return next((tag for tag in tags if tag == current), tags[0] if tags else if_match)


def _strong(text: str) -> str:
    return f'"{text.removesuffix(COMPRESSED)}"'
