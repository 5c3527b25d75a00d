"""What an officer does to an entry: wet signature confirmed, voided before it, cancelled after it.

A valid copy is never voided by a wish: the authority cancels it by a decision (Circular
01/2020/TT-BTP), and it stays in the book with number and date of that decision.  Nothing is
ever deleted.  Every function runs inside one transaction.
"""

from __future__ import annotations

import datetime as dt

from daemon.register.errors import NoSuchEntry, StepRefused
from daemon.register.happenings import happened, void
from daemon.store.models.register import EntryRow
from daemon.store.outbox import Outbox

CONFIRMED = "Đã ký, đóng dấu tại quầy"
CANCELLED = "Đã bị hủy bỏ giá trị theo Quyết định số {decision} ngày {day:%d/%m/%Y}"


def find(number: str, volume: str) -> EntryRow:
    """The entry with this number, as printed, in this volume.  Raises `NoSuchEntry`."""
    entry = EntryRow.get_or_none((EntryRow.label == number) & (EntryRow.volume == volume))
    if entry is None:
        raise NoSuchEntry(f"entry {number} ({volume}): no such number in this register")
    return entry


def confirm(outbox: Outbox, entry: EntryRow, now: float) -> None:
    """The sheets were signed and sealed at the counter: the entry is valid from now on."""
    if entry.product != "paper" or entry.status != "reserved" or entry.file_digest is None:
        raise StepRefused(
            f"entry {entry.label} ({entry.volume}) is {entry.product} and {entry.status}; only "
            "printed paper that waits for the counter's signature can be confirmed"
        )
    entry.status, entry.note = "valid", CONFIRMED
    entry.save()
    happened(outbox, "signed", entry, now)


def void_reserved(outbox: Outbox, entry: EntryRow, reason: str, now: float) -> None:
    """Paper that will not be signed: the number stays in the book, with the reason."""
    if entry.product != "paper" or entry.status != "reserved" or entry.file_digest is None:
        raise StepRefused(
            f"entry {entry.label} ({entry.volume}) is {entry.product} and {entry.status}; only "
            "paper that waits for the counter's signature is voided, a valid copy is cancelled "
            "by a decision"
        )
    if not reason.strip():
        raise StepRefused("reason: read nothing, a voided number needs a note")
    void(outbox, [entry], reason.strip(), now)


def cancel(outbox: Outbox, entry: EntryRow, decision: str, day: dt.date, now: float) -> None:
    """The authority cancelled the copy's value by a decision; also in a locked year."""
    if entry.status != "valid":
        raise StepRefused(
            f"entry {entry.label} ({entry.volume}) is {entry.status}; only a valid copy is "
            "cancelled by a decision"
        )
    if not decision.strip():
        raise StepRefused("decision: read nothing, its number is right")
    entry.status, entry.decision, entry.decided_on = "voided", decision.strip(), day.isoformat()
    entry.note = CANCELLED.format(decision=decision.strip(), day=day)
    outbox.done(entry.delivery)  # what has not left yet is not delivered any more
    entry.delivery = ""
    entry.save()
    happened(outbox, "cancelled", entry, now)
