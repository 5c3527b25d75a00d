"""The fee: what it costs, the payment code, and the notices of money from the ward."""

from __future__ import annotations

import logging

from daemon.desk_messages import Receipt, Waive
from daemon.hands.kept import until_kept
from daemon.hands.visit import Visit, Visits
from daemon.kiosk import Hands, Reply
from daemon.machine import effects as fx
from daemon.machine.events import PaymentSeen, Quoted
from daemon.machine.values import Product
from daemon.payment import tariff
from daemon.payment.errors import BadNotice
from daemon.payment.payments import Payments
from daemon.payment.record import Notice, Owed
from daemon.payment.tariff import Tariff
from daemon.register.errors import StepRefused
from daemon.register.facts import Paid
from daemon.register.register import Register
from daemon.uplink.gateway.messages import PaymentNotice

log = logging.getLogger(__name__)


class Money:
    """Hands for the fee."""

    def __init__(
        self, payments: Payments, register: Register, visits: Visits, tables: tuple[Tariff, ...]
    ) -> None:
        self._payments = payments
        self._register = register
        self._visits = visits
        self._tables = tables
        self._reply: Reply | None = None
        self._visit: Visit | None = None
        """Whose code it is."""
        self.memo = ""
        """The code that is shown now; empty while none is."""
        self.amount = 0

    def register(self, hands: Hands) -> None:
        hands.on(fx.Quote, self.quote)
        hands.on(fx.OfferPayment, self.offer)
        hands.on(fx.CancelPayment, self.cancel, durable=True)

    def fee(self, papers: tuple[fx.Paper, ...], copies: int, product: Product) -> int:
        """What a request would cost, đồng."""
        asked = [(paper.kind, len(paper.pages)) for paper in papers]
        return tariff.quote(asked, copies, product, tables=self._tables).total

    async def quote(self, effect: fx.Quote, reply: Reply) -> None:
        papers = [(paper.kind, len(paper.pages)) for paper in effect.papers]
        quote = tariff.quote(papers, effect.copies, effect.product, tables=self._tables)
        self._visits.now.fees = quote.lines
        reply(Quoted(quote.total, quote.lines))

    async def offer(self, effect: fx.OfferPayment, reply: Reply) -> None:
        self.memo, self.amount, self._visit = "", 0, self._visits.now
        authorisation = self._visit.authorisation
        request = authorisation.id if authorisation is not None else ""
        before = await until_kept("what was paid", lambda: self._payments.kept(request))
        if request and before is not None:
            # The money came while he pressed "back": nobody pays twice.
            await self._settled(self._visit, before, reply)
            return
        offered = await until_kept(
            "a payment code", lambda: self._payments.offer(effect.amount, request)
        )
        self.memo, self.amount, self._reply = offered.memo, offered.amount, reply
        reply(offered)

    async def cancel(self, effect: fx.CancelPayment, reply: Reply) -> None:
        memo, self.memo, self._reply = self.memo, "", None
        if memo:
            await self._payments.cancel(memo)

    # -- from the ward ---------------------------------------------------------------------

    async def notice(self, text: str, amount: int, reference: str = "") -> Notice:
        """The ward reports a transfer.  Kept whatever it is; told to the visitor if it is his."""
        return await self._settle(await self._payments.seen(text, amount, reference))

    async def from_ward(self, notice: PaymentNotice) -> None:
        """What the gateway tells of money; seen again it changes nothing."""
        try:
            match notice.what:
                case "transfer":
                    found = await self._payments.seen(
                        notice.memo,
                        notice.amount,
                        notice.reference,
                        currency=notice.currency,
                        shared=True,
                    )
                case "counter":
                    found = await self._payments.at_counter(
                        notice.memo, notice.amount, notice.reference
                    )
                case "exempt":
                    found = await self._payments.waive(
                        notice.memo, notice.exemption, notice.reference
                    )
                case "refunded":
                    await self._payments.refunded(notice.memo, notice.amount, notice.reference)
                    return
        except BadNotice as error:
            # Asking again would bring the same one: it is the ward's to put right.
            log.error("a payment notice is left out: %s", error)
            return
        await self._settle(found)

    # -- from an officer beside the kiosk --------------------------------------------------

    async def asked(self, code: str) -> int:
        """What a code of this kiosk asks for, đồng.  Raises BadNotice."""
        amount = await self._payments.asked(code)
        if amount is None:
            raise BadNotice(f"code: read {code!r}, a payment code of this kiosk is right")
        return amount

    async def at_counter(self, code: str, receipt: str) -> Notice:
        """What the code asks for was taken in cash, with a biên lai of this number.

        Raises BadNotice.
        """
        amount = await self.asked(code)
        return await self._settle(await self._payments.at_counter(code, amount, receipt))

    async def from_desk(self, told: Receipt | Waive) -> None:
        """An officer at the certifier's desk: paid at the counter, or free.  Raises BadNotice."""
        if isinstance(told, Receipt):
            found = await self.at_counter(told.memo, told.receipt)
        else:
            found = await self.waive(told.memo, told.exemption, told.writing)
        if found.repeated or found.verdict not in ("exact", "waived"):
            raise BadNotice(f"{found.verdict}: this number is used, or the code is over")

    async def waive(self, code: str, exemption: str = "", decision: str = "") -> Notice:
        """An officer lets the request of this code be free.  Raises BadNotice."""
        return await self._settle(await self._payments.waive(code, exemption, decision))

    async def refunds(self) -> list[Owed]:
        """All that is owed back, oldest first."""
        return await self._payments.refunds()

    async def refunded(self, reference: str, amount: int, voucher: str) -> bool:
        """It was paid back by hand; False = so much is not owed for this notice."""
        return await self._payments.refunded(reference, amount, voucher)

    async def unserved(self, request: str) -> None:
        """Signing failed for good: what was paid for the request is owed back, and only then."""
        await self._payments.unserved(request)

    async def _settle(self, notice: Notice) -> Notice:
        reply, visit = self._reply, self._visit
        if notice.memo == self.memo and reply is not None and visit is not None:
            await self._settled(visit, notice, reply)
        return notice

    async def _settled(self, visit: Visit, notice: Notice, reply: Reply) -> None:
        """Tells the visitor, who may have gone on meanwhile: then the book has the money."""
        event = notice.event()
        if event is None:
            return
        with visit:
            if event.verdict in ("exact", "waived") and not visit.paid:
                try:
                    await self._book(visit, event, notice.amount)
                except StepRefused:
                    log.info("a payment belongs to a request that the counter finishes")
                    return
            reply(event)

    async def _book(self, visit: Visit, event: PaymentSeen, amount: int) -> None:
        """Paid is recorded before it is shown: after that, a crash cannot forget it."""
        assert visit.authorisation is not None
        waived = event.verdict == "waived"
        paid = Paid("waived" if waived else "exact", visit.fees, amount)
        await self._register.paid(visit.authorisation, paid)
        visit.paid, visit.received = True, amount
