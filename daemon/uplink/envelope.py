"""The envelope around every message: version, id, order, time (docs/mqtt.md)."""

from __future__ import annotations

import collections
import threading
import time
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import msgspec

from daemon.machine.personal import Personal
from daemon.store.outbox import new_id
from daemon.uplink import clock
from daemon.uplink.errors import PayloadError
from daemon.uplink.payloads import Payload, Stamp
from daemon.uplink.topics import VERSION

P = TypeVar("P", bound=Payload)

FACTS_SERIES = "facts"
"""All durable facts are one series: a gap in it means that one is missing."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around `data`."""

    v: int
    id: str
    """A repeat carries the same id: the receiver drops it."""
    boot: int
    """Number of the start: a stored counter, so a dead clock cannot reorder."""
    seq: int
    """Rises by one in its series: the facts are one, every other topic has its own."""
    at: Stamp
    """When it was released, Vietnam's time."""
    mono: int
    """Milliseconds of the monotonic clock, to date what was said while `sync` was false."""
    sync: bool
    """Is the clock believed?"""


class Numbers:
    """Gives `boot` and `seq`, to any thread."""

    def __init__(self, boot: int, trusted: Callable[[], bool] = clock.trusted) -> None:
        self.boot = boot
        self._trusted = trusted
        self._lock = threading.Lock()
        self._last: collections.Counter[str] = collections.Counter()

    def next(self, series: str, fact_id: str | None = None) -> Envelope:
        """The envelope of the next message of a series."""
        with self._lock:
            self._last[series] += 1
            seq = self._last[series]
        return Envelope(
            v=VERSION,
            id=fact_id or new_id(),
            boot=self.boot,
            seq=seq,
            at=clock.stamp(),
            mono=time.monotonic_ns() // 1_000_000,
            sync=self._trusted(),
        )


def checked(payload: Payload) -> bytes:
    """JSON of a payload that keeps to its type.  Raises PayloadError without the value.

    Python does not check a struct that is made in the program, so it is read back.
    """
    try:
        data = msgspec.json.encode(payload, enc_hook=_refuse)
        msgspec.json.decode(data, type=type(payload))
    except (TypeError, NotImplementedError, msgspec.ValidationError) as error:
        raise _described(type(payload), error) from None
    return data


def read_back(kind: type[P], data: bytes) -> P:
    """A payload out of stored JSON; what the type does not name is dropped.

    Raises PayloadError without the value.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError as error:
        raise _described(kind, error) from None


def wrap(envelope: Envelope, data: bytes) -> bytes:
    """The message: the envelope's fields and `data`."""
    fields: dict[str, Any] = msgspec.structs.asdict(envelope)
    return msgspec.json.encode(fields | {"data": msgspec.Raw(data)})


def properties(envelope: Envelope) -> list[tuple[str, str]]:
    """The envelope as MQTT user properties, for messages whose body is not JSON."""
    fields = msgspec.structs.asdict(envelope)
    return [(name, msgspec.json.encode(fields[name]).decode().strip('"')) for name in fields]


def _described(kind: type[Any], error: Exception) -> PayloadError:
    place = str(error).partition(" - at ")[2] or "`$`"
    what = "personal data" if isinstance(error, TypeError) else "not what its type allows"
    return PayloadError("payload", f"{kind.__name__} at {place}: {what}")


def _refuse(value: object) -> NoReturn:
    if isinstance(value, Personal):
        raise TypeError("personal data does not go upward")
    raise NotImplementedError(type(value).__name__)
