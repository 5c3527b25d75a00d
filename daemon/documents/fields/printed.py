"""The fields as they are printed: label, then value."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from daemon.catalogue import kinds as catalogue
from daemon.catalogue.kinds import Field, Kind
from daemon.documents.fields import values
from daemon.documents.fields.again import Box
from daemon.documents.fields.anchors import Anchor, Page
from daemon.documents.fields.values import Taken
from daemon.documents.lines import lines, squeezed
from daemon.documents.messages import FieldValue, Word

_OPEN_END = 0.15
"""What a label without a colon has to make up for: it may be a title, or running text."""

_FULL = 0.75
"""Share of the text's width from which a line may have gone on in the next."""

_BILINGUAL = 8
"""Words that the second language of a label may take."""

_ITEM = re.compile(r"(?:\d{1,2}|[a-zđ]|[IVX]{1,4})[.)]|-")
"""Begins a numbered item of a form."""

_GAP = 2.6
"""Letter heights between two columns."""

_NEXT = 3.2
"""Letter heights down to the next line of a value, at most."""

_EMPTY = -5.0
"""Rank of a label with no value behind it: below every other."""

_WHOSE = 0.5
"""Factor where a label stands more than once, and nothing tells to whom each belongs."""

_ROOM = 5
"""Letter heights that a value needs at least."""

_OPEN = frozenset({"address", "passage"})
"""Forms whose value may go on in the next line."""


class _Column(NamedTuple):
    """Where values below a label may stand, and where the label begins: pixels from the left."""

    left: int
    right: int
    label: int


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
            place = _stands(page, anchor, field)
            if place is not None:
                places[field.name] = place
            if field.after:
                used.append(anchor)
        if taken is not None:
            found[field.name] = FieldValue(taken.value, round(taken.sure, 3), taken.iso)
    return found, places


def _stands(page: Page, anchor: Anchor, field: Field) -> Box | None:
    """Where the value of a label stands: its words, or the room to the next label or the rim."""
    words = _words(page, anchor, field)
    if any(c.isalnum() for word in words for c in word.text):
        return _box(words)
    line, nearest = page.lines[anchor.row], page.after(anchor)
    last = line[anchor.end - 1]
    left = last.x + last.w
    rim = max(row[-1].x + row[-1].w for row in page.lines)
    right = line[nearest.start].x - last.h // 2 if nearest else rim
    if right - left < _ROOM * last.h:
        return None
    return left, last.y - last.h // 3, right - left, last.h * 5 // 3


def _box(words: Sequence[Word]) -> Box:
    left, top = min(word.x for word in words), min(word.y for word in words)
    right, low = max(word.x + word.w for word in words), max(word.y + word.h for word in words)
    return left, top, right - left, low - top


def _parted(words: Sequence[Word]) -> list[Word]:
    """Without specks and rules; a value that OCR glued to its label's colon is parted from it."""
    out = []
    for word in words:
        head, colon, tail = word.text.partition(":")
        if not any(c.isalnum() for c in word.text) and word.text not in (":", "/", "-", "–"):
            continue
        if colon and any(c.isalpha() for c in head) and any(c.isalnum() for c in tail):
            share = round(word.w * (len(head) + 1) / len(word.text))
            out.append(replace(word, text=f"{head}:", w=share))
            out.append(replace(word, text=tail, x=word.x + share, w=word.w - share))
        else:
            out.append(word)
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
        taken = values.take(field, _words(page, anchor, field))
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


def _words(page: Page, anchor: Anchor, field: Field) -> list[Word]:
    """The words that may be the value: the rest of the line, else the line below."""
    line = page.lines[anchor.row]
    nearest = page.after(anchor)
    if nearest is not None and _second_half(line, anchor, nearest, field):
        anchor = Anchor(
            anchor.row, anchor.start, nearest.end, anchor.label, anchor.likeness, anchor.closed
        )
        nearest = page.after(anchor)
    # Some values begin with their label: "Về việc …".
    told = squeezed(field.example).startswith(anchor.label)
    start = anchor.start if told else anchor.end
    rest = list(line[start : nearest.start if nearest else len(line)])
    rest = _first_column(_second_language(rest))
    column = _column(page, anchor, nearest)
    if field.form not in _OPEN:
        if values.take(field, rest) is not None or (field.form == "text" and _said(rest)):
            return rest
        below = _below(page, anchor.row, column, line[anchor.end - 1])
        # What is misread beside its label is no reason to take the next line for it.
        return below if not _said(rest) or values.take(field, below) is not None else rest
    row, whole = anchor.row, rest
    for _ in range(3):
        more = _below(page, row, column, whole[-1] if whole else line[anchor.end - 1])
        if not more or (whole and (_ended(whole) or not _full(page, whole[-1]))):
            break
        if whole and _signed(more) and not _shouted(whole):
            break
        whole = [*whole, *more]
        row += 1
    return whole


