"""Where the value of a label stands: behind it up to the next label, else below."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from typing import NamedTuple

from daemon.catalogue.kinds import Field
from daemon.documents.fields import values
from daemon.documents.fields.again import Box
from daemon.documents.fields.anchors import Anchor, Page
from daemon.documents.lines import squeezed
from daemon.documents.messages import Word

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

_ROOM = 5
"""Letter heights that a value needs at least."""

_OPEN = frozenset({"address", "passage"})
"""Forms whose value may go on in the next line."""


class _Column(NamedTuple):
    """Where values below a label may stand, and where the label begins: pixels from the left."""

    left: int
    right: int
    label: int


def stands(page: Page, anchor: Anchor, field: Field) -> Box | None:
    """Where the value of a label stands: its words, or the room to the next label or the rim."""
    said = words(page, anchor, field)
    if any(c.isalnum() for word in said for c in word.text):
        return _box(said)
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


def words(page: Page, anchor: Anchor, field: Field) -> list[Word]:
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
