"""Questions to the ward's book, recorded before they are asked and closed when nobody needs them.

Killed between the question and the entry, the kiosk cannot know whether numbers were given: the
order is then closed, and the ward voids with the reason whatever it had reserved under the key.
All functions run inside one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from daemon.register.errors import BadNumbers
from daemon.register.source import Numbered, NumberOrder
from daemon.store.models.register import EntryRow, NumberOrderRow
from daemon.store.outbox import Outbox

CLOSE = "gateway/close"
"""Outbox kind: an order that the ward's book closes."""


class CloseFact(msgspec.Struct, frozen=True):
    """An order that nobody needs any more."""

    key: str
    authority: str
    sign: str
    reason: str


def open_order(
    outbox: Outbox, request: str, authority: str, sign: str, day: dt.date, count: int
) -> NumberOrder:
    """The order to ask: the one already asked today, or a new one; one of another day is closed."""
    asked = list(
        NumberOrderRow.select().where(
            (NumberOrderRow.request == request) & (NumberOrderRow.state == "asked")
        )
    )
    key = ""
    for row in asked:
        if row.day == day.isoformat():
            key = row.key
        else:
            _close(outbox, row, authority, sign, "the day of signing changed")
    if not key:
        before = NumberOrderRow.select().where(NumberOrderRow.request == request).count()
        key = f"{request}.{before + 1}"
        NumberOrderRow.insert(
            key=key, request=request, day=day.isoformat(), state="asked"
        ).execute()
    return NumberOrder(key, authority, sign, day.isoformat(), count)


def check(order: NumberOrder, numbers: Sequence[Numbered]) -> None:
    """Raise `BadNumbers` unless these can be entered under the order."""
    year = order.day[:4]
    if len(numbers) != order.count:
        raise BadNumbers(f"gateway: {len(numbers)} numbers given, {order.count} asked for")
    for before, one in zip((None, *numbers), numbers, strict=False):
        if before is not None and one.number <= before.number:
            raise BadNumbers(f"gateway: number {one.number} after {before.number}, higher is right")
        if not one.label.isdigit() or int(one.label) != one.number:
            raise BadNumbers(f"gateway: number {one.number} written {one.label!r}")
        if f"/{year}-{order.sign}" not in one.volume:
            raise BadNumbers(
                f"gateway: volume {one.volume!r}, one of year {year} and sign {order.sign} is right"
            )
        if _used(order, one.number):
            raise BadNumbers(f"gateway: number {one.number} of {year} {order.sign} is used already")


def entered(order: NumberOrder) -> None:
    """Its numbers are entries now."""
    NumberOrderRow.update(state="entered").where(NumberOrderRow.key == order.key).execute()


def close(outbox: Outbox, request: str, authority: str, sign: str, reason: str) -> None:
    """The request ended: what was asked and not entered is given back."""
    for row in NumberOrderRow.select().where(
        (NumberOrderRow.request == request) & (NumberOrderRow.state == "asked")
    ):
        _close(outbox, row, authority, sign, reason)


def _close(outbox: Outbox, row: NumberOrderRow, authority: str, sign: str, reason: str) -> None:
    row.state = "closed"
    row.save()
    outbox.append(CLOSE, CloseFact(row.key, authority, sign, reason))


def _used(order: NumberOrder, number: int) -> bool:
    return bool(
        EntryRow.select()
        .where(
            (EntryRow.authority == order.authority)
            & (EntryRow.sign == order.sign)
            & (EntryRow.year == int(order.day[:4]))
            & (EntryRow.number == number)
        )
        .exists()
    )
