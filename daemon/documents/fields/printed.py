"""The fields as they are printed: label, then value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from msgspec.structs import replace

from daemon.catalogue import kinds as catalogue
from daemon.catalogue.kinds import Field, Kind
from daemon.documents.fields import behind, values
from daemon.documents.fields.again import Box
from daemon.documents.fields.anchors import Anchor, Page
from daemon.documents.fields.values import Taken
from daemon.documents.lines import lines
from daemon.documents.messages import FieldValue, Word

_OPEN_END = 0.15
"""What a label without a colon has to make up for: it may be a title, or running text."""

_TWO = re.compile(r"([^\W\d_]+)(/)[^\W\d_]+\.?:")
"""A label in two languages that became one word: Số/No.:"""

_EMPTY = -5.0
"""Rank of a label with no value behind it: below every other."""

_WHOSE = 0.5
"""Factor where a label stands more than once, and nothing tells to whom each belongs."""


def find(words: Sequence[Word], kind: Kind) -> tuple[dict[str, FieldValue], dict[str, Box]]:
    """Field → value, however unsure; and where it stands, or should, for those behind a label."""
    rows = lines(_parted(words))
    if not rows:
        return {}, {}
    page = Page(rows, [*_all_labels(), *(x for f in kind.fields for x in f.labels)])
    found: dict[str, FieldValue] = {}
    places: dict[str, Box] = {}
    used: list[Anchor] = []
    for field in kind.fields:
        taken: Taken | None = None
        if not field.labels:
            taken = _without_label(rows, field)
        elif (hit := _behind_label(page, field, kind, used)) is not None:
            taken, anchor = hit
            place = behind.stands(page, anchor, field)
            if place is not None:
                places[field.name] = place
            if field.after:
                used.append(anchor)
        if taken is not None:
            found[field.name] = FieldValue(taken.value, round(taken.sure, 3), taken.iso)
    return found, places


def _parted(words: Sequence[Word]) -> list[Word]:
    """Without specks and rules, and with what OCR glued together parted.

    That is two languages of a label, and a value and its label's colon.
    """
    out = []
    for word in words:
        if not any(c.isalnum() for c in word.text) and word.text not in (":", "/", "-", "–"):
            continue
        glued = _TWO.fullmatch(word.text)
        ends = [glued.end(1), glued.end(2)] if glued is not None else []
        head, colon, tail = word.text.partition(":")
        if colon and any(c.isalpha() for c in head) and any(c.isalnum() for c in tail):
            ends = [len(head) + 1]
        out += _cut(word, ends)
    return out


def _cut(word: Word, ends: Sequence[int]) -> list[Word]:
    """A word as several; a letter is as wide as the next."""
    wide, out = word.w / max(1, len(word.text)), []
    for start, end in pairwise((0, *ends, len(word.text))):
        left, right = round(word.x + wide * start), round(word.x + wide * end)
        out.append(replace(word, text=word.text[start:end], x=left, w=right - left))
    return out


@lru_cache(maxsize=1)
def _all_labels() -> tuple[str, ...]:
    """What else may stand behind a value: the labels of every kind."""
    return tuple({x for k in catalogue.load().values() for f in k.fields for x in f.labels})


def _behind_label(
    page: Page, field: Field, kind: Kind, used: Sequence[Anchor]
) -> tuple[Taken | None, Anchor] | None:
    """The value and its label; without a value where there is only a label, surely one."""
    best: tuple[float, Taken | None, Anchor] | None = None
    labels = [
        (rank, anchor)
        for rank, label in enumerate(field.labels)
        for anchor in page.of(label)
        if anchor not in used
    ]
    sole = 1.0
    if field.after and len(labels) > 1:
        before = _place(page, kind.field(field.after))
        if before is None:
            sole = _WHOSE
        else:
            # The value of the next one would be another person's.
            labels = [min(labels, key=lambda pair: _distance(page, before, pair[1]))]
    for rank, anchor in labels:
        taken = values.take(field, behind.words(page, anchor, field))
        if taken is None and not anchor.closed:
            continue
        sure = taken.sure * sole * anchor.likeness / 100 if taken is not None else _EMPTY
        score = sure - 0.02 * rank - 0.2 * (anchor.row / len(page.lines))
        score -= 0.0 if anchor.closed else _OPEN_END
        if best is None or score > best[0]:
            told = None if taken is None else Taken(taken.value, sure, taken.iso)
            best = score, told, anchor
    return None if best is None else (best[1], best[2])


def _place(page: Page, field: Field | None) -> Anchor | None:
    """Where a field's label stands, whatever is behind it."""
    found = [anchor for label in (field.labels if field else ()) for anchor in page.of(label)]
    return found[0] if found else None


def _distance(page: Page, one: Anchor, other: Anchor) -> float:
    """How far a label stands from the one it belongs to: 0 = right below."""
    first, second = page.lines[one.row][one.start], page.lines[other.row][other.start]
    if second.y < first.y - first.h:
        return 10.0
    return (abs(second.x - first.x) + (second.y - first.y)) / (50.0 * first.h)


def _without_label(rows: Sequence[Sequence[Word]], field: Field) -> Taken | None:
    """A date line near the signature, or the only text that fits a code's pattern."""
    if field.form == "long_date":
        found = [t for row in rows if (t := values.long_date(row, field)) is not None]
        if not found:
            return None
        # The place and date of a paper stand at its head, the day of an issue above a signature.
        return found[0] if field.fits("X, ngày 01 tháng 01 năm 2000") else found[-1]
    if field.form != "code":
        return None
    hits = {}
    for row in rows:
        for start in range(len(row)):
            for end in range(start + 1, min(start + 3, len(row)) + 1):
                value = " ".join(word.text for word in row[start:end]).strip(".,:;")
                if field.fits(value):
                    hits[value] = min(word.confidence for word in row[start:end])
    return Taken(*hits.popitem()) if len(hits) == 1 else None
