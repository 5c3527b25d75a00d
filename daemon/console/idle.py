"""Reads a line from whoever sits there; nobody there for ten minutes ends the session."""

from __future__ import annotations

import signal
from types import FrameType

IDLE = 600
"""Seconds without a key after which the console logs out, on a serial line too."""


class Idle(Exception):
    """Nobody has typed for so long."""


def read(prompt: str) -> str:
    """One line.  Raises Idle, EOFError, KeyboardInterrupt."""

    def late(number: int, frame: FrameType | None) -> None:
        raise Idle

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(IDLE)
    try:
        return input(prompt)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
