"""The certifier, as the kiosk sees one: somebody elsewhere who is asked and decides.

By law a person certifies (Decree 23/2015, Art. 2(9), 20(3)); the kiosk prepares the request and
waits.  The simulated one stands in for that person, never for our own code: it sees what a desk
would show.
"""

from __future__ import annotations

import asyncio
from typing import Literal, Protocol

import msgspec

from daemon.machine.events import Decided
from daemon.machine.personal import Personal
from daemon.machine.values import Product

Verdict = Literal["accepted", "refused", "relay", "counter"]

Read = tuple[Personal[tuple[tuple[str, str, float], ...]], tuple[str, ...]]
"""Of one page: the fields that were read (name, value, confidence 0…1), and warnings."""


class Asked(msgspec.Struct, frozen=True):
    """What the certifier is asked: exactly what a yes will authorise."""

    id: str
    kinds: tuple[str, ...]
    """Kind of each original."""
    pages: tuple[int, ...]
    """Pages of each original."""
    copies: int
    product: Product
    titles: tuple[str, ...] = ()
    """Name of each original as it will stand in the register."""
    names: tuple[str, ...] = ()
    """Each page's name on this machine, in order."""
    notes: tuple[tuple[str, ...], ...] = ()
    """Warnings of each original."""
    fee: int = 0
    """Đồng."""
    statement: tuple[str, ...] = ()
    """Its lines as they will be printed, the certifier's left out."""
    inspection: Literal["by_live_camera", "pilot"] = "pilot"
    """Must the original be looked at live?"""
    requester: Personal[str] = Personal("")
    read: tuple[Read, ...] = ()


class Certifier(Protocol):
    """Where requests go."""

    waiting: Asked | None
    """The request that is being looked at."""

    async def decide(self, asked: Asked, pictures: list[bytes]) -> Decided:
        """Shows the pages (JPEG, in order) to the certifier and returns the decision.  May take
        minutes; cancelled = withdrawn, and a decision that still comes is void.
        """
        ...

    def settled(self, wrong: str) -> None:
        """What became of the decision: recorded (empty), or why not."""


class SimulatedCertifier:
    """Accepts after a while, or waits for `answer`."""

    def __init__(self, after: float) -> None:
        self.waiting: Asked | None = None
        self._after = after
        self._answer: asyncio.Future[Decided] | None = None

    async def decide(self, asked: Asked, pictures: list[bytes]) -> Decided:
        if not pictures or sum(asked.pages) != len(pictures):
            raise ValueError(f"{sum(asked.pages)} pages asked, {len(pictures)} pictures shown")
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        self.waiting = asked
        timer = None
        if self._after >= 0:
            timer = loop.call_later(self._after, self.answer, "accepted")
        try:
            return await self._answer
        finally:
            self.waiting = self._answer = None
            if timer is not None:
                timer.cancel()

    def settled(self, wrong: str) -> None:
        """Nobody else has to hear it."""

    def answer(self, verdict: Verdict, reason: str = "") -> bool:
        """Decides the waiting request; False = there is none."""
        if self._answer is None or self._answer.done():
            return False
        self._answer.set_result(Decided(verdict, reason))
        return True
