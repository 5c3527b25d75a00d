"""Queue numbers that were drawn, what the counters did with them, and leased blocks."""

from __future__ import annotations

import peewee

from daemon.store.models.base import Row


class QueueRow(Row):
    """One number of one day."""

    day = peewee.TextField()
    """ISO date in Vietnam."""
    letter = peewee.TextField()
    """First sign of the number: the group's, or that of the priority class."""
    number = peewee.IntegerField()
    """1, 2, 3… in the order of drawing; without a gap where the kiosk leases no blocks."""
    service = peewee.TextField()
    """The group it waits for: another one after a transfer."""
    priority = peewee.BooleanField()
    drawn_at = peewee.FloatField()
    """Seconds since 1970 (UTC)."""
    kiosk = peewee.TextField(default="")
    """Which kiosk of the ward gave it; empty = this one."""
    state = peewee.TextField(default="waiting")
    """waiting · called · served · skipped."""
    counter = peewee.TextField(default="")
    """Where it was called to last."""
    called_at = peewee.FloatField(null=True)
    """Seconds since 1970 (UTC)."""

    class Meta:
        table_name = "queue"
        primary_key = peewee.CompositeKey("day", "letter", "number")


class QueueAct(Row):
    """One thing that a counter did."""

    seq = peewee.AutoField()
    day = peewee.TextField()
    at = peewee.FloatField()
    act = peewee.TextField()
    """call · recall · skip · transfer · end."""
    letter = peewee.TextField()
    number = peewee.IntegerField()
    service = peewee.TextField()
    counter = peewee.TextField()
    priority = peewee.BooleanField()
    seconds = peewee.FloatField(null=True)
    """How long the visit took, with `end`."""

    class Meta:
        table_name = "queue_act"


class QueueBlock(Row):
    """Numbers that only this kiosk may give."""

    key = peewee.TextField(primary_key=True)
    """Names the question to the allocator: the same key is the same block."""
    day = peewee.TextField()
    letter = peewee.TextField()
    first = peewee.IntegerField(null=True)
    """Empty until the allocator has answered."""
    count = peewee.IntegerField()

    class Meta:
        table_name = "queue_block"
