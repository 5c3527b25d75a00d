"""Due dates and opening hours: the vectors of the rule, swapped days, zones."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from daemon.catalogue import calendar
from daemon.catalogue.calendar import VIETNAM
from daemon.catalogue.reading import HERE, CatalogueError


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-01-06 14:59:59", "2026-01-06"),
        ("2026-01-06 15:00:00", "2026-01-06"),
        ("2026-01-06 15:00:01", "2026-01-07"),
        ("2026-01-16 16:00:00", "2026-01-19"),
        ("2026-01-09 16:00:00", "2026-01-10"),
        ("2025-12-31 15:30:00", "2026-01-05"),
        ("2026-02-13 15:01:00", "2026-02-23"),
        ("2026-01-10 09:00:00", "2026-01-10"),
        ("2026-01-02 09:00:00", "2026-01-05"),
        ("2026-01-17 09:00:00", "2026-01-19"),
    ],
)
def test_due(received: str, due: str) -> None:
    assert calendar.due(at(received)) == dt.date.fromisoformat(due)


def test_the_rule_is_on_vietnam_time_whatever_the_zone_given() -> None:
    utc = dt.datetime(2026, 1, 6, 8, 0, 0, tzinfo=dt.UTC)
    assert calendar.due(utc) == dt.date(2026, 1, 6)
    assert calendar.due(utc + dt.timedelta(seconds=1)) == dt.date(2026, 1, 7)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        calendar.due(dt.datetime(2026, 1, 6, 9, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("received", "extension", "slip"),
    [
        ("2026-01-06 14:59:59", 0, "2026-01-06 17:00"),
        ("2026-01-06 15:00:00", 0, "2026-01-06 17:00"),
        ("2026-01-06 15:00:01", 0, "2026-01-07 17:00"),
        ("2026-01-06 15:30:00", 0, "2026-01-07 17:00"),
        ("2026-01-09 16:00:00", 0, "2026-01-10 17:00"),  # a Saturday that is worked
        ("2026-01-16 16:00:00", 0, "2026-01-19 17:00"),
        ("2026-01-06 09:00:00", 1, "2026-01-07 17:00"),
        ("2026-01-08 09:00:00", 2, "2026-01-10 17:00"),  # Friday and the worked Saturday
        ("2026-02-13 15:01:00", 2, "2026-02-25 17:00"),
    ],
)
def test_the_appointment_slip_says_hour_and_day(received: str, extension: int, slip: str) -> None:
    assert calendar.default().appointment(at(received), extension) == at(slip)


@pytest.mark.parametrize("days", [-1, 3])
def test_longer_is_a_matter_of_writing(days: int) -> None:
    with pytest.raises(ValueError, match="0 to 2 is right"):
        calendar.default().extended(dt.date(2026, 1, 6), days)


def test_saturday_mornings_are_data(tmp_path: Path) -> None:
    path = tmp_path / "calendar.toml"
    text = (HERE / "calendar.toml").read_text("utf-8")
    text = text.replace('"fri"]', '"fri", "sat"]').replace(
        "[hours]", '[hours]\nsat = ["07:30-11:30"]'
    )
    path.write_text(text, "utf-8")
    own = calendar.load(path)
    friday = at("2026-01-16 15:30")
    assert own.due(friday) == dt.date(2026, 1, 17)
    assert own.appointment(friday) == at("2026-01-17 11:30")
    assert calendar.due(friday) == dt.date(2026, 1, 19)


def test_a_year_that_is_not_listed_is_known_to_be_unknown() -> None:
    assert calendar.default().knows(dt.date(2026, 5, 1))
    assert not calendar.default().knows(dt.date(2031, 5, 1))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-01-06 07:29:59", False),
        ("2026-01-06 07:30:00", True),
        ("2026-01-06 11:30:00", False),
        ("2026-01-06 12:59:59", False),
        ("2026-01-06 16:59:59", True),
        ("2026-01-06 17:00:00", False),
        ("2026-01-10 09:00:00", True),
        ("2026-01-17 09:00:00", False),
        ("2026-04-30 09:00:00", False),
        ("2026-02-17 09:00:00", False),
    ],
)
def test_is_open(moment: str, is_open: bool) -> None:
    assert calendar.is_open(at(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-01-06 07:00", "2026-01-06 07:30"),
        ("2026-01-06 12:00", "2026-01-06 13:00"),
        ("2026-01-06 09:00", "2026-01-06 13:00"),
        ("2026-01-09 17:00", "2026-01-10 07:30"),
        ("2026-02-13 18:00", "2026-02-23 07:30"),
    ],
)
def test_next_opening(moment: str, opening: str) -> None:
    assert calendar.default().next_opening(at(moment)) == at(opening)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('"13:00-17:00"', '"11:00-17:00"', "hours.mon"),
        ('"07:30-11:30"', '"7h30"', "hours.mon"),
        ('"04-30"', '"31-04"', "yearly"),
        ('"15:00:00"', '"3 pm"', "same_day_until"),
        ("[extra_work]", "[extra_work]\n2026-01-02 = 'x'", "extra_off.2026-01-02"),
        ("[hours]", "[hours]\nholiday = []", "hours"),
    ],
)
def test_a_wrong_calendar_is_refused_by_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    path = tmp_path / "calendar.toml"
    text = (HERE / "calendar.toml").read_text()
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(CatalogueError) as caught:
        calendar.load(path)
    assert caught.value.key.startswith(key)
    assert str(path) in str(caught.value)
