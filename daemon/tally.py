"""Counts what a visit took, for the report upward: no words, no kinds, nobody.

Fields and rules: docs/mqtt.md (`session`): seconds in all and a step, pages, copies,
retakes, calls for help.  A tally forgets everything with the visit.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from daemon.machine.copy import scenes
from daemon.machine.events import AnyEvent, Captured
from daemon.machine.state import Scene, State

STEP_OF: dict[type[Scene], str] = {
    scenes.ConsentAsked: "identify",
    scenes.NameAsked: "identify",
    scenes.CardShown: "identify",
    scenes.Place: "place",
    scenes.Shooting: "place",
    scenes.Examining: "place",
    scenes.Trouble: "place",
    scenes.KindAsked: "kind",
    scenes.KindPick: "kind",
    scenes.OtherKind: "kind",
    scenes.PagesShown: "pages",
    scenes.PageLooked: "pages",
    scenes.SideMissing: "pages",
    scenes.ProductAsked: "copies",
    scenes.CopiesAsked: "copies",
    scenes.Deciding: "certifier",
    scenes.TakeBack: "take_back",
    scenes.FeeShown: "pay",
    scenes.Paying: "pay",
    scenes.Sealing: "seal",
    scenes.Printing: "print",
    scenes.Collect: "collect",
}
"""Which named step a scene counts for; the others count only in the total."""


class Sums(msgspec.Struct, frozen=True):
    """The figures of one visit."""

    total_s: float
    steps_s: dict[str, float]
    pages: int
    copies: int
    retakes: int
    help: int


class Tally:
    """Watches one visit at a time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._clear()

    def _clear(self) -> None:
        self._began = self._since = self._clock()
        self._steps: dict[str, float] = {}
        self._shots = self._pages = self._copies = self._help = 0

    def watch(self, event: AnyEvent, before: State, after: State) -> None:
        """Takes one transition."""
        if after.visit and not before.visit:
            self._clear()
        now = self._clock()
        name = STEP_OF.get(type(before.scene))
        if name is not None:
            self._steps[name] = self._steps.get(name, 0.0) + now - self._since
        self._since = now
        self._shots += isinstance(event, Captured)
        self._help += after.overlay in ("help", "called") and before.overlay == ""
        job = getattr(after.scene, "job", None)
        if job is not None:
            self._pages, self._copies = len(job.all_pages), getattr(job, "copies", 0)

    def sums(self) -> Sums:
        """The figures so far."""
        return Sums(
            round(self._clock() - self._began, 1),
            {name: round(seconds, 1) for name, seconds in self._steps.items()},
            self._pages,
            self._copies,
            max(0, self._shots - self._pages),
            self._help,
        )
