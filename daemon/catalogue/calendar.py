"""Working days, opening hours and when a certified copy is due.

Everything is Vietnam time, UTC+7 without summer time.  Times given must know their zone: a naive
time on a machine set to another zone would be wrong by hours without a sign.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from daemon.catalogue.reading import HERE, CatalogueError, read

VIETNAM = dt.timezone(dt.timedelta(hours=7), "+07")

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_FARTHEST = 400
"""Days to look ahead for the next working day; no calendar has a gap of more than a year."""

LONGEST_EXTENSION = 2
"""Working days."""

Span = tuple[dt.time, dt.time]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    complete_for: tuple[int, ...]
    same_day_until: dt.time
    working_days: tuple[Day, ...]
    yearly: tuple[str, ...]
    hours: dict[Day | Literal["extra_work"], tuple[str, ...]]
    extra_off: dict[dt.date, str]
    extra_work: dict[dt.date, str]


class Calendar(msgspec.Struct, frozen=True):
    """What `calendar.toml` says."""

    complete_for: tuple[int, ...]
    same_day_until: dt.time
    working_days: frozenset[Day]
    yearly: frozenset[tuple[int, int]]
    hours: dict[str, tuple[Span, ...]]
    extra_off: dict[dt.date, str]
    extra_work: dict[dt.date, str]

    def is_working_day(self, day: dt.date) -> bool:
        """Is this a working day?  A swapped day wins over the week and over holidays."""
        if day in self.extra_work:
            return True
        if day in self.extra_off or (day.month, day.day) in self.yearly:
            return False
        return DAYS[day.weekday()] in self.working_days

    def next_working_day(self, day: dt.date) -> dt.date:
        """The first working day after this day."""
        for ahead in range(1, _FARTHEST):
            later = day + dt.timedelta(days=ahead)
            if self.is_working_day(later):
                return later
        raise ValueError(f"no working day within {_FARTHEST} days after {day}")

    def due(self, received_at: dt.datetime) -> dt.date:
        """The day on which a certified copy is due (Decree 23/2015/NĐ-CP, Article 7).

        The same working day; the next one if received after 15:00 or on a day off.
        """
        local = _local(received_at)
        if self.is_working_day(local.date()) and local.time() <= self.same_day_until:
            return local.date()
        return self.next_working_day(local.date())

    def extended(self, due: dt.date, days: int) -> dt.date:
        """A due day put off by at most 2 working days (Decree 23/2015/NĐ-CP, Article 21): several
        originals at once, many pages, many copies, content that is hard to check.  Longer only by
        written agreement, which is no matter of a calendar.
        """
        if not 0 <= days <= LONGEST_EXTENSION:
            raise ValueError(f"days: read {days}, 0 to {LONGEST_EXTENSION} is right")
        for _ in range(days):
            due = self.next_working_day(due)
        return due

    def appointment(self, received_at: dt.datetime, extension: int = 0) -> dt.datetime:
        """Hour and day for the slip (phiếu hẹn): when the centre closes on the due day.

        `received_at` = when the request was complete, whenever it was paid or decided.
        """
        day = self.extended(self.due(received_at), extension)
        for _ in range(_FARTHEST):
            spans = self.spans(day)
            if spans:
                return dt.datetime.combine(day, spans[-1][1], VIETNAM)
            day = self.next_working_day(day)
        raise ValueError(f"no opening hours within {_FARTHEST} days")

    def knows(self, day: dt.date) -> bool:
        """Are the swapped days of its year listed?  Otherwise a due day may be wrong."""
        return day.year in self.complete_for

    def spans(self, day: dt.date) -> tuple[Span, ...]:
        """Opening hours of this day, in order; empty = closed all day."""
        if day in self.extra_off or (
            (day.month, day.day) in self.yearly and day not in self.extra_work
        ):
            return ()
        own = self.hours.get(DAYS[day.weekday()], ())
        if not own and day in self.extra_work:
            return self.hours.get("extra_work", ())
        return own

    def is_open(self, at: dt.datetime) -> bool:
        """Is the centre open at this moment?  The closing second itself is closed."""
        local = _local(at)
        return any(start <= local.time() < end for start, end in self.spans(local.date()))

    def next_opening(self, at: dt.datetime) -> dt.datetime | None:
        """When it opens next, later than this moment; None if never within a year."""
        local = _local(at)
        for ahead in range(_FARTHEST):
            day = local.date() + dt.timedelta(days=ahead)
            for start, _ in self.spans(day):
                opening = dt.datetime.combine(day, start, VIETNAM)
                if opening > local:
                    return opening
        return None


def load(path: Path = HERE / "calendar.toml") -> Calendar:
    """The calendar of the file.  Raises CatalogueError."""
    file = read(path, _File)
    for day in file.extra_off.keys() & file.extra_work.keys():
        raise CatalogueError(
            path, f"extra_off.{day}", file.extra_off[day], "a day cannot be in extra_work as well"
        )
    return Calendar(
        complete_for=file.complete_for,
        same_day_until=file.same_day_until,
        working_days=frozenset(file.working_days),
        yearly=frozenset(_month_day(path, text) for text in file.yearly),
        hours={name: _spans(path, name, texts) for name, texts in file.hours.items()},
        extra_off=file.extra_off,
        extra_work=file.extra_work,
    )


@lru_cache(maxsize=1)
def default() -> Calendar:
    """The calendar that comes with the software."""
    return load()


def due(received_at: dt.datetime) -> dt.date:
    """`Calendar.due` of the default calendar."""
    return default().due(received_at)


def is_open(at: dt.datetime) -> bool:
    """`Calendar.is_open` of the default calendar."""
    return default().is_open(at)


def _local(at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        raise ValueError("a time without a zone; give datetime.now(UTC) or an aware time")
    return at.astimezone(VIETNAM)


def _month_day(path: Path, text: str) -> tuple[int, int]:
    try:
        day = dt.date.fromisoformat(f"2024-{text}")
    except ValueError:
        raise CatalogueError(path, "yearly", text, "write MM-DD, e.g. 04-30") from None
    return day.month, day.day


def _spans(path: Path, name: str, texts: tuple[str, ...]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for text in texts:
        start, _, end = text.partition("-")
        try:
            span = dt.time.fromisoformat(start), dt.time.fromisoformat(end)
        except ValueError:
            raise CatalogueError(
                path, f"hours.{name}", text, "write HH:MM-HH:MM, e.g. 07:30-11:30"
            ) from None
        if span[0] >= span[1] or (spans and span[0] < spans[-1][1]):
            raise CatalogueError(
                path, f"hours.{name}", text, "hours in order, without overlap, end after start"
            )
        spans.append(span)
    return tuple(spans)
