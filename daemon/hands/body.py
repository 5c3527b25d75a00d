"""Lamps, sounds and speech."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from daemon.kiosk import Hands, Reply
from daemon.machine import effects as fx
from daemon.machine.values import Language
from daemon.machine.views import Say, View, actions
from drivers.lights import Lights
from drivers.speech import Speech
from ui_kivy.words import Words

SPOKEN_CHOICES = 8
"""More than so many choices are not read out at once; the keys walk through them."""


class Body:
    """Hands for what is heard and what shines."""

    def __init__(
        self,
        lights: Lights,
        speech: Speech,
        view: Callable[[], View],
        headset: Callable[[], bool],
    ) -> None:
        self._lights = lights
        self._speech = speech
        self._view = view
        self._headset = headset
        self._words: dict[Language, Words] = {}

    def register(self, hands: Hands) -> None:
        hands.on(fx.Light, self.light)
        hands.on(fx.Sound, self.sound)
        hands.on(fx.Speak, self.speak)
        hands.on(fx.Hush, self.hush)

    def light(self, effect: fx.Light, reply: Reply) -> None:
        self._lights.set(effect.lamp, effect.mode)

    def sound(self, effect: fx.Sound, reply: Reply) -> None:
        self._speech.sound(effect.name)

    async def speak(self, effect: fx.Speak, reply: Reply) -> None:
        # The View of this very step is shown after its effects: let the shell get there.
        await asyncio.sleep(0)
        words = self._words.setdefault(effect.language, Words(effect.language))
        parts = list(_said(self._view()))
        personal = any(part.own for part in parts)
        if personal and not self._headset():
            # Names and numbers are spoken into a headset only.
            text = words.key("speech.on_screen")
        else:
            text = " ".join(words.say(part) for part in parts)
        self._speech.say(text, effect.language, personal=personal)

    def hush(self, effect: fx.Hush, reply: Reply) -> None:
        self._speech.hush()


def _said(shown: View) -> Iterator[Say]:
    """What a screen says, in reading order; with a focus only the focused choice."""
    row = actions(shown)
    if shown.focus is not None and shown.focus < len(row):
        yield row[shown.focus].label
        return
    if shown.overlay is not None:
        yield shown.overlay.title
    else:
        yield shown.title
        if shown.detail is not None:
            yield shown.detail
    for choice in row[:SPOKEN_CHOICES]:
        yield choice.label
