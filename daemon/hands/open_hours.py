"""When the ward is open: today, in the week, and the next days off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from daemon.catalogue.calendar import DAYS, VIETNAM, Calendar
from daemon.kiosk import Hands, Reply
from daemon.machine import effects as fx
from daemon.machine.events import HoursTold
from daemon.machine.values import Written, written

AHEAD = 60
"""Days in which a day off is told."""
MOST_OFF = 8

_WORDS: dict[Written, dict[str, str]] = {
    "vi": {
        "mon": "Thứ Hai", "tue": "Thứ Ba", "wed": "Thứ Tư", "thu": "Thứ Năm", "fri": "Thứ Sáu",
        "sat": "Thứ Bảy", "sun": "Chủ Nhật", "closed": "nghỉ", "open": "Đang mở cửa.",
        "shut": "Đang đóng cửa.", "next": "Mở lại lúc {at}.", "none": "Không có ngày nghỉ riêng.",
        "unknown": "Lịch nghỉ của năm {year} chưa có đủ: hỏi tại quầy.", "work": "làm bù",
    },
    "en": {
        "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday",
        "sat": "Saturday", "sun": "Sunday", "closed": "closed", "open": "Open now.",
        "shut": "Closed now.", "next": "Opens at {at}.", "none": "No days off besides.",
        "unknown": "The days off of {year} are not complete: ask at the counter.",
        "work": "open instead of a day off",
    },
}  # fmt: skip


class OpenHours:
    """Hand for the opening hours."""

    def __init__(
        self,
        calendar: Callable[[], Calendar],
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(VIETNAM),
    ) -> None:
        self._calendar = calendar
        self._now = now

    def register(self, hands: Hands) -> None:
        hands.on(fx.TellHours, self.tell)

    def tell(self, effect: fx.TellHours, reply: Reply) -> None:
        reply(HoursTold(told(self._calendar(), self._now(), written(effect.language))))


def told(
    calendar: Calendar, at: dt.datetime, language: Written
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Sections `today`, `week` and `off` with their lines."""
    words, day = _WORDS[language], at.date()
    today = [_line(calendar, day, words)]
    if calendar.is_open(at):
        today.append(words["open"])
    else:
        opens = calendar.next_opening(at)
        today.append(words["shut"])
        if opens is not None:
            today.append(words["next"].format(at=f"{opens:%H:%M, %d/%m/%Y}"))
    week = tuple(f"{words[name]}: {_spans(calendar.hours.get(name, ()), words)}" for name in DAYS)
    return (("today", tuple(today)), ("week", week), ("off", _off(calendar, day, words)))


def _off(calendar: Calendar, day: dt.date, words: dict[str, str]) -> tuple[str, ...]:
    """Days that are not as their week day is."""
    lines: list[str] = []
    years: set[int] = set()
    for ahead in range(1, AHEAD + 1):
        then = day + dt.timedelta(days=ahead)
        if not calendar.knows(then):
            years.add(then.year)
        usual = calendar.hours.get(DAYS[then.weekday()], ())
        if calendar.spans(then) != usual:
            line = _line(calendar, then, words)
            lines.append(f"{line} ({words['work']})" if calendar.spans(then) else line)
    unknown = [words["unknown"].format(year=year) for year in sorted(years)]
    return (*(lines[:MOST_OFF] or [words["none"]]), *unknown)


def _line(calendar: Calendar, day: dt.date, words: dict[str, str]) -> str:
    name = words[DAYS[day.weekday()]]
    return f"{name} {day:%d/%m/%Y}: {_spans(calendar.spans(day), words)}"


def _spans(spans: tuple[tuple[dt.time, dt.time], ...], words: dict[str, str]) -> str:
    if not spans:
        return words["closed"]
    return ", ".join(f"{start:%H:%M}–{end:%H:%M}" for start, end in spans)
