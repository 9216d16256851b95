"""In which form an answer is given: as the address says, else as `Accept` does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from api.services.collections.errors import NoSuchFormError, ParameterError

NAME = "f"
KEPT_HEADERS = 512


@dataclass(frozen=True, slots=True)
class Form:
    """
    A form of an answer.

    Parameters
    ----------
    name
        As `f` says it.
    media_type
        As `Accept` does.
    """

    name: str
    media_type: str


JSON = Form("json", "application/json")
GEOJSON = Form("json", "application/geo+json")
SCHEMA = Form("json", "application/schema+json")
OPENAPI = Form("json", "application/vnd.oai.openapi+json;version=3.0")
OPENAPI_SHORT = Form("json", "application/openapi+json;version=3.0")
HTML = Form("html", "text/html")

PLAIN_FORMS = (JSON, HTML)
ITEM_FORMS = (GEOJSON, JSON, HTML)
SCHEMA_FORMS = (SCHEMA, JSON)
OPENAPI_FORMS = (OPENAPI, OPENAPI_SHORT, JSON, HTML)


def choose_form(accept: str, asked: str | None, offered: tuple[Form, ...]) -> Form:
    """
    Choose the form of an answer.

    Parameters
    ----------
    accept
        The header; empty for none.
    asked
        By the parameter `f`; it wins.
    offered
        The best first.

    Raises
    ------
    ParameterError
        If `f` names none of them.
    NoSuchFormError
        If the client takes none of them.

    Examples
    --------
    >>> choose_form("text/html;q=0.5, */*;q=0.1", None, ITEM_FORMS).name
    'html'
    >>> choose_form("text/html", "json", ITEM_FORMS).media_type
    'application/geo+json'
    """
    if asked is None:
        return _accepted(accept, offered)
    named = next((form for form in offered if form.name == asked), None)
    if named is None:
        names = " or ".join(dict.fromkeys(form.name for form in offered))
        raise ParameterError(NAME, f"Expected {names}.")
    return named


@lru_cache(KEPT_HEADERS)
def _accepted(accept: str, offered: tuple[Form, ...]) -> Form:
    if not accept.strip():
        return offered[0]
    wishes = [_wish(part) for part in accept.split(",") if part.strip()]
    weights = [_weight(form, wishes) for form in offered]
    best = max(weights)
    if best <= 0:
        told = ", ".join(form.media_type for form in offered)
        msg = f"Expected a client that takes one of {told}."
        raise NoSuchFormError(msg)
    return offered[weights.index(best)]


def _wish(part: str) -> tuple[str, float]:
    """Give a media range, without blanks, and its weight."""
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weight = 1.0
    kept = []
    for parameter in parameters:
        if parameter.startswith("q="):
            weight = _number(parameter[2:])
        elif not parameter.startswith("charset="):
            kept.append(parameter)
    return ";".join((kind, *kept)), weight


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


def _weight(form: Form, wishes: list[tuple[str, float]]) -> float:
    """Give the weight of the narrowest range a form falls in; 0 where it falls in none."""
    kind = form.media_type.partition(";")[0]
    ranges = (form.media_type, kind, f"{kind.partition('/')[0]}/*", "*/*")
    return next((weight for one in ranges for wish, weight in wishes if wish == one), 0.0)
