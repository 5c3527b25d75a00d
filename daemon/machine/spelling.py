"""Typing with the six hardware keys: rows of letters, then the letters of a row.

▲ and ▼ walk through rows, OK enters one, ▲ and ▼ walk through its keys, OK types, back leaves the
row and then the letters.  What the keys do there spells a name, so the shell turns them into
`Spelt` and `Typed`, whose values are personal, before anything notes them (rule 6).  Letters are
composed directly: a tone goes onto the last vowel of the word.
"""

from __future__ import annotations

import unicodedata

from daemon.machine.events import AnyEvent, KeyPressed, Spelt, Typed
from daemon.machine.personal import Personal
from daemon.machine.views import LETTERS, Keyboard, View, reach

TONES = {
    "tone:s": "\u0301",
    "tone:f": "\u0300",
    "tone:r": "\u0309",
    "tone:x": "\u0303",
    "tone:j": "\u0323",
}
ROWS: tuple[tuple[str, ...], ...] = (
    tuple(TONES),
    tuple("ăâêôơưđ"),
    tuple("qwertyuiop"),
    tuple("asdfghjkl"),
    tuple("zxcvbnm"),
    ("space", "delete", "clear"),
    tuple("1234567890"),
    tuple("@.-_"),
)
"""In the order of the keys on the glass; digits and signs last, since few names have any."""
FIRST = "row:2"
VOWELS = frozenset("aăâeêioôơuưy")


def row_of(where: str) -> tuple[str, ...]:
    """The keys of the row that `where` names or lies in."""
    if where.startswith("row:"):
        return ROWS[int(where[4:])]
    return next((row for row in ROWS if where in row), ())


def veiled(shown: View, event: AnyEvent) -> AnyEvent:
    """The event that a hardware key stands for on this screen: itself, but not among letters."""
    body = shown.body
    if not isinstance(event, KeyPressed) or event.held or shown.overlay is not None:
        return event
    if not isinstance(body, Keyboard) or body.layout in ("number", "code"):
        return event
    where = body.spelt.reveal()
    if not where:
        row = reach(shown)
        at = shown.focus
        if event.key == "ok" and at is not None and at < len(row) and row[at].action == LETTERS:
            return Spelt(Personal(FIRST))
        return event
    match event.key:
        case "up" | "down":
            return Spelt(Personal(_next(where, 1 if event.key == "down" else -1)))
        case "ok" if where.startswith("row:"):
            return Spelt(Personal(row_of(where)[0]))
        case "ok":
            return Typed(Personal(typed(body.text.reveal(), where, names=body.layout == "name")))
        case "back" if where.startswith("row:"):
            return Spelt(Personal(""))
        case "back":
            return Spelt(Personal(f"row:{ROWS.index(row_of(where))}"))
    return event


def _next(where: str, turn: int) -> str:
    if where.startswith("row:"):
        return f"row:{(int(where[4:]) + turn) % len(ROWS)}"
    row = row_of(where)
    return row[(row.index(where) + turn) % len(row)]


def typed(text: str, key: str, *, names: bool) -> str:
    """The text after one key, NFC; words of `names` begin with a capital."""
    match key:
        case "space":
            return text + " " if text and not text.endswith(" ") else text
        case "delete":
            return text[:-1]
        case "clear":
            return ""
        case _ if key in TONES:
            return _toned(text, TONES[key])
    return text + (key.upper() if names and (not text or text.endswith(" ")) else key)


def _toned(text: str, tone: str) -> str:
    """The tone on the last vowel of the last word, instead of the one it had; again takes it off.

    A vowel is found by its letter without a tone, so ê and ơ keep their marks.
    """
    for at in range(len(text) - 1, -1, -1):
        if text[at] == " ":
            break
        parts = unicodedata.normalize("NFD", text[at])
        bare = "".join(one for one in parts if one not in TONES.values())
        if unicodedata.normalize("NFC", bare).lower() in VOWELS:
            letter = bare if tone in parts else bare + tone
            return text[:at] + unicodedata.normalize("NFC", letter) + text[at + 1 :]
    return text
