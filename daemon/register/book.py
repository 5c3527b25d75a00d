"""The register in the database: every function runs inside one transaction of `Store.write`.

Each changes the request, its entries, the chain and the outbox together or not at all (design
rule 4).  What goes to the outbox in the open holds no person.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import peewee

from daemon.machine.values import Product
from daemon.register import numbering, orders, saga, yearend
from daemon.register.errors import NoSuchRequest
from daemon.register.facts import Authorisation, Paid, RequestFacts, Step
from daemon.register.happenings import happened, void
from daemon.register.settings import RegisterSettings
from daemon.register.source import Numbered, NumberOrder
from daemon.store.models.outbox import Fact
from daemon.store.models.payment import PaymentRow, ReceiptRow
from daemon.store.models.register import EntryRow, RequestRow
from daemon.store.outbox import Outbox

REQUEST = "event/register.request"

HELD = 10.0 * 365 * 86400
"""Seconds that an unfinished request's envelope is held back; `release` lets it go at once."""


class RequestFact(msgspec.Struct, frozen=True):
    """How a request ended."""

    request: str
    code: str
    step: Step
    paid: int
    reason: str


class ToNumber(NamedTuple):
    """What an entry is made from."""

    kind: str
    title: str
    pages: int
    digest: bytes
    commitment: bytes


