"""How often somebody may be wrong."""

from __future__ import annotations

import pytest

from api.auth.limiter import SIGN_INS_FROM_ADDRESS, SIGN_INS_OF_ACCOUNT, Attempt, Attempts
from api.services.people import TooManyAttemptsError

OFFICE, HOME = "10.0.0.7", "10.9.9.9"


def test_an_account_is_closed_for_a_while_from_wherever_it_is_tried() -> None:
    attempts = Attempts()
    for number in range(SIGN_INS_OF_ACCOUNT.amount):
        attempts.check(Attempt(f"10.0.0.{number}", "li"))

    with pytest.raises(TooManyAttemptsError) as refused:
        attempts.check(Attempt(HOME, "li"))

    assert 0 < refused.value.wait_s <= 15 * 60
    attempts.check(Attempt(HOME, "wang"))


def test_a_right_password_clears_its_account() -> None:
    attempts = Attempts()
    for _ in range(3 * SIGN_INS_OF_ACCOUNT.amount):
        attempts.check(Attempt(OFFICE, "li"))
        attempts.succeeded(Attempt(OFFICE, "li"))


def test_many_wrong_names_from_one_address_close_it_and_no_other() -> None:
    attempts = Attempts()
    for number in range(SIGN_INS_FROM_ADDRESS.amount):
        attempts.check(Attempt(OFFICE, f"name-{number}"))
        attempts.failed(Attempt(OFFICE, f"name-{number}"))

    with pytest.raises(TooManyAttemptsError):
        attempts.check(Attempt(OFFICE, "li"))
    attempts.check(Attempt(HOME, "li"))


def test_right_passwords_never_close_the_address_of_an_office() -> None:
    attempts = Attempts()
    for number in range(2 * SIGN_INS_FROM_ADDRESS.amount):
        attempts.check(Attempt(OFFICE, f"name-{number}"))
        attempts.succeeded(Attempt(OFFICE, f"name-{number}"))
