"""The register: requests as sagas, entries, and the chain of what happened to them."""

from __future__ import annotations

import peewee

from daemon.store.models.base import Row


class RequestRow(Row):
    """One accepted request and how far it came.  Holds nothing of a citizen."""

    id = peewee.TextField(primary_key=True)
    code = peewee.TextField(unique=True)
    """The slip's code: what a citizen brings to the counter."""
    step = peewee.TextField()
    facts = peewee.BlobField()
    """JSON of `daemon.register.facts.RequestFacts`."""
    accepted_at = peewee.FloatField()
    """Seconds since 1970, as are all times here."""
    until = peewee.FloatField()
    """End of the authorisation."""
    certifier = peewee.TextField(default="")
    """Id of the certifier who said yes; empty = the one of `register.certifier`."""
    amount = peewee.IntegerField(null=True)
    """What was paid, đồng; null before payment."""
    payment = peewee.TextField(default="")
    fees = peewee.BlobField(default=b"[]")
    """JSON list: the fee of each paper, đồng."""
    reason = peewee.TextField(default="")
    envelope = peewee.TextField(default="")
    """Id of the outbox fact that holds the request sealed to the ward, while it may be needed."""
    changed_at = peewee.FloatField()

    class Meta:
        table_name = "request"


class EntryRow(Row):
    """One line of the register (Decree 23/2015, Art. 13(1))."""

    id = peewee.AutoField()
    request = peewee.TextField()
    place = peewee.IntegerField()
    """Which paper of the request, from 0."""
    authority = peewee.TextField()
    sign = peewee.TextField()
    year = peewee.IntegerField()
    number = peewee.IntegerField()
    label = peewee.TextField()
    """The number as it stands on the paper: `01`, `0042`."""
    volume = peewee.TextField()
    """With year and sign: `01/2026-SCT/BS`."""
    certified_at = peewee.FloatField()
    kind = peewee.TextField()
    title = peewee.TextField()
    pages = peewee.IntegerField()
    copies = peewee.IntegerField()
    product = peewee.TextField()
    certifier = peewee.TextField()
    certifier_title = peewee.TextField()
    fee = peewee.IntegerField()
    requester = peewee.BlobField()
    """Salted commitment to the requester's name; name and salt are in the ward's envelope."""
    pages_digest = peewee.BlobField()
    file_digest = peewee.BlobField(null=True)
    """SHA-256 of the signed file (electronic) or of the prepared pages (paper)."""
    status = peewee.TextField()
    note = peewee.TextField(default="")
    delivery = peewee.TextField(default="")
    """Id of the outbox fact that holds the copy for the ward's store; not part of the chain."""
    source = peewee.TextField(default="own")
    """Whose book gave the number: `own` volume of the kiosk, or the `ward`'s."""
    decision = peewee.TextField(default="")
    """Number of the decision that cancelled it; empty while none did."""
    decided_on = peewee.TextField(default="")
    """ISO date of that decision."""

    class Meta:
        table_name = "entry"


class NumberOrderRow(Row):
    """One question to the ward's book, recorded before it is asked."""

    key = peewee.TextField(primary_key=True)
    """What makes asking twice asking once."""
    request = peewee.TextField()
    day = peewee.TextField()
    """ISO date of signing, Vietnam time."""
    state = peewee.TextField()
    """asked · entered (its numbers are entries) · closed (the ward voids what it gave)."""

    class Meta:
        table_name = "number_order"


class YearLockRow(Row):
    """A register's year that was locked (khóa sổ); stays by trigger."""

    authority = peewee.TextField()
    sign = peewee.TextField()
    year = peewee.IntegerField()
    locked_at = peewee.FloatField()
    summary = peewee.BlobField()
    """JSON of `daemon.register.chain.Lock`."""

    class Meta:
        table_name = "year_lock"
        primary_key = peewee.CompositeKey("authority", "sign", "year")


class LinkRow(Row):
    """One link of the chain; append-only by trigger."""

    seq = peewee.IntegerField(primary_key=True)
    record = peewee.BlobField()
    """JSON of `daemon.register.chain.Record`, hashed as it stands."""
    previous = peewee.BlobField()
    hash = peewee.BlobField()

    class Meta:
        table_name = "chain"
