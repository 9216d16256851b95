"""What every endpoint of the collections is given: who asks, and how they asked."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import QueryParams

from api.dependencies import PersonDep
from api.routers.ogc.links import Addresses
from api.routers.ogc.negotiation import NAME as FORM_NAME
from api.routers.ogc.negotiation import Form, choose_form
from api.services.collections.asking import only_once, refuse_others
from api.services.collections.errors import ParameterError
from api.services.collections.indexes import Indexes
from api.services.collections.reading import Reader
from api.services.languages import reader_language
from api.services.rights import Person
from api.services.workspace import Workspace
from maps.text import LANGUAGES, Language

LANGUAGE_NAME = "lang"
FORM_NAMES = frozenset({FORM_NAME, LANGUAGE_NAME})


@dataclass(frozen=True, slots=True)
class Visit:
    """
    One request.

    Parameters
    ----------
    reader
        Who asks.
    parameters
        Of the address, each once.
    """

    request: Request
    reader: Reader
    parameters: dict[str, str]

    @property
    def addresses(self) -> Addresses:
        """Where things are."""
        return Addresses(str(self.request.base_url).rstrip("/"))

    @property
    def asked(self) -> dict[str, str]:
        """Parameters but those of the answer's form."""
        return {name: value for name, value in self.parameters.items() if name not in FORM_NAMES}

    @property
    def language(self) -> Language:
        """Language of pages."""
        return reader_language(
            self.request.headers.get("accept-language", ""),
            asked=self.parameters.get(LANGUAGE_NAME, ""),
            default=self.request.app.state.settings.language,
        )

    def form(self, offered: tuple[Form, ...]) -> Form:
        """Choose the form of the answer."""
        accept = self.request.headers.get("accept", "")
        return choose_form(accept, self.parameters.get(FORM_NAME), offered)

    def take_none(self) -> None:
        """Refuse parameters, for resources that take none but those of the form."""
        refuse_others(self.asked, ())

    def address_with(self, **changes: str) -> str:
        """Give the address that was asked for, with some parameters as they are given here."""
        url = self.request.url
        return str(url.include_query_params(**changes))


def visit_by(request: Request, person: Person) -> Visit:
    """
    Give the visit of somebody who was let in.

    Raises
    ------
    ParameterError
        If a parameter comes twice, or there is no such language.
    """
    workspace: Workspace = request.app.state.workspace
    indexes: Indexes = request.app.state.indexes
    parameters = only_once(QueryParams(request.scope["query_string"]).multi_items())
    language = parameters.get(LANGUAGE_NAME)
    if language is not None and language not in LANGUAGES:
        raise ParameterError(LANGUAGE_NAME, f"Expected {' or '.join(LANGUAGES)}.")
    return Visit(request, Reader(workspace, indexes, person), parameters)


async def _visit(request: Request, person: PersonDep) -> Visit:
    return visit_by(request, person)


VisitDep = Annotated[Visit, Depends(_visit)]
"""A request by somebody who is signed in."""
