"""Reopening figures and bulletins over HTTP."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import PlainTextResponse, Response

from api.dependencies import DeskDep
from api.routers.bodies import ReopeningOut, problems
from api.routers.parameters import DayPath, LanguageParameters, no_parameters
from api.services.reopening import day_figures, make_bulletin

router = APIRouter(prefix="/api", tags=["reopening"])


@router.get(
    "/reopening/{day}",
    operation_id="read_reopening",
    summary="Figures of a day",
    response_model=ReopeningOut,
    responses=problems(404, 422),
    dependencies=[Depends(no_parameters)],
)
def get_reopening(day: DayPath, desk: DeskDep) -> Response:
    """Give the figures of a day by category and community, and the days before it."""

    def body() -> bytes:
        figures = day_figures(desk.workspace, _day(day), reach=desk.person.areas)
        return ReopeningOut.model_validate(figures).model_dump_json().encode()

    return desk.give(None, body)


@router.get(
    "/bulletins/{day}",
    operation_id="read_bulletin",
    summary="Bulletin of a day",
    response_class=PlainTextResponse,
    responses=problems(404, 422),
)
def get_bulletin(
    day: DayPath, desk: DeskDep, parameters: Annotated[LanguageParameters, Query()]
) -> Response:
    """Give the bulletin of a day as plain text; the same bytes each time."""
    language = parameters.lang or desk.settings.language
    return desk.give(
        None,
        lambda: make_bulletin(
            desk.workspace, _day(day), language, reach=desk.person.areas
        ).encode(),
        media_type="text/plain; charset=utf-8",
        language=language,
    )


def _day(asked: date | Literal["latest"]) -> date | None:
    return None if asked == "latest" else asked
