"""Tests of devices: what a technician said of each."""

from __future__ import annotations

import peewee

from daemon.store.models.base import Row


class TrialRecord(Row):
    """The last test of one device."""

    device = peewee.TextField(primary_key=True)
    at = peewee.FloatField()
    """Seconds since 1970 (UTC)."""
    who = peewee.TextField()
    """Account of the technician."""
    verdict = peewee.TextField()
    note = peewee.TextField()

    class Meta:
        table_name = "trial"
