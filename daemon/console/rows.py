"""What single families of commands answer with.  No field here can hold a citizen's data."""

from __future__ import annotations

from typing import Literal

import msgspec

Trial = Literal[
    "printer",
    "ticket",
    "camera",
    "buttons",
    "lights",
    "scanner",
    "speaker",
    "touch",
    "door",
    "sensors",
]
TRIALS: tuple[Trial, ...] = (
    "printer",
    "ticket",
    "camera",
    "buttons",
    "lights",
    "scanner",
    "speaker",
    "touch",
    "door",
    "sensors",
)
"""What `test` knows, in the order of `test all`."""

Verdict = Literal["passed", "failed", "skipped", "absent"]


class TrialRow(msgspec.Struct, frozen=True, kw_only=True):
    """A device's last test, or the one just made."""

    device: str
    verdict: Verdict
    """`skipped`: nobody could say; `absent`: the device is lost."""
    note: str = ""
    at: float
    """Seconds since 1970 (UTC)."""
    who: str = ""
    """Account of the technician."""
