"""The one list of all messages: topic, payload, quality, when.  Docs and AsyncAPI come from it."""

from __future__ import annotations

import msgspec

from daemon.uplink import topics
from daemon.uplink.alarms.payload import PREFIX, Alarm
from daemon.uplink.down.payloads import Answer, Claims, Desired, KeySet, Reported
from daemon.uplink.measures import Consumables, Counters
from daemon.uplink.payloads import FACTS, AuditHead, Descriptor, Health, Payload, Presence, State


class Sort(msgspec.Struct, frozen=True, kw_only=True):
    """One sort of message the kiosk publishes."""

    name: str
    """Topic below `up/`, with `{…}` for what varies."""
    payload: type[Payload]
    when: str
    qos: int = 1
    retain: bool = True
    expiry: int | None = None
    """Seconds."""


HEALTH_EXPIRY = 180
"""Seconds after which a health report says nothing any more."""

STANDING = (
    Sort(name=topics.PRESENCE, payload=Presence, when="birth, goodbye and will"),
    Sort(name=topics.DESCRIPTOR, payload=Descriptor, when="after each birth, on change"),
    Sort(
        name=topics.HEALTH,
        payload=Health,
        when="each minute ± 10 %, at once when a device's state changes",
        qos=0,
        expiry=HEALTH_EXPIRY,
    ),
    Sort(name=topics.CONSUMABLES, payload=Consumables, when="on change, ≥ 1 s apart"),
    Sort(name=topics.COUNTERS, payload=Counters, when="each 15 min where they changed"),
    Sort(
        name=topics.AUDIT,
        payload=AuditHead,
        when="each 5 min where it changed, after each 100 entries",
    ),
    Sort(name=topics.REGISTER, payload=AuditHead, when="as soon as the register's chain grew"),
    Sort(name=topics.REPORTED, payload=Reported, when="on change of what was sent down"),
    Sort(name=topics.STATE, payload=State, when="last after each birth; on change, ≥ 1 s apart"),
)
"""What is: the latest of each, in the order in which they follow a birth."""

ALARM = Sort(
    name=PREFIX + "{code}/{instance}",
    payload=Alarm,
    when="raise, update, clear, from the outbox; emptied 24 h after it was cleared",
)

EVENTS = tuple(
    Sort(
        name="event/" + name,
        payload=kind,
        when="as it happens, from the outbox",
        retain=False,
    )
    for name, kind in FACTS.items()
)
"""What happened."""

ANSWER = Sort(
    name=topics.ANSWERS + "{requester}",
    payload=Answer,
    when="for each command that named it as its response topic",
    retain=False,
    expiry=120,
)

UPWARD: tuple[Sort, ...] = (*STANDING, ALARM, *EVENTS, ANSWER)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One sort of message that comes down: a compact JWS (RFC 7515) around `claims`."""

    name: str
    """Topic below `wk/v1/`."""
    claims: type[msgspec.Struct]
    when: str
    retain: bool


DOWNWARD = (
    Order(
        name="{ward}/{kiosk}/down/cmd/{name}",
        claims=Claims,
        when="one kiosk; expires after at most 120 s",
        retain=False,
    ),
    Order(name="{ward}/all/down/cmd/{name}", claims=Claims, when="the whole ward", retain=False),
    Order(
        name="{ward}/{kiosk}/down/desired",
        claims=Desired,
        when="configuration, with a revision that rises",
        retain=True,
    ),
    Order(
        name="city/down/keys",
        claims=KeySet,
        when="who may command, signed by the offline root",
        retain=True,
    ),
)


def sort_of(name: str) -> Sort | None:
    """Which sort a topic below `up/` is."""
    for sort in UPWARD:
        head, brace, _ = sort.name.partition("{")
        if name == sort.name or (brace and name.startswith(head)):
            return sort
    return None
