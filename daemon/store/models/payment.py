"""Payment codes that were shown, and the money that was seen for them."""

from __future__ import annotations

import peewee

from daemon.store.models.base import Row


class PaymentRow(Row):
    """One payment code."""

    memo = peewee.TextField(primary_key=True)
    request = peewee.TextField(default="")
    """Id of the request it pays for: money that came just before a crash is found by it."""
    amount = peewee.IntegerField()
    """Đồng."""
    state = peewee.TextField()
    """offered · cancelled · settled · counter (short or over: the counter clears it up)."""
    offered_at = peewee.FloatField()
    settled_at = peewee.FloatField(null=True)

    class Meta:
        table_name = "payment"


class ReceiptRow(Row):
    """One notice of money."""

    reference = peewee.TextField(primary_key=True)
    """The bank's own id of the transfer: a repeated notice is one notice."""
    memo = peewee.TextField()
    """The payment code it was matched to; empty where there is none."""
    amount = peewee.IntegerField()
    currency = peewee.TextField(default="VND")
    verdict = peewee.TextField()
    note = peewee.TextField(default="")
    """Code of an exemption; `unserved` where right money is owed back."""
    refund = peewee.IntegerField(default=0)
    """What is still owed back."""
    refunded = peewee.IntegerField(default=0)
    """What the ward paid back."""
    refund_reference = peewee.TextField(default="")
    """The bank's id or the voucher of the payment back."""
    seen_at = peewee.FloatField()

    class Meta:
        table_name = "receipt"
