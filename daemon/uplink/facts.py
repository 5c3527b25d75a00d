"""Takes facts out of the outbox to the broker: in order, few at a time, deleted when it has them.

A fact leaves the outbox only after the broker's PUBACK with a good reason: some brokers
acknowledge what they do not let through, and say so only there.  Whatever has no payload type of
its own in `payloads.FACTS` is sealed to the ward; where that cannot be done it waits.
"""

from __future__ import annotations

import collections
import logging
import time
from collections.abc import Callable

import msgspec

from daemon.store import Store, StoreError
from daemon.store.outbox import Due
from daemon.uplink import republish, topics
from daemon.uplink.alarms.payload import PREFIX, Alarm
from daemon.uplink.envelope import FACTS_SERIES, Envelope, Numbers, properties, read_back, wrap
from daemon.uplink.errors import PayloadError, UplinkError
from daemon.uplink.line import LARGEST, Answer, Line, Message
from daemon.uplink.republish import OPEN

log = logging.getLogger(__name__)

MARGIN = 4096
"""Bytes that topic, properties, envelope and sealing add at most."""
HEAVY = 4_000_000
"""Bytes under way at most, unless one fact alone has more: copies are megabytes."""
BATCH = 200
"""Facts read out of the outbox, and deleted from it, at once."""
FORGET_AFTER = 0.05
"""Seconds an acknowledged fact waits for others that are deleted in the same transaction."""
SMALL = 65536
"""Bytes up to which an open fact is read together with others."""
UNFIT_MOST = 200
"""Facts that do not fit their type and are stepped over; with more, their kind waits."""
LOOK = 30.0
"""Seconds after which the outbox is looked at although nobody said that there is news."""
PAUSE_LEAST, PAUSE_MOST = 30.0, 3600.0
"""Seconds until a kind that the broker refused is tried again; doubles each time."""

Seal = Callable[[bytes], bytes]


class _Pause(msgspec.Struct):
    until: float
    length: float


