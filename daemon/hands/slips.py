"""Slips of the ticket printer, and queue numbers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from daemon.hands.kept import until_kept
from daemon.hands.visit import Visits
from daemon.kiosk import Hands, Reply
from daemon.machine import effects as fx
from daemon.machine.events import TicketFailed, TicketPrinted
from daemon.machine.values import Written
from daemon.services import tickets
from daemon.services.queue.queue import Queue
from drivers.errors import TicketError
from drivers.ticket_printer import TicketPrinter

log = logging.getLogger(__name__)


class Slips:
    """Hands for everything on thermal paper."""

    def __init__(
        self,
        printer: TicketPrinter,
        queue: Queue,
        visits: Visits,
        ward: str,
        language: Callable[[], Written],
        facts: Callable[[], tickets.Facts],
    ) -> None:
        self._printer = printer
        self._queue = queue
        self._visits = visits
        self._ward = ward
        self._language = language
        self._facts = facts

    def register(self, hands: Hands) -> None:
        hands.on(fx.PrintTicket, self.print, durable=True)
        hands.on(fx.DrawNumber, self.draw)

    async def print(self, effect: fx.PrintTicket, reply: Reply) -> None:
        try:
            await self.slip(effect.name, {**effect.args, **self._known(effect.name)})
        except TicketError as error:
            reply(TicketFailed(error.reason))
        except tickets.SlipError as error:
            log.error("slip: %s", error)
            reply(TicketFailed("error"))
        else:
            reply(TicketPrinted())

    def _known(self, name: str) -> dict[str, str]:
        """What a receipt says besides: numbers and what was paid."""
        if name != "receipt":
            return {}
        visit = self._visits.now
        numbers = visit.sealed.numbers if visit.sealed is not None else ()
        known = {"numbers": ", ".join(numbers), "amount": str(visit.received)}
        if visit.sealed is not None:
            known["url"] = " ".join(proof.reveal() for proof in visit.sealed.proofs)
        if visit.authorisation is not None:
            known["code"] = visit.authorisation.code
        return known

    async def slip(self, name: str, values: dict[str, str]) -> None:
        """Prints a layout with its values.  Raises TicketError, SlipError."""
        language = self._language()
        image = await asyncio.to_thread(
            tickets.render, name, values, language, self._ward, None, self._facts()
        )
        await self._printer.print(image)

    async def draw(self, effect: fx.DrawNumber, reply: Reply) -> None:
        draw = partial(self._queue.draw, effect.service, effect.priority)
        reply(await until_kept("a queue number", draw))
