"""What endpoints are given: the settings, the open project, and a way to answer once."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Annotated, Self

from fastapi import Depends, Request
from fastapi.responses import Response

from api.services.workspace import Results, Workspace
from api.settings import Settings

KEPT_ANSWERS = 128
TAG_BYTES = 16
NOT_MODIFIED = 304
REVALIDATED = "private, no-cache"


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
    """

    request: Request
    settings: Settings
    workspace: Workspace
    answers: Workspace

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
            What the body depends on besides the path, the language and the project.
        make
            Makes the body; called once for each state of the project and parameters.
        language
            Of the body, where it is in one.
        """
        path = self.request.url.path
        kept = self.answers.once(path, (parameters, language), lambda: Prepared.of(make()))
        headers = {"Cache-Control": REVALIDATED, "ETag": kept.etag}
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


def _desk(request: Request) -> Desk:
    state = request.app.state
    workspace: Workspace = state.workspace
    kept: Results = state.answers
    return Desk(request, state.settings, workspace, Workspace(workspace.project, kept))


DeskDep = Annotated[Desk, Depends(_desk)]
