"""What endpoints are given: who asks, the settings, the project, and a way to answer once."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Annotated, Protocol, Self

from fastapi import Depends, Request
from fastapi.responses import Response

from api.services.bounds import seen_by
from api.services.people import Admission
from api.services.rights import ForbiddenError, Person, Role
from api.services.scope import Scope
from api.services.workspace import Results, Workspace
from api.settings import Settings

KEPT_ANSWERS = 128
TAG_BYTES = 16
NOT_MODIFIED = 304
REVALIDATED = "private, no-cache"
VARIES = "Authorization, Cookie"


class Doorkeeper(Protocol):
    """Tells who sends a request; `api.auth.guard.Guard` does."""

    def admit(self, request: Request) -> Admission:
        """Let somebody in, or raise."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """
    A body and the strong entity tag that tells it from every other body.

    Examples
    --------
    >>> Prepared.of(b"{}").etag == Prepared.of(b"{}").etag != Prepared.of(b"[]").etag
    True
    """

    body: bytes
    etag: str

    @classmethod
    def of(cls, body: bytes) -> Self:
        """Tag a body by what is in it."""
        return cls(body, f'"{blake2b(body, digest_size=TAG_BYTES).hexdigest()}"')


@dataclass(frozen=True, slots=True)
class Desk:
    """
    What an endpoint works with; it answers from memory where the same was asked before.

    An answer is made once for each state of the project and each set of parameters; its tag
    is taken from its bytes, so that an equal tag means an equal answer even across a restart
    or another project.

    Parameters
    ----------
    request
        The one that is answered.
    settings
        Of the service.
    workspace
        The project, and what was computed from it.
    answers
        Where answers are kept.
    person
        Who asks.
    """

    request: Request
    settings: Settings
    workspace: Workspace
    answers: Workspace
    person: Person

    def seen(self, scope: Scope) -> Scope:
        """Give the scope that whoever asks means by one: no more than their own areas."""
        return seen_by(self.workspace, scope, self.person)

    def give(
        self,
        parameters: Hashable,
        make: Callable[[], bytes],
        *,
        media_type: str | None = "application/json",
        language: str = "",
    ) -> Response:
        """
        Answer with a body, or with 304 where the client has it already.

        Parameters
        ----------
        parameters
            What the body depends on besides the path, the language, the project, and what the
            person may see.
        make
            Makes the body; called once for each state of the project and parameters.
        language
            Of the body, where it is in one.
        """
        path = str(self.request.scope["path"])
        key = (parameters, language, self.person.view)
        kept = self.answers.once(path, key, lambda: Prepared.of(make()))
        headers = {"Cache-Control": REVALIDATED, "ETag": kept.etag, "Vary": VARIES}
        held = matching_tag(self.request.headers.get("if-none-match", ""), kept.etag)
        if held:
            return Response(status_code=NOT_MODIFIED, headers=headers | {"ETag": held})
        if language:
            headers["Content-Language"] = language
        return Response(kept.body, headers=headers, media_type=media_type)


def compressed_tag(etag: str) -> str:
    """
    Name the compressed form of a body; a strong tag stands for one sequence of bytes.

    Examples
    --------
    >>> compressed_tag('"0a"')
    '"0a-gzip"'
    """
    return f'{etag[:-1]}-gzip"'


def matching_tag(if_none_match: str, etag: str) -> str | None:
    """
    Give the tag by which a client says that it holds the present body.

    Parameters
    ----------
    if_none_match
        The header as it came.
    etag
        Of the present body, uncompressed.

    Examples
    --------
    >>> matching_tag('"1", W/"2-gzip"', '"2"'), matching_tag("*", '"2"')
    ('"2-gzip"', '"2"')
    >>> matching_tag('"1"', '"2"')
    """
    if if_none_match.strip() == "*":
        return etag
    held = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return next((tag for tag in (etag, compressed_tag(etag)) if tag in held), None)


def _admission(request: Request) -> Admission:
    guard: Doorkeeper = request.app.state.guard
    return guard.admit(request)


AdmissionDep = Annotated[Admission, Depends(_admission)]
"""Somebody who is signed in, and how; a browser's change has been checked for forgery."""


async def _person(admission: AdmissionDep) -> Person:
    return admission.person


PersonDep = Annotated[Person, Depends(_person)]
"""Somebody who is signed in."""


async def _editor(person: PersonDep) -> Person:
    if not person.may_edit:
        msg = (
            f"Expected somebody who may change the map, got the {person.role.value} {person.name}."
        )
        raise ForbiddenError(msg)
    return person


EditorDep = Annotated[Person, Depends(_editor)]
"""Somebody who may change features, within their areas."""


async def _admin(person: PersonDep) -> Person:
    if person.role is not Role.ADMIN or not person.may_write:
        msg = f"Expected an admin, got the {person.role.value} {person.name}."
        raise ForbiddenError(msg)
    return person


AdminDep = Annotated[Person, Depends(_admin)]
"""An admin who may change things."""


async def _issuer(admission: AdmissionDep, editor: EditorDep) -> Person:
    if not admission.is_browser:
        msg = "Expected a sign-in with name and password; a token issues no tokens."
        raise ForbiddenError(msg)
    return editor


IssuerDep = Annotated[Person, Depends(_issuer)]
"""Somebody who may hand out tokens: an editor who is signed in in a browser."""


async def _public() -> None:
    """Nobody needs to be signed in."""


Public = Depends(_public)
"""Marks a route that is there for everybody; every other depends on a person."""


async def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace


WorkspaceDep = Annotated[Workspace, Depends(_workspace)]
"""The project itself, whoever asks: for public routes and for changes."""


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


SettingsDep = Annotated[Settings, Depends(_settings)]


async def _desk(request: Request, person: PersonDep, workspace: WorkspaceDep) -> Desk:
    kept: Results = request.app.state.answers
    answers = Workspace(workspace.project, kept)
    return Desk(request, request.app.state.settings, workspace, answers, person)


DeskDep = Annotated[Desk, Depends(_desk)]
"""A desk for somebody who is signed in."""
