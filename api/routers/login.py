"""Signing in and out, and the one-time link of the first admin."""

from dataclasses import replace
from http import HTTPStatus
from secrets import token_hex
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.auth.cookies import give_cookie, take_cookie
from api.auth.forms import HOME, local_path, read_form
from api.auth.guard import Guard, address_of
from api.auth.origin import is_own_page, require_own_page
from api.auth.passwords import check_password
from api.dependencies import Public, SettingsDep, WorkspaceDep
from api.problems import LOGIN_PATH
from api.routers.pages import page_headers
from api.routers.parameters import KeyParameters, LoginParameters
from api.services.demo import demo_users
from api.services.people import (
    InvalidUserError,
    SignInBusyError,
    TooManyAttemptsError,
    parse_name,
)
from api.services.sessions import accept_invitation, is_invited
from api.settings import Settings
from api.store.accounts import User
from maps.assets import Assets
from maps.login import LoginFault, LoginView, login_page
from maps.text import LANGUAGES, Language

NONCE_BYTES = 16
STATUSES: dict[LoginFault, HTTPStatus] = {
    "": HTTPStatus.OK,
    "wrong": HTTPStatus.FORBIDDEN,
    "forged": HTTPStatus.FORBIDDEN,
    "too_many": HTTPStatus.TOO_MANY_REQUESTS,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "used": HTTPStatus.GONE,
}
"""Every other fault is one of what was typed: 422."""

router = APIRouter(include_in_schema=False, dependencies=[Public])


async def _form(request: Request) -> dict[str, str]:
    return await read_form(request)


def _guard(request: Request) -> Guard:
    guard: Guard = request.app.state.guard
    return guard


FormDep = Annotated[dict[str, str], Depends(_form)]
GuardDep = Annotated[Guard, Depends(_guard)]


@router.get(LOGIN_PATH)
def get_login(
    request: Request,
    guard: GuardDep,
    settings: SettingsDep,
    parameters: Annotated[LoginParameters, Query()],
) -> Response:
    """Show the sign-in page; whoever is signed in goes on."""
    view = _view(settings, {"next": parameters.next, "lang": parameters.lang or ""})
    if guard.signed_in(request) is not None:
        return _go_on(view.next_path)
    return _shown(view)


@router.post(LOGIN_PATH)
def post_login(request: Request, guard: GuardDep, settings: SettingsDep, form: FormDep) -> Response:
    """Sign in with name and password."""
    view = _view(settings, form)
    return _answer(request, guard, view, _tried(request, guard, view, form.get("password", "")))


@router.post("/login/demo")
def post_demo_login(
    request: Request,
    guard: GuardDep,
    settings: SettingsDep,
    workspace: WorkspaceDep,
    form: FormDep,
) -> Response:
    """Sign in to the demo by a click on a role."""
    view = _view(settings, form)
    if not settings.demo or not is_own_page(request.headers):
        return _shown(replace(view, fault="forged"))
    users = {role.value: user for role, user in demo_users(workspace).items()}
    user = users.get(form.get("role", ""))
    return _answer(request, guard, view, user or replace(view, fault="wrong"))


@router.post("/logout")
def post_logout(request: Request, guard: GuardDep) -> Response:
    """Sign out."""
    require_own_page(request.headers)
    guard.close(request)
    answer = _go_on(LOGIN_PATH)
    take_cookie(answer)
    return answer


@router.get("/welcome")
def get_welcome(
    guard: GuardDep, settings: SettingsDep, parameters: Annotated[KeyParameters, Query()]
) -> Response:
    """Show the page on which the first admin chooses name and password."""
    view = _view(settings, {"key": parameters.key, "lang": parameters.lang or ""})
    is_good = is_invited(guard.accounts, parameters.key, guard.clock())
    return _shown(view if is_good else replace(view, fault="used"))


@router.post("/welcome")
def post_welcome(
    request: Request, guard: GuardDep, settings: SettingsDep, form: FormDep
) -> Response:
    """Make the first admin, and sign them in."""
    view = _view(settings, form)
    return _answer(request, guard, view, _welcomed(request, guard, view, form))


def _tried(request: Request, guard: Guard, view: LoginView, password: str) -> User | LoginView:
    """Give who signs in, or the page with what is wrong."""
    if not is_own_page(request.headers):
        return replace(view, fault="forged")
    try:
        user = guard.sign_in(parse_name(view.name), password, address=address_of(request))
    except InvalidUserError:
        user = None
    except (TooManyAttemptsError, SignInBusyError) as error:
        fault: LoginFault = "busy" if isinstance(error, SignInBusyError) else "too_many"
        return replace(view, fault=fault, wait_s=error.wait_s)
    return user or replace(view, fault="wrong")


def _welcomed(
    request: Request, guard: Guard, view: LoginView, form: dict[str, str]
) -> User | LoginView:
    """Give the first admin, or the page with what is wrong."""
    fault: LoginFault = _fault(guard, form) if is_own_page(request.headers) else "forged"
    if fault:
        return replace(view, fault=fault)
    try:
        password_hash = guard.passwords.hash(form["password"])
    except SignInBusyError as error:
        return replace(view, fault="busy", wait_s=error.wait_s)
    name, now = parse_name(form["name"]), guard.clock()
    user = accept_invitation(
        guard.accounts, view.key, name=name, password_hash=password_hash, now=now
    )
    return user or replace(view, fault="used")


def _fault(guard: Guard, form: dict[str, str]) -> LoginFault:
    """Tell what is wrong with a link, or with the account that was typed."""
    password = form.get("password", "")
    if not is_invited(guard.accounts, form.get("key", ""), guard.clock()):
        return "used"
    try:
        name = parse_name(form.get("name", ""))
    except InvalidUserError:
        return "name"
    try:
        check_password(password, name=name)
    except InvalidUserError:
        return "weak"
    return "" if password == form.get("again") else "different"


def _view(settings: Settings, sent: dict[str, str]) -> LoginView:
    lang = sent.get("lang", "")
    asked: Language | None = next((code for code in LANGUAGES if code == lang), None)
    return LoginView(
        language=asked or settings.language,
        name=sent.get("name", "")[:64],
        next_path=local_path(sent.get("next", HOME)),
        key=sent.get("key", "")[:64],
        is_demo=settings.demo,
    )


def _shown(view: LoginView) -> HTMLResponse:
    headers = page_headers(token_hex(NONCE_BYTES)) | {"Content-Language": view.language}
    if view.wait_s:
        headers["Retry-After"] = str(view.wait_s)
    status = STATUSES.get(view.fault, HTTPStatus.UNPROCESSABLE_ENTITY)
    return HTMLResponse(login_page(view, assets=Assets()), status, headers=headers)


def _answer(request: Request, guard: Guard, view: LoginView, outcome: User | LoginView) -> Response:
    """Open a session under a new id and go on, or show the page again."""
    if isinstance(outcome, LoginView):
        return _shown(outcome)
    answer = _go_on(_in_language(view.next_path, view.language, request))
    give_cookie(answer, guard.open(outcome, request), guard.life.whole)
    return answer


def _in_language(path: str, language: Language, request: Request) -> str:
    """Let the first page follow in the language that was chosen here."""
    if language == request.app.state.settings.language or "lang=" in path:
        return path
    glue = "&" if urlsplit(path).query else "?"
    return f"{path}{glue}{urlencode({'lang': language})}"


def _go_on(path: str) -> RedirectResponse:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER, headers={"Cache-Control": "no-store"})