class Facts:
    """The window between outbox and broker.  Belongs to the uplink's thread."""

    def __init__(
        self,
        store: Store,
        above: str,
        numbers: Numbers,
        seal: Seal | None,
        elsewhere: tuple[str, ...] = (),
    ) -> None:
        """`elsewhere` = kinds that another way carries to the ward, besides those that the broker
        never gets.
        """
        self._store = store
        self._above = above
        self._numbers = numbers
        self._seal = seal
        self._elsewhere = (*topics.NOT_BY_MQTT, *elsewhere)
        self._ready: collections.deque[Due] = collections.deque()
        """Read out of the outbox, not yet sent."""
        self._under_way: dict[int, Due] = {}
        self._heavy = 0
        """Bytes of those."""
        self._acknowledged: list[str] = []
        """Taken by the broker, not yet deleted here."""
        self._given: dict[str, Envelope] = {}
        """Envelopes of facts that were released and are not done: a repeat is the same message."""
        self._unfit: list[str] = []
        """Ids of facts that do not fit their type."""
        self._paused: dict[str, _Pause] = {}
        self._look_at = 0.0
        self._forget_at = 0.0
        self._measure_at = 0.0
        self._trouble = ""
        self.last_ack: float | None = None
        """Monotonic seconds."""
        self.sent = 0
        self._refused: dict[str, str] = {}
        self._too_large: dict[str, str] = {}
        self.longest_delay = 0.0
        """Seconds a visit's report waits at most: one that would wait longer has met a wrong
        clock."""

    @property
    def refused(self) -> dict[str, str]:
        """Kind → why it waits although there is a line."""
        return self._refused | self._too_large

    def news(self) -> None:
        """Look at the outbox now."""
        self._look_at = 0.0

    def unpause(self) -> None:
        """What was refused may go again at once."""
        self._paused.clear()
        self.news()

    def line_lost(self) -> None:
        """What was under way goes again, under the same ids."""
        self._under_way.clear()
        self._ready.clear()
        self._heavy = 0
        self.news()

    def answered(self, answers: list[Answer]) -> None:
        """Takes acknowledgements."""
        for answer in answers:
            due = self._under_way.pop(answer.number, None)
            if due is None:
                continue
            self._heavy -= due.size
            if answer.refused:
                self._pause(due.kind, answer.refused)
                self.news()
                continue
            self.last_ack = time.monotonic()
            self.sent += 1
            if not self._acknowledged:
                self._forget_at = self.last_ack + FORGET_AFTER
            self._acknowledged.append(due.id)
            if due.kind in self._paused:
                del self._paused[due.kind]
                self._refused.pop(due.kind, None)
                log.info("uplink: the broker takes %s again", due.kind)
                self.news()

    def work(self, line: Line) -> float:
        """Deletes what is done, sends what is due; returns seconds until there may be more."""
        try:
            self._forget_some()
            now = time.monotonic()
            if not self._ready and self._look_at <= now and len(self._under_way) < line.window:
                self._look_at = now + self._look(line)
            self._release_some(line)
        except StoreError as error:
            if error.reason != self._trouble:
                log.error("uplink: the outbox waits: %s", error)
            self._trouble = error.reason
            self._look_at = self._forget_at = time.monotonic() + 5.0
        else:
            self._trouble = ""
        return self._rest(line)

    # -- inside ----------------------------------------------------------------------------

    def _rest(self, line: Line) -> float:
        """Seconds until there may be something to do, unless an acknowledgement comes."""
        now = time.monotonic()
        waits = [LOOK]
        if self._acknowledged:
            waits.append(self._forget_at - now)
        if not self._ready and len(self._under_way) < line.window:
            waits.append(self._look_at - now)
        return max(0.0, min(waits))

    def _forget_some(self) -> None:
        """Deletes in batches: each is a transaction that waits for the disk."""
        due = len(self._acknowledged) >= BATCH or time.monotonic() >= self._forget_at
        ids = tuple(self._acknowledged)
        if not ids or not due:
            return
        told = {one: self._given[one] for one in ids if one in self._given}

        def write() -> None:
            republish.keep(told)
            self._store.outbox.done_all(ids)

        self._store.write_now(write)
        del self._acknowledged[: len(ids)]
        for one in ids:
            self._given.pop(one, None)

    def _look(self, line: Line) -> float:
        """Takes the next facts out of the outbox; returns seconds until there may be more."""
        outbox, now = self._store.outbox, time.time()
        under_way = (due.id for due in self._under_way.values())
        busy = (*under_way, *self._acknowledged, *self._unfit)
        held = tuple(kind for kind in self._paused if self._is_paused(kind))
        only = tuple(OPEN) if self._seal is None else None
        dues, next_at = self._store.read_now(
            lambda: outbox.due(
                now,
                limit=BATCH,
                without=busy,
                kinds_without=(*held, *self._elsewhere),
                open_only=only,
                open_prefix=PREFIX,
                largest=line.largest - MARGIN,
                longest_delay=self.longest_delay,
                may_delay=tuple(OPEN),
                with_payload=SMALL,
            )
        )
        self._ready.extend(dues)
        if line.largest < LARGEST and time.monotonic() >= self._measure_at:
            self._too_large = self._larger(line.largest)
            self._measure_at = time.monotonic() + LOOK
        if len(dues) == BATCH:
            return 0.0
        # Kinds that were left out now; one whose pause ended long ago has nothing here.
        out = {*held, *(kind for kind in self._paused if self._is_paused(kind))}
        waits = [LOOK] + [self._paused[kind].until - time.monotonic() for kind in out]
        if next_at is not None:
            waits.append(next_at - now)
        return max(0.05, min(waits))

    def _release_some(self, line: Line) -> None:
        while self._ready and len(self._under_way) < line.window:
            due = self._ready[0]
            if self._heavy + due.size > HEAVY and self._under_way:
                return  # an acknowledgement wakes it
            self._ready.popleft()
            if not self._is_paused(due.kind):
                self._release(line, due)

    def _release(self, line: Line, due: Due) -> None:
        payload = due.payload
        if payload is None:
            payload = self._store.read_now(lambda: self._store.outbox.payload(due.id))
        if payload is None:
            return  # recalled meanwhile
        try:
            message = self._message(due, payload)
        except PayloadError as error:
            self._leave(due, error)
            return
        except UplinkError as error:
            self._pause(due.kind, str(error))
            return
        self._heavy += due.size
        # What was read is let go: only its name and size are needed now.
        self._under_way[line.send(message)] = msgspec.structs.replace(due, payload=None)

    def _message(self, due: Due, payload: bytes) -> Message:
        if due.kind.startswith(PREFIX) and not due.sealed:
            return self._alarm(due, payload)
        kind = OPEN.get(due.kind)
        if kind is not None and not due.sealed:
            data = msgspec.json.encode(read_back(kind, payload))
            return Message(topic=self._above + due.kind, body=wrap(self._envelope(due), data))
        if not due.sealed:
            if self._seal is None:
                raise UplinkError("ward_certificate", "there is none")
            payload = self._seal(payload)
        return Message(
            topic=self._above + topics.sealed(due.kind),
            body=payload,
            sealed=True,
            user=properties(self._envelope(due)),
        )

    def _alarm(self, due: Due, payload: bytes) -> Message:
        """Stands on its topic; an empty one takes it away."""
        if not payload:
            return Message(topic=self._above + due.kind, body=b"", retain=True)
        data = msgspec.json.encode(read_back(Alarm, payload))
        body = wrap(self._envelope(due), data)
        return Message(topic=self._above + due.kind, body=body, retain=True)

    def _envelope(self, due: Due) -> Envelope:
        envelope = self._given.get(due.id)
        if envelope is None:
            envelope = self._given[due.id] = self._numbers.next(FACTS_SERIES, due.id)
        return envelope

    def _larger(self, most: int) -> dict[str, str]:
        """What the broker's own bound keeps here is told, not tried: trying ends the line."""
        larger = self._store.read_now(lambda: self._store.outbox.larger(most - MARGIN))
        larger = {kind: size for kind, size in larger.items() if kind not in self._elsewhere}
        for kind in larger.keys() - self._too_large.keys():
            log.warning("uplink: %s has %d bytes; the broker takes %d", kind, larger[kind], most)
        return {kind: f"{size} bytes; the broker takes {most}" for kind, size in larger.items()}

    def _leave(self, due: Due, error: PayloadError) -> None:
        """A fact that does not fit its own type stays where it is: a person decides."""
        log.error("uplink: fact %s stays: %s", due.id, error)
        self._refused[due.kind] = str(error)
        if len(self._unfit) < UNFIT_MOST:
            self._unfit.append(due.id)
        else:
            self._pause(due.kind, str(error))

    def _pause(self, kind: str, why: str) -> None:
        before = self._paused.get(kind)
        length = PAUSE_LEAST if before is None else min(PAUSE_MOST, before.length * 2)
        now = time.monotonic()
        if before is not None and before.until > now:
            return  # several were under way: one refusal counts
        self._paused[kind] = _Pause(now + length, length)
        if kind not in self._refused:
            log.warning("uplink: %s is not taken (%s); it waits", kind, why)
        self._refused[kind] = why

    def _is_paused(self, kind: str) -> bool:
        pause = self._paused.get(kind)
        return pause is not None and pause.until > time.monotonic()
