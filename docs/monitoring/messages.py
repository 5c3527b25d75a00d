"""What a receiver of docs/mqtt.md reads of a message; fields that it does not know are ignored.

Strings that become labels are bounded here: a broken kiosk must not fill the metrics' memory.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,47}$")]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class Presence(msgspec.Struct, frozen=True):
    """Birth, goodbye or will."""

    online: bool
    conn: Count


class State(msgspec.Struct, frozen=True):
    """Whether citizens are served, and what works."""

    mode: Name
    busy: bool = False
    can: Annotated[dict[Name, bool], msgspec.Meta(max_length=50)] = {}


class Device(msgspec.Struct, frozen=True):
    """One device."""

    id: Name
    state: Literal["unknown", "ok", "warn", "lost"]


class Host(msgspec.Struct, frozen=True):
    """The machine; None where it cannot be measured."""

    cpu_c: float | None = None
    disk_pct: float | None = None
    mem_pct: float | None = None
    uptime_s: float | None = None


class Health(msgspec.Struct, frozen=True):
    """All devices, and the machine."""

    devices: Annotated[tuple[Device, ...], msgspec.Meta(max_length=50)] = ()
    host: Host = Host()


class Item(msgspec.Struct, frozen=True):
    """One thing that is used up; None where it is not known."""

    id: Name
    pct: float | None = None


class Consumables(msgspec.Struct, frozen=True):
    """What is left."""

    items: Annotated[tuple[Item, ...], msgspec.Meta(max_length=50)]


class Counters(msgspec.Struct, frozen=True):
    """Life totals."""

    totals: Annotated[dict[Name, Count], msgspec.Meta(max_length=100)]


class Alarm(msgspec.Struct, frozen=True):
    """One alarm, as it stands."""

    code: Name
    inst: Name
    sev: Literal["critical", "major", "minor", "warning"]
    state: Literal["raised", "updated", "cleared"]


class Envelope(msgspec.Struct, frozen=True):
    """Around every message."""

    v: Literal[1]
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    boot: Count
    seq: Count
    sync: bool
    data: msgspec.Raw


STANDS: dict[str, type[State | Health | Consumables | Counters]] = {
    "state": State,
    "health": Health,
    "consumables": Consumables,
    "counters": Counters,
}
"""Retained topic below `up/` → what is read of it; alarms have topics of their own."""

Standing = State | Health | Consumables | Counters | Alarm
