"""Asking the certifier, and recording the yes: exactly what was shown, for fifteen minutes."""

from __future__ import annotations

import asyncio
import hashlib
import logging

from daemon.certifier import Asked, Certifier
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


async def request_of(
    visit: Visit,
    papers: tuple[Paper, ...],
    copies: int,
    product: Product,
    requester: Personal[str],
) -> Request:
    """The request with its pages' pictures and their digests."""
    pictures: list[bytes] = []
    facts: list[PaperFacts] = []
    for paper in papers:
        pages = [await asyncio.to_thread(visit.vault.get, page) for page in paper.pages]
        digests = tuple(hashlib.sha256(page).hexdigest() for page in pages)
        facts.append(PaperFacts(paper.kind, digests))
        pictures.extend(pages)
    return Request(
        RequestFacts(new_id(), tuple(facts), copies, product), requester, tuple(pictures)
    )


class Certify:
    """Hands for the decision."""

    def __init__(self, certifier: Certifier, register: Register, visits: Visits) -> None:
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
            request = await request_of(
                visit, effect.papers, effect.copies, effect.product, effect.requester
            )
            visit.request, visit.authorisation = request, None
            asked = Asked(
                request.facts.id,
                tuple(paper.kind for paper in effect.papers),
                tuple(len(paper.pages) for paper in effect.papers),
                effect.copies,
                effect.product,
            )
            decided = await self._certifier.decide(asked, list(request.pictures))
            if decided.verdict == "accepted":
                decided = await self._accept(visit, request, decided)
            reply(decided)

    async def _accept(self, visit: Visit, request: Request, decided: Decided) -> Decided:
        try:
            visit.authorisation = await self._register.authorise(
                request.facts, decided, requester=request.requester, pictures=request.pictures
            )
        except (RegisterError, StoreError) as error:
            # A yes that cannot be recorded authorises nothing: the counter goes on.
            log.error("accept not recorded: %s", getattr(error, "code", type(error).__name__))
            return Decided("counter", "register")
        return decided

    def withdraw(self, effect: fx.Withdraw, reply: Reply) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
