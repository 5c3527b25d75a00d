"""What stands on retained topics: the latest of each, sent when it changed and after a birth."""

from __future__ import annotations

import threading
import time

import msgspec

from daemon.uplink import topics
from daemon.uplink.envelope import Numbers, wrap
from daemon.uplink.line import Message
from daemon.uplink.messages import STANDING

SPACING = 1.0
"""Seconds between two messages of one topic (docs/mqtt.md)."""

SORTS = {sort.name: sort for sort in STANDING if sort.name != topics.PRESENCE}
"""After a birth in this order: the state last, for it tells that all the others are there."""


class _Topic(msgspec.Struct):
    data: bytes
    waits: bool = True
    sent_at: float = float("-inf")


class Standing:
    """The latest payload of each retained topic.  `put` may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._topics: dict[str, _Topic] = {}

    def put(self, name: str, data: bytes, *, again: bool = False) -> bool:
        """Sets what stands on a topic; False where that is there already (unless `again`)."""
        with self._lock:
            topic = self._topics.setdefault(name, _Topic(data))
            news = topic.waits or again or topic.data != data
            topic.data, topic.waits = data, news
            return news

    def anew(self) -> None:
        """A new connection: all is to be said again, at once."""
        with self._lock:
            for topic in self._topics.values():
                topic.waits, topic.sent_at = True, float("-inf")

    def take(self, above: str, numbers: Numbers) -> tuple[list[Message], float | None]:
        """What is to be sent now, and in how many seconds there will be more (None: nothing)."""
        now = time.monotonic()
        ready: list[Message] = []
        later: float | None = None
        with self._lock:
            for name, sort in SORTS.items():
                topic = self._topics.get(name)
                if topic is None or not topic.waits:
                    continue
                wait = topic.sent_at + SPACING - now
                if wait > 0:
                    later = wait if later is None else min(later, wait)
                    continue
                topic.waits, topic.sent_at = False, now
                ready.append(
                    Message(
                        topic=above + name,
                        body=wrap(numbers.next(name), topic.data),
                        qos=sort.qos,
                        retain=sort.retain,
                        expiry=sort.expiry,
                    )
                )
        return ready, later