def _second_half(line: Sequence[Word], anchor: Anchor, after: Anchor, field: Field) -> bool:
    """Is the next label this one in a second language?  OCR may lose the bar between them."""
    if line[after.start - 1].text.endswith("/"):
        return True
    own = {squeezed(label) for label in field.labels}
    return after.start == anchor.end and after.label in own and after.label != anchor.label


def _column(page: Page, anchor: Anchor, nearest: Anchor | None) -> _Column:
    line = page.lines[anchor.row]
    first = line[anchor.start]
    alone = all(other.start >= anchor.start for other in page.anchors[anchor.row])
    left = first.x - (8 if alone else 1) * first.h
    right = line[nearest.start].x - first.h // 2 if nearest else 1 << 30
    return _Column(left, right, first.x)


def _first_column(words: list[Word]) -> list[Word]:
    """Up to a gap that parts two columns; a gap before the first word is a leader."""
    for at in range(1, len(words)):
        before = words[at - 1]
        if words[at].x - (before.x + before.w) > _GAP * max(before.h, words[at].h):
            return words[:at]
    return words


def _said(words: Sequence[Word]) -> bool:
    return sum(c.isalnum() for word in words for c in word.text) > 2


def _full(page: Page, last: Word) -> bool:
    """Does the line reach so far to the right that the next may belong to it?"""
    ends = sorted(line[-1].x + line[-1].w for line in page.lines)
    left = min(line[0].x for line in page.lines)
    right = ends[len(ends) * 9 // 10]
    return last.x + last.w > left + _FULL * (right - left)


def _ended(words: Sequence[Word]) -> bool:
    """A full stop or a semicolon ends a passage."""
    return words[-1].text[-1:] in ";." and len(words[-1].text) > 3


def _shouted(words: Sequence[Word]) -> bool:
    spelt = [word.text for word in words if any(c.isalpha() for c in word.text)]
    return len(spelt) > 1 and all(text.isupper() for text in spelt)


def _signed(words: Sequence[Word]) -> bool:
    """Does the part of whoever signs begin here, with a day or an office in capitals?"""
    return words[0].text == "Ngày" or _shouted(words)


def _second_language(rest: list[Word]) -> list[Word]:
    """Without the second half of a bilingual label."""
    if not rest or rest[0].text[:1] not in "/(":
        return rest[1:] if rest and rest[0].text == ":" else rest
    for at, word in enumerate(rest[:_BILINGUAL]):
        if word.text.endswith((":", ")")):
            after = rest[at + 1 :]
            return after[1:] if after and after[0].text == ":" else after
    return rest[1:]


def _below(page: Page, row: int, column: _Column, above: Word) -> list[Word]:
    """The words of the next line up to its first label; none where it is far away."""
    if row + 1 >= len(page.lines):
        return []
    line = page.lines[row + 1]
    height = statistics.median(word.h for word in [*page.lines[row], *line])
    top = statistics.median(word.y for word in line)
    if not 0 < top - above.y < _NEXT * max(height, above.h):
        return []
    labels = [a for a in page.anchors[row + 1] if column.left < line[a.start].x < column.right]
    if _ITEM.fullmatch(line[0].text) or (labels and labels[0].start <= 1):
        return []
    end = labels[0].start if labels else len(line)
    below = [word for word in line[:end] if column.left < word.x < column.right]
    first = _first_column(below)
    while len(first) < len(below) and first[-1].x + first[-1].w < column.label:
        # The rim of a portrait, or dirt, is read as letters far to the left of the label.
        below = below[len(first) :]
        first = _first_column(below)
    return first


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
