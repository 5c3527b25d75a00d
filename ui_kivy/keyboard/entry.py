"""What is typed on the glass, ahead of the Views that confirm it."""

from __future__ import annotations

from ui_kivy.keyboard.field import Field
from ui_kivy.keyboard.word import TELEX_TONES
from ui_kivy.screens.draft import Local

METHODS = ("direct", "telex", "vni")


class Entry:
    """The text of the field, and the texts that were sent and that no View has confirmed yet."""

    def __init__(self) -> None:
        self.field = Field()
        self._sent: list[str] = []

    def forget(self) -> None:
        """Nothing that was typed is left."""
        self.field.forget()
        self._sent.clear()

    def moved_on(self) -> None:
        """Another screen: what was sent before is not waited for."""
        self._sent.clear()

    def sent(self) -> str:
        """The text of now, noted as sent."""
        self._sent.append(self.field.text)
        return self.field.text

    def confirm(self, text: str, local: Local, *, fresh: bool, plain: bool = False) -> None:
        """A View says what the field holds: keys typed since then are not lost.

        `plain` = no keys make marks, as in an address.
        """
        if fresh:
            self.field = Field(text, "direct" if plain else local.method)
        elif text in self._sent:
            del self._sent[: self._sent.index(text) + 1]
            return
        elif text != self.field.text:
            self.field.set(text)
            self._sent.clear()
        local.typed = self.field.text

    def key(self, value: str, local: Local) -> bool:
        """A key was touched; True where it may have changed the text."""
        field = self.field
        match value:
            case "shift":
                local.shift = not local.shift
                return False
            case "plane":
                local.plane = "letters" if local.plane == "signs" else "signs"
                return False
            case _ if value.startswith("method:"):
                after = METHODS[(METHODS.index(local.method) + 1) % len(METHODS)]
                local.method = field.method = after  # type: ignore[assignment]
                return False
            case "delete":
                field.delete()
            case "clear":
                field.clear()
            case "space":
                field.key(" ")
            case _ if value.startswith("tone:"):
                field.tone(TELEX_TONES.index(value[-1]) + 1)
            case _:
                field.key(value.upper() if local.shift else value)
                local.shift = False
        return True
