"""Who one is, and the tokens of devices."""

from http import HTTPStatus

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from api.auth.guard import utc_now
from api.auth.pictures import qr_svg
from api.dependencies import IssuerDep, PersonDep, WorkspaceDep
from api.routers.account_bodies import IssuedTokenOut, MeOut, TokenIn, TokenOut, TokensOut
from api.routers.bodies import problems
from api.routers.parameters import PrefixPath, no_parameters
from api.services.people import parse_name
from api.services.tokens import TokenWish, issue_token, list_tokens, revoke_token

router = APIRouter(prefix="/api", tags=["people"], dependencies=[Depends(no_parameters)])


@router.get("/me", operation_id="read_me", summary="Who is signed in", responses=problems())
def get_me(person: PersonDep, response: Response) -> MeOut:
    """Tell who is signed in, and what they may do."""
    response.headers["Cache-Control"] = "no-store"
    return MeOut(
        name=person.name,
        role=person.role,
        areas=None if person.areas is None else sorted(person.areas),
        may_edit=person.may_edit,
        may_write=person.may_write,
    )


@router.get("/tokens", operation_id="list_tokens", summary="Tokens", responses=problems())
def get_tokens(person: PersonDep, workspace: WorkspaceDep, response: Response) -> TokensOut:
    """List one's own tokens, and those of the people one manages; never what lets a device in."""
    response.headers["Cache-Control"] = "no-store"
    tokens = list_tokens(workspace, person)
    return TokensOut(tokens=[TokenOut.model_validate(token) for token in tokens])


@router.post(
    "/tokens",
    operation_id="issue_token",
    summary="Issue a token",
    status_code=HTTPStatus.CREATED,
    responses=problems(403, 404, 422),
)
def post_token(
    issuer: IssuerDep, workspace: WorkspaceDep, wish: TokenIn, response: Response
) -> IssuedTokenOut:
    """
    Issue a token for a device, within one's own rights; its text is in this answer and never again.

    Only somebody signed in with name and password may do so.
    """
    asked = TokenWish(
        user=parse_name(wish.user) if wish.user else issuer.name,
        device=wish.device,
        may_write=wish.may_write,
        days=wish.days,
        areas=None if wish.areas is None else frozenset(wish.areas),
    )
    text, token = issue_token(workspace, issuer, asked, utc_now())
    response.headers["Cache-Control"] = "no-store"
    response.headers["Location"] = f"/api/tokens/{token.prefix}"
    told = TokenOut.model_validate(token).model_dump()
    return IssuedTokenOut(**told, token=text, qr_svg=qr_svg(text))


@router.delete(
    "/tokens/{prefix}",
    operation_id="revoke_token",
    summary="Revoke a token",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problems(403, 404),
)
def delete_token(prefix: PrefixPath, issuer: IssuerDep, workspace: WorkspaceDep) -> None:
    """Let a token be good for nothing, at once."""
    revoke_token(workspace, issuer, prefix, utc_now())
