"""Commands for those who may use a project: `user` and `token`."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from api.auth.guard import utc_now
from api.auth.passwords import Passwords, check_password
from api.auth.pictures import qr_text
from api.cli.options import FAILED, ProjectOption, tell
from api.cli.session import open_workspace
from api.services.people import (
    add_user,
    find_user,
    parse_areas,
    parse_name,
    set_active,
    set_password,
)
from api.services.rights import OPERATOR, Person, Role
from api.services.tokens import (
    MAX_DAYS,
    USUAL_DAYS,
    TokenWish,
    issue_token,
    list_tokens,
    revoke_token,
)
from api.services.workspace import Workspace
from api.store.accounts import UnknownTokenError, UnknownUserError

GENERATED_BYTES = 12
DOING = "Looking after the accounts"
EVERYWHERE = "everywhere"

user_app = typer.Typer(
    no_args_is_help=True,
    help="Who may use a project: add, list, disable, enable, reset.",
    epilog="Example: prevention-map user add li --role cadre --area 4302 --project town.gpkg",
)
token_app = typer.Typer(
    no_args_is_help=True,
    help="Which devices may use a project: issue, list, revoke.",
    epilog="Example: prevention-map token issue --user li --device phone --project town.gpkg",
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the account.")]
AreasOption = Annotated[
    list[str] | None,
    typer.Option(
        "--area", metavar="CODE", help="An area with all below it; give it again for more."
    ),
]
GenerateOption = Annotated[
    bool,
    typer.Option("--generate", help="Make up a password and show it once, instead of asking."),
]


@user_app.command("add")
def add_command(
    name: NameArgument,
    *,
    project: ProjectOption,
    role: Annotated[Role, typer.Option("--role", help="What they do.")],
    area: AreasOption = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="In the whole project, not in areas alone.")
    ] = False,
    generate: GenerateOption = False,
) -> None:
    """Add somebody; the password is asked for."""
    with _accounts(project) as workspace:
        codes = frozenset(area or ())
        areas = parse_areas(workspace, role, codes, is_everywhere=everywhere)
        person = Person(parse_name(name), role, areas)
        password = _password(person.name, is_generated=generate)
        add_user(workspace, person, Passwords().hash(password), utc_now())
        tell(f"{person.name} may sign in as {role.value}: {_areas_told(areas)}.")
        _show_generated(password, is_generated=generate)


@user_app.command("list")
def list_command(*, project: ProjectOption) -> None:
    """List everybody, with role and areas."""
    with _accounts(project) as workspace:
        rows = [
            (
                user.name,
                user.role,
                _areas_told(user.areas),
                "" if user.is_active else "disabled",
                _day(user.created_at),
            )
            for user in workspace.project.accounts.users()
        ]
    _show_table(("name", "role", "areas", "", "since"), rows)


@user_app.command("disable")
def disable_command(name: NameArgument, *, project: ProjectOption) -> None:
    """Let somebody in no more; their sessions and tokens end at once."""
    with _accounts(project) as workspace:
        set_active(workspace, parse_name(name), utc_now(), is_active=False)
        tell(f"{parse_name(name)} is disabled; all sessions and tokens have ended.")


@user_app.command("enable")
def enable_command(name: NameArgument, *, project: ProjectOption) -> None:
    """Let somebody in again, with the password they had."""
    with _accounts(project) as workspace:
        set_active(workspace, parse_name(name), utc_now(), is_active=True)
        tell(f"{parse_name(name)} may sign in again.")


@user_app.command("reset")
def reset_command(
    name: NameArgument, *, project: ProjectOption, generate: GenerateOption = False
) -> None:
    """Give somebody a new password; their sessions and tokens end at once."""
    with _accounts(project) as workspace:
        user = find_user(workspace, parse_name(name))
        password = _password(user.name, is_generated=generate)
        set_password(workspace, user.name, Passwords().hash(password), utc_now())
        tell(f"{user.name} has a new password; all sessions and tokens have ended.")
        _show_generated(password, is_generated=generate)


@token_app.command("issue")
def issue_command(
    *,
    project: ProjectOption,
    user: Annotated[str, typer.Option("--user", metavar="NAME", help="For which account.")],
    device: Annotated[
        str, typer.Option("--device", metavar="NAME", help="What people call the device.")
    ],
    write: Annotated[bool, typer.Option("--write", help="It may change things.")] = False,
    days: Annotated[
        int, typer.Option("--days", min=1, max=MAX_DAYS, help="Until it expires.")
    ] = USUAL_DAYS,
    area: AreasOption = None,
    qr: Annotated[bool, typer.Option("--qr", help="Show it as a QR code too.")] = False,
) -> None:
    """Issue a token for a device; it is shown once."""
    with _accounts(project) as workspace:
        wish = TokenWish(
            user=parse_name(user),
            device=device,
            may_write=write,
            days=days,
            areas=frozenset(area) if area else None,
        )
        text, token = issue_token(workspace, OPERATOR, wish, utc_now())
        tell(f"For {token.user_name} on {token.device}, until {_day(token.expires_at)}:")
        typer.echo(text)
        if qr:
            typer.echo(qr_text(text))


@token_app.command("list")
def tokens_command(*, project: ProjectOption) -> None:
    """List the tokens of all devices, the newest first."""
    with _accounts(project) as workspace:
        rows = [
            (
                token.prefix,
                token.user_name,
                token.device,
                "reads and writes" if token.may_write else "reads",
                _areas_told(token.areas) if token.areas else "",
                _day(token.revoked_at or token.expires_at),
                "revoked" if token.revoked_at else "",
                _day(token.last_used_at),
            )
            for token in list_tokens(workspace, OPERATOR)
        ]
    _show_table(("prefix", "user", "device", "", "areas", "until", "", "last used"), rows)


@token_app.command("revoke")
def revoke_command(
    prefix: Annotated[str, typer.Argument(metavar="PREFIX", help="As `token list` shows it.")],
    *,
    project: ProjectOption,
) -> None:
    """Let a token be good for nothing, at once."""
    with _accounts(project) as workspace:
        revoke_token(workspace, OPERATOR, prefix, utc_now())
        tell(f"Token {prefix} is revoked.")


@contextmanager
def _accounts(project: str) -> Iterator[Workspace]:
    try:
        with open_workspace(project, DOING) as workspace:
            yield workspace
    except (ValueError, UnknownUserError, UnknownTokenError) as error:
        tell(f"Error: {error}")
        raise typer.Exit(FAILED) from None


def _password(name: str, *, is_generated: bool) -> str:
    if is_generated:
        return secrets.token_urlsafe(GENERATED_BYTES)
    password: str = typer.prompt(
        f"Password for {name}", hide_input=True, confirmation_prompt=True, err=True
    )
    check_password(password, name=name)
    return password


def _show_generated(password: str, *, is_generated: bool) -> None:
    if is_generated:
        tell("Their password, shown this once:")
        typer.echo(password)


def _areas_told(areas: frozenset[str] | None) -> str:
    return EVERYWHERE if areas is None else ", ".join(sorted(areas))


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _show_table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show rows on standard output, as they stand."""
    table = Table(*(Column(name, no_wrap=True) for name in names), box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(soft_wrap=True).print(table)
