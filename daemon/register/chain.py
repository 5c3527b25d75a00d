"""The chain: every event of every entry, each link holding the hash of the one before.

hash = SHA-256(previous hash ‖ record as stored).  It is our integrity measure, not a statutory one:
who has the head can tell whether anything before it was changed.  Records
hold a salted commitment in place of the requester's name, so erasing the name breaks nothing.
"""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec
from msgspec.structs import replace

from daemon.register.facts import Head
from daemon.store.models.register import EntryRow, LinkRow

GENESIS = bytes(32)
"""What the first link has for a previous hash."""

Happening = Literal["reserved", "sealed", "signed", "voided", "noted", "cancelled"]
"""`signed` = wet-signed and sealed at the counter; `cancelled` = by a decision."""


class Line(msgspec.Struct, frozen=True):
    """A register line as it stood after an event: the columns of `EntryRow`, digests in hex."""

    request: str
    place: int
    authority: str
    sign: str
    year: int
    number: int
    label: str
    volume: str
    certified_at: float
    kind: str
    title: str
    pages: int
    copies: int
    product: str
    certifier: str
    certifier_title: str
    fee: int
    requester: str
    pages_digest: str
    file_digest: str
    status: str
    note: str
    source: str = "own"
    decision: str = ""
    decided_on: str = ""

    @property
    def key(self) -> tuple[str, str, int, int]:
        """What makes a number unique (Decree 23/2015, Art. 13(2))."""
        return (self.authority, self.sign, self.year, self.number)


class Lock(msgspec.Struct, frozen=True):
    """A register's year, locked: what it held then (Decree 23/2015 Art. 13(1))."""

    authority: str
    sign: str
    year: int
    locked_on: str
    """ISO date, Vietnam time."""
    entries: int
    """Numbers used, voided ones included."""
    valid: int
    voided: int
    copies: int
    """Copies of the valid entries."""
    fee: int
    """Fees of the valid entries, đồng."""
    last: int
    """The year's last number; 0 where there is none."""
    by: str
    """The person who signs certifications and confirms the count."""
    title: str


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """One link's content: what happened to a line, or the locking of a year."""

    seq: int
    at: float
    event: Happening | Literal["locked"]
    line: Line | None = None
    lock: Lock | None = None


def line_of(row: EntryRow) -> Line:
    """The line that an entry is now."""
    values = {}
    for name in Line.__struct_fields__:
        value = getattr(row, name)
        if isinstance(value, bytes | memoryview):
            value = bytes(value).hex()
        values[name] = "" if value is None else value
    return msgspec.convert(values, Line)


def link(previous: bytes, record: bytes) -> bytes:
    """The hash of a link."""
    return hashlib.sha256(previous + record).digest()


def head() -> Head:
    """The last link.  Inside a transaction."""
    last = LinkRow.select().order_by(LinkRow.seq.desc()).first()
    return Head(0, GENESIS.hex()) if last is None else Head(last.seq, bytes(last.hash).hex())


def last_at() -> float:
    """When the last event happened; 0 before the first.  Inside a transaction."""
    last = LinkRow.select().order_by(LinkRow.seq.desc()).first()
    if last is None:
        return 0.0
    return msgspec.json.decode(bytes(last.record), type=Record).at


def append(event: Happening, row: EntryRow, at: float) -> Head:
    """Add what happened to an entry.  Inside the transaction of the happening."""
    return _append(Record(0, at, event, line_of(row)))


def append_lock(lock: Lock, at: float) -> Head:
    """Add the locking of a year.  Inside the transaction that locks it."""
    return _append(Record(0, at, "locked", lock=lock))


def _append(happened: Record) -> Head:
    end = head()
    record = msgspec.json.encode(replace(happened, seq=end.seq + 1))
    previous = bytes.fromhex(end.hash)
    digest = link(previous, record)
    LinkRow.insert(seq=end.seq + 1, record=record, previous=previous, hash=digest).execute()
    return Head(end.seq + 1, digest.hex())
