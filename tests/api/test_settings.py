"""What a deployment may set."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from api.settings import Settings, is_loopback


def test_every_setting_is_described() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREVENTION_PORT", "9000")
    monkeypatch.setenv("PREVENTION_LANGUAGE", "en")
    monkeypatch.setenv("PREVENTION_ALLOWED_HOSTS", '["map.example"]')
    monkeypatch.setenv("XDG_DATA_HOME", "/data")

    settings = Settings()

    assert (settings.port, settings.language) == (9000, "en")
    assert settings.allowed_hosts == ("map.example",)
    assert settings.home == Path("/data/prevention-map")


@pytest.mark.parametrize(
    "wrong", [{"port": 70_000}, {"language": "fr"}, {"walk_minutes": 0}, {"page_box_m": -1}]
)
def test_settings_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)


def test_settings_do_not_change_while_the_service_runs() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1


@pytest.mark.parametrize(
    ("host", "is_own"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("0.0.0.0", False), ("map", False)],  # noqa: S104 (never bound)
)
def test_a_loopback_address_is_known(host: str, is_own: bool) -> None:  # noqa: FBT001 (a case of the table)
    assert is_loopback(host) is is_own
