"""The clock as the kernel judges it: adjtimex(2), and the hardware clock beside it."""

from __future__ import annotations

import ctypes
import time
from pathlib import Path

from daemon.console.rows import ClockRow

NANO = 0x2000
"""STA_NANO: offsets are in nanoseconds."""
RTC = Path("/sys/class/rtc/rtc0/since_epoch")


class _Timex(ctypes.Structure):
    """The head of struct timex (linux/timex.h), and room for the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 512),
    )


def read_clock(trusted: bool, rtc: Path = RTC) -> ClockRow:
    """Only asks.  Frequency is scaled by 2^16 in the kernel's answer."""
    answer = _Timex()
    ctypes.CDLL(None).adjtimex(ctypes.byref(answer))
    at = time.time()
    try:
        hardware: float | None = round(int(rtc.read_text()) - at, 1)
    except (OSError, ValueError):
        hardware = None
    return ClockRow(
        at=at,
        trusted=trusted,
        offset_ms=answer.offset / (1e6 if answer.status & NANO else 1e3),
        error_ms=answer.maxerror / 1e3,
        rtc_s=hardware,
        frequency_ppm=answer.freq / 65536,
    )
