"""The people of the demo, who come in by a click and have no password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.services.people import new_user
from api.services.rights import Person, Role
from api.store.errors import StoreError

if TYPE_CHECKING:
    from datetime import datetime

    from api.services.workspace import Workspace
    from api.store.accounts import User

NO_PASSWORD = "demo"  # noqa: S105 (it is no hash, so no password fits)
SYNTHETIC_MARK = "synthetic"
HOME_LEVEL = "community"


class NotTheDemoError(StoreError):
    """Something that only the demo may do was asked of another project or another address."""


def demo_users(workspace: Workspace) -> dict[Role, User]:
    """Give the people of the demo by their role; nobody in any other project."""
    users = workspace.project.accounts.users()
    return {
        Role(user.role): user
        for user in users
        if user.password_hash == NO_PASSWORD and user.is_active
    }


def ensure_demo_users(workspace: Workspace, now: datetime) -> None:
    """
    Make one user of each role, bound to the demo's community but for the admin.

    Raises
    ------
    NotTheDemoError
        If the project has other users, or data that are not made up.
    """
    if demo_users(workspace):
        return
    if workspace.project.accounts.count_users() or not _is_made_up(workspace):
        msg = (
            f"{workspace.project.name} is not the demo; serve it with `prevention-map serve`, "
            "or name another file."
        )
        raise NotTheDemoError(msg)
    home = _home(workspace)
    for role in Role:
        person = Person(f"demo-{role.value}", role, None if role is Role.ADMIN else home)
        workspace.project.accounts.add_user(new_user(person, NO_PASSWORD, now))


def check_demo(workspace: Workspace, *, is_loopback: bool) -> None:
    """
    Refuse to let people in by a click where that would open real data, or to the network.

    Raises
    ------
    NotTheDemoError
        If the address is no loopback address, or the project is not the demo.
    """
    if not is_loopback:
        msg = "The demo lets everybody in, so it is served on a loopback address alone."
        raise NotTheDemoError(msg)
    if not demo_users(workspace) or not _is_made_up(workspace):
        msg = f"{workspace.project.name} is not the demo, so nobody comes in by a click."
        raise NotTheDemoError(msg)


def _is_made_up(workspace: Workspace) -> bool:
    sources = workspace.project.attributions()
    return bool(sources) and all(SYNTHETIC_MARK in source.lower() for source in sources)


def _home(workspace: Workspace) -> frozenset[str] | None:
    areas = workspace.project.read_table("areas")
    return frozenset(areas.loc[areas["level"] == HOME_LEVEL, "code"].astype(str)) or None
