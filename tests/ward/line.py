"""The ward's queue service in memory: one allocator of blocks, one line, one order."""

from __future__ import annotations

import asyncio
import time
from typing import Literal

import msgspec

from daemon.uplink.gateway.messages import BlockGiven, BlockWanted, QueueTold, QueueWanted
from tests.ward.book import Refused

COUNTERS = {"certification": ("1", "2"), "civil_status": ("3",)}


class Drawn(msgspec.Struct, forbid_unknown_fields=True):
    """A fact `event/queue.drawn`."""

    day: str
    letter: str
    number: int
    service: str
    priority: bool
    at: float
    kiosk: str


class WardQueue:
    """Checks what it is told as a ward would: no number twice, none that was not leased."""

    def __init__(self) -> None:
        self.tops: dict[tuple[str, str], int] = {}
        self.blocks: dict[str, tuple[BlockWanted, BlockGiven]] = {}
        self.numbers: dict[tuple[str, str, int], Drawn] = {}
        self.waiting: list[Drawn] = []
        self.present: dict[str, Drawn] = {}
        self.told: list[QueueTold] = []
        self.news = asyncio.Event()
        self._acts: dict[str, QueueTold] = {}

    def lease(self, key: str, wanted: BlockWanted) -> BlockGiven:
        """Once for each key."""
        if key in self.blocks:
            if self.blocks[key][0] != wanted:
                raise Refused(409, "order_differs")
            return self.blocks[key][1]
        top = self.tops.get((wanted.day, wanted.letter), 0)
        self.tops[(wanted.day, wanted.letter)] = top + wanted.count
        self.blocks[key] = (wanted, BlockGiven(top + 1, wanted.count))
        return self.blocks[key][1]

    def drawn(self, payload: bytes) -> None:
        """A kiosk gave a number."""
        one = msgspec.json.decode(payload, type=Drawn)
        place = (one.day, one.letter, one.number)
        if place in self.numbers or one.number > self.tops.get(place[:2], 0):
            raise Refused(409, "no_such_number")
        self.numbers[place] = one
        self.waiting.append(one)
        self._tell("drawn", one, "", one.at)

    def act(self, key: str, wanted: QueueWanted) -> QueueTold:
        """As at a counter; once for each key."""
        if key not in self._acts:
            self._acts[key] = self._done(wanted)
        return self._acts[key]

    def _done(self, wanted: QueueWanted) -> QueueTold:
        if wanted.act == "call":
            served = [name for name, at in COUNTERS.items() if wanted.counter in at]
            if not served:
                raise Refused(404, "no_counter")
            line = [one for one in self.waiting if one.service in served and one.day == wanted.day]
            if not line:
                raise Refused(409, "nobody")
            gone = self.present.pop(wanted.counter, None)
            if gone is not None:
                self._tell("end", gone, wanted.counter)
            one = min(line, key=lambda one: (not one.priority, one.at))
            self.waiting.remove(one)
            self.present[wanted.counter] = one
            return self._tell("call", one, wanted.counter)
        if wanted.act == "transfer":
            for one in (*self.waiting, *self.present.values()):
                if f"{one.letter}{one.number:03d}" == wanted.number:
                    break
            else:
                raise Refused(404, "no_number")
            self.present = {at: other for at, other in self.present.items() if other is not one}
            one.service = wanted.service
            if one not in self.waiting:
                self.waiting.append(one)
            return self._tell("transfer", one, "")
        present = self.present.get(wanted.counter)
        if present is None:
            raise Refused(409, "nobody")
        if wanted.act == "skip":
            del self.present[wanted.counter]
        return self._tell(wanted.act, present, wanted.counter)

    def _tell(
        self,
        act: Literal["drawn", "call", "recall", "skip", "transfer", "end"],
        one: Drawn,
        counter: str,
        at: float | None = None,
    ) -> QueueTold:
        told = QueueTold(
            len(self.told) + 1,
            one.day,
            act,
            one.letter,
            one.number,
            one.service,
            one.priority,
            time.time() if at is None else at,
            counter,
            one.kiosk,
        )
        self.told.append(told)
        self.news.set()
        return told
