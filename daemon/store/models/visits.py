"""What was counted of visits: totals of each day, nothing of a visit itself."""

from __future__ import annotations

import peewee

from daemon.store.models.base import Row


class Daily(Row):
    """One counter on one day."""

    day = peewee.TextField()
    """ISO date in Vietnam."""
    name = peewee.TextField()
    """As in `Kept`."""
    value = peewee.IntegerField()

    class Meta:
        table_name = "daily"
        primary_key = peewee.CompositeKey("day", "name")
