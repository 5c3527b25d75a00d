"""Payments: a code shown, money reported, the two matched; what is owed back is kept.

A code that was shown is not money received.  A notice is matched by memo *and* amount; the memo is
looked for inside the bank's text, because banks prefix, cut and upper-case it.  Nothing here knows
who pays: the memo is random, made anew for each offer.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Callable
from typing import Literal, cast

import msgspec

from daemon.machine.events import PaymentOffered, PaymentSeen
from daemon.payment import vietqr
from daemon.payment.errors import BadNotice
from daemon.store import Store
from daemon.store.models.payment import PaymentRow, ReceiptRow

Verdict = Literal["exact", "short", "over", "waived", "late", "again", "unknown"]
"""`late` = for a cancelled code, `again` = for a settled one, `unknown` = no code in the text."""

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
REFUND = "event/payment.refund"
SETTLED = "event/payment.settled"


class PaymentConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[payment]: the account must be the authority's, never a vendor's or an officer's."""

    bin: str = "970436"
    """Six digits of the bank."""
    account: str = "0000000000"
    """Account of the ward; the default is nobody's, for the demo."""
    service: vietqr.Service = "QRIBFTTA"
    prefix: str = "SY"
    """First letters of the memo; eight random ones follow."""
    tariff: str = ""
    """A tariff file; empty = the one of the package."""

    def __post_init__(self) -> None:
        vietqr.payload(self.bin, self.account, service=self.service)
        if not re.fullmatch(r"[A-Z]{0,4}", self.prefix):
            raise ValueError(f"prefix: read {self.prefix!r}, at most 4 capital letters are right")


class Notice(msgspec.Struct, frozen=True):
    """What became of a notice of money."""

    verdict: Verdict
    memo: str
    """The payment code it belongs to, or empty."""
    amount: int
    refund: int
    """Đồng that are owed back for this notice."""
    repeated: bool = False
    """The same notice was seen before; nothing was done."""

    def event(self) -> PaymentSeen | None:
        """For the machine: only what concerns the code that is shown."""
        if self.repeated or self.verdict not in ("exact", "short", "over", "waived"):
            return None
        return PaymentSeen(self.verdict)


class RefundFact(msgspec.Struct, frozen=True):
    """Money that the ward owes back."""

    reference: str
    memo: str
    amount: int
    refund: int
    verdict: Verdict


class SettledFact(msgspec.Struct, frozen=True):
    """A code that was paid, or waived by an officer."""

    memo: str
    amount: int
    verdict: Verdict


class Payments:
    """The payment codes of one kiosk."""

    def __init__(
        self,
        config: PaymentConfig,
        store: Store,
        clock: Callable[[], float] = lambda: dt.datetime.now(dt.UTC).timestamp(),
    ) -> None:
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

    async def waive(self, memo: str) -> Notice:
        """An officer lets it be free.  Like an exact payment of nothing."""
        now = self._clock()
        reference = f"waive-{memo}"
        return await self._store.write(lambda: self._seen(memo, 0, reference, now, waived=True))

    async def seen(self, text: str, amount: int, reference: str = "") -> Notice:
        """Money was reported: `text` = the transfer's content, `reference` = the bank's own id.

        The same reference again changes nothing.  Without one, each call is another transfer.
        Raises BadNotice for no money at all.
        """
        if amount < 1:
            raise BadNotice(f"notice: read {amount} đồng, 1 or more is right")
        now = self._clock()
        known = reference or f"kiosk-{secrets.token_hex(8)}"
        return await self._store.write(lambda: self._seen(text, amount, known, now))

    async def refunds(self) -> list[Notice]:
        """All that is owed back."""

        def find() -> list[Notice]:
            rows = ReceiptRow.select().where(ReceiptRow.refund > 0).order_by(ReceiptRow.seen_at)
            return [_notice(row) for row in rows]

        return await self._store.read(find)

    # -- inside a transaction --------------------------------------------------------------

    def _seen(
        self, text: str, amount: int, reference: str, now: float, *, waived: bool = False
    ) -> Notice:
        before = ReceiptRow.get_or_none(ReceiptRow.reference == reference)
        if before is not None:
            return msgspec.structs.replace(_notice(before), repeated=True)
        payment = self._find(text)
        verdict = _verdict(payment, amount, waived)
        memo = payment.memo if payment is not None else ""
        refund = 0 if verdict in ("exact", "waived") else amount
        ReceiptRow.insert(
            reference=reference,
            memo=memo,
            amount=amount,
            verdict=verdict,
            refund=refund,
            seen_at=now,
        ).execute()
        if payment is not None and verdict in ("exact", "waived", "short", "over"):
            payment.state = "settled" if verdict in ("exact", "waived") else "counter"
            payment.settled_at = now
            payment.save()
        if refund:
            fact = RefundFact(reference, memo, amount, refund, verdict)
            self._store.outbox.append(REFUND, fact)
        elif payment is not None:
            self._store.outbox.append(SETTLED, SettledFact(memo, amount, verdict))
        return Notice(verdict, memo, amount, refund)

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


def _verdict(payment: PaymentRow | None, amount: int, waived: bool) -> Verdict:
    if payment is None:
        return "unknown"
    if payment.state == "cancelled":
        return "late"
    if payment.state != "offered":
        return "again"
    if waived:
        return "waived"
    if amount == payment.amount:
        return "exact"
    return "short" if amount < payment.amount else "over"


def _notice(row: ReceiptRow) -> Notice:
    return Notice(cast(Verdict, row.verdict), row.memo, row.amount, row.refund)
