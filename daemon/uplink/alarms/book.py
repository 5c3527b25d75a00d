"""Which alarms stand: hold-off, hysteresis, flapping, clearing.  No I/O; the clocks are given.

Whatever changes is a `Change`, in order; who keeps and sends them is `keeper.py`.
"""

from __future__ import annotations

import collections
import time
from collections.abc import Callable, Iterable

import msgspec

from daemon.uplink import clock
from daemon.uplink.alarms.payload import PREFIX, Ack, Alarm, AlarmState, alarm
from daemon.uplink.alarms.table import Kind, table

CHANGES, WITHIN = 5, 600.0
"""More changes than these in so many seconds: it flaps, and is told no more until it is quiet."""
CLEARED_STAYS = 86400.0
"""Seconds a cleared alarm stands on its topic before the topic is emptied."""
UPDATE_EVERY = 60.0
"""Seconds between two updates of a level that goes on changing."""
FLAPPING = "flapping"

Key = tuple[str, str]


class Change(msgspec.Struct, frozen=True):
    """What is to be told: the alarm as it is now, or None where its topic is to be emptied."""

    key: Key
    alarm: Alarm | None

    @property
    def topic(self) -> str:
        return f"{PREFIX}{self.key[0]}/{self.key[1]}"


class _Known(msgspec.Struct):
    told: Alarm | None = None
    on: bool = False
    """The condition as it was seen last."""
    cause: str = ""
    level: int | None = None
    since: float = 0.0
    """Monotonic: when it became so."""
    updated: float = float("-inf")
    cleared_at: float = 0.0
    """Wall clock: when it was told cleared."""
    changes: collections.deque[float] = msgspec.field(
        default_factory=lambda: collections.deque(maxlen=CHANGES + 1)
    )
    flaps: bool = False
    seen: bool = False
    """Its source has said something since the start."""

    @property
    def active(self) -> bool:
        return self.told is not None and self.told.state != "cleared"


