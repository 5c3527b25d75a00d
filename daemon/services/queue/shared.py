"""What a kiosk tells the other kiosks of its ward about the line of today."""

from __future__ import annotations

from typing import Literal

import msgspec

from daemon.services.queue.desk import Happening
from daemon.store.models.queue import QueueAct, QueueRow

MOST = 1000
"""Acts that are told: the last ones."""


class Number(msgspec.Struct, frozen=True, array_like=True):
    """One that this kiosk gave; `service` as it was drawn, or as it was sent on since."""

    letter: str
    number: int
    service: str
    priority: bool
    at: float


class Done(msgspec.Struct, frozen=True, array_like=True):
    """One act, in the order of `seq`."""

    seq: int
    at: float
    act: Literal["call", "recall", "skip", "transfer", "end"]
    letter: str
    number: int
    service: str
    counter: str
    priority: bool

    def happening(self, day: str) -> Happening:
        """As `Desk.take_in` wants it."""
        return Happening(
            self.seq,
            day,
            self.act,
            self.letter,
            self.number,
            self.service,
            self.priority,
            self.at,
            self.counter,
        )


class Shared(msgspec.Struct, frozen=True):
    """The whole message."""

    day: str
    numbers: tuple[Number, ...]
    acts: tuple[Done, ...] = ()
    """Of the one kiosk that calls."""


def told(day: str, *, acts: bool) -> Shared:
    """What is to be told now.  Inside the store."""
    rows = (
        QueueRow.select()
        .where((QueueRow.day == day) & (QueueRow.kiosk == ""))
        .order_by(QueueRow.drawn_at)
    )
    numbers = tuple(
        Number(row.letter, row.number, row.service, bool(row.priority), row.drawn_at)
        for row in rows
    )
    if not acts:
        return Shared(day, numbers)
    done = QueueAct.select().where(QueueAct.day == day).order_by(QueueAct.seq.desc()).limit(MOST)
    return Shared(
        day,
        numbers,
        tuple(
            Done(
                act.seq,
                act.at,
                act.act,  # type: ignore[arg-type]
                act.letter,
                act.number,
                act.service,
                act.counter,
                bool(act.priority),
            )
            for act in reversed(list(done))
        ),
    )


def took(shared: Shared, kiosk: str) -> None:
    """Keeps another kiosk's numbers.  Inside the store."""
    for one in shared.numbers:
        QueueRow.insert(
            day=shared.day,
            letter=one.letter,
            number=one.number,
            service=one.service,
            priority=one.priority,
            drawn_at=one.at,
            kiosk=kiosk,
        ).on_conflict(
            # An act may have come before the number; whose it is and of what hour, its kiosk knows.
            conflict_target=[QueueRow.day, QueueRow.letter, QueueRow.number],
            update={QueueRow.drawn_at: one.at, QueueRow.kiosk: kiosk},
            where=QueueRow.kiosk != "",
        ).execute()
