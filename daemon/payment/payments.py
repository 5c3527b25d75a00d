"""Payments: a code shown, money reported, the two matched; what is owed back is kept.

A code that was shown is not money received.  A notice is matched by memo *and* amount; the memo is
looked for inside the bank's text, because banks prefix, cut and upper-case it.  Nothing here knows
who pays: the memo is random, made anew for each offer.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Callable, Collection
from typing import cast

import msgspec
from msgspec.structs import replace

from daemon.machine.events import PaymentOffered
from daemon.payment import vietqr
from daemon.payment.errors import BadNotice
from daemon.payment.record import (
    MEETS,
    REFUND,
    SETTLED,
    SETTLES,
    Notice,
    Owed,
    RefundFact,
    SettledFact,
    Verdict,
    judge,
    notice_of,
    owed_of,
)
from daemon.store import Store
from daemon.store.models.payment import PaymentRow, ReceiptRow
from daemon.store.models.register import RequestRow

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
UNSERVED = "unserved"
"""Note of right money that is owed back."""


class PaymentConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[payment]: the account must be the authority's, never a vendor's or an officer's."""

    bin: str = "970436"
    """Six digits of the bank."""
    account: str = "0000000000"
    """Account of the ward; the default is nobody's, for the demo."""
    bank: str = "Ngân hàng mẫu"
    """The bank's name, as payers know it; stands beside the code."""
    payee: str = "UBND phường mẫu"
    """Who the account belongs to, as the payer's bank shows it before paying."""
    service: vietqr.Service = "QRIBFTTA"
    prefix: str = "SY"
    """First letters of the memo; eight random ones follow."""
    tariff: str = ""
    """A tariff file; empty = the one of the package."""

    def __post_init__(self) -> None:
        vietqr.payload(self.bin, self.account, service=self.service)
        for name in ("bank", "payee"):
            if not 1 <= len(getattr(self, name)) <= 60:
                raise ValueError(f"{name}: read {getattr(self, name)!r}, 1 to 60 letters are right")
        if not re.fullmatch(r"[A-Z]{0,4}", self.prefix):
            raise ValueError(f"prefix: read {self.prefix!r}, at most 4 capital letters are right")


