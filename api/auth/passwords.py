"""Passwords: which are accepted, and how they are checked without taking the service down."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.services.people import InvalidUserError, SignInBusyError

if TYPE_CHECKING:
    from collections.abc import Iterator

MIN_LENGTH = 10
MAX_LENGTH = 256
RUNNING = 2
"""Each takes 64 MiB and a good part of a second."""
WAITING = 8
BUSY_WAIT_S = 5
_LISTED = """
0000000000 0123456789 1111111111 111111111111 1122334455 11223344556677 1234512345 1234567890
12345678910 123456789a 1234567891 1234567899 123456789q 1234554321 123123123123 1357924680
147258369a 1qaz2wsx3edc 1q2w3e4r5t 1q2w3e4r5t6y 2020202020 5201314520 5201314521 6666666666
8888888888 88888888888 9876543210 9999999999 a123456789 a1234567890 aa12345678 aa123456789
abc1234567 abc12345678 abc123456789 abcd123456 abcd12345678 abcdefghij administrator
admin12345 admin123456 baseball12 changeme12 changeme123 coordinator fangyi2020 fangyi2022
football12 iloveyou12 iloveyou520 jiayou2020 jiayou2022 letmein123 password00 password01
password11 password12 password123 password1234 passw0rd123 p@ssw0rd123 p@ssword123 prevention
preventionmap prevention-map qazwsxedc1 qazwsxedcrfv q1w2e3r4t5 q1w2e3r4t5y6 qq12345678
qq123456789 qq1234567890 qwer123456 qwerty1234 qwerty12345 qwerty123456 qwertyuiop
qwertyuiop123 shequ12345 shequ123456 superadmin welcome123 welcome1234 woaini1314 woaini5201314
wuhanjiayou zaq12wsxcde zhongguo123 zxcvbnm123 zxcvbnm1234 zxcvbnmasd
"""
COMMONPLACE = frozenset(_LISTED.split())
"""What many people choose first."""


def check_password(password: str, *, name: str) -> None:
    """
    Refuse a password that is easily guessed.

    Parameters
    ----------
    name
        Of the account; it may not be the password.

    Raises
    ------
    InvalidUserError
        If it is too short or too long, commonplace, or hardly more than the name.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        msg = f"Expected a password of {MIN_LENGTH} to {MAX_LENGTH} signs."
        raise InvalidUserError(msg)
    plain = password.casefold()
    is_alike = plain.strip("0123456789!._-@#") in {"", name.casefold()}
    if is_alike or plain in COMMONPLACE or len(set(plain)) <= MIN_LENGTH // 3:
        msg = "Expected a password that is not easily guessed."
        raise InvalidUserError(msg)


class Passwords:
    """
    Hashes and checks passwords, a few at a time; safe to use from several threads.

    Parameters
    ----------
    hasher
        Argon2id; the library's present recommendation where `None`.
    running, waiting
        How many are worked on at once, and how many may wait; more are turned away.
    """

    def __init__(
        self,
        hasher: PasswordHasher | None = None,
        *,
        running: int = RUNNING,
        waiting: int = WAITING,
    ) -> None:
        self._hasher = hasher or PasswordHasher()
        self._places = BoundedSemaphore(running + waiting)
        self._pool = ThreadPoolExecutor(running, thread_name_prefix="passwords")
        self._nobody: Future[str] | None = None

    def hash(self, password: str) -> str:
        """
        Hash a password.

        Raises
        ------
        SignInBusyError
            If too many wait already.
        """
        with self._place():
            return self._pool.submit(self._hasher.hash, password).result()

    def is_right(self, password: str, password_hash: str | None) -> bool:
        """
        Whether a password is the one that was hashed; takes as long where there is no hash.

        Raises
        ------
        SignInBusyError
            If too many wait already.
        """
        with self._place():
            known = password_hash or self._hash_of_nobody()
            is_same = self._pool.submit(self._verify, known, password).result()
        return is_same and password_hash is not None

    def close(self) -> None:
        """Stop the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _hash_of_nobody(self) -> str:
        """Give what is checked where there is no such user, so that both take the same time."""
        if self._nobody is None:
            self._nobody = self._pool.submit(self._hasher.hash, "nobody has this password")
        return self._nobody.result()

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise SignInBusyError(BUSY_WAIT_S)
        try:
            yield
        finally:
            self._places.release()
