"""Queue numbers that were drawn."""

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
    """1, 2, 3… in the order of drawing, without a gap."""
    service = peewee.TextField()
    priority = peewee.BooleanField()
    drawn_at = peewee.FloatField()
    """Seconds since 1970 (UTC)."""

    class Meta:
        table_name = "queue"
        primary_key = peewee.CompositeKey("day", "letter", "number")
