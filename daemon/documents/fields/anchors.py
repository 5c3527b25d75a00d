"""Finds printed labels among the words of a page."""

from __future__ import annotations

import statistics
from collections.abc import Collection, Sequence

from rapidfuzz import fuzz

from daemon.documents.lines import squeezed
from daemon.documents.messages import Word

_LIKENESS = 86.0
"""Of a label as read to the label as printed, 0 to 100; short labels have to be exact."""

_SHORT = 4
"""Letters of a label that tolerates no misread one."""

_WORD = 8
"""Letters up to which a label of one word may be a word of a value too (Vợ and Võ, Năm and Nam):
without a colon its marks have to be right, and no comma stands before it (…, tháng ba, năm …)."""

_COLUMN = 1.2
"""A gap of so many letter heights before a word begins something new."""


class Anchor:
    """A label on a page: words `start` to `end` (excluded) of line `row`."""

    def __init__(
        self, row: int, start: int, end: int, label: str, likeness: float, closed: bool
    ) -> None:
        self.row = row
        self.start = start
        self.end = end
        self.label = label
        """Squeezed."""
        self.likeness = likeness
        self.closed = closed
        """A colon or a second language follows: it is a label, and not a title or running text."""


class Page:
    """Lines of words, and the labels found in them."""

    def __init__(self, lines: Sequence[Sequence[Word]], labels: Collection[str]) -> None:
        """`labels`: as printed; every label that may end the value of another."""
        self.lines = lines
        self._by_length: dict[int, list[str]] = {}
        for label in {squeezed(label) for label in labels}:
            self._by_length.setdefault(len(label), []).append(label)
        self._marked = {label.casefold() for label in labels}
        self._longest = max(self._by_length, default=0)
        self.anchors = [self._best(self._in_line(row)) for row in range(len(lines))]

    def of(self, label: str) -> list[Anchor]:
        """Where this label stands, from the top."""
        key = squeezed(label)
        return [a for row in self.anchors for a in row if a.label == key]

    def after(self, anchor: Anchor) -> Anchor | None:
        """The next label in its line."""
        return next((a for a in self.anchors[anchor.row] if a.start >= anchor.end), None)

    def _in_line(self, row: int) -> list[Anchor]:
        line = self.lines[row]
        squeezes = [squeezed(word.text) for word in line]
        height = statistics.median(word.h for word in line)
        found = []
        for start in range(len(line)):
            if not squeezes[start]:
                continue
            fresh = start == 0 or _parted(line[start - 1], line[start], height)
            text = ""
            for end in range(start, len(line)):
                text += squeezes[end]
                if len(text) > self._longest + 2:
                    break
                closed = _closed(line, end)
                hit = self._alike(text) if fresh or closed else None
                if hit is not None and start == end and len(text) <= _WORD and not closed:
                    said = line[start].text
                    listed = start > 0 and line[start - 1].text.endswith(",")
                    known = said.casefold().rstrip(".") in self._marked
                    hit = hit if known and not listed else None
                if hit is not None:
                    found.append(Anchor(row, start, end + 1, *hit, closed))
                if line[end].text.endswith(":"):
                    break
        return found

    def _alike(self, text: str) -> tuple[str, float] | None:
        best: tuple[str, float] | None = None
        slack = 0 if len(text) <= _SHORT else max(1, len(text) // 8)
        for length in range(len(text) - slack, len(text) + slack + 1):
            for label in self._by_length.get(length, ()):
                if len(label) <= _SHORT:
                    likeness = 100.0 if text == label else 0.0
                else:
                    likeness = fuzz.ratio(text, label, score_cutoff=_LIKENESS)
                if likeness and (best is None or likeness > best[1]):
                    best = label, likeness
        return best

    @staticmethod
    def _best(found: list[Anchor]) -> list[Anchor]:
        """Of labels that overlap the longest and most alike; from the left."""
        kept: list[Anchor] = []
        # A misread letter costs three: the next word may resemble the end of a longer label.
        for anchor in sorted(found, key=lambda a: -len(a.label) * (3 * a.likeness / 100 - 2)):
            if all(anchor.end <= other.start or anchor.start >= other.end for other in kept):
                kept.append(anchor)
        return sorted(kept, key=lambda a: a.start)


def _parted(before: Word, word: Word, height: float) -> bool:
    """Does something new begin with this word?"""
    return before.text[-1:] in ":;,)/(|.…-" or word.x - (before.x + before.w) > _COLUMN * height


def _closed(line: Sequence[Word], end: int) -> bool:
    """Does a colon or a second language follow the word at `end`?"""
    return line[end].text.endswith(":") or (
        end + 1 < len(line) and line[end + 1].text[:1] in (":", "/", "(")
    )
