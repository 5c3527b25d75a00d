"""Levels and life totals that stand on retained topics (docs/mqtt.md)."""

from __future__ import annotations

import msgspec

from daemon.uplink.payloads import Code, Count, Epoch, Payload, Percent, Stamp


class Consumable(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is used up; null where it is not known."""

    id: Code
    unit: Code
    left: Count | None = None
    cap: Count | None = None
    """How many there were after the last refill."""
    pct: Percent | None = None
    empty_at: Stamp | None = None
    """When it will be used up at the present rate."""
    refilled: Stamp | None = None


class Consumables(Payload, frozen=True, kw_only=True):
    """What is used up, and how much is left."""

    items: tuple[Consumable, ...]


class Counters(Payload, frozen=True, kw_only=True):
    """Life totals; they only rise within one epoch."""

    epoch: Epoch
    totals: dict[Code, Count]
