"""Which passwords are accepted, and how few are checked at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from threading import Event, Lock

import pytest
from argon2 import PasswordHasher

from api.auth.passwords import COMMONPLACE, MIN_LENGTH, Passwords, check_password
from api.services.people import InvalidUserError, SignInBusyError

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
GOOD = "北巷3号的猫爱晒太阳"
WAIT_S = 10


class SlowHasher(PasswordHasher):
    """Waits until it is let go, and counts how many wait at once."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.lock, self.go = Lock(), Event()
        self.now = self.most = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        """Hash slowly."""
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.go.wait(WAIT_S)
        with self.lock:
            self.now -= 1
        return super().hash(password, salt=salt)


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse battery", "Xk7#mmQ2!z", "zhongguo-jiayou-2020"]
)
def test_long_and_uncommon_passwords_are_accepted(password: str) -> None:
    check_password(password, name="li.wei")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "a" * 257,
        "1234567890",
        "PASSWORD123",
        "li.wei12345",
        "Li.Wei2026!",
        "aaaaaabbbb",
    ],
)
def test_passwords_that_are_easily_guessed_are_refused(password: str) -> None:
    with pytest.raises(InvalidUserError, match="password") as told:
        check_password(password, name="li.wei")

    assert not password or password not in str(told.value)


def test_the_list_holds_only_what_the_length_lets_through() -> None:
    assert all(len(password) >= MIN_LENGTH for password in COMMONPLACE)
    assert all(password == password.casefold() for password in COMMONPLACE)


def test_a_password_fits_its_own_hash_alone() -> None:
    passwords = Passwords(QUICK)
    kept = passwords.hash(GOOD)

    assert kept.startswith("$argon2id$")
    assert passwords.is_right(GOOD, kept)
    assert not passwords.is_right(f"{GOOD}!", kept)
    assert not passwords.is_right(GOOD, None)
    assert not passwords.is_right("demo", "demo")
    passwords.close()


def test_only_two_are_hashed_at_once_and_a_flood_is_turned_away() -> None:
    hasher = SlowHasher()
    passwords = Passwords(hasher, running=2, waiting=3)
    with ThreadPoolExecutor(20) as crowd:
        waiting = [crowd.submit(passwords.hash, GOOD) for _ in range(20)]
        refused = [one.exception() for one in islice(as_completed(waiting, WAIT_S), 15)]
        hasher.go.set()

    errors = [one.exception() for one in waiting]
    assert all(isinstance(error, SignInBusyError) for error in refused)
    assert sum(error is None for error in errors) == 5
    assert hasher.most == 2
    passwords.close()
