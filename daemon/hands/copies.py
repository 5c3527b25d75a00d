"""The copies themselves: sealing, printing, handing over, voiding, passing on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from daemon.catalogue.calendar import Calendar, default
from daemon.documents.client import DocumentsClient
from daemon.documents.errors import DocumentsError
from daemon.hands.certify import SecretPage, request_of
from daemon.hands.kept import until_kept
from daemon.hands.papers import reading_of
from daemon.hands.visit import Visit, Visits
from daemon.kiosk import Hands, Reply
from daemon.machine import effects as fx
from daemon.machine.effects import Paper
from daemon.machine.events import Printed, PrintFailed, PrintProgress, Sealed, SealFailed, SealStep
from daemon.register.errors import RegisterError
from daemon.register.facts import Paid, SealPaper
from daemon.register.register import Register
from daemon.store import StoreError
from drivers.errors import PrintStopped
from drivers.page_printer import PagePrinter

log = logging.getLogger(__name__)

TRIES = 3
"""Sealing is tried so often, with the same numbers (F1), before the visitor is told."""

TRY_AGAIN = 2.0
"""Seconds between two tries: a token that was pulled and put back."""

Slip = Callable[[str, dict[str, str]], Awaitable[None]]
"""Prints a slip of a layout with its values."""

Unserved = Callable[[str], Awaitable[None]]
"""What was paid for a request is owed back: signing failed for good."""


class Copies:
    """Hands for everything after the fee."""

    def __init__(
        self,
        register: Register,
        documents: DocumentsClient,
        printer: PagePrinter,
        visits: Visits,
        slip: Slip,
        calendar: Calendar | None = None,
        unserved: Unserved | None = None,
    ) -> None:
        self._register = register
        self._documents = documents
        self._printer = printer
        self._visits = visits
        self._slip = slip
        self._calendar = calendar or default()
        self._unserved = unserved or _nothing_paid
        self._printing: asyncio.Task[None] | None = None
        self.signed_ms: tuple[float, ...] = ()
        """Milliseconds that both signatures of each paper of the last request took."""

    def register(self, hands: Hands) -> None:
        hands.on(fx.Seal, self.seal, durable=True)
        hands.on(fx.Void, self.void, durable=True)
        hands.on(fx.Print, self.print, durable=True)
        hands.on(fx.HandedOver, self.handed_over, durable=True)
        hands.on(fx.Later, self.later, durable=True)

    # -- sealing ---------------------------------------------------------------------------

    async def seal(self, effect: fx.Seal, reply: Reply) -> None:
        with self._visits.now as visit:
            for tries_left in reversed(range(TRIES)):
                try:
                    await self._seal(visit, effect, reply)
                    return
                except (RegisterError, DocumentsError, StoreError) as error:
                    log.error("not sealed: %s, %d tries left", _code(error), tries_left)
                    if not tries_left or _final(error):
                        reply(SealFailed(_code(error)))
                        return
                await asyncio.sleep(TRY_AGAIN)

    async def _seal(self, visit: Visit, effect: fx.Seal, reply: Reply) -> None:
        authorisation = visit.authorisation
        assert authorisation is not None
        if not visit.paid:
            await self._register.paid(authorisation, Paid("free", visit.fees, 0))
            visit.paid = True
        papers = [await self._assembled(visit, paper) for paper in effect.papers]
        visit.sealed = await self._register.seal(
            authorisation,
            papers,
            effect.copies,
            effect.product,
            effect.requester,
            lambda step: reply(SealStep(step)),
        )
        self.signed_ms = visit.sealed.sign_ms
        reply(Sealed(visit.sealed.numbers, visit.sealed.proofs))

    async def _assembled(self, visit: Visit, paper: Paper) -> SealPaper:
        """The pages of one original as a PDF, with the text that was read meanwhile."""
        pages = []
        for page in paper.pages:
            reading = await reading_of(visit, page)
            pages.append((await asyncio.to_thread(visit.vault.get, page), reading))
        pdf = await self._documents.assemble(pages, paper.kind)
        return SealPaper(paper.kind, pdf, len(pages))

    # -- paper -----------------------------------------------------------------------------

    async def print(self, effect: fx.Print, reply: Reply) -> None:
        with self._visits.now as visit:
            self._printing = asyncio.current_task()
            sealed = visit.sealed
            assert sealed is not None
            sheets = sum(copy.pages * copy.copies for copy in sealed.copies)
            done = 0

            def progress(event: PrintProgress | PrintFailed) -> None:
                if isinstance(event, PrintProgress):
                    event = PrintProgress(done + event.sheet, max(sheets, done + event.sheets))
                reply(event)

            try:
                for copy in sealed.copies:
                    done += await self._printer.print(copy.printout_pdf, copy.copies, progress)
            except PrintStopped as error:
                reply(PrintFailed(error.trouble))
                return
            finally:
                self._printing = None
            await until_kept("printed", partial(self._register.printed, sealed.id))
            reply(Printed(done))

    async def handed_over(self, effect: fx.HandedOver, reply: Reply) -> None:
        with self._visits.now as visit:
            if visit.sealed is not None:
                handed_over = partial(self._register.handed_over, visit.sealed.id)
                await until_kept("handed over", handed_over)
                visit.settled = True

    # -- other ends ------------------------------------------------------------------------

    async def void(self, effect: fx.Void, reply: Reply) -> None:
        with self._visits.now as visit:
            if visit.authorisation is not None:
                void = partial(self._register.void, visit.authorisation.id, effect.reason)
                await until_kept("a void", void)
                visit.settled = True

    async def later(self, effect: fx.Later, reply: Reply) -> None:
        """The request goes to the ward, and the visitor gets its code on a slip."""
        with self._visits.now as visit:
            if self._printing is not None:
                self._printing.cancel()
            try:
                if visit.request is None:
                    visit.request = await request_of(
                        visit, effect.papers, effect.copies, effect.product, effect.requester
                    )
            except SecretPage:
                visit.settled = True
                await self._slip("refusal", {"reason": "secret"})
                return
            request = visit.request
            later = partial(
                self._register.later,
                request.facts,
                effect.reason,
                requester=request.requester,
                pictures=request.pictures,
            )
            code = await until_kept("a request for the ward", later)
            if effect.reason == "refund":
                unserved = partial(self._unserved, request.facts.id)
                await until_kept("money to be paid back", unserved)
            visit.settled = True
            due = self._calendar.appointment(request.received_at)
            values = {"code": code, "reason": effect.reason, "due": f"{due:%H:%M, %d/%m/%Y}"}
            await self._slip("later", values)

    async def left(self, visit: Visit, outcome: str) -> None:
        """A visitor went who had a yes and took nothing: what was held for him is let go."""
        with visit:
            if visit.authorisation is None or visit.settled or visit.sealed is not None:
                return
            try:
                await self._register.void(visit.authorisation.id, outcome)
            except (RegisterError, StoreError) as error:
                log.error("a left request stays open: %s", _code(error))


async def _nothing_paid(request: str) -> None:
    """Where no payments are wired there is nothing to pay back."""


def _final(error: Exception) -> bool:
    """Would another try only fail in the same way?"""
    return isinstance(error, RegisterError) and error.final


def _code(error: Exception) -> str:
    return str(getattr(error, "code", "") or getattr(error, "reason", "") or type(error).__name__)
