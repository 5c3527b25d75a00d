"""What the technician's console keeps: refills, trips, and the log of its commands."""

from __future__ import annotations

import peewee

from daemon.store.models.base import Row


class SupplyRow(Row):
    """The last refill of one consumable."""

    name = peewee.TextField(primary_key=True)
    filled = peewee.IntegerField()
    """How many there were then."""
    counted = peewee.IntegerField()
    """The life counter of what uses it, at that moment."""
    at = peewee.FloatField()
    """Seconds since 1970, as are all times here."""
    who = peewee.TextField()

    class Meta:
        table_name = "supply"


class TripRow(Row):
    """One life counter as it stood when the trip began."""

    name = peewee.TextField(primary_key=True)
    base = peewee.IntegerField()
    at = peewee.FloatField()
    who = peewee.TextField()

    class Meta:
        table_name = "trip"


class AuditRow(Row):
    """One command."""

    n = peewee.IntegerField(primary_key=True)
    record = peewee.BlobField()
    """JSON of `daemon.console.rows.AuditRecord`, hashed as it stands."""
    previous = peewee.BlobField()
    hash = peewee.BlobField()

    class Meta:
        table_name = "audit"
