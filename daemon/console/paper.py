"""Lines for a terminal of 80 columns: cut, never wrapped; plain letters where UTF-8 is not said."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from daemon.console.words import told

WIDTH = 80

_PLAIN = {
    "đ": "d",
    "Đ": "D",
    "–": "-",
    "—": "-",
    "…": "~",
    "·": ".",
    "→": "->",
    "°": " ",
    "≥": ">=",
}


def utf8(environment: Mapping[str, str] | None = None) -> bool:
    """Does the terminal's locale say UTF-8?  Nothing is guessed: a serial line says nothing."""
    given = _started_with() if environment is None else environment
    said = next((given[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if given.get(name)), "")
    return said.lower().replace("-", "").endswith("utf8")


def _started_with() -> dict[str, str]:
    """The environment before Python changed it: it sets LC_CTYPE itself (PEP 538)."""
    raw = Path("/proc/self/environ").read_bytes()
    pairs = (pair.partition(b"=") for pair in raw.split(b"\0") if pair)
    return {name.decode("latin-1"): text.decode("latin-1") for name, _, text in pairs}


def plain(text: str) -> str:
    """Only printable ASCII: letters without their marks, `?` for what has no likeness."""
    swapped = "".join(_PLAIN.get(letter, letter) for letter in text)
    bare = unicodedata.normalize("NFKD", swapped)
    return "".join(
        letter if " " <= letter <= "~" else "?"
        for letter in bare
        if not unicodedata.combining(letter)
    )


def printable(text: str) -> str:
    """Without control characters: no text may steer the terminal it is shown on."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def cut(text: str, width: int = WIDTH) -> str:
    """At most `width` columns; a cut shows as `~`."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "~"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> list[str]:
    """Columns of these widths, the last one as wide as is left; every row one line."""
    last = WIDTH - sum(widths) - len(widths)
    every = [*widths, last]

    def line(cells: Sequence[str]) -> str:
        return " ".join(
            cut(cell, width).ljust(width) for cell, width in zip(cells, every, strict=True)
        ).rstrip()

    return [line([told(name) for name in head]), *(line(row) for row in rows)]


def columns(left: str, right: str) -> str:
    """One line: one text at the left, one at the right margin."""
    left, right = told(left), told(right)
    room = WIDTH - len(right) - 1
    return f"{cut(left, room).ljust(room)} {right}" if right else cut(left)


def fact(name: str, value: str, width: int = 12) -> list[str]:
    """A named value; what does not fit stands below the value."""
    first, *rest = wrapped(value, width + 1) or [""]
    return [f"{cut(told(name), width):{width}} {first.strip()}", *rest]


def wrapped(text: str, indent: int = 0, width: int = WIDTH) -> list[str]:
    """A paragraph in lines."""
    lines: list[str] = []
    line = ""
    room = width - indent
    for word in told(text).split():
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else cut(word, room)
    return [" " * indent + one for one in [*lines, line] if one]
