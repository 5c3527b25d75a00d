"""What follows from a step whatever led to it: timers, lamps, the live view, speech."""

from __future__ import annotations

from typing import get_args

from msgspec.structs import replace

from daemon.machine import leaving
from daemon.machine.effects import (
    After,
    AnyEffect,
    Forget,
    Hush,
    Light,
    PreviewOff,
    PreviewOn,
    Speak,
)
from daemon.machine.events import (
    AnyEvent,
    BedChanged,
    Headset,
    KeyPressed,
    PaperSeen,
    Presence,
    Pressed,
    Spelt,
    TrayChanged,
    Typed,
)
from daemon.machine.state import State
from daemon.machine.values import House, Lamp

IDLE = "idle"
IDLE_END = "idle.end"
HELP_LATE = "help.late"
"""An officer was called; belongs to no screen, and ends with the call."""
LAMPS: tuple[Lamp, ...] = get_args(Lamp)


def stale(before: State, after: State) -> tuple[AnyEffect, ...]:
    """A screen's timers do not outlive it."""
    if type(before.scene) is type(after.scene):
        return ()
    return tuple(Forget(token) for token in leaving.TIMERS.get(type(before.scene), ()))


def _projected(before: State, after: State) -> list[AnyEffect]:
    """Lamps and the live view: what the new state shows otherwise than the old one."""
    lit, was_lit = leaving.lamps(after), leaving.lamps(before)
    effects: list[AnyEffect] = []
    if lit != was_lit:
        effects.extend(
            Light(lamp, lit.get(lamp, "off"))
            for lamp in LAMPS
            if lit.get(lamp, "off") != was_lit.get(lamp, "off")
        )
    if leaving.watching(after) != leaving.watching(before):
        effects.append(PreviewOn() if leaving.watching(after) else PreviewOff())
    return effects


def consequences(
    before: State, after: State, event: AnyEvent, house: House
) -> tuple[AnyEffect, ...]:
    """The effects that the difference between two states asks for."""
    effects: list[AnyEffect] = []
    alive = isinstance(
        event, Pressed | Typed | Spelt | KeyPressed | BedChanged | TrayChanged | Headset | PaperSeen
    ) or (isinstance(event, Presence) and event.near)
    if alive and before.overlay == "idle" and after.overlay == "idle":
        after = replace(after, overlay="")
    seconds = leaving.limit(after, house)
    if after.overlay != "idle" and (
        alive or after.scene != before.scene or before.overlay == "idle"
    ):
        if before.overlay == "idle":
            effects.append(Forget(IDLE_END))
        if seconds is not None:
            effects.append(After(seconds, IDLE))
        elif leaving.limit(before, house) is not None:
            effects.append(Forget(IDLE))
    if after.world.called and not before.world.called:
        effects.append(After(house.limits.help_again, HELP_LATE))
    elif before.world.called and not after.world.called:
        effects.append(Forget(HELP_LATE))
    if after.scene is not before.scene or after.world is not before.world:
        effects.extend(_projected(before, after))
    again = before.prefs.speech and event == KeyPressed("speech")
    if before.prefs.speech and not after.prefs.speech:
        effects.append(Hush())
    elif after.prefs.speech and (
        (after.scene, after.overlay, after.focus, after.spelt)
        != (before.scene, before.overlay, before.focus, before.spelt)
        or not before.prefs.speech
        or after.prefs.slow != before.prefs.slow
        or after.prefs.language != before.prefs.language
        or again
    ):
        effects.append(Speak(after.prefs.language, after.prefs.slow, whole=again))
    return tuple(effects)
