"""Settings of the queue."""

from __future__ import annotations

from typing import Literal

import msgspec


class QueueConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[queue]."""

    groups: str = ""
    """File of the ward's groups; empty = those that come with the software."""
    calendar: str = ""
    """File of the ward's opening hours; empty = those that come with the software."""
    digits: int = 3
    """Figures after the letter; there is no national norm: A001 or A0001 are usual."""
    priority_letter: str = "U"
    """First sign of the numbers of the priority class (ưu tiên), one sequence for all groups."""
    priority_run: int = 3
    """So many priority calls in a row; then one of the others is called, if one waits."""
    pause: float = 20.0
    """Seconds between two numbers of a group: against pranks."""
    stop_before_close: float = 1800.0
    """Seconds before the day's closing in which no number is given any more."""
    always_open: bool = False
    """Gives numbers outside the opening hours too: for a demonstration."""
    numbers: Literal["own", "ward", "kiosks"] = "own"
    """Who gives the numbers out: `own` = this kiosk alone; `ward` = the ward's queue service leases
    blocks (needs `gateway.url`); `kiosks` = those of `kiosks` claim blocks at the ward's broker."""
    kiosks: tuple[str, ...] = ()
    """With `kiosks`: all kiosks of the ward that give numbers, this one too."""
    block: int = 10
    """Numbers of a block."""
    show: float = 30.0
    """Seconds that a call stands on the first screens."""
    speak: bool = True
    """Speaks a call after the chime."""

    def __post_init__(self) -> None:
        if not 2 <= self.digits <= 5:
            raise ValueError(f"digits: read {self.digits}, 2 to 5 is right")
        if len(self.priority_letter) != 1 or not "A" <= self.priority_letter <= "Z":
            raise ValueError(f"priority_letter: read {self.priority_letter!r}, A to Z is right")
        for name in ("pause", "stop_before_close"):
            if not 0 <= getattr(self, name) <= 14400:
                raise ValueError(f"{name}: read {getattr(self, name)}, 0 to 14400 is right")
        for name, least, most in (("priority_run", 1, 20), ("block", 1, 200), ("show", 5, 300)):
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name}: read {getattr(self, name)}, {least} to {most} is right")
        if (self.numbers == "kiosks") != bool(self.kiosks):
            raise ValueError(
                f"kiosks: read {len(self.kiosks)} names, all kiosks of the ward are right with"
                ' numbers = "kiosks", and none otherwise'
            )
