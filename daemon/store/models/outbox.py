"""Facts that must reach the ward, and small values that outlive a start."""

from __future__ import annotations

import peewee

from daemon.store.models.base import Row


class Fact(Row):
    """One fact on its way to the ward; deleted when the ward has it."""

    id = peewee.TextField(primary_key=True)
    """Time-ordered and unique: the receiver drops a repeat by it."""
    kind = peewee.TextField()
    """Topic below `up/`, such as `event/session.closed` or `sealed/request`."""
    payload = peewee.BlobField()
    """JSON of a payload type, or CMS for the ward's eyes only."""
    sealed = peewee.BooleanField(default=False)
    not_before = peewee.FloatField(default=0.0)
    """Seconds since 1970: facts of a visit wait a random while (docs/mqtt.md)."""

    class Meta:
        table_name = "outbox"


class Kept(Row):
    """A small value that outlives a start: counters, the number of starts."""

    name = peewee.TextField(primary_key=True)
    value = peewee.IntegerField()

    class Meta:
        table_name = "kept"
