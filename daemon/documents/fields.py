"""The printed fields of a page: what stands behind their labels, checked against their pattern.

A value that a card's QR code gives is taken before what OCR read: it is the same datum without
misread letters.  Neither is proof of anything; a person looks at the original.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from daemon.catalogue import roles
from daemon.catalogue.kinds import Kind
from daemon.documents import codes
from daemon.documents.marks import plain
from daemon.documents.messages import Code, Word

_LABEL = 82.0
"""Likeness (0-100) of a printed line's beginning to a field's label."""

Values = dict[str, tuple[str, float]]


def find(words: Sequence[Word], kind: Kind, found: Sequence[Code]) -> Values:
    """Field → (value, confidence 0 to 1); only values that fit their field's pattern."""
    values = _from_lines(words, kind)
    values.update(_from_card(kind, found))
    return values


def _from_lines(words: Sequence[Word], kind: Kind) -> Values:
    lines: dict[int, list[Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    rows = list(lines.values())
    values: Values = {}
    for field in kind.fields:
        labels = [plain(part).rstrip(": ") for part in re.split(r"\s/\s", field.label_vi)]
        best: tuple[float, str, float] | None = None
        for at, row in enumerate(rows):
            for label in labels:
                for start in range(len(row)):
                    hit = _after_label(row[start:], label)
                    if hit is None:
                        continue
                    rest, likeness = hit
                    if not rest and at + 1 < len(rows):
                        rest = rows[at + 1]
                    value, sure = _value(rest, field.fits)
                    if value and (best is None or likeness > best[0]):
                        best = (likeness, value, sure * likeness / 100)
        if best is not None:
            values[field.name] = (best[1], round(best[2], 3))
    return values


def _after_label(row: Sequence[Word], label: str) -> tuple[list[Word], float] | None:
    """The words after a label that this row begins with, and how alike it is."""
    count = len(label.split())
    if not label or len(row) < count:
        return None
    likeness = fuzz.ratio(plain(" ".join(w.text for w in row[:count])).rstrip(": "), label)
    if likeness < _LABEL:
        return None
    rest = list(row[count:])
    # A bilingual label goes on to its colon.
    for at, word in enumerate(rest[:6]):
        if word.text.endswith(":"):
            rest = rest[at + 1 :]
            break
    return rest, likeness


def _value(row: Sequence[Word], fits: object) -> tuple[str, float]:
    """The longest run from the start that fits, without punctuation at its ends."""
    assert callable(fits)
    for end in range(min(len(row), 24), 0, -1):
        text = " ".join(w.text for w in row[:end]).strip(" .:;,")
        if text and fits(text):
            return text, sum(w.confidence for w in row[:end]) / end
    return "", 0.0


def _from_card(kind: Kind, found: Sequence[Code]) -> Values:
    card = next((c for c in (codes.card(code.text) for code in found) if c is not None), None)
    if card is None:
        return {}
    table = roles.load()
    known: dict[roles.Role, str] = {
        "person_number": card.number,
        "name": card.name.upper(),
        "birth_date": card.birth.strftime("%d/%m/%Y"),
        "sex": card.sex,
        "residence": card.residence,
        "issue_date": card.issued.strftime("%d/%m/%Y"),
    }
    values: Values = {}
    for role, value in known.items():
        name = table.field(kind, role)
        field = kind.field(name) if name else None
        if field is not None and field.fits(value):
            values[field.name] = (value, 0.99)
    return values
