"""What each driver must do at each fault: the words of the fault matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Fault = Literal["plug", "unplug", "replug", "hang", "slow", "garbage", "half", "dip"]
FAULTS: tuple[Fault, ...] = get_args(Fault)

MEANING: dict[Fault, str] = {
    "plug": "missing when the driver starts, plugged in later",
    "unplug": "pulled out at work, plugged in later",
    "replug": "pulled out and plugged in again several times",
    "hang": "there, and gives no answer",
    "slow": "answers slowly",
    "garbage": "sends nonsense",
    "half": "sends the first half of an answer",
    "dip": "its power fails for a moment in the middle of work",
}


@dataclass(frozen=True)
class Cell:
    """The outcome that the test holds the driver to."""

    reasons: tuple[str, ...] = ()
    """Reasons of which one must be told, as a loss or (`warns`) as a warning; empty = it works on
    and nothing is told."""
    warns: bool = False
    note: str = ""
    """What the fault is on this device, or what becomes of the work."""
    never: str = ""
    """Why the fault cannot be on this device; then nothing is tested."""

    def outcome(self) -> str:
        """As it stands in the table."""
        if self.never:
            return "—"
        told = " or ".join(f"`{reason}`" for reason in self.reasons)
        return (f"warns {told}" if self.warns else told) if told else "works on"


def lost(*reasons: str, note: str = "") -> Cell:
    """It is told as lost, and back after the fault."""
    return Cell(reasons, note=note)


def warned(*reasons: str, note: str = "") -> Cell:
    return Cell(reasons, warns=True, note=note)


def works(note: str = "") -> Cell:
    return Cell(note=note)


def never(why: str) -> Cell:
    return Cell(never=why)


Cells = dict[Fault, Cell]
