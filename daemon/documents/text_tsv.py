"""Tesseract's table of words (TSV), which both engines give, becomes `Word`s."""

from __future__ import annotations

import unicodedata

from daemon.documents.messages import Word

_COLUMNS = 12
"""level page block paragraph line word left top width height confidence text."""


def parse(tsv: str) -> tuple[Word, ...]:
    """The words (rows of level 5) in reading order.  A first row with names may be there."""
    words: list[Word] = []
    numbers: dict[tuple[str, ...], int] = {}
    for row in tsv.split("\n"):
        cells = row.rstrip("\r").split("\t", _COLUMNS - 1)
        if len(cells) < _COLUMNS or cells[0] != "5":
            continue
        text = unicodedata.normalize("NFC", cells[11].strip())
        if not text:
            continue
        line = numbers.setdefault(tuple(cells[2:5]), len(numbers))
        x, y, w, h = (int(cell) for cell in cells[6:10])
        confidence = max(0.0, min(1.0, float(cells[10]) / 100))
        words.append(Word(text, x, y, w, h, round(confidence, 3), line))
    return tuple(words)


def as_text(words: tuple[Word, ...]) -> str:
    """One line of text for each line of the page."""
    lines: dict[int, list[str]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word.text)
    return "\n".join(" ".join(line) for line in lines.values())
