"""Whether the kiosk as a whole is alive: what systemd's watchdog is fed with.

A timer that fires proves that the loop turns, and no more.  A child is restarted by its supervisor;
one that cannot be brought back, or a screen that answers but draws nothing, is cured by a start of
the whole.  Then the daemon stops feeding the watchdog, and systemd ends and starts it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

STARTS = 4
"""Starts of a child, each as long as it may take, that the supervisor gets to bring it back."""


class Reports(Protocol):
    """A child as seen from here: `daemon.children.Child`."""

    name: str

    @property
    def up(self) -> bool:
        """Does a process answer?"""


class Alive:
    """Asked each time that the watchdog is to be fed; remembers since when something is missing."""

    def __init__(
        self,
        children: Sequence[Reports],
        undrawn: Callable[[], float],
        *,
        patience: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`undrawn`: seconds that a View has waited to be drawn, 0.0 where none waits.

        `patience`: seconds that a child's start may take (`children.start_within`).
        """
        self._children = tuple(children)
        self._undrawn = undrawn
        self._limit = STARTS * patience
        self._clock = clock
        self._away: dict[str, float] = {}

    def trouble(self) -> str:
        """What a start of the whole daemon is needed for; empty while all is well."""
        now = self._clock()
        for child in self._children:
            if child.up:
                self._away.pop(child.name, None)
            elif now - self._away.setdefault(child.name, now) > self._limit:
                return f"child {child.name} does not come back"
        if self._undrawn() > self._limit:
            return "the screen draws nothing"
        return ""
