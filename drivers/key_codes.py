"""What a scanner types: Linux key codes (input-event-codes.h) to characters, US layout.

A scanner that has to send more than ASCII does it as ALT and the number of the character on the
numeric pad; Vietnamese names come that way.
"""

from __future__ import annotations

from evdev import ecodes as e

_PLAIN = {
    **{getattr(e, f"KEY_{c.upper()}"): (c, c.upper()) for c in "abcdefghijklmnopqrstuvwxyz"},
    **{
        getattr(e, f"KEY_{n}"): (n, shifted)
        for n, shifted in zip("1234567890", "!@#$%^&*()", strict=True)
    },
    e.KEY_SPACE: (" ", " "),
    e.KEY_MINUS: ("-", "_"),
    e.KEY_EQUAL: ("=", "+"),
    e.KEY_LEFTBRACE: ("[", "{"),
    e.KEY_RIGHTBRACE: ("]", "}"),
    e.KEY_SEMICOLON: (";", ":"),
    e.KEY_APOSTROPHE: ("'", '"'),
    e.KEY_GRAVE: ("`", "~"),
    e.KEY_BACKSLASH: ("\\", "|"),
    e.KEY_COMMA: (",", "<"),
    e.KEY_DOT: (".", ">"),
    e.KEY_SLASH: ("/", "?"),
}
PAD = {getattr(e, f"KEY_KP{n}"): str(n) for n in range(10)}
SHIFTS = frozenset({e.KEY_LEFTSHIFT, e.KEY_RIGHTSHIFT})
ALTS = frozenset({e.KEY_LEFTALT, e.KEY_RIGHTALT})
ENDS = frozenset({e.KEY_ENTER, e.KEY_KPENTER, e.KEY_TAB})

LONGEST = 1024
"""Characters of one code; the rest of a longer one is dropped."""

_DIGITS = len(str(0x10FFFF))


class Typist:
    """Key events in, finished codes out."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._shift = False
        self._alt: str | None = None
        self._spoilt = False

    def key(self, code: int, value: int) -> str | None:
        """One EV_KEY event (1 = down, 0 = up, 2 = repeat); the code when it is complete."""
        if code in SHIFTS:
            self._shift = value != 0
        elif code in ALTS:
            self._alt_changed(value != 0)
        elif value == 0:
            return None
        elif code in ENDS:
            text, self._text = "".join(self._text), []
            spoilt, self._spoilt = self._spoilt, False
            return None if spoilt else text or None
        elif self._alt is not None and code in PAD:
            self._alt = (self._alt + PAD[code])[: _DIGITS + 1]
        elif code in _PLAIN:
            self._add(_PLAIN[code][self._shift])
        return None

    def forget(self) -> None:
        """Drops a half-read code."""
        self._text.clear()
        self._shift, self._alt, self._spoilt = False, None, False

    def spoil(self) -> None:
        """A part of the present code was lost: nothing is told of it when it ends."""
        self.forget()
        self._spoilt = True

    def _alt_changed(self, down: bool) -> None:
        if down:
            self._alt = ""
        elif self._alt is not None:
            number, self._alt = self._alt, None
            if number and int(number) <= 0x10FFFF and chr(int(number)).isprintable():
                self._add(chr(int(number)))

    def _add(self, character: str) -> None:
        if len(self._text) < LONGEST:
            self._text.append(character)


def keystrokes(text: str) -> list[tuple[int, int]]:
    """The (code, value) events that a scanner sends for a code: what `Typist` reads back."""
    found: list[tuple[int, int]] = []
    known = {character: (code, shifted) for code, pair in _PLAIN.items()
             for shifted, character in enumerate(pair)}  # fmt: skip
    pads = {digit: code for code, digit in PAD.items()}
    for character in text:
        if character in known:
            code, shifted = known[character]
            keys = [code]
            hold = [e.KEY_LEFTSHIFT] if shifted and character != " " else []
        else:
            keys = [pads[digit] for digit in str(ord(character))]
            hold = [e.KEY_LEFTALT]
        found += [(code, 1) for code in hold]
        found += [event for code in keys for event in ((code, 1), (code, 0))]
        found += [(code, 0) for code in hold]
    return [*found, (e.KEY_ENTER, 1), (e.KEY_ENTER, 0)]
