"""Asking the certifier, and recording the yes: exactly what was shown, for fifteen minutes."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import logging

from daemon.catalogue import refusals
from daemon.catalogue.calendar import VIETNAM
from daemon.certifier import Asked, Certifier
from daemon.hands.shown import Showing
from daemon.hands.visit import Request, Visit, Visits
from daemon.kiosk import Hands, Reply
from daemon.machine import effects as fx
from daemon.machine.effects import Paper
from daemon.machine.events import Decided
from daemon.machine.personal import Personal
from daemon.machine.values import Product
from daemon.register.errors import RegisterError
from daemon.register.facts import PaperFacts, RequestFacts
from daemon.register.register import Register
from daemon.store import StoreError
from daemon.store.outbox import new_id

log = logging.getLogger(__name__)


class SecretPage(Exception):
    """A page of the request must not be copied: nothing of it goes anywhere (Art. 22(3))."""


async def request_of(
    visit: Visit,
    papers: tuple[Paper, ...],
    copies: int,
    product: Product,
    requester: Personal[str],
) -> Request:
    """The request with its pages' pictures and their digests.  Raises `SecretPage`.

    Waits until every page was read: before that nobody knows that it may leave this machine.
    """
    ids = [page for paper in papers for page in paper.pages]
    reading = [visit.readings[page] for page in ids if page in visit.readings]
    if reading:
        await asyncio.wait(reading)
    if visit.secret.intersection(ids):
        raise SecretPage
    pictures: list[bytes] = []
    facts: list[PaperFacts] = []
    for paper in papers:
        pages = [await asyncio.to_thread(visit.vault.get, page) for page in paper.pages]
        digests = tuple(hashlib.sha256(page).hexdigest() for page in pages)
        facts.append(PaperFacts(paper.kind, digests))
        pictures.extend(pages)
    return Request(
        RequestFacts(new_id(), tuple(facts), copies, product),
        requester,
        tuple(pictures),
        dt.datetime.now(VIETNAM),
    )


class Certify:
    """Hands for the decision."""

    def __init__(
        self,
        certifier: Certifier,
        register: Register,
        visits: Visits,
        showing: Showing | None = None,
    ) -> None:
        """`showing` gathers what a person wants to see beside the pictures."""
        self._showing = showing
        self._certifier = certifier
        self._register = register
        self._visits = visits
        self._asking: asyncio.Task[None] | None = None

    def register(self, hands: Hands) -> None:
        hands.on(fx.Submit, self.submit)
        hands.on(fx.Withdraw, self.withdraw)

    async def submit(self, effect: fx.Submit, reply: Reply) -> None:
        self._asking = asyncio.current_task()
        with self._visits.now as visit:
            try:
                request = await request_of(
                    visit, effect.papers, effect.copies, effect.product, effect.requester
                )
            except SecretPage:
                return  # the machine hears of the page itself, and withdraws
            visit.request, visit.authorisation = request, None
            asked = Asked(
                request.facts.id,
                tuple(paper.kind for paper in effect.papers),
                tuple(len(paper.pages) for paper in effect.papers),
                effect.copies,
                effect.product,
            )
            if self._showing is not None:
                asked = await self._showing.asked(visit, effect, request)
            decided = await self._certifier.decide(asked, list(request.pictures))
            wrong = ""
            if decided.verdict == "refused" and not refusals.default().may_refuse(decided.reason):
                # expired or laminated is no ground (Art. 22); an unknown word is nobody's answer
                log.error("refused for %r, which is no ground: the counter goes on", decided.reason)
                decided = Decided("counter", "counter")
            if decided.verdict == "accepted":
                decided, wrong = await self._accept(visit, request, decided)
            self._certifier.settled(wrong)
            reply(decided)

    async def _accept(
        self, visit: Visit, request: Request, decided: Decided
    ) -> tuple[Decided, str]:
        """Records it; else the counter goes on, and the certifier is told why."""
        try:
            visit.authorisation = await self._register.authorise(
                request.facts, decided, requester=request.requester, pictures=request.pictures
            )
        except (RegisterError, StoreError) as error:
            # A yes that cannot be recorded authorises nothing: the counter goes on.
            code = str(getattr(error, "code", type(error).__name__))
            log.error("accept not recorded: %s", code)
            return Decided("counter", "register"), code
        return decided, ""

    def withdraw(self, effect: fx.Withdraw, reply: Reply) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
