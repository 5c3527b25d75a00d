"""One word being typed: its letters, its tone, and what each key does to them.

The word is rendered from this state after every key, so the order of keys does not matter.
Its rules, by number, are in docs/screens.md.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

import msgspec

from ui_kivy.keyboard.syllable import STOPS, Parts, Style, parse, plain, tone_at

Method = Literal["telex", "vni", "direct"]

TONES = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
"""None, sắc, huyền, hỏi, ngã, nặng, as VNI counts them."""
TELEX_TONES = "sfrxj"
STOP_TONES = (1, 5)
HAT = {"a": "â", "e": "ê", "o": "ô"}
HORN = {"o": "ơ", "u": "ư"}
BREVE = {"a": "ă"}
OPEN_UO = ("h", "kh", "th")
"""Onsets whose open *uo* becomes uơ first: huơ, khuơ, thuở."""


class Letter(msgspec.Struct):
    """One visible letter, lower case with its mark; `keyed` = a w made it."""

    sign: str
    upper: bool = False
    keyed: bool = False


class Word:
    """Letters typed since the last non-letter."""

    def __init__(self, style: Style = "new") -> None:
        self.style: Style = style
        self.letters: list[Letter] = []
        self.tone = 0
        self.literal = False

    @classmethod
    def of(cls, text: str, style: Style = "new") -> Word:
        """The state that renders to this text, as if it had just been typed."""
        word = cls(style)
        for sign in unicodedata.normalize("NFC", text):
            parts = unicodedata.normalize("NFD", sign)
            tones = [TONES.index(mark) for mark in parts[1:] if mark in TONES[1:]]
            word.tone = tones[0] if tones else word.tone
            bare = unicodedata.normalize(
                "NFC", "".join(mark for mark in parts if mark not in TONES[1:])
            )
            word.letters.append(Letter(bare.lower(), bare != bare.lower()))
        return word

    def __bool__(self) -> bool:
        return bool(self.letters)

    @property
    def signs(self) -> str:
        return "".join(letter.sign for letter in self.letters)

    def text(self) -> str:
        """The word as it reads, NFC."""
        parts = parse(self.signs)
        at = -1
        if self.tone and parts is not None and parts.end > parts.start:
            at = tone_at(self.signs, parts, self.style)
        elif self.tone:
            at = self._last_vowel()
        made = []
        for n, letter in enumerate(self.letters):
            sign = letter.sign.upper() if letter.upper else letter.sign
            made.append(sign + (TONES[self.tone] if n == at else ""))
        return unicodedata.normalize("NFC", "".join(made))

    def _last_vowel(self) -> int:
        """Where a tone stays that was set before the word stopped being a syllable."""
        vowels = [n for n, one in enumerate(self.letters) if plain(one.sign) in "aeiouy"]
        return vowels[-1] if vowels else -1

    # -- keys -----------------------------------------------------------------------------

    def key(self, key: str, method: Method) -> None:
        """One letter or digit key."""
        low = key.lower()
        done = False
        if not self.literal and self.letters:
            done = self._telex(low) if method == "telex" else method == "vni" and self._vni(low)
        elif method == "telex" and low == "w" and not self.literal:
            done = self._w_alone(key)
        if not done:
            self.append(low, key != low, join=method != "direct")
        elif method == "telex" and low == "w" and self.letters[-1].keyed:
            self.letters[-1].upper = key != low

    def append(self, sign: str, upper: bool, *, join: bool = False) -> None:
        """A plain letter at the end."""
        self.letters.append(Letter(sign, upper))
        if join and not self.literal:
            self._join()

    def delete(self) -> None:
        """Takes the last visible letter; the tone stays while there is a vowel (rule 8)."""
        self.letters.pop()
        if self._last_vowel() < 0:
            self.tone = 0
        if not self.letters:
            self.literal = False

    def set_tone(self, tone: int) -> bool:
        """Sets a tone by touch; the same again takes it away.  False: no vowel to carry it."""
        if not self._bears(tone):
            return False
        self.tone = 0 if tone == self.tone else tone
        return True

    # -- telex ----------------------------------------------------------------------------

    def _telex(self, key: str) -> bool:
        if key in TELEX_TONES:
            return self._tone(TELEX_TONES.index(key) + 1, key)
        match key:
            case "z":
                return self._no_tone()
            case "d":
                return self._stroke(key)
            case "a" | "e" | "o":
                return self._mark(HAT, key, only=key)
            case "w":
                return self._w()
        return False

    def _w_alone(self, key: str) -> bool:
        self.letters.append(Letter("ư", key != key.lower(), keyed=True))
        return True

    def _w(self) -> bool:
        parts = parse(self.signs)
        if parts is None:
            return False
        if parts.start == parts.end:
            return self._w_alone("w")
        if self.letters[-1].keyed and parts.end == len(self.letters):
            # ww: the w itself was wanted.
            self.letters[-1] = Letter("w", self.letters[-1].upper)
            self.literal = True
            return True
        group = "".join(plain(sign) for sign in self.signs[parts.start : parts.end])
        if group == "oa" or (group.startswith("a") and not group.startswith("ao")):
            return self._mark(BREVE, "w")
        return self._horn("w", parts) or (group == "a" and self._mark(BREVE, "w"))

    # -- vni ------------------------------------------------------------------------------

    def _vni(self, key: str) -> bool:
        if not key.isdigit() or self.letters[-1].sign.isdigit():
            return False
        if key in "12345":
            return self._tone(int(key), key)
        parts = parse(self.signs)
        match key:
            case "0":
                return self._no_tone()
            case "6":
                return self._mark(HAT, key)
            case "7":
                return parts is not None and self._horn(key, parts)
            case "8":
                return self._mark(BREVE, key)
            case "9":
                return self._stroke(key)
        return False

    # -- what keys of both methods do -------------------------------------------------------

    def _bears(self, tone: int) -> bool:
        parts = parse(self.signs)
        if parts is None or parts.start == parts.end:
            return False
        return self.signs[parts.end :] not in STOPS or tone in STOP_TONES

    def _tone(self, tone: int, key: str) -> bool:
        if not self._bears(tone):
            return False
        if tone == self.tone:
            self.tone = 0
            return self._undone(key)
        self.tone = tone
        return True

    def _no_tone(self) -> bool:
        had = self.tone != 0
        self.tone = 0
        return had

    def _undone(self, key: str) -> bool:
        """The same key again: its letter is meant, and the word is literal from here (rule 5)."""
        self.literal = True
        self.letters.append(Letter(key))
        return True

    def _stroke(self, key: str) -> bool:
        if parse(self.signs) is None:
            return False
        first = self.letters[0]
        if first.sign == "đ":
            first.sign = "d"
            return self._undone(key)
        if first.sign != "d":
            return False
        first.sign = "đ"
        return True

    def _mark(self, marks: dict[str, str], key: str, only: str = "") -> bool:
        """Puts a hat or a breve on the vowel of the group that may carry it."""
        parts = parse(self.signs)
        if parts is None:
            return False
        for at in reversed(range(*parts)):
            bare = plain(self.letters[at].sign)
            if bare not in marks or (only and bare != only):
                continue
            if self.letters[at].sign == marks[bare]:
                self.letters[at].sign = bare
                return self._undone(key)
            if self._try({at: marks[bare]}, parts):
                return True
            if self._try(
                {n: plain(self.letters[n].sign) for n in range(*parts)} | {at: marks[bare]}, parts
            ):
                return True
        return False

    def _horn(self, key: str, parts: Parts) -> bool:
        """The horn: on both of uo, except in open huo, khuo, thuo (rule 4)."""
        start, end = parts
        signs = [self.letters[at].sign for at in range(start, end)]
        group = "".join(plain(sign) for sign in signs)
        if group.startswith("uo"):
            if signs[:2] == ["ư", "ơ"]:
                self.letters[start].sign, self.letters[start + 1].sign = "u", "o"
                return self._undone(key)
            is_open = group == "uo" and end == len(self.letters)
            if is_open and self.signs[:start] in OPEN_UO and signs[1] != "ơ":
                return self._try({start: "u", start + 1: "ơ"}, parts)
            return self._try({start: "ư", start + 1: "ơ"}, parts)
        for at in range(start, end):
            bare = plain(self.letters[at].sign)
            if bare not in HORN:
                continue
            if self.letters[at].sign == HORN[bare]:
                self.letters[at].sign = bare
                return self._undone(key)
            others = {n: plain(self.letters[n].sign) for n in range(start, end)}
            return self._try({**others, at: HORN[bare]}, parts)
        return False

    def _try(self, signs: dict[int, str], parts: Parts) -> bool:
        """Changes letters if the word still parses so."""
        before = [letter.sign for letter in self.letters]
        for at, sign in signs.items():
            self.letters[at].sign = sign
        if parse(self.signs) == parts:
            self._join()
            return True
        for letter, sign in zip(self.letters, before, strict=True):
            letter.sign = sign
        return False

    def _join(self) -> None:
        """ưo and uơ become ươ as soon as c, m, n, p, t, i or u follows (rule 4)."""
        parts = parse(self.signs)
        if parts is None:
            return
        start = parts.start
        after = self.signs[start + 2 : start + 3]
        if self.signs[start : start + 2] in ("ưo", "uơ") and after and after in "cmnptiu":
            self.letters[start].sign, self.letters[start + 1].sign = "ư", "ơ"
