"""The text of a field: what is done, and the word at its end that keys still change."""

from __future__ import annotations

import unicodedata

from ui_kivy.keyboard.syllable import Style
from ui_kivy.keyboard.word import Method, Word

LONGEST = 120
"""Letters; further keys are not taken."""


class Field:
    """Typing at the end of a text.  Output is NFC."""

    def __init__(self, text: str = "", method: Method = "direct", style: Style = "new") -> None:
        self.method: Method = method
        self.style: Style = style
        self._cleared = ""
        self.set(text)

    def set(self, text: str) -> None:
        """Another text, whose last word goes on."""
        text = unicodedata.normalize("NFC", text)
        cut = len(text)
        while cut and _in_word(text[cut - 1]):
            cut -= 1
        self._done = text[:cut]
        self._word = Word.of(text[cut:], self.style)

    @property
    def text(self) -> str:
        return self._done + self._word.text()

    def key(self, sign: str) -> None:
        """One visible key: a letter, a digit, a sign, a space."""
        if len(self.text) >= LONGEST:
            return
        self._cleared = ""
        sign = unicodedata.normalize("NFC", sign)
        if _in_word(sign):
            self._word.key(sign, self.method)
        else:
            self._done += self._word.text() + sign
            self._word = Word(self.style)

    def tone(self, tone: int) -> None:
        """A tone by touch (1…5 as VNI counts)."""
        self._word.set_tone(tone)

    def delete(self) -> None:
        """The last visible letter."""
        if self._word:
            self._word.delete()
        elif self._done:
            self.set(self._done[:-1])

    def delete_word(self) -> None:
        """The last word with the blank after it: a held delete key."""
        self.set(self.text.rstrip().rpartition(" ")[0])

    def clear(self) -> None:
        """Everything; once more brings it back."""
        text = self.text
        if text:
            self.set("")
            self._cleared = text
        elif self._cleared:
            self.set(self._cleared)
            self._cleared = ""

    def forget(self) -> None:
        """Nothing is left, nor can it be brought back."""
        self.set("")
        self._cleared = ""


def _in_word(sign: str) -> bool:
    return sign.isalnum()
