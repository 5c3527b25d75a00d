"""What the uplink keeps: alarms that stand, commands that were taken, what was sent down."""

from __future__ import annotations

import peewee

from daemon.store.models.base import Row


class DepthRow(Row):
    """How many facts of one kind wait; kept by triggers of the outbox."""

    kind = peewee.TextField(primary_key=True)
    count = peewee.IntegerField()

    class Meta:
        table_name = "outbox_depth"


class AlarmRow(Row):
    """One alarm as it was told last."""

    code = peewee.TextField()
    inst = peewee.TextField()
    state = peewee.TextField()
    body = peewee.BlobField()
    """JSON of `daemon.uplink.alarms.payload.Alarm`."""
    at = peewee.FloatField()
    """Seconds since 1970 of its last change."""

    class Meta:
        table_name = "alarm"
        primary_key = peewee.CompositeKey("code", "inst")


class CommandRow(Row):
    """One command that was taken."""

    jti = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    answer = peewee.BlobField()
    """JSON of the answer that a repeat gets."""
    until = peewee.FloatField()
    """Seconds since 1970 until which it is remembered."""

    class Meta:
        table_name = "command"


class DocumentRow(Row):
    """The newest of what is kept under one name."""

    name = peewee.TextField(primary_key=True)
    rev = peewee.IntegerField()
    """An older one is refused."""
    body = peewee.BlobField()

    class Meta:
        table_name = "document"


class SentRow(Row):
    """One open fact that the broker took, as it was told."""

    id = peewee.AutoField()
    boot = peewee.IntegerField()
    seq = peewee.IntegerField()
    kind = peewee.TextField()
    envelope = peewee.BlobField()
    """JSON of `daemon.uplink.envelope.Envelope`."""
    payload = peewee.BlobField()

    class Meta:
        table_name = "sent"
