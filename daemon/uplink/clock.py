"""Times as the ward reads them, and whether they can be believed."""

from __future__ import annotations

import ctypes
import datetime as dt
import time

VIETNAM = dt.timezone(dt.timedelta(hours=7))

_LIBC = ctypes.CDLL(None)

TIME_ERROR = 5
"""adjtimex(2): the kernel's clock is not synchronised."""


def stamp(seconds: float | None = None) -> str:
    """`seconds` since 1970 (or now) as `2026-11-25T08:14:03.217+07:00`."""
    when = dt.datetime.fromtimestamp(time.time() if seconds is None else seconds, VIETNAM)
    return when.isoformat(timespec="milliseconds")


def hour(seconds: float | None = None) -> str:
    """The same cut to the hour: `2026-11-25T08+07:00`."""
    when = dt.datetime.fromtimestamp(time.time() if seconds is None else seconds, VIETNAM)
    return when.strftime("%Y-%m-%dT%H+07:00")


def trusted() -> bool:
    """Does the kernel call its clock synchronised (NTP or a disciplined RTC)?"""
    answer = _LIBC.adjtimex(ctypes.create_string_buffer(512))  # modes = 0: only asks
    return int(answer) not in (-1, TIME_ERROR)
