"""What is erased by rule, so that only what the law wants stays.

The register (entries and chain) stays for ever at the authority.  What the kiosk keeps besides is
needed only while a request can still be disputed here: which pictures an accept covered (their
digests), and the payment codes.  Emptied after `register.keep_days` days; totals, verdicts and
references of money stay, and the chain verifies as before, because it holds none of what goes.
Names and salts are not here at all: sealed to the ward at once, erased when it acknowledges them.
"""

from __future__ import annotations

import msgspec

from daemon.register import saga
from daemon.register.facts import RequestFacts
from daemon.store.models.payment import PaymentRow, ReceiptRow
from daemon.store.models.register import RequestRow

DAY = 86400.0


class Erased(msgspec.Struct, frozen=True):
    """How much was emptied."""

    requests: int
    payments: int


def erase(now: float, days: int) -> Erased:
    """Empty what ended so many days ago.  Inside a transaction.  Raises ValueError under 1."""
    if days < 1:
        raise ValueError(f"days: read {days}, 1 or more is right")
    before = now - days * DAY
    return Erased(_requests(before), _payments(before))


def _requests(before: float) -> int:
    """Digests of pictures go; step, times, amount, reason and code stay."""
    ended = RequestRow.select().where(
        RequestRow.step.not_in(saga.OPEN) & (RequestRow.changed_at < before)
    )
    done = 0
    for row in ended:
        facts = msgspec.json.decode(bytes(row.facts), type=RequestFacts)
        if not any(paper.pages for paper in facts.papers):
            continue
        papers = tuple(msgspec.structs.replace(paper, pages=()) for paper in facts.papers)
        row.facts = msgspec.json.encode(msgspec.structs.replace(facts, papers=papers))
        row.save()
        done += 1
    return done


def _payments(before: float) -> int:
    """Codes for which no money was ever seen: money that came is accounted for, and stays."""
    paid = ReceiptRow.select(ReceiptRow.memo)
    query = PaymentRow.delete().where(
        (PaymentRow.offered_at < before)
        & (PaymentRow.state == "cancelled")
        & PaymentRow.memo.not_in(paid)
    )
    return int(query.execute())
