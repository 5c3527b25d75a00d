"""A visitor who sees nothing: what is spoken into the headset, six keys, and two hands."""

from __future__ import annotations

from typing import Any

from daemon.machine.events import KeyPressed
from daemon.machine.values import Key
from tests.visits.by_keys import keys_of
from tests.visits.visit import Visitor

NAMES = {
    "tone:s": "dấu sắc",
    "tone:f": "dấu huyền",
    "tone:r": "dấu hỏi",
    "tone:x": "dấu ngã",
    "tone:j": "dấu nặng",
    "space": "dấu cách",
}
"""What the keys of the keyboard are called aloud."""
ROW = "Hàng chữ: "


class Ear:
    """Listens at the speech port, to what is personal too: it is this visitor's own headset."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.log: list[str] = []
        self.slow: list[bool] = []
        self._from = 0
        self._port = visitor.app.devices.speech
        self._say = self._port.say
        vars(self._port)["say"] = self._heard

    def _heard(self, text: str, language: Any, **how: Any) -> None:
        assert not how["personal"] or self.visitor.app.kiosk.state.world.headset
        self.log.append(text)
        self.slow.append(how["slow"])
        self._say(text, language, **how)

    def close(self) -> None:
        del vars(self._port)["say"]

    def slowly(self) -> bool:
        """Was the newest text spoken slowly?"""
        return self.slow[-1]

    # -- what this visitor can do --------------------------------------------------------------

    async def hears(self, phrase: str) -> str:
        """Waits for a phrase that was not heard before; returns the text that it stands in."""
        await self.visitor.soon(lambda: any(phrase in text for text in self.log[self._from :]))
        at = next(n for n in range(self._from, len(self.log)) if phrase in self.log[n])
        self._from = at + 1
        return self.log[at]

    async def key(self, key: Key, *, held: bool = False) -> str:
        """Presses a key and waits for what is said then."""
        count = len(self.log)
        self.visitor.app.kiosk.post(KeyPressed(key, held))
        await self.visitor.soon(lambda: len(self.log) > count)
        return self.log[-1]

    async def choose(self, label: str) -> None:
        """Goes down until the label is heard, and confirms."""
        await self._down_to(label)
        self._from = len(self.log)
        self.visitor.app.kiosk.post(KeyPressed("ok"))

    async def _down_to(self, label: str) -> None:
        heard: list[str] = []
        for _ in range(40):
            heard.append(await self.key("down"))
            if heard[-1].startswith(label):
                return
        raise AssertionError(f"{label} is never said: {heard}")

    async def write(self, text: str) -> None:
        """Row by row and key by key, as they are read out."""
        await self._down_to("Gõ bằng phím")
        said = await self.key("ok")
        for key in keys_of(text):
            name = NAMES.get(key, key)
            for _ in range(12):
                if name in _row(said):
                    break
                said = await self.key("down")
            assert name in _row(said), f"no row with {name}: {said}"
            said = await self.key("ok")
            for _ in range(12):
                if _first(said) == name:
                    break
                said = await self.key("down")
            assert _first(said) == name
            await self.key("ok")
            said = await self.key("back")
        assert f"Đã gõ: {text}" in said
        await self.key("back")


def _row(said: str) -> list[str]:
    assert said.startswith(ROW), said
    return [one.lower() for one in said[len(ROW) :].partition(".")[0].split(", ")]


def _first(said: str) -> str:
    return said.partition(".")[0].lower()
