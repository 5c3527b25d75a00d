"""A visitor with nothing but the six hardware keys."""

from __future__ import annotations

import unicodedata

from daemon.machine.events import KeyPressed
from daemon.machine.spelling import ROWS, TONES, row_of
from daemon.machine.values import Key
from daemon.machine.views import Keyboard, reach
from tests.visits.visit import Visitor


class Fingers:
    """Key after key through the shell, each when the one before it was taken."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.presses = 0

    async def key(self, key: Key, *, held: bool = False) -> None:
        self.presses += 1
        kiosk = self.visitor.app.kiosk
        kiosk.post(KeyPressed(key, held))
        await self.visitor.until(lambda kiosk: kiosk.idle)

    async def press(self, action: str, value: str | None = None) -> None:
        """Walks down to the choice, as the focus that is drawn shows it, and confirms it."""
        for _ in range(len(reach(self.visitor.shown)) + 1):
            at = self.visitor.shown.focus
            row = reach(self.visitor.shown)
            if at is not None and at < len(row):
                here = row[at]
                if here.action == action and value in (None, here.value):
                    await self.key("ok")
                    return
            await self.key("down")
        raise AssertionError(f"the keys do not reach {action} {value} on {self.visitor.shown.name}")

    async def on(self, screen: str, action: str, value: str | None = None) -> None:
        await self.visitor.see(screen)
        await self.press(action, value)

    async def write(self, text: str) -> None:
        """Letter by letter among the rows of the keyboard, and out of it again."""
        await self.press("letters")
        for key in keys_of(text):
            await self._to_row(f"row:{ROWS.index(row_of(key))}")
            await self.key("ok")
            row = row_of(key)
            back = (len(row) - row.index(key)) % len(row)
            turn: Key = "down" if row.index(key) <= back else "up"
            while self._where() != key:
                await self.key(turn)
            await self.key("ok")
            await self.key("back")
        await self.key("back")

    async def _to_row(self, where: str) -> None:
        for _ in ROWS:
            if self._where() == where:
                return
            await self.key("down")
        raise AssertionError(where)

    def _where(self) -> str:
        body = self.visitor.shown.body
        assert isinstance(body, Keyboard)
        return body.spelt.reveal()


def keys_of(text: str) -> list[str]:
    """The keys that write a text: each letter with its mark, then its tone."""
    tones = {mark: key for key, mark in TONES.items()}
    keys: list[str] = []
    for letter in text.lower():
        if letter == " ":
            keys.append("space")
            continue
        parts = unicodedata.normalize("NFD", letter)
        bare = "".join(one for one in parts if one not in tones)
        keys.append(unicodedata.normalize("NFC", bare))
        keys.extend(tones[one] for one in parts if one in tones)
    return keys
