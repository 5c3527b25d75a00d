"""Ending a request that nobody goes on with: after a crash, or left lying."""

from __future__ import annotations

from daemon.register import saga
from daemon.register.book import Book
from daemon.register.facts import Recovered
from daemon.store.models.register import RequestRow


def end(book: Book, row: RequestRow, reason: str, now: float) -> Recovered:
    """End it by `saga.cut_off` and say what was done.  Inside a transaction."""
    was = saga.step_of(row)
    numbers = tuple(f"{entry.label} ({entry.volume})" for entry in book.entries(row.id))
    outcome = book.end(row.id, reason, now)
    return Recovered(
        id=row.id,
        code=row.code,
        was=was,
        outcome=outcome,
        paid=row.payment in ("exact", "waived") or bool(book.money(row.id)),
        numbers=numbers,
        reason=reason,
    )
