"""The pages on which people sign in, and on which the first admin chooses a password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from maps.figure import environment
from maps.words import Words

if TYPE_CHECKING:
    from maps.assets import Assets
    from maps.text import Language

ROLES = ("admin", "coordinator", "cadre", "liaison", "viewer")

LoginFault = Literal["", "wrong", "too_many", "busy", "forged", "name", "weak", "different", "used"]
"""What went wrong with what was sent; empty for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginView:
    """
    What a sign-in page shows.

    Parameters
    ----------
    language
        Of every text on the page.
    name
        The account's name, as it was sent before.
    fault
        What was wrong with what was sent before.
    wait_s
        For `too_many`: seconds until the next attempt is heard.
    next_path
        Where to go on to.
    key
        Of the one-time link; the page is then for the first admin.
    is_demo
        Whether one may sign in by a click on a role.
    """

    language: Language
    name: str = ""
    fault: LoginFault = ""
    wait_s: int = 0
    next_path: str = "/"
    key: str = ""
    is_demo: bool = False

    @property
    def wait_minutes(self) -> int:
        """Give the minutes to wait, rounded up."""
        return -(-self.wait_s // 60)

    def address_in(self, language: str) -> str:
        """
        Give the address of the same page in another language.

        Examples
        --------
        >>> LoginView(language="zh", next_path="/?area=c1").address_in("en")
        '/login?lang=en&next=%2F%3Farea%3Dc1'
        """
        kept = {"key": self.key} if self.key else {"next": self.next_path}
        return f"{self.path}?{urlencode({'lang': language, **kept})}"

    @property
    def path(self) -> str:
        """Give the path of the page, where its form goes too."""
        return "/welcome" if self.key else "/login"


def login_page(view: LoginView, *, assets: Assets) -> str:
    """
    Write a sign-in page; it works without scripts.

    Returns
    -------
    html
        A whole document that asks for nothing but paths below `/static/`.

    Raises
    ------
    AssetError
        If a style sheet is missing.
    """
    words = Words(view.language)
    return (
        environment()
        .get_template("login.html")
        .render(_=words.say, words=words, view=view, assets=assets, roles=ROLES)
    )