class AlarmBook:
    """All alarms of the kiosk.  Belongs to one thread."""

    def __init__(
        self,
        mono: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._mono, self._wall = mono, wall
        self._known: dict[Key, _Known] = {}
        self._changes: list[Change] = []

    # -- what is seen ----------------------------------------------------------------------

    def set(
        self, code: str, inst: str, on: bool, cause: str = "", level: int | None = None
    ) -> None:
        """The condition holds, or does not.  Raises KeyError for a code that is not in the table.

        May be said as often as one likes; only a change tells anything.
        """
        kind, key = table()[code], (code, inst)
        known = self._known.get(key)
        if known is None:
            if not on:
                return
            known = self._known[key] = _Known()
        known.seen = True
        if known.on != on:
            known.on, known.since = on, self._mono()
            if known.flaps:
                known.changes.append(known.since)
        if on:
            known.cause, known.level = cause or code, level
        self._settle(key, known, kind)

    def level(self, code: str, inst: str, value: float) -> None:
        """A level: raised beyond one bound of the table, cleared beyond the other.

        Raises ValueError where the code has no bounds.
        """
        kind = table()[code]
        if kind.raise_at is None or kind.clear_at is None:
            raise ValueError(f"{code} has no bounds")
        low = kind.raise_at < kind.clear_at
        known = self._known.get((code, inst))
        on = known is not None and known.on
        if value <= kind.raise_at if low else value >= kind.raise_at:
            on = True
        elif value >= kind.clear_at if low else value <= kind.clear_at:
            on = False
        self.set(code, inst, on, level=round(value))

    def only(self, code_inst: Iterable[Key], among: Callable[[Key], bool]) -> None:
        """Of the alarms that `among` picks, all but these are over."""
        wanted = set(code_inst)
        for code, inst in list(self._known):
            if (code, inst) not in wanted and among((code, inst)):
                self.set(code, inst, False)

    def acked(self, code: str, inst: str, ack: Ack) -> None:
        """Somebody has seen it; that is told already, and goes with what is told next."""
        known = self._known.get((code, inst))
        if known is not None and known.told is not None and known.active:
            known.told = msgspec.structs.replace(known.told, ack=ack)

    # -- time ------------------------------------------------------------------------------

    def tick(self) -> None:
        """What time alone changes: holds that are over, flapping that ended, topics to empty."""
        for key, known in list(self._known.items()):
            if known.flaps and self._mono() - known.changes[-1] >= WITHIN:
                known.flaps = False
                known.changes.clear()
                self.set(FLAPPING, ".".join(key), False)
            self._settle(key, known, table()[key[0]])
            gone = self._wall() - known.cleared_at >= CLEARED_STAYS
            if known.told is not None and not known.active and not known.on and gone:
                del self._known[key]
                self._changes.append(Change(key, None))
            elif known.told is None and not known.on and not known.changes:
                del self._known[key]

    def settled(self) -> None:
        """The start is over: what no source spoke of since does not hold any more."""
        for code, inst in [key for key, known in self._known.items() if not known.seen]:
            self.set(code, inst, False)

    def again(self) -> None:
        """Tells all active ones once more: the broker may have forgotten them."""
        for key, known in self._known.items():
            if known.told is not None and known.active:
                self._changes.append(Change(key, known.told))

    def load(self, kept: Iterable[tuple[Alarm, float]]) -> None:
        """After a start: what was told before it, and when (wall clock)."""
        for told, at in kept:
            active = told.state != "cleared"
            if told.code not in table():
                continue
            self._known[told.code, told.inst] = _Known(
                told=told,
                on=active,
                cause=told.cause,
                level=told.level,
                since=float("-inf"),
                cleared_at=0.0 if active else at,
            )

    # -- what came of it -------------------------------------------------------------------

    def take(self) -> list[Change]:
        """The changes since the last call."""
        changes, self._changes = self._changes, []
        return changes

    def back(self, changes: list[Change]) -> None:
        """They could not be kept: they come again with the next `take`."""
        self._changes[:0] = changes

    def active(self) -> list[Alarm]:
        """Those that stand, by key."""
        return [
            known.told
            for _, known in sorted(self._known.items())
            if known.told is not None and known.active
        ]

    # -- inside ----------------------------------------------------------------------------

    def _settle(self, key: Key, known: _Known, kind: Kind) -> None:
        """Tells what is to be told of one."""
        if known.flaps:
            return
        now = self._mono()
        if known.on and not known.active:
            if now - known.since >= kind.hold_s and self._counted(key, known, now):
                self._raise(key, known)
        elif not known.on and known.active:
            if self._counted(key, known, now):
                self._say(key, known, "cleared")
                known.cleared_at = self._wall()
        elif known.active and now - known.updated >= UPDATE_EVERY:
            told = known.told
            if told is not None and (told.cause != known.cause or told.level != known.level):
                self._say(key, known, "updated")

    def _counted(self, key: Key, known: _Known, now: float) -> bool:
        """Counts a change; False where it flaps, so that this one is not told."""
        if key[0] == FLAPPING:
            return True
        known.changes.append(now)
        if len(known.changes) <= CHANGES or now - known.changes[0] > WITHIN:
            return True
        known.flaps = True
        self.set(FLAPPING, ".".join(key), True, cause=key[0])
        return False

    def _raise(self, key: Key, known: _Known) -> None:
        before, now = known.told, clock.stamp(self._wall())
        n, first = (1, now) if before is None else (before.n + 1, before.first)
        self._tell(key, known, self._made(key, known, "raised", n, first, now))

    def _say(self, key: Key, known: _Known, state: AlarmState) -> None:
        before, now = known.told, clock.stamp(self._wall())
        assert before is not None
        made = self._made(key, known, state, before.n, before.first, now)
        self._tell(key, known, msgspec.structs.replace(made, ack=before.ack))

    def _made(
        self, key: Key, known: _Known, state: AlarmState, n: int, first: str, last: str
    ) -> Alarm:
        return alarm(
            *key,
            state=state,
            cause=known.cause,
            n=n,
            first=first,
            last=last,
            level=known.level,
        )

    def _tell(self, key: Key, known: _Known, told: Alarm) -> None:
        known.told, known.updated = told, self._mono()
        self._changes.append(Change(key, told))
