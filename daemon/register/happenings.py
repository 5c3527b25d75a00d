"""What happens to an entry: into the chain and, with the chain's new head, to the ward.

Inside the transaction of the happening.  What goes to the outbox in the open holds no person.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from daemon.register import chain
from daemon.store.models.register import EntryRow
from daemon.store.outbox import Outbox

ENTRY = "event/register.entry"
LOCKED = "event/register.locked"


class EntryFact(msgspec.Struct, frozen=True):
    """What the ward is told of an entry; `seq` and `hash` are the chain's head with it."""

    event: chain.Happening
    line: chain.Line
    seq: int
    hash: str


class LockFact(msgspec.Struct, frozen=True):
    """What the ward is told of a locked year."""

    lock: chain.Lock
    seq: int
    hash: str


def happened(outbox: Outbox, event: chain.Happening, entry: EntryRow, now: float) -> None:
    """Record what happened to an entry as it stands now."""
    head = chain.append(event, entry, now)
    outbox.append(ENTRY, EntryFact(event, chain.line_of(entry), head.seq, head.hash))


def void(outbox: Outbox, entries: Iterable[EntryRow], reason: str, now: float) -> None:
    """Void entries with the reason; a copy that has not left yet is not delivered any more."""
    for entry in entries:
        outbox.done(entry.delivery)
        entry.status, entry.note, entry.delivery = "voided", reason, ""
        entry.save()
        happened(outbox, "voided", entry, now)


def locked(outbox: Outbox, lock: chain.Lock, now: float) -> None:
    """Record the locking of a year."""
    head = chain.append_lock(lock, now)
    outbox.append(LOCKED, LockFact(lock, head.seq, head.hash))
