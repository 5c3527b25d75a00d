"""The signed list of cancelled copies, which the verification page reads.

It names voided numbers by volume and nothing else: no kind, no person, no reason.  It is signed
with the key of the QR's statements and says until when it may be relied on.
"""

from __future__ import annotations

import msgspec

from daemon.register import cose
from daemon.register.cose import Sign1, Unreadable
from daemon.store.models.register import EntryRow

VERSION = 1
_NAME = "cancelled"
"""First field: a statement can never be taken for a list."""


class Cancelled(msgspec.Struct, frozen=True):
    """The content of a list."""

    key: bytes
    """Key id of the signer (`certificates.key_id`)."""
    authority: str
    made: int
    """Seconds since 1970."""
    next: int
    """When the next list is due; after it this one proves no copy valid."""
    volumes: dict[str, tuple[str, ...]]
    """Volume → numbers, both as printed."""


def voided(authority: str) -> dict[str, tuple[str, ...]]:
    """The voided numbers of an authority, by volume; inside a read transaction."""
    rows = (
        EntryRow.select(EntryRow.volume, EntryRow.label)
        .where((EntryRow.authority == authority) & (EntryRow.status == "voided"))
        .order_by(EntryRow.volume, EntryRow.number)
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row.volume] = (*found.get(row.volume, ()), row.label)
    return found


def message(content: Cancelled) -> Sign1:
    """The list, unsigned."""
    volumes = {volume: list(numbers) for volume, numbers in content.volumes.items()}
    fields = [_NAME, VERSION, content.authority, content.made, content.next, volumes]
    return Sign1(content.key, cose.dumps(fields))


def read(data: bytes) -> tuple[Cancelled, Sign1]:
    """(content, message) of a list; raises `Unreadable`."""
    signed = cose.decode(data)
    fields = cose.loads(signed.payload)
    if not isinstance(fields, list | tuple) or list(fields[:2]) != [_NAME, VERSION]:
        raise Unreadable("not a list of cancelled copies of this version")
    try:
        rest = msgspec.convert(fields[2:], tuple[str, int, int, dict[str, tuple[str, ...]]])
    except msgspec.ValidationError as error:
        raise Unreadable("not a list of cancelled copies") from error
    return Cancelled(signed.key, *rest), signed
