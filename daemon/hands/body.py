"""Lamps, sounds and speech."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from daemon.hands.spoken import Heard, phrases, sentence_of, spoken
from daemon.kiosk import Hands, Reply
from daemon.machine import effects as fx
from daemon.machine.values import Language
from daemon.machine.views import View
from drivers.lights import Lights
from drivers.speech import Speech
from ui_kivy.words import Words


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
        self._sentence: tuple[object, ...] = ()

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
        shown = self._view()
        sentence = sentence_of(shown)
        # A whole screen again, or the place of the keys: whichever was heard last.
        parts = list(spoken(shown, words, fresh=sentence != self._sentence, whole=effect.whole))
        self._sentence = sentence
        personal = any(part.own for part in parts)
        # Names and numbers are spoken into a headset only.
        hidden = personal and not self._headset()
        text = phrases([Heard(words.key("speech.on_screen"))] if hidden else parts)
        self._speech.say(text, effect.language, personal=personal and not hidden, slow=effect.slow)

    def hush(self, effect: fx.Hush, reply: Reply) -> None:
        self._speech.hush()
