"""Repeats recorded visits: the same events must lead through the same screens and effects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from daemon.machine.events import AnyEvent
from daemon.machine.personal import wrapping
from daemon.machine.state import State, Step
from daemon.machine.step import start, step
from daemon.machine.values import House


class Beginning(msgspec.Struct, frozen=True, tag=True, tag_field="line"):
    """The first line after a start of the daemon: the constants that it runs with."""

    house: House


class Recorded(msgspec.Struct, frozen=True, tag=True, tag_field="line"):
    """One transition as the journal holds it."""

    event: AnyEvent
    scene: str
    effects: tuple[str, ...] = ()
    t: float = 0.0
    """Seconds since the daemon started; no time of day, nobody's coming and going."""
    expected: bool = True


class Differs(msgspec.Struct, frozen=True):
    """Where the replay left the record."""

    number: int
    """Transition, from 1."""
    event: str
    recorded: str
    replayed: str


def read(data: bytes) -> Iterator[Beginning | Recorded]:
    """The lines of a journal.  Raises ValueError that names the line."""
    decode = msgspec.json.Decoder(Beginning | Recorded, dec_hook=wrapping).decode
    for number, raw in enumerate(data.splitlines(), 1):
        try:
            yield decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ValueError(f"line {number}: {error}") from error


def replay(house: House, record: Iterable[Recorded]) -> tuple[State, list[Differs]]:
    """The last state, and every transition that went another way than recorded."""
    state = start(house)
    differences: list[Differs] = []
    for number, line in enumerate(record, 1):
        done = step(state, line.event, house)
        now, then = _said(done), f"{line.scene} {' '.join(line.effects)}"
        if now != then:
            differences.append(Differs(number, type(line.event).__name__, then, now))
        state = done.state
    return state, differences


def _said(done: Step) -> str:
    names = " ".join(type(effect).__name__ for effect in done.effects)
    return f"{type(done.state.scene).__name__} {names}"