class Book:
    """The register's tables."""

    def __init__(self, settings: RegisterSettings, outbox: Outbox) -> None:
        self._settings = settings
        self._outbox = outbox

    # -- reading ---------------------------------------------------------------------------

    def row(self, request: str) -> RequestRow:
        """Raises `NoSuchRequest`."""
        row = RequestRow.get_or_none(RequestRow.id == request)
        if row is None:
            raise NoSuchRequest(f"request {request}: no such request was accepted")
        return row

    def entries(self, request: str) -> list[EntryRow]:
        """The entries of a request that are not voided, in the order of its papers."""
        query = EntryRow.select().where(
            (EntryRow.request == request) & (EntryRow.status != "voided")
        )
        return list(query.order_by(EntryRow.place))

    def unended(self, before: float) -> list[RequestRow]:
        """Requests not ended whose authorisation ended before this time, oldest first."""
        query = RequestRow.select().where(
            RequestRow.step.in_(saga.OPEN) & (RequestRow.until < before)
        )
        return list(query.order_by(RequestRow.accepted_at))

    def money(self, request: str) -> int:
        """What was received for a request, đồng, whether or not it was the right amount."""
        query = (
            ReceiptRow.select(peewee.fn.SUM(ReceiptRow.amount))
            .join(PaymentRow, on=(PaymentRow.memo == ReceiptRow.memo))
            .where((PaymentRow.request == request) & (ReceiptRow.currency == "VND"))
        )
        return int(query.scalar() or 0)

    # -- the saga --------------------------------------------------------------------------

    def accept(
        self,
        facts: RequestFacts,
        authorisation: Authorisation,
        now: float,
        envelope: bytes,
        by: str = "",
    ) -> None:
        """Step `accepted`, with the envelope held back; `by` = the certifier's id."""
        held = self._outbox.append_sealed("sealed/request", envelope)
        Fact.update(not_before=now + HELD).where(Fact.id == held).execute()
        RequestRow.insert(
            id=facts.id,
            code=authorisation.code,
            step="accepted",
            facts=msgspec.json.encode(facts),
            accepted_at=now,
            until=authorisation.until,
            certifier=by,
            envelope=held,
            changed_at=now,
        ).execute()

    def paid(self, request: str, paid: Paid, now: float) -> None:
        """Step `paid`."""
        self._step(
            self.row(request),
            "paid",
            now,
            amount=paid.amount,
            payment=paid.verdict,
            fees=msgspec.json.encode(paid.fees),
        )

    def order(self, request: str, count: int, now: float) -> NumberOrder | None:
        """What to ask the ward's book before `number`; None where today's numbers are entered."""
        row = self.row(request)
        saga.check(saga.step_of(row), "numbered")
        kept, today = self.entries(request), numbering.local_day(now)
        if kept and numbering.local_day(kept[0].certified_at) == today:
            return None
        settings = self._settings
        facts = msgspec.json.decode(bytes(row.facts), type=RequestFacts)
        sign = settings.signs[facts.product]
        yearend.check_open(settings.authority_id, sign, today.year)
        return orders.open_order(self._outbox, request, settings.authority_id, sign, today, count)

    def number(
        self,
        request: str,
        papers: list[ToNumber],
        names: bytes,
        now: float,
        given: tuple[NumberOrder, tuple[Numbered, ...]] | None = None,
    ) -> list[EntryRow]:
        """Step `numbered`: numbers, entries, chain and outbox at once.

        A retry on the same day gets the numbers that are reserved already; one after midnight
        voids them, because number and year are those of the day of signing.  `given` = the order
        and the numbers of the ward's book; without, the kiosk's own volume goes on.
        """
        row = self.row(request)
        kept = self.entries(request)
        if kept:
            saga.check(saga.step_of(row), "numbered")
            if numbering.local_day(kept[0].certified_at) == numbering.local_day(now):
                return kept
            void(self._outbox, kept, "the day of signing changed", now)
        self._step(row, "numbered", now)
        facts = msgspec.json.decode(bytes(row.facts), type=RequestFacts)
        fees = msgspec.json.decode(bytes(row.fees), type=tuple[int, ...])
        numbers: tuple[Numbered | None, ...] = (None,) * len(papers)
        if given is not None:
            orders.check(*given)
            orders.entered(given[0])
            numbers = given[1]
        for place, (paper, number) in enumerate(zip(papers, numbers, strict=True)):
            self._enter(facts, place, paper, fees[place], now, number, str(row.certifier))
        self._outbox.append_sealed("sealed/name", names)
        return self.entries(request)

    def _enter(
        self,
        facts: RequestFacts,
        place: int,
        paper: ToNumber,
        fee: int,
        now: float,
        given: Numbered | None,
        by: str,
    ) -> None:
        settings, day = self._settings, numbering.local_day(now)
        certifier = settings.certifier_of(by) or settings.certifier
        product: Product = facts.product
        sign = settings.signs[product]
        yearend.check_open(settings.authority_id, sign, day.year)
        number = given or numbering.own(settings, product, day)
        row = EntryRow.create(
            request=facts.id,
            place=place,
            authority=settings.authority_id,
            sign=sign,
            year=day.year,
            number=number.number,
            label=number.label,
            volume=number.volume,
            source="own" if given is None else "ward",
            certified_at=now,
            kind=paper.kind,
            title=paper.title,
            pages=paper.pages,
            copies=facts.copies,
            product=product,
            certifier=certifier.name,
            certifier_title=" / ".join(certifier.title),
            fee=fee,
            requester=paper.commitment,
            pages_digest=paper.digest,
            status="reserved",
            note="",
        )
        happened(self._outbox, "reserved", row, now)

    def sealed(self, request: str, files: list[bytes], deliveries: list[bytes], now: float) -> None:
        """Step `signed`: `files` = SHA-256 of each, `deliveries` = envelopes for the ward's store.

        An electronic copy's entry becomes valid; paper stays reserved until it is wet-signed.
        """
        row = self.row(request)
        self._step(row, "signed", now)
        for place, (entry, digest) in enumerate(zip(self.entries(request), files, strict=True)):
            if deliveries:
                entry.delivery = self._outbox.append_sealed("sealed/copy", deliveries[place])
            entry.file_digest = digest
            if entry.product == "digital":
                entry.status = "valid"
                entry.note = "Bản sao điện tử"
            else:
                entry.note = "Ký, đóng dấu tại quầy"
            entry.save()
            happened(self._outbox, "sealed", entry, now)

    def printed(self, request: str, now: float) -> None:
        """Step `printed`; again where everything is printed once more."""
        self._step(self.row(request), "printed", now)

    def handed_over(self, request: str, now: float) -> None:
        """The good end: what the ward would have needed is erased."""
        row = self.row(request)
        self._step(row, "handed_over", now)
        self._outbox.done(row.envelope)
        self._told(row, "handed_over", "")

    def end(self, request: str, reason: str, now: float, *, unused: bool = False) -> Step:
        """An early end with its reason; returns the step it ended at.

        `unused` = the copies will not be handed over: numbers are voided wherever there are any.
        Money was taken: the envelope goes to the ward, which finishes or refunds.
        """
        row = self.row(request)
        facts = msgspec.json.decode(bytes(row.facts), type=RequestFacts)
        entries = self.entries(request)
        ends: Step = (
            "voided" if unused and entries else saga.cut_off(saga.step_of(row), facts.product)
        )
        if ends == "dropped" and self.money(request):
            ends = "passed"  # it came, and the daemon died before the step was recorded
        self._step(row, ends, now, reason=reason)
        settings, sign = self._settings, self._settings.signs[facts.product]
        orders.close(self._outbox, request, settings.authority_id, sign, reason)
        if ends == "voided":
            void(self._outbox, entries, reason, now)
        elif ends == "passed":
            for entry in entries:
                entry.note = f"{entry.note}; {reason}"
                entry.save()
                happened(self._outbox, "noted", entry, now)
        if ends in ("dropped", "voided"):
            # Nobody waits for this money any more: what still comes is owed back.
            PaymentRow.update(state="cancelled").where(
                (PaymentRow.request == request) & (PaymentRow.state == "offered")
            ).execute()
        if ends == "dropped":
            self._outbox.done(row.envelope)
        else:
            self.release(row)
        self._told(row, ends, reason)
        return ends

    def pass_on(self, request: str, reason: str, now: float) -> Step:
        """The counter finishes: like `end`, and an accepted request goes to the ward as well.

        Raises `NoSuchRequest` where nothing of it is kept that could be passed on.
        """
        row = self.row(request)
        if row.step in ("dropped", "handed_over"):
            raise NoSuchRequest(f"request {request} is {row.step}: nothing of it is kept")
        if row.step not in saga.OPEN:
            self.release(row)
            return saga.step_of(row)
        if row.step == "accepted":
            self._step(row, "passed", now, reason=reason)
            self.release(row)
            self._told(row, "passed", reason)
            return "passed"
        return self.end(request, reason, now)

    def release(self, row: RequestRow) -> None:
        """Let the request's envelope go to the ward now."""
        Fact.update(not_before=0.0).where(Fact.id == row.envelope).execute()

    # -- parts -----------------------------------------------------------------------------

    def _told(self, row: RequestRow, step: Step, reason: str) -> None:
        fact = RequestFact(row.id, row.code, step, int(row.amount or self.money(row.id)), reason)
        self._outbox.append(REQUEST, fact)

    def _step(self, row: RequestRow, step: Step, now: float, **more: object) -> None:
        saga.check(saga.step_of(row), step)
        RequestRow.update(step=step, changed_at=now, **more).where(
            RequestRow.id == row.id
        ).execute()
        row.step = step