class Payments:
    """The payment codes of one kiosk."""

    def __init__(
        self,
        config: PaymentConfig,
        store: Store,
        clock: Callable[[], float] = lambda: dt.datetime.now(dt.UTC).timestamp(),
        exemptions: Collection[str] = (),
    ) -> None:
        """`exemptions` = codes of the tariff file by which an officer may let it be free."""
        self._exemptions = exemptions
        self._config = config
        self._store = store
        self._clock = clock

    async def offer(self, amount: int, request: str = "") -> PaymentOffered:
        """A fresh code for this amount (đồng).  Raises BadCode, StoreError.

        `request` = id of the request: if the daemon dies after the money came and before the
        register knew, the register finds it by this id.
        """
        memo = self._config.prefix + "".join(secrets.choice(LETTERS) for _ in range(8))
        config = self._config
        qr = vietqr.payload(config.bin, config.account, amount, memo, config.service)
        now = self._clock()

        def keep() -> None:
            PaymentRow.insert(
                memo=memo, request=request, amount=amount, state="offered", offered_at=now
            ).execute()

        await self._store.write(keep)
        return PaymentOffered(qr, amount, memo)

    async def cancel(self, memo: str) -> None:
        """The code is no longer shown; money that still comes for it is owed back."""

        def withdraw() -> None:
            PaymentRow.update(state="cancelled").where(
                (PaymentRow.memo == memo) & (PaymentRow.state == "offered")
            ).execute()

        await self._store.write(withdraw)

    async def recover(self) -> int:
        """At start: codes that were shown before are shown no more; returns how many there were.

        Money that still comes for them is owed back.
        """

        def withdraw() -> int:
            query = PaymentRow.update(state="cancelled").where(PaymentRow.state == "offered")
            return int(query.execute())

        return await self._store.write(withdraw)

    async def waive(self, memo: str, exemption: str = "", decision: str = "") -> Notice:
        """An officer lets it be free.  Like an exact payment of nothing.

        `exemption` = a code of the tariff file (empty = the officer's own decision), `decision` =
        what it rests on.  Raises BadNotice for a code that nobody laid down.
        """
        if exemption and exemption not in self._exemptions:
            known = ", ".join(sorted(self._exemptions)) or "none"
            raise BadNotice(f"exemption: read {exemption!r}, one of the tariff is right: {known}")
        now, reference = self._clock(), f"waive-{memo}"
        note = ", ".join(part for part in (exemption, decision) if part)

        def free() -> Notice:
            before = ReceiptRow.get_or_none(ReceiptRow.reference == reference)
            if before is not None:
                return replace(notice_of(before), repeated=True)
            payment = PaymentRow.get_or_none(PaymentRow.memo == memo)
            if payment is None or payment.state != "offered":
                raise BadNotice(f"exemption: {memo or 'no code'} waits for no payment")
            return self._keep(payment, "waived", 0, reference, now, note=note)

        return await self._store.write(free)

    async def seen(
        self,
        text: str,
        amount: int,
        reference: str = "",
        *,
        currency: str = "VND",
        shared: bool = False,
    ) -> Notice:
        """A transfer was reported: `text` = its content, `reference` = the bank's own id.

        The same reference again changes nothing.  Without one, each call is another transfer.
        `shared` = all kiosks of the ward hear of it: one without a code of this kiosk is another's.
        Raises BadNotice for no money at all.
        """
        if amount < 1:
            raise BadNotice(f"notice: read {amount} đồng, 1 or more is right")
        now = self._clock()
        known = reference or f"kiosk-{secrets.token_hex(8)}"

        def see() -> Notice:
            before = ReceiptRow.get_or_none(ReceiptRow.reference == known)
            if before is not None:
                return replace(notice_of(before), repeated=True)
            payment = self._find(text)
            verdict = judge(payment, amount, "transfer")
            if payment is None and shared:
                verdict = "elsewhere"
            elif currency != "VND":
                verdict = "foreign"  # never converted here: the ward pays it back as it came
            return self._keep(payment, verdict, amount, known, now, currency=currency)

        return await self._store.write(see)

    async def asked(self, memo: str) -> int | None:
        """What a code asks for, đồng; None where it is no code of this kiosk."""

        def find() -> int | None:
            row = PaymentRow.get_or_none(PaymentRow.memo == memo)
            return None if row is None else int(row.amount)

        return await self._store.read(find)

    async def at_counter(self, memo: str, amount: int, receipt: str) -> Notice:
        """The desk took cash and issued a biên lai with this number.  Raises BadNotice."""
        if amount < 1 or not receipt.strip():
            raise BadNotice("counter: an amount and the number of the biên lai are right")
        now, reference = self._clock(), f"BL-{receipt.strip()}"

        def take() -> Notice:
            before = ReceiptRow.get_or_none(ReceiptRow.reference == reference)
            if before is not None:
                return replace(notice_of(before), repeated=True)
            payment = PaymentRow.get_or_none(PaymentRow.memo == memo)
            # A request that has ended is served by nobody: the cash goes back across the desk.
            verdict = judge(payment, amount, "transfer" if _ended(payment) else "counter")
            if payment is None:
                verdict = "elsewhere"
            return self._keep(payment, verdict, amount, reference, now)

        return await self._store.write(take)

    async def kept(self, request: str) -> Notice | None:
        """What settled this request and is not owed back; None while nothing did."""

        def find() -> Notice | None:
            paid = PaymentRow.select(PaymentRow.memo).where(PaymentRow.request == request)
            row = ReceiptRow.get_or_none(
                ReceiptRow.memo.in_(paid)
                & ReceiptRow.verdict.in_(SETTLES)
                & (ReceiptRow.refund == 0)
                & (ReceiptRow.refunded == 0)
            )
            return None if row is None else notice_of(row)

        return await self._store.read(find)

    async def unserved(self, request: str) -> list[Notice]:
        """Signing failed for good: what was rightly paid for the request is owed back."""

        def owe() -> list[Notice]:
            paid = PaymentRow.select(PaymentRow.memo).where(PaymentRow.request == request)
            rows = ReceiptRow.select().where(
                ReceiptRow.memo.in_(paid)
                & ReceiptRow.verdict.in_(("exact", "counter"))
                & (ReceiptRow.refund == 0)
                & (ReceiptRow.refunded == 0)
            )
            found = []
            for row in list(rows):
                row.refund, row.note = row.amount, UNSERVED
                row.save()
                self._owed(row)
                found.append(notice_of(row))
            return found

        return await self._store.write(owe)

    async def refunded(self, reference: str, amount: int, voucher: str) -> bool:
        """The ward paid back what it owed for a notice; False = nothing was owed for it."""

        def back() -> bool:
            row = ReceiptRow.get_or_none(ReceiptRow.reference == reference)
            if row is None or not row.refund or not 0 < amount <= row.refund:
                return False
            row.refund, row.refunded = row.refund - amount, row.refunded + amount
            row.refund_reference = voucher
            row.save()
            return True

        return await self._store.write(back)

    async def refunds(self) -> list[Owed]:
        """All that is owed back, oldest first."""

        def find() -> list[Owed]:
            rows = ReceiptRow.select().where(ReceiptRow.refund > 0).order_by(ReceiptRow.seen_at)
            return [owed_of(row) for row in rows]

        return await self._store.read(find)

    # -- inside a transaction --------------------------------------------------------------

    def _keep(
        self,
        payment: PaymentRow | None,
        verdict: Verdict,
        amount: int,
        reference: str,
        now: float,
        *,
        currency: str = "VND",
        note: str = "",
    ) -> Notice:
        memo = payment.memo if payment is not None else ""
        refund = 0 if verdict in (*SETTLES, "elsewhere") else amount
        row = ReceiptRow.create(
            reference=reference,
            memo=memo,
            amount=amount,
            currency=currency,
            verdict=verdict,
            note=note,
            refund=refund,
            seen_at=now,
        )
        if payment is not None and verdict in MEETS:
            payment.state = "settled" if verdict in SETTLES else "counter"
            payment.settled_at = now
            payment.save()
        if refund:
            self._owed(row)
        elif payment is not None:
            self._store.outbox.append(SETTLED, SettledFact(memo, amount, verdict, reference, note))
        return Notice(verdict, memo, amount, refund)

    def _owed(self, row: ReceiptRow) -> None:
        fact = RefundFact(
            row.reference,
            row.memo,
            row.amount,
            row.refund,
            cast(Verdict, row.verdict),
            row.currency,
            row.note,
        )
        self._store.outbox.append(REFUND, fact)

    def _find(self, text: str) -> PaymentRow | None:
        """The payment whose memo is in the text, whatever stands around it."""
        letters = re.sub(r"[^0-9A-Z]", "", text.upper())
        size = len(self._config.prefix) + 8
        parts = {letters[at : at + size] for at in range(len(letters) - size + 1)}
        for part in sorted(parts):
            row = PaymentRow.get_or_none(PaymentRow.memo == part)
            if row is not None:
                return row
        return None


def _ended(payment: PaymentRow | None) -> bool:
    """Was the request that this code is for let go, so that no copy comes of it?"""
    if payment is None:
        return False
    request = RequestRow.get_or_none(RequestRow.id == payment.request)
    return request is not None and request.step in ("dropped", "voided")
