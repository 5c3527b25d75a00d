"""Facts told once more, for a receiver who found a gap: the same messages, to the last byte.

Kept are open facts alone.  Sealed ones are not: a copy of somebody's paper must not stay here for
the case that somebody missed it.  Alarms are not: an old state would take the place of the newer
on its topic; `snapshot` tells what stands.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from peewee import fn

from daemon.store.models.uplink import SentRow
from daemon.uplink.envelope import Envelope, read_back, wrap
from daemon.uplink.line import Message
from daemon.uplink.payloads import FACTS

KEEPS = 20_000
"""The newest so many; a kiosk tells some hundred a day."""
AT_ONCE = 100
"""Facts of one command: they go once, beside the outbox, and whoever wants more asks again."""

OPEN = {"event/" + name: kind for name, kind in FACTS.items()}
"""Outbox kind → payload type, of the facts that go openly."""


_KINDS = msgspec.json.encode(tuple(OPEN)).decode()
_KEEP = """
INSERT OR IGNORE INTO sent (boot, seq, kind, envelope, payload)
SELECT ?, ?, kind, ?, payload FROM outbox
WHERE id = ? AND NOT sealed AND kind IN (SELECT value FROM json_each(?))
"""


class Told(msgspec.Struct, frozen=True):
    """What there is from a place on."""

    messages: tuple[Message, ...]
    next: tuple[int, int] | None
    """(boot, seq) of the first that did not fit; None = that was all."""


def keep(envelopes: Mapping[str, Envelope]) -> None:
    """Before these leave the outbox, in the same `Store.write`.  Id → envelope."""
    rows = [
        (one.boot, one.seq, msgspec.json.encode(one), ident, _KINDS)
        for ident, one in envelopes.items()
    ]
    # One statement for all: what was read of the disk does not pass through here.
    database = SentRow._meta.database
    database.connection().executemany(_KEEP, rows)
    newest = SentRow.select(fn.MAX(SentRow.id)).scalar()
    if newest is not None:
        SentRow.delete().where(SentRow.id <= int(newest) - KEEPS).execute()


def since(above: str, boot: int, seq: int) -> Told:
    """From that place on, in order, inside `Store.read`.  `above`: the topic above the kind."""
    later = (SentRow.boot > boot) | ((SentRow.boot == boot) & (SentRow.seq >= seq))
    query = SentRow.select().where(later).order_by(SentRow.boot, SentRow.seq).limit(AT_ONCE + 1)
    rows = list(query)
    more = rows[AT_ONCE:]
    return Told(
        tuple(_message(above, row) for row in rows[:AT_ONCE]),
        (int(more[0].boot), int(more[0].seq)) if more else None,
    )


def _message(above: str, row: SentRow) -> Message:
    kind = str(row.kind)
    envelope = msgspec.json.decode(bytes(row.envelope), type=Envelope)
    data = msgspec.json.encode(read_back(OPEN[kind], bytes(row.payload)))
    return Message(topic=above + kind, body=wrap(envelope, data))
