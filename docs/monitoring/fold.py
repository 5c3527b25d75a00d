"""Folds the messages of all kiosks as docs/mqtt.md tells a receiver to; knows no Prometheus."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable

import msgspec

from docs.monitoring.messages import STANDS, Alarm, Envelope, Presence, Standing

IDS_MOST = 100_000
"""Ids of facts remembered to drop repeats; the oldest are forgotten first."""
KIOSKS_MOST = 20_000
ALARMS_MOST = 200
"""Alarm topics of one kiosk; there are some thirty codes and a dozen parts."""
FACTS_MOST = 100
"""Kinds of facts of one kiosk."""

TOPIC = re.compile(r"wk/v1/(?P<ward>\d{5})/(?P<kiosk>\d{5}-k\d\d)/up/(?P<name>[A-Za-z0-9_./-]+)")
UNREAD = ("sealed/", "csr", "res/", "audit/", "descriptor", "reported")
"""Below `up/`: what tells the metrics nothing."""

Order = tuple[int, int]


class Kiosk:
    """One kiosk, out of its messages."""

    def __init__(self, ward: str, name: str) -> None:
        self.ward = ward
        self.name = name
        self.online = False
        self.sync = True
        self.heard = 0.0
        """When the last message came, by the receiver's clock; seconds since 1970."""
        self.stands: dict[str, Standing] = {}
        self.facts: Counter[str] = Counter()
        self._birth: Order | None = None
        self._orders: dict[str, Order] = {}

    def presence(self, told: Presence, boot: int) -> None:
        """A death counts only for the last birth: a will may overtake the next one."""
        conn = (boot, told.conn)
        if self._birth is None or conn > self._birth:
            self._birth, self.online = conn, told.online
        elif conn == self._birth and not told.online:
            self.online = False

    def stand(self, name: str, order: Order, told: Standing) -> None:
        """What is older than what stands is dropped."""
        if order > self._orders.get(name, (-1, -1)):
            self._orders[name] = order
            self.stands[name] = told

    def alarms(self) -> int:
        return sum(name.startswith("alarm/") for name in self.stands)


class Fold:
    """All kiosks.  Not for two threads at once."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.kiosks: dict[str, Kiosk] = {}
        self.refused: Counter[str] = Counter()
        """Reason → messages: topic, malformed, many."""
        self._now = now
        self._ids: dict[str, None] = {}

    def take(self, topic: str, body: bytes) -> None:
        """One message.  Nothing of it is believed, and nothing of it raises."""
        found = TOPIC.fullmatch(topic)
        if found is None or not found["kiosk"].startswith(found["ward"]):
            self.refused["topic"] += 1
            return
        name = found["name"]
        if name.startswith(UNREAD):
            return
        try:
            self._take(found["ward"], found["kiosk"], name, body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self.refused["malformed"] += 1

    def _take(self, ward: str, name: str, topic: str, body: bytes) -> None:
        kiosk = self.kiosks.get(name)
        if not body:
            if topic == "presence":
                self.kiosks.pop(name, None)  # taken down: nothing of it is told any more
            elif kiosk is not None:
                kiosk.stands.pop(topic, None)
            return
        envelope = msgspec.json.decode(body, type=Envelope)
        order = (envelope.boot, envelope.seq)
        told = self._data(topic, envelope.data)
        if kiosk is None:
            if len(self.kiosks) >= KIOSKS_MOST:
                self.refused["many"] += 1
                return
            kiosk = self.kiosks[name] = Kiosk(ward, name)
        kiosk.heard, kiosk.sync = self._now(), envelope.sync
        if isinstance(told, Presence):
            kiosk.presence(told, envelope.boot)
        elif told is None:
            self._fact(kiosk, topic.removeprefix("event/"), envelope.id)
        elif topic not in kiosk.stands and isinstance(told, Alarm) and kiosk.alarms() > ALARMS_MOST:
            self.refused["many"] += 1
        else:
            kiosk.stand(topic, order, told)

    def _data(self, topic: str, raw: msgspec.Raw) -> Presence | Standing | None:
        """None = a fact, of which only the kind is read.  Raises MsgspecError."""
        if topic == "presence":
            return msgspec.json.decode(raw, type=Presence)
        if topic.startswith("alarm/"):
            alarm = msgspec.json.decode(raw, type=Alarm)
            if topic != f"alarm/{alarm.code}/{alarm.inst}":
                raise msgspec.ValidationError("another alarm than its topic")
            return alarm
        if topic.startswith("event/"):
            msgspec.json.decode(raw)
            return None
        kind = STANDS.get(topic)
        if kind is None:
            raise msgspec.ValidationError("no such topic")
        return msgspec.json.decode(raw, type=kind)

    def _fact(self, kiosk: Kiosk, kind: str, ident: str) -> None:
        if ident in self._ids:
            return
        if kind not in kiosk.facts and len(kiosk.facts) >= FACTS_MOST:
            self.refused["many"] += 1
            return
        self._ids[ident] = None
        if len(self._ids) > IDS_MOST:
            del self._ids[next(iter(self._ids))]
        kiosk.facts[kind] += 1
