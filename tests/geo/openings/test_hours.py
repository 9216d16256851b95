from __future__ import annotations

from datetime import UTC, datetime

import pytest
from shapely import Point

from geo.openings import checkpoints_at, gates_at, is_within_hours
from tests.support.layers import layer

# 2020-03-25 is a Wednesday.
WEDNESDAY_NOON = datetime(2020, 3, 25, 12, tzinfo=UTC)
WEDNESDAY_NIGHT = datetime(2020, 3, 25, 23, 30, tzinfo=UTC)
THURSDAY_EARLY = datetime(2020, 3, 26, 3, tzinfo=UTC)
SATURDAY_NOON = datetime(2020, 3, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "at", "is_open"),
    [
        ("24/7", THURSDAY_EARLY, True),
        ("off", WEDNESDAY_NOON, False),
        ("06:00-22:00", WEDNESDAY_NOON, True),
        ("06:00-22:00", WEDNESDAY_NIGHT, False),
        ("Mo-Su 06:00-24:00", WEDNESDAY_NIGHT, True),
        ("Mo-Fr 07:30-17:30", SATURDAY_NOON, False),
        ("Mo-Fr 07:30-17:30; Sa 10:00-13:00", SATURDAY_NOON, True),
        ("07:00-19:00; Sa off", SATURDAY_NOON, False),
        ("Mo,We,Fr 08:00-09:00,11:30-12:30", WEDNESDAY_NOON, True),
        ("Sa-Mo 00:00-24:00", WEDNESDAY_NOON, False),
        ("We 22:00-05:00", WEDNESDAY_NIGHT, True),
        ("We 22:00-05:00", THURSDAY_EARLY, True),
        ("Th 22:00-05:00", THURSDAY_EARLY, False),
        ("12:00-12:01", WEDNESDAY_NOON, True),
        ("11:00-12:00", WEDNESDAY_NOON, False),
    ],
)
def test_hours_are_read_as_they_are_written(hours: str, at: datetime, *, is_open: bool) -> None:
    assert is_within_hours(hours, at) is is_open


@pytest.mark.parametrize(
    "hours", ["", "sunrise-sunset", "PH off", "Mo-Fr", "08:00", "99:00-99:30", None, float("nan")]
)
def test_hours_that_cannot_be_read_are_not_guessed_at(hours: object) -> None:
    assert is_within_hours(hours, WEDNESDAY_NOON) is None


def test_only_gates_with_hours_change_with_the_hour() -> None:
    gates = layer(
        [Point(x, 0) for x in range(5)],
        gate_id=list("abcde"),
        state=["open", "closed", "hours", "hours", "hours"],
        opening_hours=[None, "06:00-22:00", "06:00-22:00", "22:00-06:00", "at noon"],
    )

    at_noon = gates_at(gates, WEDNESDAY_NOON)

    assert at_noon["state"].tolist() == ["open", "closed", "open", "closed", "hours"]
    assert at_noon["is_timed"].tolist() == [False, False, True, True, True]
    assert gates_at(gates, None)["state"].tolist() == gates["state"].tolist()
    assert gates_at(gates.drop(columns="opening_hours"), WEDNESDAY_NOON)["is_timed"].sum() == 3


def test_a_checkpoint_is_staffed_in_its_hours_and_in_unknown_ones() -> None:
    checkpoints = layer(
        [Point(x, 0) for x in range(5)],
        status=["active", None, "active", "active", "closed"],
        hours=["06:00-22:00", None, "night", "22:00-06:00", "24/7"],
    )

    at_noon = checkpoints_at(checkpoints, WEDNESDAY_NOON)

    assert at_noon["is_staffed"].tolist() == [True, True, True, False, False]
    assert at_noon["has_unknown_hours"].tolist() == [False, False, True, False, False]
    assert checkpoints_at(checkpoints, None)["is_staffed"].tolist() == [True] * 4 + [False]
    assert checkpoints_at(layer([Point(0, 0)]), WEDNESDAY_NOON)["is_staffed"].tolist() == [True]
