"""Tests of what is touched, heard and seen on the case: keys, lamps, contacts, speech, glass."""

from __future__ import annotations

import asyncio
from typing import get_args

from daemon.inside.trying import Trying
from daemon.machine.events import KeyPressed
from daemon.machine.values import Key, Lamp
from drivers.sensors import SAID


async def buttons(trying: Trying) -> bool:
    """Each of the six keys once; the presses show as they come."""
    every: tuple[Key, ...] = get_args(Key)
    pressed: dict[Key, int] = {}
    await trying.talk.line(
        f"Press every key once: {' '.join(every)}. Each press shows here; Enter ends."
    )
    with trying.events() as events:

        def look(left: float) -> str:
            missing = " ".join(key for key in every if key not in pressed)
            return f"{len(pressed)}/{len(every)} keys; missing: {missing}  ({left:.0f} s)"

        async def show() -> None:
            while True:
                event = await events.get()
                if isinstance(event, KeyPressed):
                    pressed[event.key] = pressed.get(event.key, 0) + 1
                    held = " (held)" if event.held else ""
                    await trying.talk.line(
                        f"{event.key}{held}: {pressed[event.key]}", key=event.key
                    )

        showing = asyncio.create_task(show())
        try:
            whole = await trying.while_waiting(look, lambda: len(pressed) == len(every))
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)
    if not whole:
        trying.note = "no press of " + " ".join(key for key in every if key not in pressed)
    return whole


async def lights(trying: Trying) -> bool | None:
    """Each lamp alone; afterwards all are as they were."""
    device = trying.app.devices.lights
    before = device.modes()
    verdicts: dict[Lamp, bool | None] = {}
    try:
        for lamp in get_args(Lamp):
            for other in get_args(Lamp):
                device.set(other, "steady" if other == lamp else "off")
            verdicts[lamp] = await trying.talk.yes(f"Does the lamp '{lamp}' shine, and no other?")
    finally:
        for lamp, mode in before.items():
            device.set(lamp, mode)
    dark = [lamp for lamp, verdict in verdicts.items() if verdict is False]
    if dark:
        trying.note = "wrong: " + " ".join(dark)
        return False
    return None if None in verdicts.values() else True


async def sensors(trying: Trying, names: tuple[str, ...]) -> bool:
    """Each contact changes and changes back."""
    silent = []
    for name in names:
        device = getattr(trying.app.devices, name)
        rest, there = SAID[name]
        seen = {bool(device.active)}
        first = device.active
        await trying.talk.line(f"{name}: make it '{rest if first else there}', then back.")

        def done(seen: set[bool] = seen, first: bool = first, name: str = name) -> bool:
            now = bool(getattr(trying.app.devices, name).active)
            seen.add(now)
            return len(seen) == 2 and now == first

        def look(left: float, name: str = name, words: tuple[str, str] = (rest, there)) -> str:
            return f"{name}: {words[getattr(trying.app.devices, name).active]}  ({left:.0f} s)"

        if not await trying.while_waiting(look, done):
            silent.append(name)
    if silent:
        trying.note = "no change of " + " ".join(silent)
    return not silent


async def speaker(trying: Trying) -> bool | None:
    """Both languages and the sounds."""
    speech = trying.app.devices.speech
    await trying.talk.line("You should hear a sentence in Vietnamese, one in English, a chime.")
    try:
        speech.say("Đây là thử loa của máy.", "vi", personal=False)
        first = await trying.talk.yes("Did you hear the Vietnamese sentence clearly?")
        speech.say("This is a test of the loudspeaker.", "en", personal=False)
        second = await trying.talk.yes("And the English one?")
        speech.sound("success")
        third = await trying.talk.yes("And the chime?")
    finally:
        speech.hush()
    heard = (first, second, third)
    return False if False in heard else None if None in heard else True


async def touch(trying: Trying) -> bool:
    """A finger on the glass, seen in the panel's own stream of events."""
    await trying.talk.line("Touch the glass anywhere.")
    finger = asyncio.create_task(trying.app.devices.touch.touched())
    try:
        seen = await trying.while_waiting(
            lambda left: f"no finger yet  ({left:.0f} s)", lambda: finger.done()
        )
        if not seen:
            trying.note = "no touch seen"
            return False
        return finger.result()
    finally:
        finger.cancel()
        await asyncio.gather(finger, return_exceptions=True)
