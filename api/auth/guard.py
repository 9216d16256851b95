"""Who sends a request, and whether they may."""

from __future__ import annotations

import binascii
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from api.auth.cookies import session_secret
from api.auth.limiter import Attempt, Attempts
from api.auth.origin import comes_from_elsewhere, require_own_page
from api.auth.passwords import Passwords
from api.auth.touching import Touches
from api.services.keys import are_equal
from api.services.people import Admission, ForgedRequestError, NotSignedInError
from api.services.sessions import SessionLife, close_session, find_session, open_session
from api.services.tokens import find_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from api.store.accounts import Accounts, User

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "x-csrf-token"
NOBODY = "Sign in, or send a token that is still good."


def utc_now() -> datetime:
    """Give this moment."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Guard:
    """
    Lets people and devices in.

    Parameters
    ----------
    accounts
        Of the project.
    life
        Of browser sessions.
    passwords, attempts, touches
        Shared by all requests.
    clock
        Gives the present moment, aware.
    """

    accounts: Accounts
    life: SessionLife
    passwords: Passwords = field(default_factory=Passwords)
    attempts: Attempts = field(default_factory=Attempts)
    touches: Touches = field(default_factory=Touches)
    clock: Callable[[], datetime] = utc_now

    def admit(self, request: Request) -> Admission:
        """
        Tell who sends a request: a device by its token, or a browser by its cookie.

        A browser that changes something must show the token of its session and come from one
        of our own pages.

        Raises
        ------
        NotSignedInError
            If nobody is signed in, or no longer.
        ForgedRequestError
            If a change was not asked for by one of our pages.
        TooManyAttemptsError
            If too many wrong tokens came from that address.
        """
        authorization = request.headers.get("authorization", "")
        if authorization:
            return self._by_token(request, _token_in(authorization))
        admission = self._by_cookie(session_secret(request))
        if request.method not in SAFE_METHODS:
            require_own_page(request.headers)
            if not are_equal(request.headers.get(CSRF_HEADER, ""), admission.csrf_token):
                msg = "Expected the token of the page in the header X-CSRF-Token."
                raise ForgedRequestError(msg)
        return admission

    def signed_in(self, request: Request) -> Admission | None:
        """Tell who is signed in in a browser, for pages that are there for everybody."""
        secret = session_secret(request)
        found = secret and find_session(self.accounts, secret, self.clock(), self.life)
        return found[0] if found else None

    def sign_in(self, name: str, password: str, *, address: str) -> User | None:
        """
        Give the user of a name and a password; `None` if they do not belong together.

        Parameters
        ----------
        address
            From where it is tried.

        Raises
        ------
        TooManyAttemptsError
            If too many were wrong, for that name or from that address.
        SignInBusyError
            If too many passwords are being checked.
        """
        attempt = Attempt(address, name)
        self.attempts.check(attempt)
        user = self.accounts.user(name)
        known = user.password_hash if user is not None and user.is_active else None
        if not self.passwords.is_right(password, known):
            self.attempts.failed(attempt)
            return None
        self.attempts.succeeded(attempt)
        return user

    def open(self, user: User, request: Request) -> str:
        """Sign a browser in under a new id, and end the session it had; give the secret."""
        self.close(request)
        return open_session(self.accounts, user, self.clock(), self.life)

    def close(self, request: Request) -> None:
        """Sign a browser out."""
        secret = session_secret(request)
        if secret:
            close_session(self.accounts, secret)

    def stop(self) -> None:
        """End what works in the background."""
        self.passwords.close()
        self.touches.close()

    def _by_token(self, request: Request, token: str) -> Admission:
        if comes_from_elsewhere(request.headers):
            msg = "Expected a request from a device, or from one of our own pages."
            raise ForgedRequestError(msg)
        now = self.clock()
        found = find_token(self.accounts, token, now)
        if found is None:
            attempt = Attempt(address_of(request))
            self.attempts.check(attempt)
            self.attempts.failed(attempt)
            raise NotSignedInError(NOBODY)
        admission, kept = found
        self.touches.note(kept.prefix, kept.last_used_at, now, self.accounts.touch_token)
        return admission

    def _by_cookie(self, secret: str) -> Admission:
        now = self.clock()
        found = find_session(self.accounts, secret, now, self.life) if secret else None
        if found is None:
            raise NotSignedInError(NOBODY)
        admission, session = found
        self.touches.note(session.digest, session.last_used_at, now, self.accounts.touch_session)
        return admission


def address_of(request: Request) -> str:
    """Give the address a request comes from."""
    return request.client.host if request.client else ""


def _token_in(authorization: str) -> str:
    """
    Give the token of an `Authorization` header, `Bearer` or the password of `Basic`.

    Examples
    --------
    >>> _token_in("Bearer pm_x"), _token_in("Basic cXVhY2s6cG1feA=="), _token_in("Digest x")
    ('pm_x', 'pm_x', '')
    """
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(credentials, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
