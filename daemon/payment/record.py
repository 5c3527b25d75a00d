"""What the record says of money: how each notice ended, and what the ward is told of it."""

from __future__ import annotations

from typing import Literal, cast

import msgspec

from daemon.machine.events import PaymentSeen
from daemon.store.models.payment import PaymentRow, ReceiptRow

REFUND = "event/payment.refund"
SETTLED = "event/payment.settled"

Verdict = Literal[
    "exact", "short", "over", "waived", "late", "again", "unknown",
    "counter", "foreign", "elsewhere",
]  # fmt: skip
"""`late` = for a cancelled code, `again` = for a settled one, `unknown` = no code in the text,
`counter` = cash with a biên lai, `foreign` = not in đồng, `elsewhere` = of another kiosk or matter:
the ward has it, nothing is owed here."""

SETTLES: tuple[Verdict, ...] = ("exact", "counter", "waived")
"""After these the copies may be sealed."""

MEETS: tuple[Verdict, ...] = (*SETTLES, "short", "over")
"""These use a code up."""


class Notice(msgspec.Struct, frozen=True):
    """What became of a notice of money."""

    verdict: Verdict
    memo: str
    """The payment code it belongs to, or empty."""
    amount: int
    refund: int
    """What is owed back for this notice, in its currency."""
    repeated: bool = False
    """The same notice was seen before; nothing was done."""

    def event(self) -> PaymentSeen | None:
        """For the machine: only what concerns the code that is shown."""
        if self.repeated:
            return None
        match self.verdict:
            case "exact" | "counter":
                return PaymentSeen("exact")
            case "short" | "over" | "waived":
                return PaymentSeen(self.verdict)
        return None


class Owed(msgspec.Struct, frozen=True):
    """Money that still has to go back, as those see it who pay it back."""

    reference: str
    """The bank's id of the transfer, or `BL-` and the number of the biên lai."""
    memo: str
    verdict: Verdict
    amount: int
    refund: int
    """What is still owed, in its currency."""
    currency: str
    seen_at: float


class RefundFact(msgspec.Struct, frozen=True):
    """Money that the ward owes back."""

    reference: str
    memo: str
    amount: int
    refund: int
    verdict: Verdict
    currency: str = "VND"
    reason: str = ""
    """Why it is owed where the payment itself was right: `unserved` = signing failed for good."""


class SettledFact(msgspec.Struct, frozen=True):
    """A code that was paid, or that an officer let be free."""

    memo: str
    amount: int
    verdict: Verdict
    reference: str = ""
    """The bank's id or the number of the biên lai."""
    exemption: str = ""
    """Code of the exemption and the decision it rests on."""


def judge(payment: PaymentRow | None, amount: int, what: Literal["transfer", "counter"]) -> Verdict:
    """How a notice in đồng ends."""
    if payment is None:
        return "unknown"
    if payment.state == "cancelled" and what == "transfer":
        return "late"
    if payment.state not in ("offered", "cancelled"):
        return "again"
    if amount == payment.amount:
        return "exact" if what == "transfer" else "counter"
    return "short" if amount < payment.amount else "over"


def notice_of(row: ReceiptRow) -> Notice:
    """The notice that a row records."""
    return Notice(cast(Verdict, row.verdict), row.memo, row.amount, row.refund)


def owed_of(row: ReceiptRow) -> Owed:
    """What a row still owes."""
    return Owed(
        row.reference,
        row.memo,
        cast(Verdict, row.verdict),
        row.amount,
        row.refund,
        row.currency,
        row.seen_at,
    )
